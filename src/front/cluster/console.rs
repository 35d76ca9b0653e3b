//! The prompt of a cluster: what is typed goes to the servers, what they tell to the screen.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::error::ClusterError;
use super::leave::Leaving;
use super::lines::Board;
use super::news::Shown;
use super::server::Heard;
use super::site::Site;
use super::waits::Waits;
use crate::chat::text::LineError;
use crate::front::output::Output;
use crate::front::plain::Typing;
use crate::front::signals::Signals;

/// How often the servers are looked after.
const TICK: Duration = Duration::from_millis(50);

/// How the console ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// All servers have left, or had ended before.
    Left,
    /// So many servers did not leave in time, and were killed.
    Killed(usize),
    /// A second signal came, and all were killed.
    AtOnce,
}

/// The prompt of a cluster.
#[derive(Debug)]
pub struct Console {
    pub(super) site: Site,
    pub(super) board: Board,
    /// Which events are shown.
    pub(super) shown: Shown,
    /// The views that were shown lately, as text.
    pub(super) views: VecDeque<String>,
    /// Lines on their way to the output.
    pub(super) lines: VecDeque<String>,
    pub(super) waits: Waits,
    heard: mpsc::Receiver<Heard>,
    typings: mpsc::Receiver<Typing>,
    output: Output,
    signals: Signals,
    /// Whether each command waits for what the one before it led to.
    pub(super) is_script: bool,
    /// Whether servers are asked to leave, and how far that is.
    pub(super) leaving: Option<Leaving>,
    tick: Instant,
}

/// What the console waited for.
enum Wake {
    Signal,
    Printed(bool),
    Heard(Box<Heard>),
    Typing(Typing),
    Tick,
}

impl Console {
    /// A console between servers that do not run yet and the outside.
    pub fn new(
        (site, heard): (Site, mpsc::Receiver<Heard>),
        typings: mpsc::Receiver<Typing>,
        output: Output,
        signals: Signals,
        is_script: bool,
    ) -> Console {
        Console {
            site,
            board: Board::default(),
            shown: Shown::default(),
            views: VecDeque::new(),
            lines: VecDeque::new(),
            waits: Waits::Nothing,
            heard,
            typings,
            output,
            signals,
            is_script,
            leaving: None,
            tick: Instant::now(),
        }
    }

    /// Starts all servers, and runs until they are gone.
    ///
    /// # Errors
    /// [`ClusterError`], if it cannot go on: all servers are killed then.
    pub async fn run(&mut self) -> Result<End, ClusterError> {
        for number in 0..self.site.servers.len() {
            self.site.start(number)?;
        }
        self.greet();
        if self.is_script {
            self.wait_for_rest();
        }
        loop {
            match self.wait().await {
                Wake::Signal if self.leaving.is_some() => return Ok(End::AtOnce),
                Wake::Signal => self.leave()?,
                // Where nobody reads any more, nobody is there; what waits would keep the servers unheard.
                Wake::Printed(false) => {
                    self.lines.clear();
                    self.leave()?;
                }
                Wake::Printed(true) => {}
                Wake::Heard(heard) => self.hear(*heard),
                Wake::Typing(typing) => self.on_typing(typing)?,
                Wake::Tick => self.on_tick()?,
            }
            if let Some(end) = self.end() {
                while !self.lines.is_empty() && self.output.print(&mut self.lines).await.is_ok() {}
                return Ok(end);
            }
        }
    }

    async fn wait(&mut self) -> Wake {
        let printing = !self.lines.is_empty();
        let reading = !printing && self.leaving.is_none() && matches!(self.waits, Waits::Nothing);
        tokio::select! {
            biased;
            () = self.signals.next() => Wake::Signal,
            // What is looked after must not wait for a slow reader.
            () = sleep_until(self.tick) => Wake::Tick,
            printed = self.output.print(&mut self.lines), if printing => {
                Wake::Printed(printed.is_ok())
            }
            Some(heard) = self.heard.recv(), if !printing => Wake::Heard(Box::new(heard)),
            typing = self.typings.recv(), if reading => {
                Wake::Typing(typing.unwrap_or(Typing::End))
            }
        }
    }

    fn on_typing(&mut self, typing: Typing) -> Result<(), ClusterError> {
        match typing {
            Typing::Line(line) => self.on_line(&line),
            Typing::TooLong { found } => {
                self.complain(&LineError::TooLong { found }.to_string());
                Ok(())
            }
            // Nobody asks for passwords here.
            Typing::Password(_) => Ok(()),
            Typing::Interrupt | Typing::End => self.leave(),
        }
    }

    fn on_tick(&mut self) -> Result<(), ClusterError> {
        let now = Instant::now();
        self.tick = now + TICK;
        self.notice_ends()?;
        self.let_leave(now);
        let awaited = self.site.running();
        for line in self.board.take(&awaited, now) {
            self.show(&line);
        }
        self.look_at_what_is_waited_for(now);
        Ok(())
    }

    pub(super) fn complain(&mut self, text: &str) {
        self.lines.push_back(format!("! {text}"));
    }
}
