//! Why a request came to nothing: what was found, that nothing was sent, and what to do.

use std::net::SocketAddr;

use super::password::PasswordError;
use crate::chat::name::Name;
use crate::chat::text::LineError;
use crate::driver::handle::Stopped;

/// Why a request came to nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The line cannot be said.
    #[error(transparent)]
    Line(#[from] LineError),
    /// The node has stopped.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// There is nothing that a password can be checked against.
    #[error("there is no account {0}; nothing was sent: /register makes one, /list shows all")]
    NoAccount(Name),
    /// The person is a guest.
    #[error("you are not logged in; nothing was sent: /login NAME first")]
    NotLoggedIn,
    /// Too many wrong passwords were typed at this node.
    #[error(
        "too many wrong passwords were typed here; nothing was sent: try again once {0} more commands \
         are ordered in the ring, whoever's they are"
    )]
    Wait(u64),
    /// A password is none, or could not be checked.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// There is no such group.
    #[error("there is no group {0}; nothing was done: /groups lists all, /join makes one")]
    NoGroup(Name),
    /// There is no such limit.
    #[error("there is no limit {0}; nothing was set: /limits shows all")]
    NoLimit(String),
    /// Nobody listens there.
    #[error("no member of the ring listens at {0}; nothing was sent: /state shows where they do")]
    NoAddress(SocketAddr),
    /// The node has not said a name yet.
    #[error("this node is not in the ring yet; nothing was done: try again once it is")]
    NotYet,
}
