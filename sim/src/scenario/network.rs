//! The simulated network and the disks behind it, and the part of a scenario file that sets them.

use std::time::Duration;

use super::error::{ScenarioError, Source};
use super::fields::{Fields, Value, duration, flag, number, positive, text};

/// What the simulated network and the machines on it do when no step interferes.
///
/// The turmoil engine knows whole ticks only: it takes each latency as the next whole tick, and each write
/// as the next whole millisecond. Whatever else stands below `tick` is for the event engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    /// The least time a frame takes, at least a microsecond.
    pub latency_min: Duration,
    /// The longest time a frame takes that does not belong to the tail.
    pub latency_max: Duration,
    /// How far the turmoil engine's clock goes at once.
    pub tick: Duration,
    /// How many frames of a thousand take longer than `latency_max`.
    pub tail_per_mille: u64,
    /// How long those take at most. Not below `latency_max`, unless there are none.
    pub tail: Duration,
    /// What becomes of a connection whose way is cut.
    pub cuts: Cuts,
    /// Whether a dial across a cut is refused at once; it hangs otherwise.
    pub rejects: bool,
    /// The least time a write takes.
    pub disk_min: Duration,
    /// The longest time a write takes.
    pub disk_max: Duration,
}

/// What becomes of a connection whose way is cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cuts {
    /// It is dead for good, and nobody is told.
    #[default]
    Break,
    /// Its frames wait, and go on after the heal.
    Stall,
}

impl Default for Network {
    fn default() -> Network {
        let five = Duration::from_millis(5);
        Network {
            latency_min: five,
            latency_max: five,
            tick: five,
            tail_per_mille: 0,
            tail: Duration::ZERO,
            cuts: Cuts::Break,
            rejects: false,
            disk_min: Duration::ZERO,
            disk_max: Duration::ZERO,
        }
    }
}

/// The `[network]` table. A latency that is not named is a tick.
pub(super) fn network(
    source: Source<'_>,
    value: Option<&Value<'_>>,
) -> Result<Network, ScenarioError> {
    let mut network = Network::default();
    let Some(value) = value else { return Ok(network) };
    let mut fields = Fields::of(source, "network", value)?;
    if let Some(value) = fields.take("tick") {
        network.tick = tick(source, value)?;
        (network.latency_min, network.latency_max) = (network.tick, network.tick);
    }
    latencies(source, &mut fields, &mut network)?;
    tail(source, &mut fields, &mut network)?;
    if let Some(value) = fields.take("cuts") {
        network.cuts = cuts(source, value)?;
    }
    if let Some(value) = fields.take("rejects") {
        network.rejects = flag(source, value)?;
    }
    if let Some(value) = fields.take("disk_min") {
        network.disk_min = duration(source, value)?;
    }
    if let Some(value) = fields.take("disk_max") {
        network.disk_max = duration(source, value)?;
    }
    if network.disk_min > network.disk_max {
        return Err(fields.error("`disk_min` is greater than `disk_max`"));
    }
    fields.finish()?;
    Ok(network)
}

fn tick(source: Source<'_>, value: &Value<'_>) -> Result<Duration, ScenarioError> {
    let tick = duration(source, value)?;
    let micros = tick.as_micros();
    if micros == 0 || !micros.is_multiple_of(1_000) || micros > 100_000 {
        return Err(source.error(value.span(), "expected a tick of 1 to 100 whole milliseconds"));
    }
    Ok(tick)
}

fn latencies(
    source: Source<'_>,
    fields: &mut Fields<'_, '_>,
    network: &mut Network,
) -> Result<(), ScenarioError> {
    let mut latency = |key| fields.take(key).map(|value| positive(source, value)).transpose();
    let both = latency("latency")?;
    let (least, most) = (latency("latency_min")?, latency("latency_max")?);
    (network.latency_min, network.latency_max) = match (both, least, most) {
        (None, None, None) => (network.latency_min, network.latency_max),
        (Some(both), None, None) => (both, both),
        (None, Some(least), Some(most)) if least <= most => (least, most),
        (None, Some(_), Some(_)) => {
            return Err(fields.error("`latency_min` is greater than `latency_max`"));
        }
        (Some(_), _, _) | (None, Some(_), None) | (None, None, Some(_)) => {
            return Err(fields
                .error("expected `latency` alone, or `latency_min` and `latency_max` together"));
        }
    };
    Ok(())
}

/// Half of it would mean nothing, and would be a mistake more likely than an intention.
fn tail(
    source: Source<'_>,
    fields: &mut Fields<'_, '_>,
    network: &mut Network,
) -> Result<(), ScenarioError> {
    match (fields.take("tail_per_mille"), fields.take("tail")) {
        (None, None) => Ok(()),
        (Some(share), Some(value)) => {
            network.tail_per_mille = number(source, share, (0, 1_000))?;
            network.tail = duration(source, value)?;
            if network.tail < network.latency_max {
                let message = format!(
                    "expected a tail of at least {:?}, as long as any frame takes, found {:?}",
                    network.latency_max, network.tail
                );
                return Err(source.error(value.span(), message));
            }
            Ok(())
        }
        (Some(_), None) | (None, Some(_)) => {
            Err(fields.error("expected `tail_per_mille` and `tail` together, or neither"))
        }
    }
}

fn cuts(source: Source<'_>, value: &Value<'_>) -> Result<Cuts, ScenarioError> {
    let expected = "\"break\" or \"stall\"";
    match text(source, value, expected)? {
        "break" => Ok(Cuts::Break),
        "stall" => Ok(Cuts::Stall),
        other => {
            let message = format!("expected {expected}, found \"{other}\"");
            Err(source.error(value.span(), message))
        }
    }
}
