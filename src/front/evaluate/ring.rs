//! A ring that is measured: so many members, on loopback TCP.

use std::path::Path;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

use super::error::EvaluateError;
use super::member::{Member, Plan, Seen, Sight};

/// How long a ring may take to form.
const FORMING: Duration = Duration::from_secs(60);

/// A ring of members that run.
#[derive(Debug)]
pub struct Ring {
    /// In the order in which they came.
    pub members: Vec<Member>,
    /// What they see.
    pub sights: UnboundedReceiver<Seen>,
    /// How many lines were said, those that are not measured included.
    pub said: u64,
}

impl Ring {
    /// Starts so many members, one after the other, and waits until all of them know all. With a folder
    /// each keeps its files in a folder in there.
    ///
    /// # Errors
    /// [`EvaluateError`]; no member runs then.
    pub async fn form(size: usize, folder: Option<&Path>) -> Result<Ring, EvaluateError> {
        let (tell, sights) = unbounded_channel();
        let mut ring = Ring { members: Vec::new(), sights, said: 0 };
        for member in 0..size {
            let contact = ring.members.first().map(|first| first.address);
            let folder = folder.map(|folder| folder.join(format!("member-{member}")));
            let plan = Plan { member, contact, folder };
            ring.members.push(Member::start(plan, tell.clone())?);
            if timeout(FORMING, ring.has_formed(member + 1)).await.is_err() {
                let seconds = FORMING.as_secs();
                return Err(EvaluateError::NoRing { members: member + 1, seconds });
            }
        }
        Ok(ring)
    }

    /// Waits until so many members know so many.
    async fn has_formed(&mut self, size: usize) {
        let mut known = vec![false; size];
        while !known.iter().all(|known| *known) {
            match self.sights.recv().await {
                Some((member, Sight::View(members))) if member < size => {
                    known[member] = members == size;
                }
                Some((_, Sight::View(_) | Sight::Line { .. } | Sight::Leads | Sight::Ended(_))) => {
                }
                None => return,
            }
        }
    }

    /// Ends all members.
    pub fn end(self) {
        self.members.into_iter().for_each(Member::end);
    }
}
