//! What the servers tell, and what of it a person is shown.

use tokio::time::Instant;

use super::console::Console;
use super::error::ClusterError;
use super::lines::Line;
use super::server::{Heard, Phase, Repeats};
use super::talk;
use super::waits::Waits;
use crate::chat::text::strip;
use crate::front::journal::{self, Told, What};
use crate::proto::entry::Delivered;
use crate::proto::event::Event;
use crate::trace::describe;

/// How many views are kept in mind: each is shown once, though every server installs it.
const VIEWS: usize = 64;

impl Console {
    pub(super) fn hear(&mut self, heard: Heard) {
        let Heard { server: number, life, told } = heard;
        let is_last_life = self.site.servers[number].life == life;
        match told {
            Some(Ok(line)) => self.on_told(number, is_last_life, *line),
            Some(Err(why)) => {
                let text = format!("{}: {why}", self.site.servers[number].name);
                self.complain(&text);
            }
            None => self.site.servers[number].silent |= is_last_life,
        }
    }

    fn on_told(&mut self, number: usize, is_last_life: bool, line: journal::Line) {
        match line.what {
            What::Listening { .. } if is_last_life => self.site.is_there(number, line.node),
            What::State(state) if is_last_life => self.site.servers[number].answer(state),
            // A life that is over answers nobody.
            What::Listening { .. } | What::State(_) => {}
            What::Event(event) => self.on_event(number, &event),
            What::Delivered(delivered) => self.on_delivered(number, &delivered),
            What::History(told) => self.on_history(number, told),
            // The person at a server is nobody; lines are shown as they are delivered.
            What::Chat(_) => {}
            What::Notice(text) => {
                if text.starts_with('!') {
                    self.from(number, &text);
                }
            }
        }
    }

    /// A line that is prefixed by the server that told it.
    fn from(&mut self, number: usize, text: &str) {
        let name = &self.site.servers[number].name;
        self.lines.push_back(format!("{name}: {}", strip(text)));
    }

    fn on_event(&mut self, number: usize, event: &Event) {
        let server = &mut self.site.servers[number];
        server.hear(event);
        // What it had kept was shown when it happened.
        let is_news = server.repeats != Repeats::Kept;
        let text = describe(event, &|id| self.site.name_of(id));
        if is_news && self.shown.has(event) && self.is_new_view(event, &text) {
            self.from(number, &text);
        }
    }

    /// Whether this is no view that another server has installed before.
    fn is_new_view(&mut self, event: &Event, text: &str) -> bool {
        let is_view = matches!(event, Event::ViewInstalled { .. });
        if is_view && self.views.iter().any(|shown| shown == text) {
            return false;
        }
        if is_view {
            self.views.truncate(VIEWS - 1);
            self.views.push_front(text.to_owned());
        }
        true
    }

    fn on_delivered(&mut self, number: usize, delivered: &Delivered) {
        let payload = &delivered.message.payload.bytes;
        let origin = delivered.message.origin;
        if let Some(name) = talk::name(payload) {
            let of_origin = |server: &&mut super::server::Server| server.node == Some(origin);
            if let Some(server) = self.site.servers.iter_mut().find(of_origin) {
                server.person = Some(name);
            }
        }
        if let Some(text) = talk::line(payload) {
            let repeats = self.site.servers[number].repeats != Repeats::Nothing;
            let now = Instant::now();
            self.board.note(number, delivered, text, repeats, now);
            let awaited = self.site.running();
            for line in self.board.take(&awaited, now) {
                self.show(&line);
            }
        }
    }

    pub(super) fn show(&mut self, line: &Line) {
        let (name, servers) = (self.site.name_of(line.origin), self.site.servers.len());
        let Line { place, lamport, text, at, .. } = line;
        let text = strip(text);
        self.lines.push_back(format!("{name}[{place}·{lamport}]: {text} · at {at} of {servers}"));
    }

    fn on_history(&mut self, number: usize, told: Told) {
        if !matches!(self.waits, Waits::Messages(of, _) if of == number) {
            return;
        }
        self.waits = Waits::Nothing;
        if told.lines.is_empty() {
            self.from(number, "has no lines");
        }
        for line in told.lines {
            let name = line.name.unwrap_or_else(|| self.site.name_of(line.origin));
            self.from(number, &format!("{name}[{}·{}]: {}", line.place, line.lamport, line.text));
        }
    }

    /// A process that has told its last and is gone has left, or has ended by itself.
    pub(super) fn notice_ends(&mut self) -> Result<(), ClusterError> {
        for number in 0..self.site.servers.len() {
            let server = &mut self.site.servers[number];
            let ended = server.process.as_mut().filter(|_| server.silent);
            let Some(process) = ended else { continue };
            let Some(status) = process.ended() else { continue };
            let complaint = process.complaint();
            let (leaves, name) = (server.phase == Phase::Leaves, server.name.clone());
            self.site.kill(number, if leaves { "has left" } else { "ended by itself" })?;
            if !(leaves && status.success()) {
                self.complain(&format!("{name} ended by itself: {status} {complaint}"));
            }
        }
        Ok(())
    }
}
