//! What a person wants ordered, made ready: lines safe to show, and addresses as names.

use std::net::SocketAddr;

use super::request_error::RequestError;
use super::session::Session;
use crate::chat::command::{Action, Body};
use crate::chat::name::Name;
use crate::chat::text::line;

impl Session {
    /// A line is made safe to show, and an address becomes the name of whoever sits there.
    pub(super) async fn ready(&self, action: Action) -> Result<Action, RequestError> {
        Ok(match action {
            Action::Post { group, kind, text } => Action::Post { group, kind, text: line(&text)? },
            Action::Edit { place, text } => Action::Edit { place, text: line(&text)? },
            Action::Private { to, body: Body::Plain(text) } => {
                let body = Body::Plain(line(&text)?);
                match to.as_str().parse::<SocketAddr>() {
                    Ok(address) => Action::Private { to: self.at(address).await?, body },
                    Err(_) => Action::Private { to, body },
                }
            }
            other @ (Action::Remove { .. }
            | Action::Create { .. }
            | Action::Join { .. }
            | Action::Part { .. }
            | Action::Delete { .. }
            | Action::Topic { .. }
            | Action::Rename { .. }
            | Action::Register { .. }
            | Action::Login { .. }
            | Action::LoginFailed { .. }
            | Action::Logout
            | Action::DeleteAccount
            | Action::Seen { .. }
            | Action::SetLimits(_)) => other,
        })
    }

    /// Who sits at the node that listens there.
    async fn at(&self, address: SocketAddr) -> Result<Name, RequestError> {
        let status = self.handle.status().await?;
        let member = status.view.members.iter().find(|member| member.address == address);
        let name = member.and_then(|member| self.chat().name(member.id).cloned());
        name.ok_or(RequestError::NoAddress(address))
    }
}
