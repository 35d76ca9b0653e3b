//! The front end of this program: what is typed goes to the node, what happens to the screen.
//!
//! `typing` understands what is typed, `alias` the person's own words for others; `telling` shows what
//! happens, [`board`] knows where lines are said and what the prompt shows.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use board::Board;

use crate::front::aliases::Aliases;
use crate::front::commands::For;
use crate::front::door::{News, Request};
use crate::front::journal::Journal;
use crate::front::mailbox::Mailbox;
use crate::front::output::Output;
use crate::front::plain::Typing;
use crate::front::prompt::sketch::Sketch;
use crate::front::screen::Screen;
use crate::front::session::Session;
use crate::front::signals::Signals;
use crate::front::streams::Input;
use crate::proto::id::Index;

mod alias;
pub mod board;
mod telling;
mod typing;

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
    /// What is read of the input.
    input: Input,
    /// Nothing more is read: the input is at its end, and the node stays.
    read_all: bool,
    /// Where lines are said, and what the prompt shows.
    board: Board,
    /// The person's own words for others.
    aliases: Aliases,
    /// A line of a script that needs the ring, and waits until the node is in it.
    held: Option<Typing>,
    /// `/alone` was typed, and waits for a yes.
    asked_alone: bool,
    /// What a password was asked for: the next line is one.
    password_for: Option<For>,
    /// The place of an own line that not all members are known to have, and when that is asked
    /// next.
    not_at_all: Option<(Index, Instant)>,
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
    Settled,
    Deadline,
    AtAll,
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
            input: Input::ToItsEnd,
            read_all: false,
            board: Board::default(),
            aliases: Aliases::default(),
            held: None,
            asked_alone: false,
            password_for: None,
            not_at_all: None,
            join_by: Some(Instant::now() + JOIN_TIME),
            lost: 0,
        }
    }

    /// The same for a machine that reads this journal.
    pub fn for_machine(mut self, journal: Option<Journal>) -> Console {
        self.journal = journal;
        self
    }

    /// The same, reading that of its input.
    pub fn reads(mut self, input: Input) -> Console {
        self.input = input;
        self.read_all = input == Input::Nothing;
        self
    }

    /// The same with a prompt that shows where lines are said.
    pub fn with_prompt(mut self, sketch: Option<Sketch>) -> Console {
        self.board = Board::new(sketch);
        self
    }

    /// Shows a line before anything else happens.
    pub fn greet(mut self, text: &str) -> Console {
        self.lines.push_back(self.screen.notice(text));
        self
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
                Wake::Printed(true) | Wake::HandedOver | Wake::Settled => {}
                Wake::Printed(false) => {
                    // Nobody reads any more.
                    self.lines.clear();
                    self.finish(FINISH_TIME_SIGNAL);
                }
                Wake::News(Some(news)) => self.on_news(news),
                Wake::News(None) => return End::Gone { lost: self.lost },
                Wake::Typing(typing) => self.on_typing(typing).await,
                // With a screen that takes nothing, the last news are never shown.
                Wake::Deadline if matches!(self.phase, Phase::Leaving(_)) => {
                    return End::Gone { lost: self.lost };
                }
                Wake::Deadline => self.on_deadline().await,
                Wake::AtAll => self.ask_at_all().await,
            }
            if self.session.who().is_some()
                && let Some(typing) = self.held.take()
            {
                self.on_typing(typing).await;
            }
            if matches!(self.phase, Phase::Finishing(_)) && self.session.waiting() == 0 {
                self.leave().await;
            }
        }
    }

    async fn wait(&mut self) -> Wake {
        let printing = !self.lines.is_empty();
        let wants = !self.read_all && self.held.is_none() && self.session.has_room();
        let reading = self.phase == Phase::Chatting && wants && !printing;
        let finishing = matches!(self.phase, Phase::Finishing(_));
        let deadline = match self.phase {
            Phase::Finishing(until) | Phase::Leaving(until) => Some(until),
            Phase::Chatting => self.join_by,
        };
        let settles = self.session.settles();
        let at_all = self.not_at_all.map(|(_, next)| next);
        tokio::select! {
            biased;
            () = self.signals.next() => Wake::Signal,
            printed = self.output.print(&mut self.lines), if printing => {
                Wake::Printed(printed.is_ok())
            }
            news = self.news.next(), if !printing => Wake::News(news),
            // A node that has stopped closes the mailbox, too.
            Ok(()) = self.session.hand_over() => Wake::HandedOver,
            () = settles.notified(), if finishing => Wake::Settled,
            typing = self.typings.recv(), if reading => {
                Wake::Typing(typing.unwrap_or(Typing::End))
            }
            () = sleep_until(deadline.unwrap_or_else(Instant::now)), if deadline.is_some() => {
                Wake::Deadline
            }
            () = sleep_until(at_all.unwrap_or_else(Instant::now)), if at_all.is_some() => Wake::AtAll,
        }
    }

    fn complain(&mut self, text: &str) {
        self.lines.push_back(self.screen.alarm(text));
    }

    /// No more lines: what waits may still be ordered, for a while.
    fn finish(&mut self, time: Duration) {
        if self.phase == Phase::Chatting {
            let waiting = self.session.waiting();
            self.session.take_leave();
            self.phase = Phase::Finishing(Instant::now() + time);
            if waiting > 0 {
                let lines = if waiting == 1 { "line is" } else { "lines are" };
                let text = format!("leaving, once {waiting} waiting {lines} ordered");
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
                let lines = if lost == 1 { "line was" } else { "lines were" };
                self.complain(&format!("{lost} {lines} not ordered in time and may be lost"));
                self.leave().await;
            }
            Phase::Leaving(_) => {}
        }
    }
}
