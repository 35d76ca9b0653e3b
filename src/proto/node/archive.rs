//! The lines of the past: asked of others where the own archive lacks them, and given to those who ask.

use super::{Node, Step};
use crate::proto::archive::{Ask, Found, Part, Stretch, Stretches};
use crate::proto::event::Event;
use crate::proto::id::{LinkId, NodeId};
use crate::proto::message::Message;
use crate::proto::output::Output;

/// An answer has no more lines than this, as each takes a few bytes of its header.
const LINES_MAX: u32 = 4_096;

impl Node {
    /// The store says what its archive lacks.
    pub(super) fn on_archive_lacks(&mut self, step: &mut Step, missing: Stretches) {
        let newest = |missing: &Stretches| missing.iter().next_back().map(|it| it.last);
        let (before, now) = (newest(self.fetch.missing()), newest(&missing));
        if now > before
            && let Some(first) = missing.iter().next().map(|it| it.first)
            && let Some(last) = now
        {
            step.event(Event::HistoryLacks { first, last });
        } else if before.is_some() && now.is_none() {
            step.event(Event::HistoryWhole);
        }
        self.fetch.learn(step.now, missing);
    }

    /// Asks somebody for the newest lines that are missing, if nothing else is under way.
    pub(super) fn fetch_archive(&mut self, step: &mut Step) {
        if !self.fetch.may_ask(step.now) {
            return;
        }
        if let Some((peer, link, ask)) = self.next_archive_ask(step) {
            self.fetch.asked(step.now, peer, ask);
            self.links.want(step.now, peer);
            step.send(link, Message::ArchiveAsk(ask));
        } else {
            self.fetch.wait(step.now);
        }
    }

    /// Of those who may have something of it, the first behind this node in the ring to whom a link
    /// stands. If there is none, the first is dialed.
    fn next_archive_ask(&mut self, step: &mut Step) -> Option<(NodeId, LinkId, Ask)> {
        if !self.is_member() || self.leaving.is_some() {
            return None;
        }
        let bytes = u32::try_from(self.config.snapshot_chunk).unwrap_or(u32::MAX);
        let others: Vec<NodeId> =
            self.membership.ring().after(self.me.id).map(|member| member.id).collect();
        let mut unlinked = None;
        for peer in others {
            let Some(ask) = self.fetch.wanted_of(step.now, peer, bytes) else { continue };
            match self.links.to(peer) {
                Some(link) => return Some((peer, link, ask)),
                None if self.suspects.contains(peer) => {}
                None => {
                    unlinked.get_or_insert(peer);
                }
            }
        }
        if let Some(peer) = unlinked {
            self.dial_member(step, peer);
        }
        None
    }

    /// Somebody lacks lines of the past. One question of each is looked into at a time.
    pub(super) fn on_archive_ask(&mut self, step: &mut Step, link: LinkId, from: NodeId, ask: Ask) {
        if !self.archive_asked.insert(link) {
            let why = "expected one question for lines of the past at a time, found another";
            return step.event(Event::Ignored { from: Some(from), why: why.to_owned() });
        }
        if let Some(unknown) = Stretch::behind(self.committed, ask.stretch.last) {
            // Whatever was said there was not said here yet.
            let stretch = unknown.and(ask.stretch).unwrap_or(ask.stretch);
            return self.on_archive_read(step, link, Found::nothing(Ask { stretch, ..ask }));
        }
        let bytes = u32::try_from(self.config.snapshot_chunk).unwrap_or(u32::MAX);
        let (lines, bytes) = (ask.lines.min(LINES_MAX), ask.bytes.min(bytes));
        step.out.push(Output::ReadArchive { link, ask: Ask { lines, bytes, ..ask } });
    }

    /// The answer goes out, if who asked for it is still there.
    pub(super) fn on_archive_read(&mut self, step: &mut Step, link: LinkId, found: Found) {
        if self.archive_asked.remove(&link) && self.links.peer_of(link).is_some() {
            step.send(link, Message::ArchivePart(Part::from(found)));
        }
    }

    /// An answer to this node's own question.
    pub(super) fn on_archive_part(&mut self, step: &mut Step, from: NodeId, part: Part) {
        match self.fetch.answered(step.now, from, &part) {
            Ok(true) => step.out.push(Output::KeepArchive(part)),
            Ok(false) => {}
            Err(why) => step.event(Event::Ignored { from: Some(from), why }),
        }
    }
}
