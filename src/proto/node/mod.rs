//! The node: one machine made of small ones, and the only one that wishes.
//!
//! [`Node::handle`] is the only way in. What each kind of input does stands in a file of its own;
//! the machines beneath (`links`, `election`, `replica` …) return verdicts, and only the node turns
//! them into outputs.

mod accuse;
mod archive;
pub mod begin;
mod bully;
mod check;
mod commit;
mod elect;
mod feed;
mod follow;
mod govern;
mod join;
mod lead;
mod leave;
mod peers;
mod promise;
mod replicate;
mod route;
mod snapshots;
mod status;
mod step;
mod tick;
mod token;
mod welcome;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use self::begin::{Awakening, Restart};
use self::join::{Joining, Learner};
use self::lead::Leading;
use self::replicate::AckDue;
use self::snapshots::Snapshots;
use self::step::Step;
use super::config::Config;
use super::durable::Durable;
use super::election::Election;
use super::entry::Entry;
use super::exiles::Exiles;
use super::fetch::Fetch;
use super::id::{Ballot, Index, LinkId, NodeId, RingId};
use super::input::Input;
use super::links::Links;
use super::membership::Membership;
use super::message::{Elect, Hello, TokenId};
use super::outgoing::Outgoing;
use super::output::Outbox;
use super::pace::Pace;
use super::replica::Replica;
use super::sequencer::Sessions;
use super::suspects::Suspects;
use super::tally::{Spares, Tally};
use super::time::{Instant, micros};
use super::view::{Member, View};

/// How a node begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// As the founder of a new ring.
    Found,
    /// As a newcomer, who asks these addresses in turn until a ring takes it in.
    Join(Vec<SocketAddr>),
    /// As the one that it was, with what its disk held.
    Restore(Box<Restart>),
}

/// A node of the ring: a function of its inputs.
#[derive(Debug)]
pub struct Node {
    me: Member,
    config: Config,
    lots: ChaCha8Rng,
    ring: Option<RingId>,
    left: bool,
    awakening: Option<Box<Awakening>>,
    /// Promise and log.
    durable: Durable,
    membership: Membership,
    /// The newest view of which another node told, as long as it is newer than the log's. It is committed.
    told: Option<View>,
    /// The newest of these without this node. Only its log can say that it is back.
    outside: Option<View>,
    /// The end of its log when it was let go; or when it was restored, and cannot say what it was.
    held_as_member: Index,
    /// Everything up to here is known committed, and was delivered.
    committed: Index,
    /// The greatest ballot under which something was said to be committed: it binds those told so here.
    learned_under: Ballot,
    /// The duplicate filter, as of `committed`.
    sessions: Sessions,
    /// The greatest Lamport time delivered or given out.
    lamport: u64,

    /// The ballot led or followed under; `verified`, `tally` and `pulse` belong to it.
    current: Ballot,
    /// The prefix known to equal the log of that ballot's leader.
    verified: Index,
    tally: Tally,
    /// The latest pulse of that leader.
    pulse: u64,
    /// When that leader was last heard; never, if it is known to be gone.
    heard: Option<Instant>,
    /// The latest pulse when its address refused. The next may have been under way; the one behind shows life.
    refused_at: Option<u64>,
    /// That leader was heard after all: its address refuses though it lives, so that says nothing.
    refusal_misleads: bool,
    predecessor: Option<NodeId>,
    /// Whom this node asked for the ring's frames, since the ring does not bring them, and when last.
    asked_for_frames: Option<(NodeId, Instant)>,
    leading: Option<Leading>,

    links: Links,
    pace: Pace,
    suspects: Suspects,
    exiles: Exiles,
    successor: Option<NodeId>,
    /// Whom this node sends the log: its successor, and the learners it sponsors. Sorted; mostly one.
    replicas: Vec<(NodeId, Replica)>,
    learners: BTreeMap<NodeId, Learner>,
    /// Whom to ask to be let in, besides the members that are known.
    contacts: Vec<SocketAddr>,
    joining: Option<Joining>,
    snapshots: Snapshots,
    /// Gets the lines of the past that the archive lacks.
    fetch: Fetch,
    /// Who waits for lines of the past, as long as they are looked for.
    archive_asked: BTreeSet<LinkId>,
    accused_at: Option<Instant>,

    election: Election,
    election_at: Option<Instant>,
    /// By Fast Bully: when the time for answers is over, or that of whoever was named.
    bully_at: Option<Instant>,
    /// By Fast Bully: when this node tells the leader its priority, at the earliest.
    claim_at: Instant,
    /// How often elections came to nothing since a leader was last heard.
    elections_failed: u32,
    /// A token that waits until this node, too, misses the leader.
    held: Option<(LinkId, Elect)>,
    /// Who sent the last token. It takes this node for its successor.
    token_from: Option<NodeId>,
    /// The links that the unacknowledged tokens went out on.
    token_links: BTreeMap<TokenId, LinkId>,
    no_quorum: Option<(usize, usize)>,

    outgoing: Outgoing,
    leaving: Option<Instant>,
    /// The answers that are due, sorted by their links.
    acks_due: Vec<AckDue>,
    spares: Spares,
    flush_due: bool,
    tick_at: Instant,
}

impl Node {
    /// A node that listens at `address`. All its lots follow from `seed`; its identity too, unless restored.
    pub fn new(seed: u64, address: SocketAddr, config: Config, start: Start) -> Node {
        let mut lots = ChaCha8Rng::seed_from_u64(seed);
        let me = Member { id: Node::draw_identity(&mut lots), address };
        let founds = start == Start::Found;
        let ring = founds.then(|| RingId(lots.next_u64() | 1));
        // Ticks of different nodes should not fall together.
        let phase = lots.random_range(0..=micros(config.heartbeat));
        let mut node = Node {
            me,
            config,
            lots,
            ring,
            left: false,
            awakening: None,
            durable: Durable::default(),
            membership: Membership::default(),
            told: None,
            outside: None,
            held_as_member: Index::ZERO,
            committed: Index::ZERO,
            learned_under: Ballot::ZERO,
            sessions: Sessions::default(),
            lamport: 0,
            current: Ballot::ZERO,
            verified: Index::ZERO,
            tally: Tally::default(),
            pulse: 0,
            heard: None,
            refused_at: None,
            refusal_misleads: false,
            predecessor: None,
            asked_for_frames: None,
            leading: None,
            links: Links::default(),
            pace: Pace::default(),
            suspects: Suspects::default(),
            exiles: Exiles::default(),
            successor: None,
            replicas: Vec::new(),
            learners: BTreeMap::new(),
            contacts: Vec::new(),
            joining: None,
            snapshots: Snapshots::default(),
            fetch: Fetch::default(),
            archive_asked: BTreeSet::new(),
            accused_at: None,
            election: Election::default(),
            election_at: None,
            bully_at: None,
            claim_at: Instant::START,
            elections_failed: 0,
            held: None,
            token_from: None,
            token_links: BTreeMap::new(),
            no_quorum: None,
            outgoing: Outgoing::default(),
            leaving: None,
            acks_due: Vec::new(),
            spares: Spares::default(),
            flush_due: false,
            tick_at: Instant::from_micros(phase),
        };
        match start {
            Start::Found => node.found(),
            Start::Join(contacts) => node.look_for(contacts),
            Start::Restore(restart) => node.restore(*restart),
        }
        node
    }

    /// The identity of a node with this seed.
    pub fn identity(seed: u64) -> NodeId {
        Node::draw_identity(&mut ChaCha8Rng::seed_from_u64(seed))
    }

    fn draw_identity(lots: &mut ChaCha8Rng) -> NodeId {
        NodeId(lots.next_u64() | 1)
    }

    /// The only way in: total, infallible, without any side effect but the outbox.
    pub fn handle(&mut self, now: Instant, input: Input, out: &mut Outbox) {
        if self.left {
            return;
        }
        let step = &mut Step { now, out };
        self.awake(step);
        match input {
            Input::Timeout => self.on_timeout(step),
            Input::Connected { link, hello } => self.on_connected(step, link, hello),
            Input::Disconnected { link, why } => self.on_disconnected(step, link, why),
            Input::Message { link, message } => self.on_message(step, link, message),
            Input::Arriving { link } => self.links.arriving(step.now, link),
            Input::Command(command) => self.on_command(step, command),
            Input::Persisted { write } => self.on_persisted(step, write),
            Input::Unwritable => self.on_unwritable(step),
            Input::SnapshotTaken { application, .. } => self.on_snapshot_taken(step, application),
            Input::ArchiveRead { link, found } => self.on_archive_read(step, link, found),
            Input::ArchiveLacks { missing } => self.on_archive_lacks(step, missing),
        }
        if let Some(write) = self.durable.next_write(self.me.id, self.ring, self.committed) {
            step.persist(write);
        }
        self.check();
    }

    /// When to call again with [`Input::Timeout`]. One that is past: once what waits is handled, as one batch.
    pub fn poll_timeout(&self) -> Option<Instant> {
        if self.left {
            return None;
        }
        if self.flush_due {
            return Some(Instant::START);
        }
        let pulse = self.leading.as_ref().map(|leading| leading.pulse_at);
        let held = self.held.as_ref().map(|_| self.held_until());
        let fetch = self.fetch.due();
        let others = [pulse, self.election_at, self.bully_at, held, fetch];
        // Asked behind each input: so without an iterator over those that there are.
        Some(others.iter().fold(self.tick_at, |first, due| due.map_or(first, |due| due.min(first))))
    }

    /// What to say first on every new link. Changes when the node's ring does.
    pub fn hello(&self) -> Hello {
        Hello { ring: self.ring, member: self.me }
    }

    /// The entries behind `behind` up to `last`, for the store that carries out a write.
    pub fn entries(&self, behind: Index, last: Index) -> impl Iterator<Item = &Entry> {
        let count = usize::try_from(last.0.saturating_sub(behind.0)).unwrap_or(usize::MAX);
        self.durable.log().behind(behind).take(count)
    }
}
