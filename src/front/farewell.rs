//! How a person parts from a ring: alone, or with everything said and seen.

use std::rc::Rc;

use tokio::sync::Notify;

use super::session::Session;
use crate::chat::command::Action;
use crate::driver::handle::Stopped;
use crate::proto::event::Refusal;
use crate::proto::status::refuses_alone;

impl Session {
    /// Whether going on alone would be refused now, and why.
    ///
    /// # Errors
    /// If the node has stopped.
    pub async fn may_go_alone(&self) -> Result<Option<Refusal>, Stopped> {
        let status = self.handle.status().await?;
        Ok(refuses_alone(status.ring, status.no_quorum))
    }

    /// Before the node leaves: what it has shown of groups is not missed later. Where nothing can
    /// be ordered, it is not worth waiting for.
    pub fn take_leave(&mut self) {
        let has_account = self.who().is_some_and(|who| !who.person.is_guest());
        let (no_quorum, up_to) = (self.desk.borrow().no_quorum, self.desk.borrow().shown);
        if has_account && self.is_admitted() && !no_quorum {
            self.order(Action::Seen { up_to });
        }
    }

    /// Woken when one more message of this node is ordered or refused. Not all of them lead to news.
    pub fn settles(&self) -> Rc<Notify> {
        Rc::clone(&self.desk.borrow().settles)
    }
}
