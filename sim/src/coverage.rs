//! Coverage: rare things that a search has to have met, or it has not searched there.
//!
//! Called *sometimes* properties elsewhere: each must hold sometimes. One that no run of many ever
//! shows is a hole in the exploration, or dead code in the protocol.

use std::collections::{BTreeMap, BTreeSet};

use ringchat::proto::config::ElectionKind;
use ringchat::proto::event::Event;
use ringchat::proto::id::{Ballot, NodeId};
use ringchat::proto::view::{Change, View};

use crate::history::{Happening, Record};

/// Rare things, by the words of the report.
macro_rules! rare {
    ($($name:ident: $words:literal,)*) => {
        /// Something rare that can happen in a run.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "each is told by `Rare::words`")]
        pub enum Rare { $($name,)* }

        impl Rare {
            /// All of them.
            pub const ALL: &[Rare] = &[$(Rare::$name,)*];

            /// What it is, in words.
            pub fn words(self) -> &'static str {
                match self { $(Rare::$name => $words,)* }
            }
        }
    };
}

rare! {
    ElectionInterrupted: "an election interrupted by another",
    TokenReplaced: "a token gave way to a better candidate",
    TokenStopped: "a token stopped, since a leader was heard",
    PromiseWithheld: "a promise withheld: the own log was fresher",
    DeposedUncommitted: "a leader deposed with uncommitted entries",
    Truncation: "a truncation",
    PendingAtChange: "a pending view at a change of leader",
    TieBreakerElects: "a leader by exactly half and the tie-breaker",
    TieBreakerMoves: "the tie-breaker moved in a quiet moment",
    OneEvicted: "a view without one dead neighbour",
    TwoEvicted: "a view without two at once",
    MoreEvicted: "a view without three or more at once",
    SponsorDies: "a joiner's sponsor died",
    JoinInElection: "a joiner admitted while somebody elected",
    LeaveInElection: "a leave during an election",
    LeaderLeaves: "a leader that left handed over",
    LearnerPromoted: "a learner became a member",
    Snapshot: "a snapshot instead of log",
    Duplicate: "a duplicate suppressed",
    Gap: "a message refused, since one before it was missing",
    Reordered: "the ring reordered around a broken link",
    EvictedAndBack: "a live node evicted, and back",
    NewLife: "a node back in a new life",
    MinorityResubmits: "lines of a minority sent again after the heal",
    NoQuorum: "no quorum, said so",
    QuorumBack: "a quorum that came back",
    Malformed: "a link closed because of garbage",
    Reset: "a link reset",
    Refused: "a dial refused",
    DialTimeout: "a dial that hung",
    Silent: "a link given up in silence",
    FormerLeaderFollows: "a former leader follows",
    WentAlone: "a node went on as a ring of its own",
    OtherRing: "a link to another ring refused",
    Restored: "a node restored from its disk",
    TornWrite: "a write lost that was under way",
    Amnesia: "a node without its disk returns as a new one",
    Unwritable: "a node left, since it could not write",
    WholeRing: "a whole ring restarted from its disks",
}

/// How often each rare thing was met.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    counts: BTreeMap<Rare, u64>,
    nodes: BTreeMap<u32, Seen>,
    lives: BTreeMap<NodeId, u32>,
    evicted: BTreeSet<NodeId>,
    /// Whoever may stand among the sponsors' learners.
    sponsored: BTreeSet<NodeId>,
    newest: u64,
}

/// What one node went through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Seen {
    lives: u32,
    gathering: Option<Ballot>,
    led: bool,
    electing: bool,
    waits: bool,
    quorum_back: bool,
    sponsors: BTreeSet<NodeId>,
}

impl Rare {
    /// Whether it can happen where nodes elect in this way: by Fast Bully no token makes a first lap.
    pub fn can_be_met(self, election: ElectionKind) -> bool {
        self != Rare::TokenReplaced || election == ElectionKind::ChangRoberts
    }
}

impl Coverage {
    /// How often each was met; those that never were are missing.
    pub fn counts(&self) -> &BTreeMap<Rare, u64> {
        &self.counts
    }

    /// Something rare was met.
    pub fn met(&mut self, rare: Rare) {
        *self.counts.entry(rare).or_default() += 1;
    }

    /// A node leads, with or without a view pending in its log.
    pub fn leads_with(&mut self, pending: bool) {
        if pending {
            self.met(Rare::PendingAtChange);
        }
    }

    /// Takes in what happened at a node that is `id` in this life.
    pub fn observe(&mut self, record: &Record, id: NodeId) {
        let node = record.node.index();
        match &record.what {
            Happening::Started { .. } => {
                self.lives.insert(id, node);
                let lives = self.nodes.get(&node).map_or(0, |seen| seen.lives) + 1;
                self.nodes.insert(node, Seen { lives, ..Seen::default() });
            }
            Happening::Died => {
                let sponsors = std::mem::take(&mut self.nodes.entry(node).or_default().sponsors);
                if !sponsors.is_empty() {
                    self.met(Rare::SponsorDies);
                }
            }
            Happening::Fault(what) if what == "asked to leave" => {
                if self.nodes.values().any(|seen| seen.electing) {
                    self.met(Rare::LeaveInElection);
                }
            }
            Happening::Event(event) => self.event(node, id, event),
            Happening::Fault(_)
            | Happening::Paused
            | Happening::Resumed
            | Happening::Delivered(_) => {}
        }
    }

    fn event(&mut self, node: u32, id: NodeId, event: &Event) {
        use ringchat::proto::event::LinkLoss;
        use ringchat::proto::input::Disconnect;
        if let Event::ViewInstalled { view, .. } = event {
            return self.installed(id, view);
        }
        let seen = self.nodes.entry(node).or_default();
        let back = std::mem::take(&mut seen.quorum_back);
        let mut rare = None;
        if let Event::ElectionStarted { .. } = event {
            seen.electing = true;
        } else if let Event::ElectionWon { ballot } = event {
            seen.gathering = Some(*ballot);
        } else if let Event::Promised { ballot } = event {
            let gave_up = seen.gathering.take_if(|own| *own < *ballot).is_some();
            rare = gave_up.then_some(Rare::ElectionInterrupted);
        } else if let Event::Leads { voices: (given, members), .. } = event {
            seen.gathering = None;
            (seen.electing, seen.led) = (false, true);
            rare = (2 * given == *members).then_some(Rare::TieBreakerElects);
        } else if let Event::Follows { .. } = event {
            seen.electing = false;
            rare = std::mem::take(&mut seen.led).then_some(Rare::FormerLeaderFollows);
        } else if let Event::SteppedDown { uncommitted: 1.., .. } = event {
            rare = Some(Rare::DeposedUncommitted);
        } else if let Event::NoQuorum { .. } = event {
            seen.waits = true;
            rare = Some(Rare::NoQuorum);
        } else if let Event::QuorumBack = event {
            seen.quorum_back = std::mem::take(&mut seen.waits);
            rare = Some(Rare::QuorumBack);
        } else if let Event::Resubmitted { .. } = event {
            rare = back.then_some(Rare::MinorityResubmits);
        } else if let Event::Sponsors { learner } = event {
            seen.sponsors.insert(*learner);
            self.sponsored.insert(*learner);
        } else if let Event::LinkDown { why, .. } = event {
            rare = match why {
                LinkLoss::Lost(Disconnect::Malformed(_)) => Some(Rare::Malformed),
                LinkLoss::Lost(Disconnect::Reset) => Some(Rare::Reset),
                LinkLoss::Lost(Disconnect::Refused) => Some(Rare::Refused),
                LinkLoss::DialTimeout => Some(Rare::DialTimeout),
                LinkLoss::Silent => Some(Rare::Silent),
                LinkLoss::OtherRing(_) => Some(Rare::OtherRing),
                LinkLoss::Lost(
                    Disconnect::Closed | Disconnect::Unreachable | Disconnect::Overflow,
                )
                | LinkLoss::Itself
                | LinkLoss::Replaced => None,
            };
        } else {
            rare = plain(event);
        }
        if let Some(rare) = rare {
            self.met(rare);
        }
    }

    /// A view is in force at some node; the first to say so counts.
    fn installed(&mut self, id: NodeId, view: &View) {
        for change in &view.changes {
            if let Change::Joined(who) = change
                && self.sponsored.remove(who)
            {
                for seen in self.nodes.values_mut() {
                    seen.sponsors.remove(who);
                }
            }
        }
        if view.number <= self.newest {
            return;
        }
        self.newest = view.number;
        let evicted = view.changes.iter().filter(|it| matches!(it, Change::Evicted(_))).count();
        match evicted {
            0 => {}
            1 => self.met(Rare::OneEvicted),
            2 => self.met(Rare::TwoEvicted),
            _ => self.met(Rare::MoreEvicted),
        }
        for change in &view.changes {
            match change {
                Change::Joined(who) => {
                    if *who != id && self.nodes.values().any(|seen| seen.electing) {
                        self.met(Rare::JoinInElection);
                    }
                    self.met(Rare::LearnerPromoted);
                    if self.evicted.remove(who) {
                        self.met(Rare::EvictedAndBack);
                    } else if self.second_life(*who) {
                        self.met(Rare::NewLife);
                    }
                }
                Change::Evicted(who) => drop(self.evicted.insert(*who)),
                Change::Moved(_) => self.met(Rare::Reordered),
                Change::TieBreaker(_) => self.met(Rare::TieBreakerMoves),
                Change::Founded(_) | Change::Left(_) => {}
            }
        }
    }

    fn second_life(&self, id: NodeId) -> bool {
        let node = self.lives.get(&id).and_then(|node| self.nodes.get(node));
        node.is_some_and(|seen| seen.lives > 1)
    }

    /// Adds what other runs have met.
    pub fn add(&mut self, other: &BTreeMap<Rare, u64>) {
        for (rare, count) in other {
            *self.counts.entry(*rare).or_default() += count;
        }
    }
}

/// Events that are rare by themselves.
fn plain(event: &Event) -> Option<Rare> {
    [
        (matches!(event, Event::TokenReplaced { .. }), Rare::TokenReplaced),
        (matches!(event, Event::TokenStopped { .. }), Rare::TokenStopped),
        (matches!(event, Event::PromiseWithheld { .. }), Rare::PromiseWithheld),
        (matches!(event, Event::Truncated { .. }), Rare::Truncation),
        (matches!(event, Event::HandedOver { .. }), Rare::LeaderLeaves),
        (matches!(event, Event::SnapshotInstalled { .. }), Rare::Snapshot),
        (matches!(event, Event::DuplicateSuppressed { .. }), Rare::Duplicate),
        (matches!(event, Event::GapRefused { .. }), Rare::Gap),
        (matches!(event, Event::WentAlone { .. }), Rare::WentAlone),
    ]
    .into_iter()
    .find_map(|(is, rare)| is.then_some(rare))
}
