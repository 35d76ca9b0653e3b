//! How much may happen in one run, and which rule of the machines' use is broken on purpose.

/// Everything that makes the space finite: what may happen, and how often. There is no cut by depth.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Ballots that promises are asked for, in all, beside the first leader's.
    pub ballots: u8,
    /// Views that are proposed, in all.
    pub views: u8,
    /// Whether a view may also change nothing but the tie-breaker.
    pub tie_breaker_moves: bool,
    /// Messages that are ordered, in all.
    pub messages: u8,
    /// Crashes of each node, each with a restart.
    pub crashes: u8,
    /// How lap 1 of an election is played.
    pub first_lap: FirstLap,
    /// When writes become durable, and when a node may crash.
    pub writes: Writes,
    /// What is heard.
    pub hearing: Hearing,
}

/// How lap 1 of an election is played. It changes nothing that lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstLap {
    /// Its tokens travel, and may start this often in all.
    Walked {
        /// How often.
        starts: u8,
    },
    /// Any member may have won it at any time, whomever it met; and what a token tells of commits may
    /// reach anybody at any time.
    Assumed,
}

/// When writes become durable, in their order, and when a node may crash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writes {
    /// Each write by a step of its own; a node may crash at any time.
    OneByOne,
    /// At once, but for those that a crash takes along; a node crashes only if it loses something
    /// that somebody can miss: a write of which others heard, or the knowledge that a view is in force.
    ///
    /// Earlier completion only lets a node say more, and what is said is heard whenever, or never: so
    /// of all delays those matter that end in a crash. Only a leader says anything of what is not
    /// durable, so a write that another node loses is one that it might as well never have made. And
    /// a crash that takes nothing else along makes the node do less than it could, for a while.
    LostWhereItShows,
}

/// What is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hearing {
    /// Everything, whether or not it makes a difference.
    Everything,
    /// Frames that extend a log, and news that bring a view into force.
    ///
    /// A node that only promises by a frame, and takes nothing from it, does less than one that did
    /// not hear it. Which ordinary entries a node knows committed bears on nothing it says or does;
    /// that they are is noted when the last acknowledgement that it takes is said, see `truth`.
    WhatMatters,
}

/// A rule that the model breaks on purpose, to show that the check can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A promise is counted before it is durable.
    PromiseNotDurable,
    /// An entry is acknowledged before it is durable.
    AcknowledgedNotDurable,
    /// While a view is pending, an election asks for a quorum of that view alone.
    ElectedByNewViewAlone,
    /// A view is committed by its own quorum alone.
    CommittedByNewViewAlone,
    /// A token of lap 2 that comes again is counted again.
    DecidedTwice,
    /// Nodes with fresher logs promise, too.
    FreshnessIgnored,
    /// What an older ballot left behind is committed by counting.
    OldBallotCounted,
    /// Half of a view is a quorum, whoever the tie-breaker is.
    AnyHalfDecides,
    /// A second view is proposed while one is pending.
    TwoViewsPending,
}

impl Bounds {
    /// Two view changes, an election against the first leader, and a crash of each node.
    pub const SMALL: Bounds = Bounds {
        ballots: 1,
        views: 2,
        tie_breaker_moves: false,
        messages: 0,
        crashes: 1,
        first_lap: FirstLap::Assumed,
        writes: Writes::LostWhereItShows,
        hearing: Hearing::WhatMatters,
    };
    /// With one more election: rounds 1 to 3.
    pub const FULL: Bounds = Bounds { ballots: 2, ..Bounds::SMALL };
    /// Less happens, but everything is heard.
    pub const HEARD: Bounds = Bounds { crashes: 0, hearing: Hearing::Everything, ..Bounds::SMALL };
    /// Less happens, but each write is a step of its own.
    pub const WRITTEN: Bounds =
        Bounds { views: 1, crashes: 0, writes: Writes::OneByOne, ..Bounds::SMALL };
    /// No view changes, but each write is a step of its own, and every node may crash at any time.
    pub const CRASHED: Bounds = Bounds { views: 0, writes: Writes::OneByOne, ..Bounds::SMALL };
    /// No view changes, but the tokens of lap 1 travel.
    pub const WALKED: Bounds =
        Bounds { views: 0, first_lap: FirstLap::Walked { starts: 1 }, ..Bounds::SMALL };
}
