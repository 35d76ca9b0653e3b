//! What is typed, understood and carried out.

use super::{Console, FINISH_TIME, FINISH_TIME_SIGNAL};
use crate::chat::command::Action;
use crate::chat::name::Name;
use crate::chat::text::{LineError, strip};
use crate::front::commands::{self, For, Typed};
use crate::front::door::Request;
use crate::front::journal::What;
use crate::front::plain::Typing;
use crate::front::request_error::RequestError;
use crate::front::secret::Secret;
use crate::front::streams::Input;
use crate::trace::describe_refusal;

impl Console {
    pub(super) async fn on_typing(&mut self, typing: Typing) {
        if self.must_wait(&typing) {
            self.held = Some(typing);
            return;
        }
        match typing {
            // In a pipe the line behind a command is the password.
            Typing::Line(line) => match self.password_for.take() {
                Some(what) => self.with_password(what, Secret::new(line)).await,
                None => self.on_line(&line).await,
            },
            Typing::Password(Some(secret)) => {
                if let Some(what) = self.password_for.take() {
                    self.with_password(what, secret).await;
                }
            }
            Typing::Password(None) => {
                self.password_for = None;
                self.complain("no password, or two that differ; nothing was sent");
            }
            Typing::TooLong { found } => {
                self.password_for = None;
                self.complain(&LineError::TooLong { found }.to_string());
            }
            Typing::Interrupt => self.finish(FINISH_TIME_SIGNAL),
            Typing::End => match self.input {
                Input::ToItsEnd => self.finish(FINISH_TIME),
                Input::AndStay | Input::Nothing => self.read_all = true,
            },
        }
    }

    /// A script may be read before the node is in the ring: what asks something of it waits, since the
    /// answer would be about nothing. A person is told so, and goes on typing.
    fn must_wait(&self, typing: &Typing) -> bool {
        let Typing::Line(line) = typing else { return false };
        let is_script = !self.board.has_prompt() && self.session.who().is_none();
        is_script && (self.password_for.is_some() || commands::needs_ring(line))
    }

    async fn on_line(&mut self, line: &str) {
        if std::mem::take(&mut self.asked_alone) {
            if line.trim().eq_ignore_ascii_case("yes") {
                return self.ask(Request::Alone).await;
            }
            let text = "not alone: nothing was done, and lines still wait for a quorum";
            self.lines.push_back(self.screen.notice(text));
            // An answer is nothing to be said to all.
            if line.trim().eq_ignore_ascii_case("no") {
                return;
            }
        }
        match commands::parse(line, self.board.current()) {
            Ok(Typed::Nothing) => {}
            Ok(Typed::Help) => self.lines.extend(commands::help()),
            Ok(Typed::Ask(Request::Leave)) => self.finish(FINISH_TIME),
            Ok(Typed::Ask(Request::Alone)) => self.ask_back().await,
            Ok(Typed::Ask(Request::Act(Action::Join { group }))) => self.join(group).await,
            Ok(Typed::Ask(request) | Typed::Surely(request)) => self.ask(request).await,
            Ok(Typed::Both(first, second)) => {
                self.ask(first).await;
                self.ask(second).await;
            }
            Ok(Typed::Enter(group)) => self.enter(group),
            Ok(Typed::Tell(to, text)) => self.tell_alone(to, text).await,
            Ok(Typed::Aliases) => self.show_aliases(),
            Ok(Typed::Alias { alias, of }) => self.set_alias(&alias, &of),
            Ok(Typed::Unalias(alias)) => self.remove_alias(&alias),
            Ok(Typed::Password(what)) => self.want_password(what),
            Err(error) => self.complain(&strip(&error.to_string())),
        }
    }

    /// A group that one is in already is entered without a word to others.
    async fn join(&mut self, group: Name) {
        if self.board.is_mine(&group, &self.session) {
            return self.enter(Some(group));
        }
        self.ask(Request::Act(Action::Join { group })).await;
    }

    /// Lines are said there from here on.
    fn enter(&mut self, group: Option<Name>) {
        match group {
            Some(name) if !self.board.is_mine(&name, &self.session) => {
                let text = format!("you are not in {name}; nothing was done: /join {name} first");
                self.complain(&text);
            }
            group => {
                self.board.enter(group, &self.session);
                self.tell_where();
            }
        }
    }

    fn want_password(&mut self, what: For) {
        let name = match &what {
            For::Register(Some(name)) | For::Login(name) => name.to_string(),
            For::Register(None) | For::DeleteAccount => {
                self.session.who().map(|who| who.name.to_string()).unwrap_or_default()
            }
        };
        if !self.board.has_prompt() {
            let text = format!("type the password of {name}, on a line of its own");
            self.lines.push_back(self.screen.notice(&text));
        }
        self.password_for = Some(what);
    }

    async fn with_password(&mut self, what: For, secret: Secret) {
        let request = match what {
            For::Register(Some(name)) => Request::Register(name, secret),
            For::Register(None) => match self.session.who() {
                Some(who) => Request::Register(who.name, secret),
                None => return self.complain("this node is not in the ring yet; nothing was sent"),
            },
            For::Login(name) => Request::Login(name, secret),
            For::DeleteAccount => Request::DeleteAccount(secret),
        };
        self.ask(request).await;
    }

    pub(super) async fn ask(&mut self, request: Request) {
        if let Request::Act(Action::Create { group } | Action::Join { group }) = &request {
            self.board.asks_for(group);
        }
        if request.needs_ring() && self.session.who().is_none() {
            return self.complain(&RequestError::NotYet.to_string());
        }
        // A machine reads these two in a form of their own, which is older than news for machines.
        match (request, &self.journal) {
            (Request::State, Some(journal)) => match self.session.state().await {
                Ok(state) => drop(journal.write(None, What::State(Box::new(state)))),
                Err(error) => self.complain(&error.to_string()),
            },
            (Request::History { group, count, before }, Some(journal)) => {
                match self.session.history(group, count, before).await {
                    Ok(past) => drop(journal.write(None, What::History(past.into()))),
                    Err(error) => self.complain(&error.to_string()),
                }
            }
            (request, _) => match self.session.request(request).await {
                Ok(Some(answer)) => self.show(answer),
                Ok(None) => {}
                Err(error) => self.complain(&strip(&error.to_string())),
            },
        }
    }

    /// `/alone` cannot be undone, so it is asked for twice.
    async fn ask_back(&mut self) {
        match self.session.may_go_alone().await {
            Err(error) => self.complain(&error.to_string()),
            Ok(Some(why)) => self.complain(&format!("{}; nothing was done", describe_refusal(why))),
            Ok(None) => {
                self.asked_alone = true;
                for text in [
                    "alone means: a new ring of one, with the history as it is known here.",
                    "Lines that the others ordered and this node has not seen will be missing here,",
                    "what the others say from now on never comes here, and the two rings never mix.",
                    "Lines of yours that wait are said in the new ring. Type yes to go on alone:",
                ] {
                    self.lines.push_back(self.screen.alarm(text));
                }
            }
        }
    }
}
