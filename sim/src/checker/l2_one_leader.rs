//! L2, one leader: all members of the quorum side agree on a live leader.

use ringchat::proto::id::Ballot;
use ringchat::proto::status::Role;

use super::settled::{Core, FinalPicture};
use super::violation::{Guarantee, Violation};

/// At the end all nodes lead or follow under the same ballot, and its proposer is a live member and
/// leads.
#[derive(Clone, Debug, Default)]
pub struct AgreedLeader {
    /// How many nodes were checked.
    pub checked: u64,
}

impl AgreedLeader {
    pub(super) fn settle(&mut self, end: &FinalPicture, core: &Core, broken: &mut Vec<Violation>) {
        let agreed: Option<Ballot> =
            core.nodes.iter().filter_map(|(_, status)| status.leading).max();
        for (node, status) in &core.nodes {
            self.checked += 1;
            let mut flag = |expected: String, found: String| {
                broken.push(Violation::new(Guarantee::L2, end.at, &node.name, expected, found));
            };
            let Some(ballot) = agreed else {
                flag("a leader".to_owned(), "none".to_owned());
                continue;
            };
            if status.leading != Some(ballot) {
                let found = match status.leading {
                    Some(other) => format!("the leader of ballot {other}"),
                    None => "no leader".to_owned(),
                };
                flag(format!("the leader of ballot {ballot}, as others have"), found);
            }
            let should_lead = ballot.proposer == node.id;
            if should_lead != (status.role == Role::Leader) {
                let expected = if should_lead { "the leader" } else { "not the leader" };
                flag(format!("{expected} of ballot {ballot}"), format!("{:?}", status.role));
            }
            let leader = ballot.proposer;
            let lives = core.holds(leader) || core.hindered.contains(&leader);
            if !lives || !core.view.contains(leader) {
                let why = if lives { "is no member" } else { "is dead or out of reach" };
                let found = format!("ballot {ballot}, whose leader {why}");
                flag("a live leader".to_owned(), found);
            }
        }
    }
}
