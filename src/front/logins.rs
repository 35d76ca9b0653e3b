//! Passwords at the node where they are typed: checked against the replicated verifiers, and never ordered.

use super::door::News;
use super::password::{matches, verifier};
use super::request_error::RequestError;
use super::secret::Secret;
use super::session::Session;
use crate::chat::command::Action;
use crate::chat::name::Name;
use crate::chat::person::{AccountId, PersonId, Who};

impl Session {
    pub(super) async fn register(
        &mut self,
        name: Name,
        password: Secret,
    ) -> Result<Option<News>, RequestError> {
        let verifier = verifier(password).await?;
        self.order(Action::Register { name, verifier });
        Ok(None)
    }

    pub(super) async fn login(
        &mut self,
        name: Name,
        password: Secret,
    ) -> Result<Option<News>, RequestError> {
        let account = self.chat().account(&name).map(|(id, it)| (id, it.verifier().to_vec()));
        let (account, verifier) = account.ok_or_else(|| RequestError::NoAccount(name.clone()))?;
        if self.is_right(&name, password, verifier).await? {
            self.order(Action::Login { account });
        }
        Ok(None)
    }

    pub(super) async fn delete_account(
        &mut self,
        password: Secret,
    ) -> Result<Option<News>, RequestError> {
        let (account, name) = match self.who().ok_or(RequestError::NotYet)? {
            Who { person: PersonId::Account(account), name } => (account, name),
            Who { person: PersonId::Guest(_), .. } => return Err(RequestError::NotLoggedIn),
        };
        let verifier =
            self.verifier(account).ok_or_else(|| RequestError::NoAccount(name.clone()))?;
        if self.is_right(&name, password, verifier).await? {
            self.order(Action::DeleteAccount);
        }
        Ok(None)
    }

    fn verifier(&self, account: AccountId) -> Option<Vec<u8>> {
        let chat = self.chat();
        let mut accounts = chat.accounts();
        accounts.find(|(id, _)| *id == account).map(|(_, account)| account.verifier().to_vec())
    }

    /// Whether a password meets its verifier; if not, all are told. The order of both is the ring's, and
    /// so the ring's rule of how often one may try is asked first.
    async fn is_right(
        &mut self,
        name: &Name,
        password: Secret,
        verifier: Vec<u8>,
    ) -> Result<bool, RequestError> {
        let next = self.handle.status().await?.committed.next();
        match self.chat().login_wait(self.me, next) {
            0 => {}
            places => return Err(RequestError::Wait(places)),
        }
        let right = matches(password, verifier).await?;
        if !right {
            self.order(Action::LoginFailed { name: name.clone() });
        }
        Ok(right)
    }
}
