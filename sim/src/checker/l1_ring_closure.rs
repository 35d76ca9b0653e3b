//! L1, ring closure: every member's successor is the next live member, and one circle visits all.

use std::collections::{BTreeMap, BTreeSet};

use ringchat::proto::id::NodeId;

use super::settled::{Core, FinalPicture};
use super::violation::{Guarantee, Violation};

/// At the end, walking on from each member in the order of the view, the first live one must be its
/// successor, and nobody suspects a live one; so the successors make one circle, which is walked.
///
/// Live members that a standing fault hinders may be in the circle or not. In a ring of one there
/// is no successor.
#[derive(Clone, Debug, Default)]
pub struct RingClosure {
    /// How many members were checked.
    pub checked: u64,
}

impl RingClosure {
    pub(super) fn settle(&mut self, end: &FinalPicture, core: &Core, broken: &mut Vec<Violation>) {
        let mut successors = BTreeMap::new();
        let members = &core.view.members[..];
        let places: BTreeMap<NodeId, usize> =
            members.iter().map(|member| member.id).zip(0..).collect();
        let owing: BTreeSet<NodeId> = core.nodes.iter().map(|(node, _)| node.id).collect();
        for (node, status) in &core.nodes {
            let Some(place) = places.get(&node.id) else { continue };
            self.checked += 1;
            let mut found = status.successor.filter(|id| *id != node.id);
            let (before, behind) = members.split_at(*place);
            let walk = || behind[1..].iter().chain(before).map(|member| member.id);
            let expected = walk().find(|id| owing.contains(id));
            let hindered = walk()
                .take_while(|id| Some(*id) != expected)
                .filter(|id| core.hindered.contains(id));
            if let Some(detour) = hindered.into_iter().find(|id| found == Some(*id)) {
                // The circle is walked among the others only.
                debug_assert!(core.hindered.contains(&detour));
                found = expected;
            }
            if found != expected {
                let expected = format!("successor {}", or_none(expected));
                let found = format!("successor {}", or_none(found));
                broken.push(Violation::new(Guarantee::L1, end.at, &node.name, expected, found));
            }
            if let Some(suspect) = status.suspects.iter().find(|id| owing.contains(id)) {
                let found = format!("it suspects {suspect}, which is alive");
                let expected = "no live node suspected";
                broken.push(Violation::new(Guarantee::L1, end.at, &node.name, expected, found));
            }
            successors.insert(node.id, found.unwrap_or(node.id));
        }
        walk_circle(end, core, &successors, broken);
    }
}

fn walk_circle(
    end: &FinalPicture,
    core: &Core,
    successors: &BTreeMap<NodeId, NodeId>,
    broken: &mut Vec<Violation>,
) {
    let Some((first, _)) = successors.first_key_value() else { return };
    let mut visited = BTreeSet::new();
    let mut at = *first;
    while visited.insert(at) {
        match successors.get(&at) {
            Some(next) => at = *next,
            None => break,
        }
    }
    if visited.len() != successors.len() || at != *first {
        let expected = format!("a circle of {} members from {first} on", successors.len());
        let found = format!("a way through {} that ends at {at}", visited.len());
        let (node, _) = core.nodes[0];
        broken.push(Violation::new(Guarantee::L1, end.at, &node.name, expected, found));
    }
}

fn or_none(id: Option<NodeId>) -> String {
    id.map_or_else(|| "none".to_owned(), |id| id.to_string())
}
