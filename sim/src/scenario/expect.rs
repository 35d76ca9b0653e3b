//! The part of a scenario file that says what must hold in the end.

use super::Expect;
use super::error::ScenarioError;
use super::fields::{Fields, Value, duration, flag, number};
use super::names::Names;

/// The `[expect]` table; without one, only the guarantees must hold.
pub(super) fn expect(
    names: &Names<'_>,
    value: Option<&Value<'_>>,
) -> Result<Expect, ScenarioError> {
    let source = names.source;
    let mut expect = Expect::default();
    let Some(value) = value else { return Ok(expect) };
    let mut fields = Fields::of(source, "expect", value)?;
    if let Some(members) = fields.take("members") {
        if members.get_ref().is_integer() {
            let count = number(source, members, (1, names.names.len() as u64))?;
            expect.members = usize::try_from(count).ok();
        } else {
            let nodes = names.nodes(members)?;
            expect.members = Some(nodes.len());
            expect.member_names = Some(nodes);
        }
    }
    if let Some(leader) = fields.take("leader") {
        expect.leader = Some(names.nodes(leader)?);
    }
    if let Some(value) = fields.take("closed_within") {
        expect.closed_within = Some(duration(source, value)?);
    }
    if let Some(value) = fields.take("delivered") {
        expect.delivered = Some(number(source, value, (0, u64::MAX))?);
    }
    if let Some(value) = fields.take("no_quorum") {
        expect.no_quorum = names.nodes(value)?;
    }
    if let Some(value) = fields.take("settles") {
        expect.settles = flag(source, value)?;
        let wants = expect.members.is_some()
            || expect.leader.is_some()
            || expect.closed_within.is_some()
            || expect.delivered.is_some();
        if !expect.settles && wants {
            return Err(source
                .error(value.span(), "a ring that does not settle has no members and no leader")
                .hint("with `settles = false` only `no_quorum` makes sense"));
        }
    }
    fields.finish()?;
    Ok(expect)
}
