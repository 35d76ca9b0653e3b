//! Sends lines through a ring, and takes the time of each at each member.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::case::{Case, Load, WINDOW};
use super::error::EvaluateError;
use super::member::{Sight, line};
use super::ring::Ring;

/// After so long without anything new, what has not arrived is lost.
const PATIENCE: Duration = Duration::from_secs(30);

/// So many lines go through before those that are measured.
const WARM_UP: usize = 20;

/// What became of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Which member said it, from 0.
    pub writer: usize,
    /// From there until the writer itself was given it: acknowledged, and at its place.
    pub own: Option<Duration>,
    /// Until the last of all members was; none, if one never was.
    pub all: Option<Duration>,
    /// By which members it is missing, how often it came again, and how often it came altered.
    missing: usize,
}

/// What became of all lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How many members there were.
    pub members: usize,
    /// What was measured.
    pub case: Case,
    /// One for each line, in the order in which they were said.
    pub samples: Vec<Sample>,
    /// From the first word to the last delivery.
    pub time: Duration,
    /// How often a member was given a line again, or an altered one.
    pub wrong: usize,
    /// Whether all members were given the lines in the same order.
    pub same_order: bool,
    /// How often somebody began to lead meanwhile.
    pub elections: usize,
}

impl Outcome {
    /// How many lines did not come to all members: counted once for each member that lacks one.
    pub fn lost(&self) -> usize {
        self.samples.iter().map(|sample| sample.missing).sum()
    }
}

/// A line under way.
struct Flight {
    writer: usize,
    said: Instant,
    own: Option<Duration>,
    last: Duration,
    at: Vec<bool>,
}

struct Flights {
    first: u64,
    flights: Vec<Flight>,
    /// Which lines each member was given, in its order.
    orders: Vec<Vec<u64>>,
    wrong: usize,
    elections: usize,
    /// How many lines all members have.
    complete: usize,
    last: Instant,
}

/// Sends the lines of a case through a ring.
///
/// # Errors
/// [`EvaluateError::Ended`], if a member ends.
pub async fn measure(ring: &mut Ring, case: Case) -> Result<Outcome, EvaluateError> {
    let warm_up = Case { load: Load::Few, lines: WARM_UP, ..case };
    send(ring, warm_up).await?;
    send(ring, case).await
}

async fn send(ring: &mut Ring, case: Case) -> Result<Outcome, EvaluateError> {
    let members = ring.members.len();
    let begun = Instant::now();
    let mut all = Flights {
        first: ring.said,
        flights: Vec::with_capacity(case.lines),
        orders: vec![Vec::new(); members],
        wrong: 0,
        elections: 0,
        complete: 0,
        last: begun,
    };
    let ahead = match case.load {
        Load::Few => 1,
        Load::Many => WINDOW * members,
    };
    for number in 0..ahead.min(case.lines) {
        say(ring, &mut all, case, number % members).await?;
    }
    while all.complete < case.lines {
        let Ok(seen) = timeout(PATIENCE, ring.sights.recv()).await else { break };
        let Some((member, sight)) = seen else { break };
        let before = all.complete;
        let own = all.note(member, sight)?;
        let next = match case.load {
            // The next one speaks once the line is everywhere.
            Load::Few => (all.complete > before).then_some(all.flights.len() % members),
            // Whoever has a line of its own back says another.
            Load::Many => own.then_some(member),
        };
        if let Some(writer) = next.filter(|_| all.flights.len() < case.lines) {
            say(ring, &mut all, case, writer).await?;
        }
    }
    Ok(all.outcome(members, case, begun))
}

async fn say(
    ring: &mut Ring,
    all: &mut Flights,
    case: Case,
    writer: usize,
) -> Result<(), EvaluateError> {
    let payload = line(ring.said, case.bytes);
    ring.said += 1;
    let (own, at) = (None, vec![false; ring.members.len()]);
    all.flights.push(Flight { writer, said: Instant::now(), own, last: Duration::ZERO, at });
    let stopped = |error: crate::driver::handle::Stopped| EvaluateError::Ended {
        member: writer,
        why: error.to_string(),
    };
    ring.members[writer].handle.submit(payload).await.map_err(stopped)
}

impl Flights {
    /// Takes note of a sight. Tells whether a member was given a line of its own.
    fn note(&mut self, member: usize, sight: Sight) -> Result<bool, EvaluateError> {
        let (number, at, whole) = match sight {
            Sight::Line { number, at, whole } => (number, at, whole),
            Sight::View(_) => return Ok(false),
            Sight::Leads => {
                self.elections += 1;
                return Ok(false);
            }
            Sight::Ended(why) => return Err(EvaluateError::Ended { member, why }),
        };
        // A line of the measurement before this one comes late to somebody.
        let Some(place) = number.checked_sub(self.first) else { return Ok(false) };
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        let Some(flight) = self.flights.get_mut(place) else {
            self.wrong += 1;
            return Ok(false);
        };
        self.wrong += usize::from(!whole) + usize::from(flight.at[member]);
        if std::mem::replace(&mut flight.at[member], true) {
            return Ok(false);
        }
        let took = at.saturating_duration_since(flight.said);
        flight.last = flight.last.max(took);
        let own = flight.writer == member;
        if own {
            flight.own = Some(took);
        }
        self.complete += usize::from(flight.at.iter().all(|there| *there));
        self.last = self.last.max(at);
        self.orders[member].push(number);
        Ok(own)
    }

    fn outcome(self, members: usize, case: Case, begun: Instant) -> Outcome {
        let sample = |flight: Flight| {
            let missing = flight.at.iter().filter(|there| !**there).count();
            let all = (missing == 0).then_some(flight.last);
            Sample { writer: flight.writer, own: flight.own, all, missing }
        };
        Outcome {
            members,
            case,
            time: self.last.saturating_duration_since(begun),
            wrong: self.wrong,
            same_order: self.orders.windows(2).all(|pair| pair[0] == pair[1]),
            elections: self.elections,
            samples: self.flights.into_iter().map(sample).collect(),
        }
    }
}
