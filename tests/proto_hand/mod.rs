//! One node and inputs made by hand: what it says, and to whom, is all there is of the others.

#![allow(dead_code, reason = "each test file uses the part it needs")]

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use ringchat::proto::config::Config;
use ringchat::proto::entry::{Body, Delivered, Entry, Payload, Submission};
use ringchat::proto::event::Event;
use ringchat::proto::id::{Ballot, Index, LinkId, NodeId, RingId};
use ringchat::proto::input::{Input, WriteId};
use ringchat::proto::message::{Append, Elected, Hello, Message, Stored};
use ringchat::proto::node::{Node, Start};
use ringchat::proto::output::Output;
use ringchat::proto::time::Instant;
use ringchat::proto::view::{Member, View};

/// The leader at first, and the predecessor.
pub const A: NodeId = NodeId(2);
/// The successor.
pub const B: NodeId = NodeId(4);
/// Behind the successor, where there are four.
pub const C: NodeId = NodeId(6);
pub const RING: RingId = RingId(77);

pub struct Hand {
    pub node: Node,
    pub now: Instant,
    pub me: NodeId,
    /// Whether a write is durable at once; else see [`Hand::withheld`].
    pub persists: bool,
    pub withheld: Vec<WriteId>,
    pulse: u64,
}

pub fn address(id: NodeId) -> SocketAddr {
    SocketAddr::from(([10, 0, 0, 1], 7400 + u16::try_from(id.0 % 100).unwrap()))
}

pub fn member(id: NodeId) -> Member {
    Member { id, address: address(id) }
}

/// The link to a peer: there is one to each.
pub fn link(peer: NodeId) -> LinkId {
    LinkId::Accepted(peer.0)
}

pub fn ballot(round: u64, proposer: NodeId) -> Ballot {
    Ballot { round, proposer }
}

pub fn view(number: u64, members: &[NodeId]) -> View {
    let tie_breaker = members[0];
    let members = members.iter().copied().map(member).collect();
    View { number, members, tie_breaker, changes: vec![] }
}

/// An entry of a leader that says, for A, its `seq`th message.
pub fn said(ballot: Ballot, seq: u64) -> Entry {
    let payload = Payload::new(Bytes::from(format!("{seq}"))).unwrap();
    Entry { ballot, body: Body::Message(Submission { origin: A, seq, lamport: seq, payload }) }
}

pub fn empty(ballot: Ballot) -> Entry {
    Entry { ballot, body: Body::Empty }
}

/// A frame of this leader: behind `previous`, with its ballot, these entries; so much is committed.
pub fn append(leader: Ballot, previous: (u64, Ballot), entries: &[Entry], commit: u64) -> Append {
    Append {
        ballot: leader,
        pulse: 0,
        previous: Index(previous.0),
        previous_ballot: previous.1,
        commit: Index(commit),
        stored: Box::default(),
        entries: entries.to_vec(),
    }
}

pub fn stored(id: NodeId, index: u64) -> Stored {
    Stored { id, index: Index(index), pulse: 0 }
}

impl Hand {
    pub fn new(start: Start) -> Hand {
        Hand::with(Config::default(), start)
    }

    pub fn with(config: Config, start: Start) -> Hand {
        let own = SocketAddr::from(([10, 0, 0, 1], 7399));
        let node = Node::new(5, own, config, start);
        let me = node.hello().member.id;
        let now = Instant::from_micros(1_000_000);
        Hand { node, now, me, persists: true, withheld: vec![], pulse: 0 }
    }

    /// A member of the ring A, this node, B (, C) that follows A under ballot 1. It holds the view.
    pub fn follower(others: &[NodeId]) -> Hand {
        Hand::follower_with(Config::default(), others)
    }

    pub fn follower_with(config: Config, others: &[NodeId]) -> Hand {
        let mut hand = Hand::with(config, Start::Join(vec![address(A)]));
        let mut members = vec![A, hand.me];
        members.extend(others);
        for peer in [A].iter().chain(others) {
            hand.connect(*peer);
        }
        let view = view(1, &members);
        let welcome = Message::Welcome { ring: RING, view: view.clone(), sponsored: true };
        hand.hears(A, welcome);
        let first = Entry { ballot: ballot(1, A), body: Body::View(view) };
        hand.appended(A, append(ballot(1, A), (0, Ballot::ZERO), &[first], 1));
        assert_eq!(hand.node.status().committed, Index(1));
        hand
    }

    pub fn connect(&mut self, peer: NodeId) -> Vec<Output> {
        let ring = self.node.hello().ring.or(Some(RING));
        let hello = Hello { ring, member: member(peer) };
        self.input(Input::Connected { link: link(peer), hello })
    }

    /// What comes of an input, up to where the node waits for another or for the clock.
    pub fn input(&mut self, input: Input) -> Vec<Output> {
        let mut all = Vec::new();
        self.handle(input, &mut all);
        let mut rounds = 0;
        while self.node.poll_timeout().is_some_and(|at| at <= self.now) {
            self.handle(Input::Timeout, &mut all);
            rounds += 1;
            assert!(rounds < 1_000, "the node never comes to rest: {:#?}", self.node);
        }
        all
    }

    fn handle(&mut self, input: Input, all: &mut Vec<Output>) {
        let mut out = Vec::new();
        self.node.handle(self.now, input, &mut out);
        for output in out {
            if let Output::Persist(write) = &output {
                if self.persists {
                    self.handle(Input::Persisted { write: write.id }, all);
                } else {
                    self.withheld.push(write.id);
                }
            }
            all.push(output);
        }
    }

    pub fn hears(&mut self, from: NodeId, message: Message) -> Vec<Output> {
        self.input(Input::Message { link: link(from), message })
    }

    /// The frame comes, as the next pulse of its leader.
    pub fn appended(&mut self, from: NodeId, frame: Append) -> Vec<Output> {
        self.pulse += 1;
        self.hears(from, Message::Append(Append { pulse: self.pulse, ..frame }))
    }

    /// Writes up to this one are durable.
    pub fn persisted(&mut self, write: WriteId) -> Vec<Output> {
        self.withheld.retain(|other| *other > write);
        self.input(Input::Persisted { write })
    }

    /// Time passes; these peers answer what they are asked, and say nothing else.
    pub fn pass(&mut self, ms: u64, answering: &[NodeId]) -> Vec<Output> {
        let mut all = Vec::new();
        for _ in 0..ms / 10 {
            self.now = self.now + Duration::from_millis(10);
            for peer in answering {
                all.extend(self.hears(*peer, Message::Pong { sent_at: self.now }));
            }
            all.extend(self.input(Input::Timeout));
        }
        all
    }
}

/// What was sent to this peer.
pub fn sent(outputs: &[Output], to: NodeId) -> Vec<Message> {
    let message = |output: &Output| match output {
        Output::Send { link: on, message } if *on == link(to) => Some(message.clone()),
        _ => None,
    };
    outputs.iter().filter_map(message).collect()
}

/// The frames that were sent to this peer.
pub fn frames(outputs: &[Output], to: NodeId) -> Vec<Append> {
    let frame = |message| match message {
        Message::Append(frame) => Some(frame),
        _ => None,
    };
    sent(outputs, to).into_iter().filter_map(frame).collect()
}

/// The tokens of lap 2 that were sent to this peer.
pub fn elected(outputs: &[Output], to: NodeId) -> Vec<Elected> {
    let token = |message| match message {
        Message::Elected(token) => Some(token),
        _ => None,
    };
    sent(outputs, to).into_iter().filter_map(token).collect()
}

/// The numbers of the messages that were delivered.
pub fn delivered(outputs: &[Output]) -> Vec<u64> {
    let number = |output: &Output| match output {
        Output::Deliver(Delivered { message, .. }) => Some(message.seq),
        _ => None,
    };
    outputs.iter().filter_map(number).collect()
}

pub fn events(outputs: &[Output]) -> Vec<Event> {
    let event = |output: &Output| match output {
        Output::Event(event) => Some(event.clone()),
        _ => None,
    };
    outputs.iter().filter_map(event).collect()
}

/// How often this node came to lead.
pub fn led(outputs: &[Output]) -> usize {
    events(outputs).iter().filter(|event| matches!(event, Event::Leads { .. })).count()
}
