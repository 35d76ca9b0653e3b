//! Holds what nodes deliver and tell against the guarantees S1 to S10, the moment it happens.

use std::collections::BTreeMap;

use bytes::Bytes;
use ringchat::proto::entry::{Delivered, Submission};
use ringchat::proto::event::{Event, LogSummary};
use ringchat::proto::id::{Ballot, Index, NodeId};
use ringchat::proto::time::Instant;
use ringchat::proto::view::View;

/// A place in the one order, as first delivered.
struct Place {
    message: Submission,
    ballot: Ballot,
    /// The smallest ballot that anybody delivered it under.
    under: Ballot,
}

struct Said {
    payload: Bytes,
    lamport: u64,
    delivered: Index,
}

#[derive(Default)]
struct Seen {
    last: Index,
    lamport: u64,
    current: Ballot,
    promised: Ballot,
    view: u64,
    lines: usize,
}

pub struct Judge {
    seed: u64,
    order: BTreeMap<Index, Place>,
    places: BTreeMap<(NodeId, u64), Index>,
    last_of: BTreeMap<NodeId, (u64, Index)>,
    said: BTreeMap<(NodeId, u64), Said>,
    leads: BTreeMap<Ballot, LogSummary>,
    views: BTreeMap<u64, (Index, View)>,
    seen: BTreeMap<usize, Seen>,
    /// The last event, for those who wait for a certain one.
    pub last_event: Option<(usize, Event)>,
    pub elections: Vec<(Instant, usize)>,
    pub proposals: Vec<(Instant, usize, View)>,
    pub counts: BTreeMap<&'static str, u64>,
}

impl Judge {
    pub fn new(seed: u64) -> Judge {
        Judge {
            seed,
            order: BTreeMap::new(),
            places: BTreeMap::new(),
            last_of: BTreeMap::new(),
            said: BTreeMap::new(),
            leads: BTreeMap::new(),
            views: BTreeMap::new(),
            seen: BTreeMap::new(),
            last_event: None,
            elections: Vec::new(),
            proposals: Vec::new(),
            counts: BTreeMap::new(),
        }
    }

    /// A new incarnation starts at this host.
    pub fn begins(&mut self, host: usize) {
        self.seen.insert(host, Seen::default());
    }

    /// How many messages anybody has delivered.
    pub fn length(&self) -> usize {
        self.order.len()
    }

    pub fn delivers(&mut self, host: usize, it: &Delivered) {
        let at = format!("seed {}, n{host}, entry {}", self.seed, it.index);
        let seen = self.seen.entry(host).or_default();
        let before = self.order.range(..it.index).next_back().map(|(index, _)| *index);
        assert!(it.index > seen.last, "{at}: S1, delivered behind {}", seen.last);
        assert!(before.is_none_or(|before| before <= seen.last), "{at}: S1, skipped {before:?}");
        let newest = self.order.keys().next_back();
        assert!(
            self.order.contains_key(&it.index) || newest.is_none_or(|newest| it.index > *newest),
            "{at}: S1, others skipped this, they are at {newest:?}"
        );
        seen.last = it.index;
        seen.lines += 1;
        seen.lamport = seen.lamport.max(it.message.lamport);
        let under = seen.current;
        match self.order.get_mut(&it.index) {
            Some(place) => {
                assert_eq!(place.message, it.message, "{at}: S1, two messages");
                assert_eq!(place.ballot, it.ballot, "{at}: S1, two ballots");
                if under >= place.under {
                    return;
                }
                place.under = under;
            }
            None => self.takes_place(&at, it, under),
        }
        for (ballot, log) in self.leads.range(under..).filter(|(ballot, _)| **ballot > under) {
            holds(log, it.index, it.ballot, &format!("{at}: S8, the leader of {ballot}"));
        }
    }

    fn takes_place(&mut self, at: &str, it: &Delivered, under: Ballot) {
        let message = it.message.clone();
        let key = (message.origin, message.seq);
        assert_eq!(self.places.insert(key, it.index), None, "{at}: S3, a second time");
        let last = self.last_of.insert(message.origin, (message.seq, it.index));
        assert_eq!(last.map_or(0, |last| last.0) + 1, message.seq, "{at}: S5, not the next");
        let said = self.said.get(&key).unwrap_or_else(|| panic!("{at}: S4, nobody said this"));
        assert_eq!(said.payload, message.payload.bytes, "{at}: S4, altered");
        assert_eq!(said.lamport, message.lamport, "{at}: S4, its time is altered");
        assert!(said.delivered < it.index, "{at}: S6, before {}", said.delivered);
        self.order.insert(it.index, Place { message, ballot: it.ballot, under });
    }

    /// A snapshot took the place of the application's state at this host.
    pub fn replaces(&mut self, host: usize, index: Index, lines: &[String]) {
        let at = format!("seed {}, n{host}, snapshot {index}", self.seed);
        let seen = self.seen.entry(host).or_default();
        assert!(index > seen.last, "{at}: S1, back behind {}", seen.last);
        let known = self.order.range(..=index).count();
        assert_eq!(known, lines.len(), "{at}: S1, the snapshot holds another number of messages");
        for ((index, place), line) in self.order.range(..=index).zip(lines) {
            let text = String::from_utf8_lossy(&place.message.payload.bytes);
            assert_eq!(*line, format!("{index} {text}"), "{at}: S1, the snapshot differs");
            seen.lamport = seen.lamport.max(place.message.lamport);
        }
        seen.last = index;
        seen.lines = lines.len();
    }

    pub fn sees(&mut self, now: Instant, host: usize, id: NodeId, event: &Event) {
        let at = format!("seed {}, {now} n{host}", self.seed);
        self.last_event = Some((host, event.clone()));
        let seen = self.seen.entry(host).or_default();
        match event {
            Event::Submitted { seq, lamport, delivered, payload } => {
                assert!(*lamport > seen.lamport, "{at}: the Lamport time {lamport} is too small");
                let (lamport, delivered, payload) = (*lamport, *delivered, payload.clone());
                self.said.insert((id, *seq), Said { payload, lamport, delivered });
            }
            Event::Promised { ballot } => {
                assert!(*ballot > seen.promised, "{at}: S7, promised {} before", seen.promised);
                seen.promised = *ballot;
            }
            Event::Follows { ballot } => {
                assert!(*ballot >= seen.promised, "{at}: S7, promised {}", seen.promised);
                seen.current = *ballot;
            }
            Event::Leads { ballot, log, .. } => {
                assert!(*ballot == seen.promised, "{at}: S7, promised {}", seen.promised);
                assert_eq!(ballot.proposer, id, "{at}: S7, leads under another's ballot");
                seen.current = *ballot;
                let known = self.leads.insert(*ballot, log.clone());
                assert_eq!(known, None, "{at}: S7, twice under {ballot}");
                for (index, place) in self.order.iter().filter(|it| it.1.under < *ballot) {
                    holds(log, *index, place.ballot, &format!("{at}: S8, new leader"));
                }
            }
            Event::ViewInstalled { index, view } => {
                assert!(view.number > seen.view, "{at}: S9, installed {} before", seen.view);
                let known = self.views.entry(view.number).or_insert((*index, view.clone()));
                assert_eq!(known, &(*index, view.clone()), "{at}: S9");
                seen.view = view.number;
            }
            Event::SnapshotInstalled { view, .. } => {
                assert!(view.number >= seen.view, "{at}: S9, back behind view {}", seen.view);
                let known = self.views.get(&view.number).map(|(_, known)| known);
                assert_eq!(known, Some(view), "{at}: S9, in a snapshot");
                seen.view = view.number;
            }
            Event::ElectionStarted { .. } => self.elections.push((now, host)),
            Event::ViewProposed { view, .. } => {
                assert!(view.contains(id), "{at}: S9, proposes a view without itself");
                self.proposals.push((now, host, view.clone()));
            }
            other => self.count_other(&at, other),
        }
        *self.counts.entry(name(event)).or_default() += 1;
    }

    fn count_other(&mut self, at: &str, event: &Event) {
        if let Event::Ignored { from, why } = event {
            panic!("{at}: ignored, from {from:?}: {why}");
        }
    }

    /// Whether this host's application holds everything that anybody delivered.
    pub fn is_complete(&self, host: usize) -> bool {
        self.seen.get(&host).is_some_and(|seen| seen.lines == self.order.len())
    }

    /// The views that must keep a quorum among these hosts: the newest that one of them installed,
    /// and all that were proposed since.
    pub fn views_that_count(&self, hosts: &[usize]) -> Option<Vec<View>> {
        let newest = hosts.iter().filter_map(|host| self.seen.get(host)).map(|it| it.view).max();
        let newest = newest.filter(|number| *number > 0)?;
        let installed = self.views.get(&newest).map(|(_, view)| view);
        let proposed = self.proposals.iter().map(|(.., view)| view);
        let proposed = proposed.filter(|view| view.number > newest);
        Some(installed.into_iter().chain(proposed).cloned().collect())
    }
}

fn holds(log: &LogSummary, index: Index, ballot: Ballot, who: &str) {
    assert!(
        index <= log.compacted || log.ballot_at(index) == Some(ballot),
        "{who} lacks committed entry {index} of {ballot}; it has {log:?}"
    );
}

fn name(event: &Event) -> &'static str {
    match event {
        Event::ElectionStarted { .. } => "elections",
        Event::Leads { .. } => "leaders",
        Event::ViewInstalled { .. } => "views installed",
        Event::Truncated { .. } => "truncations",
        Event::SnapshotInstalled { .. } => "snapshots",
        Event::Evicted { .. } => "evictions",
        Event::PromiseWithheld { .. } => "promises withheld",
        Event::DuplicateSuppressed { .. } => "duplicates",
        _ => "other",
    }
}
