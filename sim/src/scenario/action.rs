//! What can be done to a ring, and to whom: the words of a scenario's steps.

use std::time::Duration;

use super::NodeIndex;

/// What can be done to a ring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// `kill`: the process dies; its machine goes on, and refuses connections.
    Kill(Vec<Target>),
    /// `power`: the machine dies without a word; connections to it hang.
    Power(Vec<Target>),
    /// `tear`: the machine loses its power while its disk writes. Of the writes that are under way, in
    /// their order, some are whole and all others are gone.
    Tear {
        /// Whose.
        who: Vec<Target>,
        /// How many are whole, at most.
        keeps: u64,
    },
    /// `restart`: a dead node starts again: as the one that its disk is of, or as a new incarnation that
    /// asks the others to take it in.
    Restart(Vec<Target>),
    /// `pause`: the process stands still, as under SIGSTOP.
    Pause(Vec<Target>),
    /// `resume`: it goes on.
    Resume(Vec<Target>),
    /// `partition`: frames between different sets do not pass.
    Partition(Vec<Vec<Target>>),
    /// `cut`: frames over one link do not pass.
    Cut {
        /// One end.
        a: Target,
        /// The other end.
        b: Target,
        /// In both directions, or only from `a` to `b`.
        direction: Direction,
    },
    /// `deaf`: the node hears nobody, but is heard.
    Deaf(Target),
    /// `mute`: nobody hears the node, but it hears all.
    Mute(Target),
    /// `heal`: nothing is cut, slow or limited any more: everywhere, or between two nodes.
    Heal(Option<(Target, Target)>),
    /// `slow`: frames over one link take this long.
    Slow {
        /// One end.
        a: Target,
        /// The other end.
        b: Target,
        /// The latency, at least a microsecond.
        latency: Duration,
    },
    /// `limit`: a link carries no more than this.
    Limit {
        /// One end.
        a: Target,
        /// The other end.
        b: Target,
        /// How much passes in each direction, at least 1.
        bytes_per_second: u64,
    },
    /// `reset`: all connections between the two are reset. New ones can be made at once.
    Reset(Target, Target),
    /// `replay`: the last frames from the first to the second arrive once more.
    Replay(Target, Target),
    /// `garbage`: what the first sends next to the second arrives as bytes that are no frame.
    Garbage(Target, Target),
    /// `sluggish`: a node takes its time over everything it is told.
    Sluggish {
        /// Who.
        who: Vec<Target>,
        /// How long each input keeps it busy; more than nothing.
        per_input: Duration,
    },
    /// `disk`: each write takes this long from now on.
    Disk {
        /// Whose writes.
        who: Vec<Target>,
        /// How long each takes.
        write: Duration,
    },
    /// `fail`: the next write of these nodes fails, and all behind it, until they are started again.
    Fail(Vec<Target>),
    /// `full`: these nodes' disks take nothing more, until they are eased.
    Full(Vec<Target>),
    /// `lose`: what the disk of a dead node held is gone.
    Lose(Vec<Target>),
    /// `ease`: these nodes are no longer sluggish, and their disks are as they were, with room.
    Ease(Vec<Target>),
    /// `clock`: the clocks of these nodes jump.
    Clock {
        /// Whose.
        who: Vec<Target>,
        /// How far; more than nothing.
        forward: Duration,
    },
    /// `drift`: the clocks of these nodes run at another speed from now on.
    Drift {
        /// Whose.
        who: Vec<Target>,
        /// How many microseconds they gain in a second, or lose if it is negative. At most
        /// [`DRIFT_PPM_MAX`] either way; 0 is a clock that is right.
        ppm: i64,
    },
    /// `join`: new nodes start, and ask the others to take them in.
    Join(Vec<NodeIndex>),
    /// `leave`: nodes leave gracefully, and end.
    Leave(Vec<Target>),
    /// `alone`: a node without a quorum goes on as a ring of its own.
    Alone(Target),
    /// `say`: a node says something.
    Say {
        /// Who.
        by: Target,
        /// What.
        text: String,
        /// How often, at least once. [`said`] tells the texts.
        times: u64,
    },
    /// `stuck`: nothing is done, something must hold at this moment: these nodes say "no quorum",
    /// and nobody has ordered anything for a while.
    Stuck(Vec<Target>),
}

/// The most that a clock may gain or lose, in parts of a million: far beyond any real one.
pub const DRIFT_PPM_MAX: i64 = 100_000;

/// Which way a cut goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Nothing passes.
    Both,
    /// What the first says does not reach the second.
    AToB,
}

/// Who a step is meant for, by name or by role. Roles are looked up when the step is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// This node.
    Node(NodeIndex),
    /// Who leads, under the greatest ballot if there are several.
    Leader,
    /// The tie-breaker of the newest view.
    TieBreaker,
    /// A living member that does not lead, by lot.
    AnyFollower,
    /// The next one in the ring order of the newest view.
    Successor(Box<Target>),
    /// The one before in the ring order of the newest view.
    Predecessor(Box<Target>),
    /// All that are dead.
    Killed,
    /// All that stand still.
    Paused,
    /// All that no other set of a partition holds.
    Rest,
}

/// The lines of a [`Action::Say`]: the text itself, or `text 1`, `text 2` and so on if it is said
/// several times, so that no line can be taken for another.
pub fn said(text: &str, times: u64) -> impl Iterator<Item = String> {
    (1..=times).map(move |number| match times {
        1 => text.to_owned(),
        _ => format!("{text} {number}"),
    })
}
