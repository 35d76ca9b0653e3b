//! Whatever a peer sends, a node does not fall: random messages with extreme numbers.

mod proto_hand;

use bytes::Bytes;
use proto_hand::*;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use ringchat::proto::config::{Config, ElectionKind};
use ringchat::proto::entry::{Body, Committed, Entry, Payload, SnapshotHead, Submission};
use ringchat::proto::id::{Ballot, Index, NodeId, RingId};
use ringchat::proto::input::{Command, Disconnect, Input, WriteId};
use ringchat::proto::message::{
    Answer, Append, AppendAck, Elect, Elected, Freshness, Message, Request, SnapshotChunk, Stored,
    TokenId,
};
use ringchat::proto::node::Start;
use ringchat::proto::output::Output;
use ringchat::proto::status::Status;
use ringchat::proto::time::Instant;
use ringchat::proto::view::{Change, Member, View};

/// Draws messages, with an eye on what would hurt this node now.
struct Peer<'a> {
    lots: &'a mut ChaCha8Rng,
    status: Status,
    /// Whether numbers beyond all reason are drawn, too.
    extreme: bool,
}

impl Peer<'_> {
    fn one_in(&mut self, count: u32) -> bool {
        self.lots.random_range(0..count) == 0
    }

    fn number(&mut self) -> u64 {
        let Status { committed, last, promised, .. } = &self.status;
        let near = [
            0,
            1,
            2,
            committed.0,
            last.0,
            last.0.saturating_add(1),
            promised.round,
            promised.round.saturating_add(1),
        ];
        let far = [1 << 32, 1 << 62, 1 << 63, u64::MAX >> 1, u64::MAX - 1, u64::MAX];
        match self.lots.random_range(0..8) {
            0 if self.extreme => *far.choose(self.lots).unwrap(),
            1 => self.lots.random_range(0..100),
            _ => *near.choose(self.lots).unwrap(),
        }
    }

    fn id(&mut self) -> NodeId {
        let known = [self.status.me.id, A, B, C, NodeId(0), NodeId(u64::MAX)];
        *known.choose(self.lots).unwrap()
    }

    fn some<T, C: FromIterator<T>>(&mut self, mut one: impl FnMut(&mut Self) -> T) -> C {
        let count = self.lots.random_range(0..4);
        (0..count).map(|_| one(self)).collect()
    }

    fn index(&mut self) -> Index {
        Index(self.number())
    }

    fn ballot(&mut self) -> Ballot {
        match self.lots.random_range(0..3) {
            0 => self.status.promised,
            _ => Ballot { round: self.number(), proposer: self.id() },
        }
    }

    fn member(&mut self) -> Member {
        if self.one_in(3) { self.status.me } else { Member { id: self.id(), ..member(C) } }
    }

    fn view(&mut self) -> View {
        if self.one_in(3) {
            return View { number: self.number(), ..self.status.view.clone() };
        }
        let (number, members, tie_breaker) = (self.number(), self.some(Self::member), self.id());
        View { number, members, tie_breaker, changes: vec![Change::Joined(self.id())] }
    }

    fn payload(&mut self) -> Payload {
        Payload::new(Bytes::from(vec![b'x'; self.lots.random_range(0..50)])).unwrap()
    }

    fn submission(&mut self) -> Submission {
        let (origin, seq, lamport) = (self.id(), self.number(), self.number());
        Submission { origin, seq, lamport, payload: self.payload() }
    }

    fn entry(&mut self) -> Entry {
        let body = match self.lots.random_range(0..3) {
            0 => Body::Empty,
            1 => Body::View(self.view()),
            _ => Body::Message(self.submission()),
        };
        Entry { ballot: self.ballot(), body }
    }

    fn stored(&mut self) -> Stored {
        Stored { id: self.id(), index: self.index(), pulse: self.number() }
    }

    fn freshness(&mut self) -> Freshness {
        Freshness { ballot: self.ballot(), index: self.index() }
    }

    fn committed(&mut self) -> Committed {
        Committed { index: self.index(), ballot: self.ballot(), under: self.ballot() }
    }

    fn elect(&mut self) -> Elect {
        let (candidate, attempt, freshness) = (self.id(), self.number(), self.freshness());
        let mut met: Vec<NodeId> = self.some(Self::id);
        if self.one_in(2) {
            met.insert(0, candidate);
        }
        let (promised, view, committed) = (self.ballot(), self.number(), self.committed());
        Elect { candidate, attempt, freshness, promised, view, committed, met }
    }

    fn answer(&mut self) -> Answer {
        let (id, attempt, eligible) = (self.id(), self.number(), self.one_in(2));
        let (freshness, promised, committed) = (self.freshness(), self.ballot(), self.committed());
        let priority = self.lots.random_range(0..3);
        Answer { id, attempt, eligible, freshness, priority, promised, committed }
    }

    fn elected(&mut self) -> Elected {
        let (ballot, freshness, view) = (self.ballot(), self.freshness(), self.number());
        let (met, promised_by) = (self.some(Self::id), self.some(Self::id));
        let hops_left = self.lots.random_range(0..3);
        Elected { ballot, freshness, view, met, promised_by, hops_left }
    }

    fn append(&mut self) -> Append {
        let (ballot, pulse, previous, commit) =
            (self.ballot(), self.number(), self.index(), self.index());
        let (stored, entries) = (self.some(Self::stored), self.some(Self::entry));
        let previous_ballot = self.ballot();
        Append { ballot, pulse, previous, previous_ballot, commit, stored, entries }
    }

    fn ack(&mut self) -> AppendAck {
        let (ballot, promised, verified) = (self.ballot(), self.ballot(), self.index());
        let mismatch = self.one_in(3);
        let (commit, stored) = (self.index(), self.some(Self::stored));
        AppendAck { ballot, promised, verified, commit, mismatch, stored }
    }

    fn chunk(&mut self) -> SnapshotChunk {
        let (ballot, index, bytes) = (self.ballot(), self.index(), self.payload());
        let sessions = self.some(|peer| (peer.id(), peer.number()));
        let head = SnapshotHead {
            index: if self.one_in(4) { self.index() } else { index },
            ballot: self.ballot(),
            view: self.view(),
            sessions,
            lamport: self.number(),
            exiles: self.some(Self::member),
        };
        let head = Some(Box::new(head)).filter(|_| !self.one_in(4));
        let whole = u64::from(bytes.length);
        let total = if self.one_in(2) { whole } else { self.number() };
        let offset = if self.one_in(2) { 0 } else { self.number() };
        SnapshotChunk { ballot, index, head, offset, total, bytes }
    }

    fn request(&mut self) -> Request {
        match self.lots.random_range(0..6) {
            5 => Request::Claim { by: self.id(), priority: self.lots.random_range(0..3) },
            0 => Request::Submit(self.some(Self::submission)),
            1 => Request::Admit { member: self.member(), sponsor: self.id() },
            2 => Request::Leave { id: self.id() },
            3 => Request::Accuse { by: self.id(), skipped: self.some(Self::id) },
            _ => Request::Outpromised { promised: self.ballot() },
        }
    }

    fn message(&mut self) -> Message {
        match self.lots.random_range(0..16) {
            0 => {
                let leading = Some((self.ballot(), self.number())).filter(|_| !self.one_in(3));
                Message::Ping { sent_at: Instant::from_micros(self.number()), leading }
            }
            1 => Message::Pong { sent_at: Instant::from_micros(self.number()) },
            2..=4 => Message::Append(self.append()),
            5 => Message::AppendAck(self.ack()),
            6 => Message::Elect(Box::new(self.elect())),
            7 => Message::Elected(self.elected()),
            8 => Message::TokenAck { token: TokenId::Elect(self.id(), self.number()) },
            9 => Message::LeaderAlive { ballot: self.ballot() },
            10 => {
                let hops_left = self.lots.random_range(0..3);
                Message::TooFew { met: self.some(Self::id), hops_left }
            }
            11 => match self.lots.random_range(0..5) {
                3 => Message::Answer(Box::new(self.answer())),
                4 => Message::Nominate { promised: self.ballot() },
                0 => Message::Join {
                    committed: Committed { index: self.index(), ..Committed::default() },
                },
                1 => Message::TakeOver { ballot: self.ballot() },
                _ => Message::SnapshotAck { index: self.index(), received: self.number() },
            },
            12 => {
                let (ring, view) = (RingId(self.number()), self.view());
                let ring = self.status.ring.unwrap_or(ring);
                Message::Welcome { ring, view, sponsored: self.one_in(2) }
            }
            13 => {
                let hops_left = *[0, 1, u16::MAX].choose(self.lots).unwrap();
                Message::ToLeader { hops_left, request: self.request() }
            }
            _ => Message::SnapshotChunk(self.chunk()),
        }
    }

    fn input(&mut self, withheld: &[WriteId]) -> Input {
        let from = link(*[A, B, C].choose(self.lots).unwrap());
        match self.lots.random_range(0..20) {
            0 => Input::Disconnected { link: from, why: Disconnect::Reset },
            1 => Input::Command(Command::Submit(self.payload())),
            2 if self.one_in(5) => Input::Command(Command::Alone),
            3 => Input::Persisted { write: withheld.last().copied().unwrap_or_default() },
            _ => Input::Message { link: from, message: self.message() },
        }
    }
}

/// Feeds a node random inputs; it asserts what must hold after each of them by itself.
fn feed(mut hand: Hand, seed: u64, extreme: bool) {
    println!("seed {seed}");
    let mut lots = ChaCha8Rng::seed_from_u64(seed);
    hand.persists = lots.random_range(0..4) > 0;
    for _ in 0..150 {
        for peer in [A, B, C] {
            if lots.random_range(0..10) == 0 {
                hand.connect(peer);
            }
        }
        let mut peer = Peer { status: hand.node.status(), lots: &mut lots, extreme };
        let input = peer.input(&hand.withheld);
        let mut out = hand.input(input);
        if lots.random_range(0..4) == 0 {
            let ms = *[0, 10, 50, 200, 1_000].choose(&mut lots).unwrap();
            out.extend(hand.pass(ms, &[B]));
        }
        if out.contains(&Output::TakeSnapshot) {
            let application = Bytes::from(vec![b'x'; lots.random_range(0..9)]);
            hand.input(Input::SnapshotTaken { index: Index(0), application });
        }
    }
}

/// Bounds so narrow that snapshots and evictions come about.
fn narrow() -> Config {
    Config {
        log_keep: 2,
        snapshot_chunk: 4,
        snapshot_window: 8,
        lag_entries: 4,
        waiting: 8,
        batch_entries: 3,
        window_entries: 8,
        ..Config::default()
    }
}

#[test]
fn a_founder_survives_whatever_a_peer_sends() {
    for seed in 0..400 {
        feed(Hand::with(narrow(), Start::Found), seed, seed % 2 == 0);
    }
}

#[test]
fn a_newcomer_survives_whatever_a_peer_sends() {
    for seed in 1_000..1_400 {
        let start = Start::Join(vec![address(A)]);
        feed(Hand::with(narrow(), start), seed, seed % 2 == 0);
    }
}

#[test]
fn a_member_survives_whatever_a_peer_sends() {
    for seed in 2_000..2_400 {
        let ways = [ElectionKind::ChangRoberts, ElectionKind::FastBully];
        let config = Config { election: ways[seed as usize / 2 % 2], priority: 1, ..narrow() };
        feed(Hand::follower_with(config, &[B, C]), seed, seed % 2 == 0);
    }
}
