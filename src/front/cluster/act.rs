//! Carries out what was typed at the prompt of a cluster.

use super::commands::{Typed, help, parse};
use super::console::Console;
use super::error::ClusterError;
use super::server::Phase;

/// How many lines `messages` shows.
const MESSAGES: usize = 20;

impl Console {
    /// Says what was started.
    pub(super) fn greet(&mut self) {
        let servers = self.site.servers.iter();
        let servers: Vec<String> =
            servers.map(|server| format!("{} at {}", server.name, server.address)).collect();
        let folder = self.site.folder();
        let stays = if folder.is_kept() { "" } else { ", which vanishes at the end" };
        let files = format!("files in {}{stays}", folder.path().display());
        self.lines.push_back(format!(
            "* {} · {files} · help shows what can be typed",
            servers.join(", ")
        ));
    }

    pub(super) fn on_line(&mut self, line: &str) -> Result<(), ClusterError> {
        match parse(line, self.site.servers.len()) {
            Ok(typed) => self.act(typed),
            Err(error) => {
                self.complain(&error.to_string());
                Ok(())
            }
        }
    }

    fn act(&mut self, typed: Typed) -> Result<(), ClusterError> {
        match typed {
            Typed::Nothing => {}
            Typed::Help => self.lines.extend(help()),
            Typed::State => self.wait_for_answers(),
            Typed::Wait => self.wait_for_rest(),
            Typed::Quit => self.leave()?,
            Typed::Events(shown) => self.shown = shown,
            Typed::Kill(number) => self.kill(number)?,
            Typed::Restart(number) => self.restart(number)?,
            Typed::Pause(number) => self.pause(number)?,
            Typed::Resume(number) => self.resume(number)?,
            Typed::Cut { from, to, oneway } => self.cut(from, to, oneway)?,
            Typed::Heal if self.site.cuts.is_empty() => self.complain("no link is cut"),
            Typed::Heal => {
                self.site.heal()?;
                self.tell("all links are whole");
            }
            Typed::Say(number, text) => self.say(number, &text),
            Typed::Messages(number) => {
                let runs = self.runs(number);
                if runs && self.site.servers[number].type_line(&format!("/history {MESSAGES}")) {
                    self.wait_for_messages(number);
                }
            }
        }
        Ok(())
    }

    /// Says that something was done, and lets a script wait for what it leads to.
    fn tell(&mut self, text: &str) {
        self.lines.push_back(text.to_owned());
        self.done();
    }

    fn kill(&mut self, number: usize) -> Result<(), ClusterError> {
        let server = &self.site.servers[number];
        if let Phase::Ended(how) = &server.phase {
            let text = format!("server {} does not run: {how}", number + 1);
            self.complain(&text);
            return Ok(());
        }
        self.site.kill(number, "killed")?;
        self.tell(&format!("Server {} killed", number + 1));
        Ok(())
    }

    fn restart(&mut self, number: usize) -> Result<(), ClusterError> {
        match self.site.servers[number].phase {
            Phase::Ended(_) => {
                self.site.start(number)?;
                self.tell(&format!("Server {} started", number + 1));
            }
            Phase::Paused => {
                self.complain(&format!(
                    "server {0} is paused: resume {0} lets it go on",
                    number + 1
                ));
            }
            Phase::Starts | Phase::Runs | Phase::Leaves => {
                self.complain(&format!("server {0} runs: killnode {0} ends it", number + 1));
            }
        }
        Ok(())
    }

    fn pause(&mut self, number: usize) -> Result<(), ClusterError> {
        if self.runs(number) {
            self.site.pause(number, true)?;
            self.tell(&format!("Server {} paused", number + 1));
        }
        Ok(())
    }

    fn resume(&mut self, number: usize) -> Result<(), ClusterError> {
        if self.site.servers[number].phase == Phase::Paused {
            self.site.pause(number, false)?;
            self.tell(&format!("Server {} resumed", number + 1));
        } else {
            self.complain(&format!("server {} is not paused", number + 1));
        }
        Ok(())
    }

    fn cut(&mut self, from: usize, to: usize, oneway: bool) -> Result<(), ClusterError> {
        let mut any = self.site.cut((from, to), true)?;
        if !oneway {
            any |= self.site.cut((to, from), true)?;
        }
        let (from, to) = (&self.site.servers[from].name, &self.site.servers[to].name);
        let both = if oneway { "" } else { ", and back" };
        let text = format!("nothing arrives from {from} at {to} any more{both}");
        if any {
            self.tell(&text);
        } else {
            self.complain(&format!("{text}: that was so before"));
        }
        Ok(())
    }

    fn say(&mut self, number: usize, text: &str) {
        if !self.runs(number) {
            return;
        }
        if self.site.servers[number].say(text) {
            self.done();
        } else {
            self.complain(&format!("server {} reads no more lines; nothing was said", number + 1));
        }
    }

    /// Whether this server can do something; it is said why not.
    fn runs(&mut self, number: usize) -> bool {
        let (server, number) = (&self.site.servers[number], number + 1);
        let text = match &server.phase {
            Phase::Runs => return true,
            Phase::Starts => format!("server {number} still looks for the ring: wait waits for it"),
            Phase::Paused => format!("server {number} is paused: resume {number} lets it go on"),
            Phase::Leaves => format!("server {number} is leaving"),
            Phase::Ended(how) => {
                format!("server {number} does not run ({how}): restart {number} starts it")
            }
        };
        self.complain(&format!("{text}; nothing was done"));
        false
    }
}
