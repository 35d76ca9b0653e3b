//! What the console waits for before it takes the next command.

use std::time::Duration;

use tokio::time::Instant;

use super::console::Console;
use super::rest::{Picture, at_rest};
use super::server::Server;
use super::table::table;

/// How long servers may take to answer a question.
const ANSWER_TIME: Duration = Duration::from_secs(3);

/// So long nothing may have changed before the ring is said to be at rest.
const REST_TIME: Duration = Duration::from_millis(700);

/// How long it may take to come to rest.
const UNREST_TIME: Duration = Duration::from_secs(30);

/// What is waited for before the next command is taken.
#[derive(Debug)]
pub(super) enum Waits {
    Nothing,
    /// The answers for `state`.
    Answers(Instant),
    /// The answer for `messages`, of this server.
    Messages(usize, Instant),
    /// Until the ring is at rest.
    Rest(Unrest),
}

/// A ring that is not known to be at rest yet.
#[derive(Debug)]
pub(super) struct Unrest {
    until: Instant,
    /// How it looked last, and since when.
    last: Option<(Picture, Instant)>,
}

impl Console {
    /// Takes no further command before everything that the last one leads to has happened.
    pub(super) fn wait_for_rest(&mut self) {
        self.site.servers.iter_mut().for_each(Server::outdate);
        let until = Instant::now() + UNREST_TIME;
        self.waits = Waits::Rest(Unrest { until, last: None });
    }

    /// After a command, whose effects a script is to see before the next.
    pub(super) fn done(&mut self) {
        if self.is_script {
            self.wait_for_rest();
        }
    }

    /// Asks for what `state` shows.
    pub(super) fn wait_for_answers(&mut self) {
        self.site.servers.iter_mut().for_each(Server::outdate);
        self.waits = Waits::Answers(Instant::now() + ANSWER_TIME);
    }

    pub(super) fn wait_for_messages(&mut self, number: usize) {
        self.waits = Waits::Messages(number, Instant::now() + ANSWER_TIME);
    }

    pub(super) fn look_at_what_is_waited_for(&mut self, now: Instant) {
        match &mut self.waits {
            Waits::Nothing => {}
            Waits::Messages(number, until) => {
                if now >= *until {
                    let text = format!("{} does not answer", self.site.servers[*number].name);
                    self.waits = Waits::Nothing;
                    self.complain(&text);
                }
            }
            Waits::Answers(until) => {
                let late = now >= *until;
                self.site.ask_all();
                if late || !self.site.servers.iter().any(Server::will_answer) {
                    self.waits = Waits::Nothing;
                    self.lines.extend(table(&self.site));
                }
            }
            Waits::Rest(unrest) => {
                let picture = at_rest(&self.site).filter(|_| self.board.deadline().is_none());
                let rested = unrest.rested(picture, now);
                let late = now >= unrest.until;
                if rested || late {
                    self.waits = Waits::Nothing;
                } else {
                    self.site.ask_all();
                }
                if late && !rested {
                    let seconds = UNREST_TIME.as_secs();
                    self.complain(&format!(
                        "the ring is not at rest after {seconds} s; state shows how it is"
                    ));
                }
            }
        }
    }
}

impl Unrest {
    /// Whether the ring has looked like this for long enough.
    fn rested(&mut self, picture: Option<Picture>, now: Instant) -> bool {
        let Some(picture) = picture else {
            self.last = None;
            return false;
        };
        match &self.last {
            Some((last, since)) if *last == picture => now >= *since + REST_TIME,
            Some(_) | None => {
                self.last = Some((picture, now));
                false
            }
        }
    }
}
