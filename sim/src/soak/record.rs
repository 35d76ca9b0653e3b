//! What the nodes of a soak have told: who delivered what at which place, in all of their lives.

use std::collections::{BTreeMap, BTreeSet};

use ringchat::chat::command::Command;
use ringchat::front::journal::What;
use ringchat::proto::entry::Delivered;
use ringchat::proto::event::Event;
use ringchat::proto::id::Index;

/// A line that a writer says: whose it is, and its how manieth, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    /// The place of its writer among the nodes.
    pub writer: usize,
    /// From 1.
    pub number: u64,
}

impl Line {
    /// As it is typed; no other line is like it.
    pub fn text(self) -> String {
        format!("line {} of {}", self.number, self.writer)
    }

    fn read(text: &str) -> Option<Line> {
        let (number, writer) = text.strip_prefix("line ")?.split_once(" of ")?;
        Some(Line { writer: writer.parse().ok()?, number: number.parse().ok()? })
    }
}

/// What one node told.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// The lines that it gave to its chat, by their places, in all lives.
    pub lines: BTreeMap<Index, Line>,
    /// The lines of its own among them.
    pub acknowledged: BTreeSet<Line>,
    /// Up to here it was given states by others, in which lines stand that it never told.
    pub given: Index,
    /// The place of what it told last, in this life.
    last: Index,
}

impl Told {
    /// Whether it holds this line among its last.
    pub fn has_lately(&self, line: Line) -> bool {
        self.lines.values().rev().take(1_000).any(|held| *held == line)
    }
}

/// What all have told, and what was wrong with it at once.
#[derive(Clone, Debug)]
pub struct Record {
    /// What each node told.
    pub told: Vec<Told>,
    /// How many lines each writer has typed.
    pub typed: Vec<u64>,
    /// How often a node went back to an earlier place within a life, or told another line of a place.
    pub reordered: u64,
    /// How many lines were told that nobody has typed.
    pub invented: u64,
    /// How many processes were killed.
    pub kills: u64,
    /// How many were stopped.
    pub stops: u64,
}

impl Record {
    /// Of so many nodes, which have told nothing yet.
    pub fn new(nodes: usize) -> Record {
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
    pub fn next(&mut self, writer: usize) -> Line {
        self.typed[writer] += 1;
        Line { writer, number: self.typed[writer] }
    }

    /// Another life of a node begins: it tells from the beginning of its log.
    pub fn begin(&mut self, node: usize) {
        self.told[node].last = Index::ZERO;
    }

    /// Takes in what a node told.
    pub fn hear(&mut self, node: usize, what: &What) {
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
            | What::Chat(_)
            | What::Notice(_) => {}
        }
    }

    fn delivered(&mut self, node: usize, delivered: &Delivered) {
        let told = &mut self.told[node];
        if delivered.index <= told.last {
            self.reordered += 1;
        }
        told.last = delivered.index;
        let command = Command::decode(&delivered.message.payload.bytes);
        let Some(text) = command.as_ref().ok().and_then(Command::said) else { return };
        let Some(line) =
            Line::read(text).filter(|line| self.typed.get(line.writer) >= Some(&line.number))
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
