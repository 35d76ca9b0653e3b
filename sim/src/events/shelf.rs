//! The archive of one machine, where a scenario has disks: every line of the past, by its place.
//!
//! A snapshot stands for no lines here, so a node that was served one has to get them all from others.

use std::collections::BTreeMap;

use ringchat::proto::archive::{ArchivedLine, Ask, Found, Part, Stretch, Stretches};
use ringchat::proto::entry::{Delivered, Payload};
use ringchat::proto::id::{Index, LinkId, NodeId};
use ringchat::proto::input::Input;

use super::Events;
use crate::scenario::NodeIndex;

/// The archive. It outlives the lives of one incarnation.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    node: Option<NodeId>,
    lines: BTreeMap<u64, Payload>,
    missing: Stretches,
    reaches: Index,
}

impl Shelf {
    /// A life begins; that of another incarnation with nothing.
    pub(super) fn belongs_to(&mut self, node: NodeId) {
        if self.node != Some(node) {
            *self = Shelf { node: Some(node), ..Shelf::default() };
        }
    }

    /// The next line of the order.
    pub(super) fn append(&mut self, delivered: &Delivered) {
        self.lines.insert(delivered.index.0, delivered.message.payload.clone());
        self.reaches = self.reaches.max(delivered.index);
    }

    /// Everything up to `index` is known now, but for the lines that were not delivered here.
    pub(super) fn skip_to(&mut self, index: Index) {
        if let Some(gap) = Stretch::behind(self.reaches, index) {
            self.missing.add(gap);
            self.reaches = index;
        }
    }

    /// Looks for lines.
    pub(super) fn read(&self, ask: Ask) -> Found {
        let Stretch { first, last } = ask.stretch;
        let line = |(place, bytes): (&u64, &Payload)| ArchivedLine {
            place: Index(*place),
            bytes: bytes.clone(),
        };
        Found::take(ask, self.lines.range(first.0..=last.0).rev().map(line), &self.missing)
    }

    /// Puts in what another archive had.
    pub(super) fn keep(&mut self, part: Part) {
        self.missing.remove(part.stretch);
        self.lines.extend(part.lines.into_iter().map(|line| (line.place.0, line.bytes)));
    }
}

impl Events {
    /// A node's state is that of a snapshot now.
    pub(super) fn skip_in_archive(&mut self, host: NodeIndex, index: Index) {
        if self.disks {
            self.hosts[host.0].shelf.skip_to(index);
            self.tell_what_is_missing(host);
        }
    }

    pub(super) fn read_archive(&mut self, host: NodeIndex, link: LinkId, ask: Ask) {
        let found = self.hosts[host.0].shelf.read(ask);
        self.answers.push_back(Input::ArchiveRead { link, found });
    }

    pub(super) fn keep_archive(&mut self, host: NodeIndex, part: Part) {
        // Whoever has gone on alone has other lines at the same places.
        let ring = self.hosts[host.0].ring();
        let differs = |line: &ArchivedLine| {
            let same = self.hosts.iter().filter(|other| other.ring() == ring);
            let known = same.filter_map(|other| other.shelf.lines.get(&line.place.0));
            known.into_iter().any(|bytes| *bytes != line.bytes)
        };
        if let Some(line) = part.lines.iter().find(|line| differs(line)) {
            let words =
                format!("is given a line of {} that another node has not there", line.place);
            self.crashed.get_or_insert((host, words));
        }
        self.hosts[host.0].shelf.keep(part);
        self.tell_what_is_missing(host);
    }

    fn tell_what_is_missing(&mut self, host: NodeIndex) {
        let missing = self.hosts[host.0].shelf.missing.clone();
        self.answers.push_back(Input::ArchiveLacks { missing });
    }
}
