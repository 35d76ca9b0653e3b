//! What the nodes of a soak have told: who delivered what at which place, in all of their lives.

use std::collections::{BTreeMap, BTreeSet};

use ringchat::chat::command::Command;
use ringchat::front::journal::What;
use ringchat::proto::entry::Delivered;
use ringchat::proto::event::Event;
use ringchat::proto::id::Index;

/// A line that a writer says: whose it is, and its how manieth, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Line {
    pub(super) writer: usize,
    pub(super) number: u64,
}

impl Line {
    /// As it is typed; no other line is like it.
    pub(super) fn text(self) -> String {
        format!("line {} of {}", self.number, self.writer)
    }

    fn read(text: &str) -> Option<Line> {
        let (number, writer) = text.strip_prefix("line ")?.split_once(" of ")?;
        Some(Line { writer: writer.parse().ok()?, number: number.parse().ok()? })
    }
}

/// What one node told.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    /// The lines that it gave to its chat, by their places, in all lives.
    pub(super) lines: BTreeMap<Index, Line>,
    /// The lines of its own among them.
    pub(super) acknowledged: BTreeSet<Line>,
    /// Up to here it was given states by others, in which lines stand that it never told.
    pub(super) given: Index,
    /// The place of what it told last, in this life.
    last: Index,
}

impl Told {
    /// Whether it holds this line among its last.
    pub(super) fn has_lately(&self, line: Line) -> bool {
        self.lines.values().rev().take(1_000).any(|held| *held == line)
    }
}

/// What all have told, and what was wrong with it at once.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) told: Vec<Told>,
    /// How many lines each writer has typed.
    pub(super) typed: Vec<u64>,
    pub(super) reordered: u64,
    pub(super) invented: u64,
    pub(super) kills: u64,
    pub(super) stops: u64,
}

impl Record {
    pub(super) fn new(nodes: usize) -> Record {
        Record {
            told: vec![Told::default(); nodes],
            typed: vec![0; nodes],
            reordered: 0,
            invented: 0,
            kills: 0,
            stops: 0,
        }
    }

    /// The next line of this writer.
    pub(super) fn next(&mut self, writer: usize) -> Line {
        self.typed[writer] += 1;
        Line { writer, number: self.typed[writer] }
    }

    /// Another life of a node begins: it tells from the beginning of its log.
    pub(super) fn begin(&mut self, node: usize) {
        self.told[node].last = Index::ZERO;
    }

    /// Takes in what a node told.
    pub(super) fn hear(&mut self, node: usize, what: &What) {
        match what {
            What::Delivered(delivered) => self.delivered(node, delivered),
            What::Event(Event::SnapshotInstalled { index, .. }) => {
                let told = &mut self.told[node];
                told.last = told.last.max(*index);
                told.given = told.given.max(*index);
            }
            What::Event(_)
            | What::Listening { .. }
            | What::State(_)
            | What::History(_)
            | What::Notice(_) => {}
        }
    }

    fn delivered(&mut self, node: usize, delivered: &Delivered) {
        let told = &mut self.told[node];
        if delivered.index <= told.last {
            self.reordered += 1;
        }
        told.last = delivered.index;
        let Ok(Command::Say { text, .. }) = Command::decode(&delivered.message.payload.bytes)
        else {
            return;
        };
        let Some(line) =
            Line::read(&text).filter(|line| self.typed.get(line.writer) >= Some(&line.number))
        else {
            self.invented += 1;
            return;
        };
        // In a later life it may tell the same again, and nothing else.
        if told.lines.insert(delivered.index, line).is_some_and(|before| before != line) {
            self.reordered += 1;
        }
        if line.writer == node {
            told.acknowledged.insert(line);
        }
    }
}
