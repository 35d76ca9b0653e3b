//! The bounds of a node: times in which things are given up, and how much may wait.

use std::time::Duration;

/// How a ring finds its leader. All nodes of a ring do it in the same way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ElectionKind {
    /// A token goes round the ring (Chang and Roberts, 1979): see [`super::election`].
    #[default]
    ChangRoberts,
    /// Whoever misses the leader asks all, and names the best (Lee and Choi, 2002): see [`super::bully`].
    FastBully,
}

impl ElectionKind {
    /// All of them.
    pub const ALL: [ElectionKind; 2] = [ElectionKind::ChangRoberts, ElectionKind::FastBully];

    /// The name that files and flags take.
    pub fn name(self) -> &'static str {
        match self {
            ElectionKind::ChangRoberts => "chang-roberts",
            ElectionKind::FastBully => "fast-bully",
        }
    }

    /// The one of this name.
    ///
    /// # Errors
    /// What was expected.
    pub fn of_name(name: &str) -> Result<ElectionKind, String> {
        let found = Self::ALL.into_iter().find(|kind| kind.name() == name);
        found.ok_or_else(|| format!("expected {}", Self::names()))
    }

    /// All names, for those who gave another.
    pub fn names() -> String {
        Self::ALL.map(|kind| format!("{:?}", kind.name())).join(" or ")
    }
}

/// All of a node's tunables. In a ring that is far apart some of the times are longer: see [`super::pace`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// How the ring finds its leader.
    pub election: ElectionKind,
    /// With Fast Bully: of those with the freshest logs the one with the greatest priority leads.
    pub priority: u32,
    /// How often each end of a link asks the other whether it is there.
    pub heartbeat: Duration,
    /// A link that brings nothing for this long is given up.
    pub link_timeout: Duration,
    /// A dial that is not answered for this long is given up.
    pub dial_timeout: Duration,
    /// How often the leader sends a frame round, at least.
    pub pulse: Duration,
    /// Without a pulse for this long, a member lets the elections of others pass.
    pub leader_quiet: Duration,
    /// Without a pulse for this long, a member starts an election.
    pub leader_silent: Duration,
    /// A leader whose pulse does not come back from a quorum for this long steps down.
    pub quorum_timeout: Duration,
    /// An election starts after a random delay of at most this.
    pub election_delay: Duration,
    /// An election that came to nothing is started again after this, and a random part more.
    pub election_retry: Duration,
    /// Messages that are not delivered for this long are submitted again.
    pub resubmit: Duration,
    /// A lost peer is first dialed again after this; the wait doubles.
    pub probe_min: Duration,
    /// The wait between two dials to a lost peer does not grow beyond this.
    pub probe_max: Duration,
    /// A request (to join, to leave, against a suspect) is repeated after this.
    pub retry: Duration,
    /// A member that stays behind for this long is evicted.
    pub lag_timeout: Duration,
    /// How many committed entries a member may lack without being in danger. What it lacks is kept
    /// for it meanwhile.
    pub lag_entries: u64,
    /// A learner this few entries behind is admitted.
    pub admit_within: u64,
    /// How many newcomers a node serves at once.
    pub learners: usize,
    /// How many messages of this node may be under way to the leader at once.
    pub in_flight: usize,
    /// How many bytes of this node's messages may be under way at once, if more than one is.
    pub in_flight_bytes: usize,
    /// How many messages of this node may wait, those under way included.
    pub waiting: usize,
    /// How many bytes of messages of this node may wait.
    pub waiting_bytes: usize,
    /// The greatest payload of a message, in bytes.
    pub payload_bytes: usize,
    /// How many payload bytes go into one frame, if it holds more than one entry.
    pub batch_bytes: usize,
    /// How many entries go into one frame.
    pub batch_entries: usize,
    /// How many payload bytes may be under way to a neighbour that has not acknowledged them.
    pub window_bytes: usize,
    /// How many entries may be under way to a neighbour that has not acknowledged them.
    pub window_entries: u64,
    /// How many entries are kept behind the committed end, for those who are a little behind.
    pub log_keep: u64,
    /// With a disk: once so many committed entries stand there behind the last snapshot, another takes
    /// their place. None in memory mode.
    pub disk_entries: Option<u64>,
    /// The same, counted in bytes of payload.
    pub disk_bytes: usize,
    /// The size of a chunk of a snapshot, in bytes.
    pub snapshot_chunk: usize,
    /// How many bytes of a snapshot may be under way unacknowledged.
    pub snapshot_window: u64,
}

impl Default for Config {
    fn default() -> Self {
        let ms = Duration::from_millis;
        Config {
            election: ElectionKind::default(),
            priority: 0,
            heartbeat: ms(100),
            link_timeout: ms(400),
            dial_timeout: ms(300),
            pulse: ms(100),
            leader_quiet: ms(250),
            leader_silent: ms(800),
            quorum_timeout: ms(1_000),
            election_delay: ms(40),
            election_retry: ms(300),
            resubmit: ms(500),
            probe_min: ms(50),
            probe_max: ms(1_000),
            retry: ms(300),
            lag_timeout: ms(3_000),
            lag_entries: 262_144,
            admit_within: 64,
            learners: 64,
            in_flight: 1_024,
            in_flight_bytes: 512 << 10,
            waiting: 8_192,
            waiting_bytes: 4 << 20,
            payload_bytes: 256 << 10,
            batch_bytes: 256 << 10,
            batch_entries: 4_096,
            window_bytes: 2 << 20,
            window_entries: 16_384,
            log_keep: 65_536,
            disk_entries: None,
            disk_bytes: 64 << 20,
            snapshot_chunk: 64 << 10,
            snapshot_window: 512 << 10,
        }
    }
}
