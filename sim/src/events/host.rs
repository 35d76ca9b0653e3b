//! One machine of the event engine: its node, its clock, its disk, and what waits for it.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use ringchat::proto::id::{Ballot, Index, NodeId};
use ringchat::proto::node::Node;
use ringchat::proto::time::Instant;
use ringchat::proto::view::View;

use super::clock::Clock;
use super::company::Company;
use super::detours::Bearings;
use super::disk::Disk;
use super::image::Image;
use super::lag::Lag;
use super::links::Links;
use super::manners::Manners;
use super::retries::Retries;
use super::shelf::Shelf;
use super::thing::Thing;
use super::tries::Tries;
use super::unrest::Heard;
use crate::causal::InputNumber;
use crate::history::Incarnation;
use crate::ledger::Ledger;

/// What a machine is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Running {
    /// No process runs; dials are refused.
    Idle,
    /// The process runs.
    Alive,
    /// The process stands still. The kernel still accepts connections.
    Paused,
    /// No power: nothing is answered.
    Off,
}

/// A machine and the last life of its node.
#[derive(Debug)]
pub(super) struct Host {
    pub(super) address: SocketAddr,
    pub(super) running: Running,
    pub(super) incarnation: Incarnation,
    pub(super) node: Option<Node>,
    /// That node's identity.
    pub(super) id: Option<NodeId>,
    /// The view that is in force there, as it told.
    pub(super) view: Option<View>,
    pub(super) ledger: Ledger,
    /// The last index that the ledger covers.
    pub(super) covered: Index,
    /// The last message that it delivered in this life: its ballot, and its place.
    pub(super) delivered: (Ballot, Index),
    pub(super) clock: Clock,
    /// The connections that the node knows, dialed ones that do not stand yet included.
    pub(super) links: Links,
    pub(super) accepted: u64,
    /// What came while the process stood still, or was busy.
    pub(super) backlog: VecDeque<Thing>,
    /// How long each input keeps it busy.
    pub(super) per_input: Duration,
    pub(super) busy_until: Instant,
    /// When it is to be woken.
    pub(super) wake: Option<Instant>,
    /// Lines that wait until the node has room.
    pub(super) typing: VecDeque<Bytes>,
    /// How long a write takes, if not as long as everywhere.
    pub(super) disk: Option<Duration>,
    /// What is durable of what its node wrote in this life.
    pub(super) written: Disk,
    /// What the next life will find, where disks are read again.
    pub(super) image: Image,
    /// Whether each write fails.
    pub(super) unwritable: bool,
    /// Whether one has failed in this life: then nothing is written any more.
    pub(super) failed: bool,
    /// Its lines of the past, where there are disks.
    pub(super) shelf: Shelf,
    /// When the last write will be durable.
    pub(super) written_at: Instant,
    /// How its node has sent its lines again in this life.
    pub(super) retries: Retries,
    /// What its node last heard of a leader in this life.
    pub(super) heard: Heard,
    /// Who was behind while it led in this life.
    pub(super) lag: Lag,
    /// How its node answers what it is told.
    pub(super) manners: Manners,
    /// How its node has called elections in this life.
    pub(super) tries: Tries,
    /// What its node's links have brought in this life.
    pub(super) company: Company,
    /// By what its node finds the way of a token.
    pub(super) bearings: Bearings,
    /// Whom its node has dialed last to be let in, if it has asked nobody since.
    pub(super) dialed: Option<SocketAddr>,
    /// What its node handled last in this life, if that is kept.
    pub(super) last_input: Option<InputNumber>,
}

impl Host {
    /// A machine on which nothing runs yet.
    pub(super) fn new(address: SocketAddr) -> Host {
        Host {
            address,
            running: Running::Idle,
            incarnation: Incarnation(0),
            node: None,
            id: None,
            view: None,
            ledger: Ledger::default(),
            covered: Index::ZERO,
            delivered: Default::default(),
            retries: Retries::default(),
            heard: Heard::default(),
            lag: Lag::default(),
            manners: Manners::default(),
            tries: Tries::default(),
            company: Company::default(),
            bearings: Bearings::default(),
            dialed: None,
            clock: Clock::default(),
            links: Links::default(),
            accepted: 0,
            backlog: VecDeque::new(),
            per_input: Duration::ZERO,
            busy_until: Instant::START,
            wake: None,
            typing: VecDeque::new(),
            disk: None,
            written: Disk::default(),
            image: Image::default(),
            unwritable: false,
            failed: false,
            shelf: Shelf::default(),
            written_at: Instant::START,
            last_input: None,
        }
    }

    /// A life begins.
    pub(super) fn begin(&mut self, incarnation: Incarnation, node: Node) {
        self.running = Running::Alive;
        self.incarnation = incarnation;
        self.id = Some(node.hello().member.id);
        self.shelf.belongs_to(node.hello().member.id);
        self.view = None;
        self.node = Some(node);
        self.ledger = Ledger::default();
        self.covered = Index::ZERO;
        self.delivered = Default::default();
        self.retries = Retries::default();
        self.heard = Heard::default();
        self.lag = Lag::default();
        self.manners = Manners::default();
        self.tries = Tries::default();
        self.company = Company::default();
        self.bearings = Bearings::default();
        self.dialed = None;
        self.accepted = 0;
        self.wake = None;
        self.written = Disk::default();
        self.failed = false;
        self.written_at = Instant::START;
        self.last_input = None;
    }

    /// The process is gone, with all that waited for it. Gives the connections it had.
    pub(super) fn end(&mut self, running: Running) -> Links {
        self.running = running;
        self.backlog.clear();
        self.typing.clear();
        self.wake = None;
        std::mem::take(&mut self.links)
    }

    /// Whether the process takes something now. Then it is busy for as long as that keeps it so.
    pub(super) fn takes(&mut self, now: Instant) -> bool {
        let is_free =
            self.running == Running::Alive && self.busy_until <= now && self.backlog.is_empty();
        if is_free && !self.per_input.is_zero() {
            self.busy_until = now + self.per_input;
        }
        is_free
    }

    /// Whether a process is there, standing still or not.
    pub(super) fn has_process(&self) -> bool {
        match self.running {
            Running::Alive | Running::Paused => true,
            Running::Idle | Running::Off => false,
        }
    }
}
