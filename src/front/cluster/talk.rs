//! What the console knows of the chat's own language: who is called what, and which lines are said.

use bytes::Bytes;

use crate::chat::command::{Action, Command};

/// The line that this message says, if it is one.
pub(super) fn line(payload: &Bytes) -> Option<String> {
    Command::decode(payload).ok()?.said().map(str::to_owned)
}

/// What its origin wants to be called, if the message says that.
pub(super) fn name(payload: &Bytes) -> Option<String> {
    match Command::decode(payload) {
        Ok(
            Command::Hello { name, .. } | Command::Act { action: Action::Rename { name, .. }, .. },
        ) => Some(name.to_string()),
        Ok(Command::Say { .. } | Command::Act { .. }) | Err(_) => None,
    }
}
