//! L3, progress: every message submitted at a live member is delivered by every live member.

use super::picture::Picture;
use super::settled::{Core, FinalPicture};
use super::violation::{Guarantee, Violation};

/// At the end every message that a node of the quorum side submitted in its present life stands in
/// the order, and every node of that side has got to it.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    /// How many messages were checked.
    pub checked: u64,
}

impl Progress {
    pub(super) fn settle(
        &mut self,
        end: &FinalPicture,
        core: &Core,
        picture: &Picture,
        broken: &mut Vec<Violation>,
    ) {
        let Some(ring) = picture.ring(core.ring) else { return };
        for (node, _) in &core.nodes {
            let submitted = picture.submissions(node.id);
            if submitted == 0 {
                continue;
            }
            self.checked += submitted;
            let session = ring.session(node.id);
            let ordered = session.map_or(0, |session| session.seq);
            let last = picture.last_submitted(node.id);
            if ordered < last {
                let expected = format!("its {submitted} messages delivered, up to {last}");
                let found = format!("delivered up to {ordered}");
                broken.push(Violation::new(Guarantee::L3, end.at, &node.name, expected, found));
            }
            let Some(session) = session else { continue };
            for (other, _) in &core.nodes {
                let got = picture.actor_of(other.id).map_or(0, |actor| actor.places);
                if got <= session.ordinal {
                    let expected = format!("message {ordered} of {} delivered", node.name);
                    let found = format!("only the first {got} messages of the order");
                    let broke = Violation::new(Guarantee::L3, end.at, &other.name, expected, found);
                    broken.push(broke.with(&node.name));
                }
            }
        }
    }
}
