//! S10, uniformity: what any node delivered, even one that crashed right after, every surviving
//! member delivers.

use super::picture::Picture;
use super::settled::{Core, FinalPicture};
use super::violation::{Guarantee, Violation};

/// During the run S1 sees to it that whatever one incarnation delivered stands in the ring's order
/// for good. At the end each node on the quorum side must have got to the end of that order, and of
/// the views, whoever wrote it.
#[derive(Clone, Debug, Default)]
pub struct Uniformity {
    /// How many surviving nodes were checked at the end.
    pub checked: u64,
}

impl Uniformity {
    pub(super) fn settle(
        &mut self,
        end: &FinalPicture,
        core: &Core,
        picture: &Picture,
        broken: &mut Vec<Violation>,
    ) {
        let Some(ring) = picture.ring(core.ring) else { return };
        for (node, _) in &core.nodes {
            self.checked += 1;
            let got = picture.actor_of(node.id).filter(|actor| actor.ring == Some(core.ring));
            let (places, views) = got.map_or((0, 0), |actor| (actor.places, actor.views));
            if places < ring.order().len() || views < ring.views().len() {
                let expected = format!(
                    "{} messages and {} views, as some node had them",
                    ring.order().len(),
                    ring.views().len()
                );
                let found = format!("{places} messages and {views} views");
                let broke = Violation::new(Guarantee::S10, end.at, &node.name, expected, found);
                let mut ahead = picture.actors().iter().filter(|other| {
                    other.ring == Some(core.ring) && (other.places, other.views) > (places, views)
                });
                broken.push(match ahead.next() {
                    Some(other) => broke.with(&other.name),
                    None => broke,
                });
            }
        }
    }
}
