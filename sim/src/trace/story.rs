//! The story of a run: what a person needs to follow it, in about a screen or two.
//!
//! What happens at several nodes within a moment stands on one line; deliveries are summed up between
//! faults; how the ring came to be, before the first line was said, is told in one line.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::time::Duration;

use ringchat::proto::event::Event;
use ringchat::proto::id::{Index, NodeId};
use ringchat::proto::time::Instant;
use ringchat::proto::view::View;
use ringchat::trace::describe;

use super::names::Names;
use crate::history::{Happening, History, Record};

/// Nodes to which the same happens within this are told of on one line.
const MOMENT: Duration = Duration::from_millis(300);

/// More nodes than this are counted, not named.
const NAMED: usize = 7;

/// The story, one line for each thing, with a line break behind each.
pub fn story(history: &History) -> String {
    let mut story = Story { names: Names::of(history), ..Story::default() };
    for record in history.records() {
        story.tell(record);
    }
    story.sum_up();
    // A sum bears the time of its last delivery, and was written down when the next fault came.
    story.lines.sort_by_key(|line| line.at);
    story.text()
}

#[derive(Debug, Default)]
struct Story {
    names: Names,
    lines: Vec<Line>,
    /// Whether something was said or went wrong: from then on everything is told.
    begun: bool,
    leader: Option<NodeId>,
    /// Who tries to elect somebody: only the first try is told.
    electing: BTreeSet<String>,
    /// Whom each node skips: told once, until that one answers.
    skipped: BTreeSet<(String, NodeId)>,
    /// What each node has delivered since the last sum.
    delivered: BTreeMap<String, Span>,
}

#[derive(Debug)]
struct Line {
    at: Instant,
    who: BTreeSet<String>,
    what: String,
    fault: bool,
}

/// A stretch of deliveries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Span {
    first: Index,
    last: Index,
    count: u64,
    at: Instant,
}

impl Story {
    fn tell(&mut self, record: &Record) {
        let who = self.names.whose(record);
        match &record.what {
            Happening::Started { .. } => {
                if self.begun {
                    self.fault(record.at, who, "starts".to_owned());
                }
            }
            Happening::Died => self.fault(record.at, who, "dies".to_owned()),
            Happening::Paused => self.fault(record.at, who, "stands still".to_owned()),
            Happening::Resumed => self.fault(record.at, who, "goes on".to_owned()),
            Happening::Fault(what) => self.fault(record.at, who, what.clone()),
            Happening::Delivered(it) => self.deliver(record.at, who, it.index),
            Happening::Event(event) => self.event(record.at, who, event),
        }
    }

    fn fault(&mut self, at: Instant, who: String, what: String) {
        self.begun = true;
        self.sum_up();
        self.add(at, who, what, true);
    }

    fn deliver(&mut self, at: Instant, who: String, index: Index) {
        let fresh = Span { first: index, last: index, count: 0, at };
        let span = self.delivered.entry(who).or_insert(fresh);
        span.last = index;
        span.count += 1;
        span.at = at;
    }

    /// What was delivered since the last sum: nodes that delivered the same stand together.
    fn sum_up(&mut self) {
        let mut groups: BTreeMap<(Index, Index, u64), (Instant, BTreeSet<String>)> =
            BTreeMap::new();
        for (who, Span { first, last, count, at }) in std::mem::take(&mut self.delivered) {
            let group = groups.entry((first, last, count)).or_default();
            group.0 = group.0.max(at);
            group.1.insert(who);
        }
        let mut lines: Vec<Line> = Vec::new();
        for ((first, last, count), (at, who)) in groups {
            let what = match count {
                1 => format!("delivered a line, at {first}"),
                _ => format!("delivered {count} lines, from {first} to {last}"),
            };
            lines.push(Line { at, who, what, fault: true });
        }
        lines.sort_by_key(|line| line.at);
        self.lines.append(&mut lines);
    }

    fn event(&mut self, at: Instant, who: String, event: &Event) {
        if !self.begun {
            return self.prologue(at, event);
        }
        let again = match event {
            Event::ElectionStarted { .. } => !self.electing.insert(who.clone()),
            Event::Leads { .. } | Event::Follows { .. } | Event::QuorumBack => {
                self.electing.remove(&who);
                false
            }
            Event::Suspected { peer } => !self.skipped.insert((who.clone(), *peer)),
            Event::Cleared { peer } => {
                self.skipped.remove(&(who.clone(), *peer));
                false
            }
            _anything_else => false,
        };
        if is_told(event) && !again {
            let what = describe(event, &|id| self.names.id(id));
            self.add(at, who, what, false);
        }
    }

    /// How the ring came to be: only its last view is told, and who leads.
    fn prologue(&mut self, at: Instant, event: &Event) {
        match event {
            Event::Leads { ballot, .. } => self.leader = Some(ballot.proposer),
            Event::ViewInstalled { view, .. } => {
                let what = self.ring(view);
                let who = BTreeSet::from(["ring".to_owned()]);
                self.lines = vec![Line { at, who, what, fault: true }];
            }
            Event::Submitted { .. } => self.begun = true,
            _before_the_story => {}
        }
    }

    fn ring(&self, view: &View) -> String {
        let members: Vec<String> =
            view.members.iter().map(|member| self.names.id(member.id)).collect();
        let leader = self.leader.map_or_else(|| "nobody".to_owned(), |id| self.names.id(id));
        format!("stands: {}; {leader} leads", members.join(" "))
    }

    /// A line of its own, or one more node on a line of the same moment.
    fn add(&mut self, at: Instant, who: String, what: String, fault: bool) {
        let same = |line: &&mut Line| {
            line.what == what && line.fault == fault && at.since(line.at) <= MOMENT
        };
        if let Some(line) = self.lines.iter_mut().rev().take(20).find(same) {
            line.who.insert(who);
            return;
        }
        self.lines.push(Line { at, who: BTreeSet::from([who]), what, fault });
    }

    fn text(&self) -> String {
        let mut text = String::new();
        let width = self.lines.iter().map(|line| nodes(&line.who).len()).max().unwrap_or(0);
        for Line { at, who, what, .. } in &self.lines {
            let ms = at.as_micros() / 1_000;
            let time = format!("{}.{:03}", ms / 1_000, ms % 1_000);
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{time:>8}  {:<width$}  {what}", nodes(who));
        }
        text
    }
}

/// Nodes by name, in the order of their numbers; many are counted.
fn nodes(who: &BTreeSet<String>) -> String {
    if who.len() > NAMED {
        return format!("{} nodes", who.len());
    }
    let mut names: Vec<&String> = who.iter().collect();
    names.sort_by_key(|name| (name.len(), *name));
    let names: Vec<&str> = names.into_iter().map(String::as_str).collect();
    names.join(" ")
}

/// What belongs into the story. The rest can be seen in everything that happened.
fn is_told(event: &Event) -> bool {
    match event {
        Event::LinkUp { .. }
        | Event::LinkDown { .. }
        | Event::Successor { .. }
        | Event::Joining { .. }
        | Event::Sponsors { .. }
        | Event::CaughtUp { .. }
        | Event::SnapshotSent { .. }
        | Event::TokenReplaced { .. }
        | Event::TokenSwallowed { .. }
        | Event::ElectionWon { .. }
        | Event::Promised { .. }
        | Event::ViewProposed { .. }
        | Event::Submitted { .. }
        | Event::DuplicateSuppressed { .. }
        | Event::GapRefused { .. } => false,
        Event::Suspected { .. }
        | Event::Cleared { .. }
        | Event::SnapshotInstalled { .. }
        | Event::Restored { .. }
        | Event::ElectionStarted { .. }
        | Event::TokenStopped { .. }
        | Event::PromiseWithheld { .. }
        | Event::Leads { .. }
        | Event::Follows { .. }
        | Event::SteppedDown { .. }
        | Event::HandedOver { .. }
        | Event::ViewInstalled { .. }
        | Event::Truncated { .. }
        | Event::Refused { .. }
        | Event::Resubmitted { .. }
        | Event::NoQuorum { .. }
        | Event::QuorumBack
        | Event::HistoryLacks { .. }
        | Event::HistoryWhole
        | Event::Left
        | Event::Evicted { .. }
        | Event::WentAlone { .. }
        | Event::Ignored { .. } => true,
    }
}
