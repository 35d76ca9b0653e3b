//! The kinds of fault that a search knows, and which of them a run has at all.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// Kinds, with how often each is picked where all are on.
macro_rules! kinds {
    ($($name:ident $weight:literal: $words:literal,)*) => {
        /// A kind of fault.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "each is told by `Kind::words`")]
        pub enum Kind { $($name,)* }

        impl Kind {
            /// All of them.
            pub const ALL: &[Kind] = &[$(Kind::$name,)*];

            /// What it does, in words.
            pub fn words(self) -> &'static str {
                match self { $(Kind::$name => $words,)* }
            }

            fn weight(self) -> u32 {
                match self { $(Kind::$name => $weight,)* }
            }
        }
    };
}

kinds! {
    Kill 4: "a process dies",
    Power 3: "a machine loses its power",
    KillNeighbours 2: "neighbours die at once",
    KillMinority 2: "as many as a quorum bears die at once",
    Restart 8: "a dead node is back in a new life",
    CutLink 3: "a link is cut",
    CutOneWay 3: "a link is cut one way",
    Isolate 2: "a node is cut off",
    Partition 3: "the network falls apart",
    Deaf 2: "a node hears nobody",
    Mute 2: "nobody hears a node",
    Heal 7: "everything is whole again",
    Pause 3: "a process stands still",
    Resume 5: "a process goes on",
    Reset 2: "connections are reset",
    SlowLink 2: "a link becomes slow",
    NarrowLink 1: "a link becomes narrow",
    Sluggish 1: "a process is kept busy",
    SlowDisk 2: "a disk becomes slow",
    Ease 3: "a process is free, and its disk swift, again",
    ClockJumps 1: "a clock jumps ahead",
    ClockDrifts 1: "a clock drifts",
    Replay 1: "frames arrive twice",
    Garbage 1: "garbage arrives",
    Join 4: "a new node joins",
    Leave 3: "a node leaves",
    Burst 3: "somebody says a lot",
    NoQuorum 1: "no part of the network has a quorum, for a while",
    Unheard 2: "a newcomer does not hear that it is admitted, and others die",
    Duel 2: "a leader that was cut off is back while the others elect",
    Secession 1: "a node that is cut off goes on as a ring of its own",
    Tear 3: "power is lost in the middle of writes",
    Blackout 2: "all lose their power, and come back with their disks",
    FailingDisk 1: "a disk fails",
    FullDisk 1: "a disk is full",
    LostDisk 2: "the disk of a dead node is lost",
    Farewells 2: "a leader and its heir leave at the same moment",
    Laggard 1: "a disk is too slow for what is said",
    Exile 1: "a node is evicted, and all whom it knows are replaced",
    Copies 2: "parts of a snapshot arrive twice",
    Limp 1: "a link breaks, much later another, and both are whole again",
    Messenger 2: "only a newcomer knows that the view is in force which a deaf leader waits for",
}

impl Kind {
    /// Whether it is several steps, each of which waits for what the one before has done.
    pub(super) fn is_plot(self) -> bool {
        use Kind::*;
        let simple = [Unheard, Duel, Secession, Blackout];
        simple.contains(&self)
            || matches!(self, Farewells | Laggard | Exile | Copies | Limp | Messenger)
    }
}

/// Which kinds a search draws from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// All kinds, of which each run leaves some out.
    #[default]
    Swarm,
    /// Deaths and pauses, mostly of leaders.
    Elections,
    /// Joins, leaves, deaths and returns.
    Members,
    /// Cuts of all sorts, slow and narrow links.
    Links,
    /// Small logs and small windows: snapshots everywhere.
    CatchUp,
    /// Disks in every world, power cuts of many, restarts, disks that are slow, full or lost.
    Disks,
}

impl Profile {
    /// All of them.
    pub const ALL: [Profile; 6] = [
        Profile::Swarm,
        Profile::Elections,
        Profile::Members,
        Profile::Links,
        Profile::CatchUp,
        Profile::Disks,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Profile::Swarm => "swarm",
            Profile::Elections => "elections",
            Profile::Members => "members",
            Profile::Links => "links",
            Profile::CatchUp => "catch-up",
            Profile::Disks => "disks",
        }
    }

    /// Whether it draws from all kinds, and so has to meet everything that is rare.
    pub fn is_complete(self) -> bool {
        self.kinds().len() == Kind::ALL.len()
    }

    fn kinds(self) -> &'static [Kind] {
        use Kind::*;
        match self {
            Profile::Swarm | Profile::CatchUp => Kind::ALL,
            Profile::Elections => &[
                Kill,
                Power,
                KillNeighbours,
                KillMinority,
                Restart,
                Isolate,
                Partition,
                Deaf,
                Mute,
                Heal,
                Pause,
                Resume,
                Reset,
                SlowDisk,
                Ease,
                Replay,
                Burst,
                NoQuorum,
                Duel,
                Tear,
                Blackout,
            ],
            Profile::Members => &[
                Kill,
                Power,
                KillNeighbours,
                KillMinority,
                Restart,
                Isolate,
                Partition,
                Heal,
                Join,
                Leave,
                SlowDisk,
                Ease,
                Burst,
                NoQuorum,
                Unheard,
                Tear,
                Blackout,
                FailingDisk,
                FullDisk,
                LostDisk,
                Farewells,
                Exile,
                Messenger,
            ],
            Profile::Links => &[
                CutLink, CutOneWay, Isolate, Partition, Deaf, Mute, Heal, Reset, SlowLink,
                NarrowLink, Replay, Garbage, Kill, Restart, Burst, Duel, Secession, Limp, Blackout,
            ],
            Profile::Disks => &[
                Kill,
                Power,
                KillNeighbours,
                KillMinority,
                Restart,
                Isolate,
                Partition,
                Heal,
                Pause,
                Resume,
                SlowDisk,
                Ease,
                Join,
                Leave,
                Burst,
                NoQuorum,
                Tear,
                Blackout,
                FailingDisk,
                FullDisk,
                LostDisk,
            ],
        }
    }
}

/// The kinds that one run has: a search that leaves some out finds more, since faults hide each
/// other (Groce and others, *Swarm Testing*, 2012).
#[derive(Clone, Debug)]
pub struct Swarm {
    on: Vec<Kind>,
    total: u32,
}

impl Swarm {
    /// Draws which kinds are on.
    pub fn draw(lots: &mut ChaCha8Rng, profile: Profile) -> Swarm {
        let share = lots.random_range(0.25..1.0);
        let all = profile.kinds();
        let mut on: Vec<Kind> = all.iter().copied().filter(|_| lots.random_bool(share)).collect();
        if on.is_empty() {
            on.push(all[lots.random_range(0..all.len())]);
        }
        // What is broken must be able to become whole again before the end, or little else happens.
        for (harm, cure) in [(Kind::Kill, Kind::Restart), (Kind::Pause, Kind::Resume)] {
            if on.contains(&harm) && !on.contains(&cure) && lots.random_bool(0.5) {
                on.push(cure);
            }
        }
        let total = on.iter().map(|kind| kind.weight()).sum();
        Swarm { on, total }
    }

    /// Draws one of those that are on.
    pub fn pick(&self, lots: &mut ChaCha8Rng) -> Kind {
        let mut lot = lots.random_range(0..self.total.max(1));
        for kind in &self.on {
            match lot.checked_sub(kind.weight()) {
                Some(left) => lot = left,
                None => return *kind,
            }
        }
        Kind::Kill
    }
}
