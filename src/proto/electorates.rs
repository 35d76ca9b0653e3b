//! Whose voices count, as places in the list of nodes that acknowledgements speak of.
//!
//! With every acknowledgement it is asked what a quorum holds, and both lists change only with a view.

use std::sync::Arc;

use super::id::NodeId;
use super::set::{ALL, Stretch, WORD, common, move_those};
use super::view::Voters;

/// Those who were asked about last: mostly the members of the view in force, and of a pending one.
#[derive(Clone, Debug, Default)]
pub(super) struct Electorates {
    latest: [Electorate; 2],
}

#[derive(Clone, Debug, Default)]
struct Electorate {
    /// Kept, so that nothing else can come to stand where these do, and be taken for them.
    voters: Arc<[NodeId]>,
    nodes: Arc<[NodeId]>,
    places: Vec<u64>,
}

impl Electorates {
    /// Who of `nodes` counts.
    pub(super) fn places(&mut self, voters: &Voters, nodes: &Arc<[NodeId]>) -> &[u64] {
        let is =
            |it: &Electorate| Arc::ptr_eq(&it.voters, &voters.ids) && Arc::ptr_eq(&it.nodes, nodes);
        let known = self.latest.iter().position(is);
        let at = known.unwrap_or_else(|| {
            self.latest.swap(0, 1);
            let places = places_of(&voters.ids, nodes);
            self.latest[0] =
                Electorate { voters: voters.ids.clone(), nodes: nodes.clone(), places };
            0
        });
        &self.latest[at].places
    }
}

/// Who of `nodes` is among the voters. Both lists are sorted, and mostly they are the same.
fn places_of(voters: &[NodeId], nodes: &[NodeId]) -> Vec<u64> {
    let mut places = vec![0; nodes.len().div_ceil(WORD)];
    mark_places(voters, nodes, &mut places);
    places
}

/// The same in a set that is there already, and in which nobody stands.
pub(super) fn mark_places(voters: &[NodeId], nodes: &[NodeId], places: &mut [u64]) {
    for stretch in common(voters, nodes) {
        // All of them count, wherever they stand among the voters: these may be more than any set holds.
        move_those(Stretch { one: 0, ..stretch }, ALL, places);
    }
}
