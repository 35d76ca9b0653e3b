//! The front end of this program: what is typed goes to the node, what happens to the screen.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::commands::{self, Typed};
use super::door::{News, Request};
use super::journal::{Journal, What};
use super::mailbox::Mailbox;
use super::output::Output;
use super::plain::Typing;
use super::screen::Screen;
use super::session::Session;
use super::signals::Signals;
use crate::chat::text::{LineError, strip};
use crate::driver::handle::Stopped;
use crate::trace::describe_refusal;

/// How long lines that wait may take to be ordered, when the person wants to go.
const FINISH_TIME: Duration = Duration::from_secs(10);

/// The same, when a signal wants it.
const FINISH_TIME_SIGNAL: Duration = Duration::from_secs(2);

/// How long the node may take to leave. (It goes without a farewell a little earlier.)
const LEAVE_TIME: Duration = Duration::from_secs(4);

/// After this long on the way into a ring the person is told that it takes its time.
const JOIN_TIME: Duration = Duration::from_secs(3);

/// How the console ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The node has left, or ended for another reason.
    Gone {
        /// How many lines were never ordered.
        lost: u64,
    },
    /// A second signal came.
    AtOnce,
}

/// What the console is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Lines are read.
    Chatting,
    /// No more lines are read; those that wait may still be ordered until then.
    Finishing(Instant),
    /// The node was asked to leave, and may take until then.
    Leaving(Instant),
}

/// The front end of this program.
#[derive(Debug)]
pub struct Console {
    session: Session,
    news: Mailbox,
    typings: mpsc::Receiver<Typing>,
    output: Output,
    screen: Screen,
    /// Everything is written down there for a machine, and the screen shows only answers.
    journal: Option<Journal>,
    signals: Signals,
    /// Lines on their way to the output.
    lines: VecDeque<String>,
    phase: Phase,
    /// `/alone` was typed, and waits for a yes.
    asked_alone: bool,
    join_by: Option<Instant>,
    lost: u64,
}

/// What the console waited for.
enum Wake {
    Signal,
    Printed(bool),
    News(Option<News>),
    HandedOver,
    Typing(Typing),
    Deadline,
}

impl Console {
    /// A console between a session and the outside.
    pub fn new(
        session: Session,
        news: Mailbox,
        typings: mpsc::Receiver<Typing>,
        output: Output,
        screen: Screen,
        signals: Signals,
    ) -> Console {
        Console {
            session,
            news,
            typings,
            output,
            screen,
            journal: None,
            signals,
            lines: VecDeque::new(),
            phase: Phase::Chatting,
            asked_alone: false,
            join_by: Some(Instant::now() + JOIN_TIME),
            lost: 0,
        }
    }

    /// The same for a machine that reads this journal.
    pub fn for_machine(mut self, journal: Option<Journal>) -> Console {
        self.journal = journal;
        self
    }

    /// Shows a line before anything else happens.
    pub fn greet(&mut self, text: &str) {
        let line = self.screen.notice(text);
        self.lines.push_back(line);
    }

    /// Runs until the node is gone (its mailbox is closed) or a second signal comes.
    pub async fn run(&mut self) -> End {
        loop {
            match self.wait().await {
                Wake::Signal => {
                    if self.phase != Phase::Chatting {
                        return End::AtOnce;
                    }
                    self.finish(FINISH_TIME_SIGNAL);
                }
                Wake::Printed(true) | Wake::HandedOver => {}
                Wake::Printed(false) => {
                    // Nobody reads any more.
                    self.lines.clear();
                    self.finish(FINISH_TIME_SIGNAL);
                }
                Wake::News(Some(news)) => {
                    self.session.on_news(&news);
                    // A machine reads the events themselves, as long as it reads.
                    match &self.journal {
                        None => self.lines.extend(self.screen.lines(&news)),
                        Some(journal) if journal.is_unread() => self.finish(FINISH_TIME_SIGNAL),
                        Some(_) => {}
                    }
                }
                Wake::News(None) => return End::Gone { lost: self.lost },
                Wake::Typing(typing) => self.on_typing(typing).await,
                // With a screen that takes nothing, the last news are never shown.
                Wake::Deadline if matches!(self.phase, Phase::Leaving(_)) => {
                    return End::Gone { lost: self.lost };
                }
                Wake::Deadline => self.on_deadline().await,
            }
            if matches!(self.phase, Phase::Finishing(_)) && self.session.waiting() == 0 {
                self.leave().await;
            }
        }
    }

    async fn wait(&mut self) -> Wake {
        let printing = !self.lines.is_empty();
        let reading = self.phase == Phase::Chatting && !printing && self.session.has_room();
        let deadline = match self.phase {
            Phase::Finishing(until) | Phase::Leaving(until) => Some(until),
            Phase::Chatting => self.join_by,
        };
        tokio::select! {
            biased;
            () = self.signals.next() => Wake::Signal,
            printed = self.output.print(&mut self.lines), if printing => {
                Wake::Printed(printed.is_ok())
            }
            news = self.news.next(), if !printing => Wake::News(news),
            // A node that has stopped closes the mailbox, too.
            Ok(()) = self.session.hand_over() => Wake::HandedOver,
            typing = self.typings.recv(), if reading => {
                Wake::Typing(typing.unwrap_or(Typing::End))
            }
            () = sleep_until(deadline.unwrap_or_else(Instant::now)), if deadline.is_some() => {
                Wake::Deadline
            }
        }
    }

    async fn on_typing(&mut self, typing: Typing) {
        match typing {
            Typing::Line(line) => self.on_line(&line).await,
            Typing::TooLong { found } => self.complain(&LineError::TooLong { found }.to_string()),
            Typing::Interrupt => self.finish(FINISH_TIME_SIGNAL),
            Typing::End => self.finish(FINISH_TIME),
        }
    }

    async fn on_line(&mut self, line: &str) {
        if std::mem::take(&mut self.asked_alone) {
            if line.trim().eq_ignore_ascii_case("yes") {
                return self.ask(Request::Alone).await;
            }
            let text = "not alone: nothing was done, and lines still wait for a quorum";
            self.lines.push_back(self.screen.notice(text));
        }
        match commands::parse(line) {
            Ok(Typed::Nothing) => {}
            Ok(Typed::Help) => self.lines.extend(commands::help()),
            Ok(Typed::Ask(Request::Leave)) => self.finish(FINISH_TIME),
            Ok(Typed::Ask(Request::Alone)) => self.ask_back().await,
            Ok(Typed::Ask(Request::State)) if self.journal.is_some() => {
                let state = self.session.state().await.map(Box::new);
                self.tell_machine(state.map(What::State));
            }
            Ok(Typed::Ask(Request::History { count, before })) if self.journal.is_some() => {
                let past = self.session.history(count, before).await;
                self.tell_machine(past.map(|past| What::History(past.into())));
            }
            Ok(Typed::Ask(request) | Typed::Surely(request)) => self.ask(request).await,
            Err(error) => self.complain(&strip(&error.to_string())),
        }
    }

    async fn ask(&mut self, request: Request) {
        match self.session.request(request).await {
            Ok(Some(answer)) => self.lines.extend(self.screen.lines(&answer)),
            Ok(None) => {}
            Err(error) => self.complain(&error.to_string()),
        }
    }

    fn tell_machine(&mut self, answer: Result<What, Stopped>) {
        match (answer, &self.journal) {
            (Ok(what), Some(journal)) => drop(journal.write(None, what)),
            (Ok(_), None) => {}
            (Err(error), _) => self.complain(&error.to_string()),
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

    fn complain(&mut self, text: &str) {
        self.lines.push_back(self.screen.alarm(text));
    }

    /// No more lines: what waits may still be ordered, for a while.
    fn finish(&mut self, time: Duration) {
        if self.phase == Phase::Chatting {
            self.phase = Phase::Finishing(Instant::now() + time);
            let waiting = self.session.waiting();
            if waiting > 0 {
                let text = format!("leaving, once {waiting} waiting lines are ordered");
                self.lines.push_back(self.screen.notice(&text));
            }
        }
    }

    async fn leave(&mut self) {
        self.phase = Phase::Leaving(Instant::now() + LEAVE_TIME);
        // A node that has stopped has nothing to leave; its mailbox is closed.
        let _stopped = self.session.request(Request::Leave).await;
    }

    async fn on_deadline(&mut self) {
        match self.phase {
            Phase::Chatting => {
                self.join_by = None;
                if !self.session.is_admitted() {
                    self.complain(
                        "not in the ring yet: it may be busy, or have no quorum; lines wait",
                    );
                }
            }
            Phase::Finishing(_) => {
                let lost = self.session.waiting();
                self.lost = lost;
                self.complain(&format!("{lost} lines were not ordered in time; they may be lost"));
                self.leave().await;
            }
            Phase::Leaving(_) => {}
        }
    }
}
