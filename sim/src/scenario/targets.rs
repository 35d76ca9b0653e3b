//! Whom an action is meant for, to be looked through and changed.

use super::{Action, NodeIndex, Target};

impl Action {
    /// The lists of those it is meant for, where it takes lists.
    pub fn lists_mut(&mut self) -> Vec<&mut Vec<Target>> {
        match self {
            Action::Kill(who)
            | Action::Power(who)
            | Action::Tear { who, .. }
            | Action::Restart(who)
            | Action::Pause(who)
            | Action::Resume(who)
            | Action::Leave(who)
            | Action::Fail(who)
            | Action::Full(who)
            | Action::Lose(who)
            | Action::Ease(who)
            | Action::Stuck(who)
            | Action::Sluggish { who, .. }
            | Action::Disk { who, .. }
            | Action::Clock { who, .. }
            | Action::Drift { who, .. } => vec![who],
            Action::Partition(sets) => sets.iter_mut().collect(),
            Action::Cut { .. }
            | Action::Deaf(_)
            | Action::Mute(_)
            | Action::Heal(_)
            | Action::Slow { .. }
            | Action::Limit { .. }
            | Action::Reset(..)
            | Action::Replay(..)
            | Action::Garbage(..)
            | Action::Join(_)
            | Action::Alone(_)
            | Action::Say { .. } => Vec::new(),
        }
    }

    /// Those it is meant for, where it takes exactly one or two.
    pub fn singles_mut(&mut self) -> Vec<&mut Target> {
        match self {
            Action::Cut { a, b, .. }
            | Action::Slow { a, b, .. }
            | Action::Limit { a, b, .. }
            | Action::Reset(a, b)
            | Action::Replay(a, b)
            | Action::Garbage(a, b)
            | Action::Heal(Some((a, b))) => vec![a, b],
            Action::Deaf(who)
            | Action::Mute(who)
            | Action::Alone(who)
            | Action::Say { by: who, .. } => vec![who],
            Action::Heal(None)
            | Action::Join(_)
            | Action::Partition(_)
            | Action::Kill(_)
            | Action::Power(_)
            | Action::Tear { .. }
            | Action::Restart(_)
            | Action::Pause(_)
            | Action::Resume(_)
            | Action::Leave(_)
            | Action::Fail(_)
            | Action::Full(_)
            | Action::Lose(_)
            | Action::Ease(_)
            | Action::Stuck(_)
            | Action::Sluggish { .. }
            | Action::Disk { .. }
            | Action::Clock { .. }
            | Action::Drift { .. } => Vec::new(),
        }
    }

    /// Whether the ring may have to be repaired because of it.
    pub fn disturbs(&self) -> bool {
        match self {
            Action::Say { .. } | Action::Stuck(_) | Action::Ease(_) | Action::Lose(_) => false,
            Action::Kill(_)
            | Action::Power(_)
            | Action::Tear { .. }
            | Action::Fail(_)
            | Action::Full(_)
            | Action::Restart(_)
            | Action::Pause(_)
            | Action::Resume(_)
            | Action::Partition(_)
            | Action::Cut { .. }
            | Action::Deaf(_)
            | Action::Mute(_)
            | Action::Heal(_)
            | Action::Slow { .. }
            | Action::Limit { .. }
            | Action::Reset(..)
            | Action::Replay(..)
            | Action::Garbage(..)
            | Action::Sluggish { .. }
            | Action::Disk { .. }
            | Action::Clock { .. }
            | Action::Drift { .. }
            | Action::Join(_)
            | Action::Leave(_)
            | Action::Alone(_) => true,
        }
    }

    /// What it is called, if it is done to a disk that is read again.
    pub fn needs_disks(&self) -> Option<&'static str> {
        match self {
            Action::Tear { .. } => Some("`tear`"),
            Action::Fail(_) => Some("`fail`"),
            Action::Full(_) => Some("`full`"),
            Action::Lose(_) => Some("`lose`"),
            Action::Kill(_)
            | Action::Power(_)
            | Action::Restart(_)
            | Action::Pause(_)
            | Action::Resume(_)
            | Action::Partition(_)
            | Action::Cut { .. }
            | Action::Deaf(_)
            | Action::Mute(_)
            | Action::Heal(_)
            | Action::Slow { .. }
            | Action::Limit { .. }
            | Action::Reset(..)
            | Action::Replay(..)
            | Action::Garbage(..)
            | Action::Sluggish { .. }
            | Action::Disk { .. }
            | Action::Ease(_)
            | Action::Clock { .. }
            | Action::Drift { .. }
            | Action::Join(_)
            | Action::Leave(_)
            | Action::Alone(_)
            | Action::Say { .. }
            | Action::Stuck(_) => None,
        }
    }

    /// What it is called, if only the event engine can do it.
    pub fn beyond_turmoil(&self) -> Option<&'static str> {
        match self {
            Action::Limit { .. } => Some("`limit`"),
            Action::Reset(..) => Some("`reset`"),
            Action::Replay(..) => Some("`replay`"),
            Action::Sluggish { .. } => Some("`sluggish`"),
            Action::Clock { .. } => Some("`clock`"),
            Action::Drift { .. } => Some("`drift`"),
            Action::Tear { .. }
            | Action::Fail(_)
            | Action::Full(_)
            | Action::Lose(_)
            | Action::Disk { .. }
            | Action::Ease(_)
            | Action::Kill(_)
            | Action::Power(_)
            | Action::Restart(_)
            | Action::Pause(_)
            | Action::Resume(_)
            | Action::Partition(_)
            | Action::Cut { .. }
            | Action::Deaf(_)
            | Action::Mute(_)
            | Action::Heal(_)
            | Action::Slow { .. }
            | Action::Garbage(..)
            | Action::Join(_)
            | Action::Leave(_)
            | Action::Alone(_)
            | Action::Say { .. }
            | Action::Stuck(_) => None,
        }
    }

    /// What of it real processes cannot do: wrong clocks, slow disks and such as fail when they are told
    /// to, a processor that is told how long to take.
    pub fn beyond_processes(&self) -> Option<&'static str> {
        match self {
            Action::Sluggish { .. } => Some("`sluggish`"),
            Action::Disk { .. } => Some("`disk`"),
            Action::Ease(_) => Some("`ease`"),
            Action::Clock { .. } => Some("`clock`"),
            Action::Drift { .. } => Some("`drift`"),
            Action::Tear { .. } | Action::Fail(_) | Action::Full(_) => self.needs_disks(),
            Action::Lose(_)
            | Action::Kill(_)
            | Action::Limit { .. }
            | Action::Reset(..)
            | Action::Replay(..)
            | Action::Power(_)
            | Action::Restart(_)
            | Action::Pause(_)
            | Action::Resume(_)
            | Action::Partition(_)
            | Action::Cut { .. }
            | Action::Deaf(_)
            | Action::Mute(_)
            | Action::Heal(_)
            | Action::Slow { .. }
            | Action::Garbage(..)
            | Action::Join(_)
            | Action::Leave(_)
            | Action::Alone(_)
            | Action::Say { .. }
            | Action::Stuck(_) => None,
        }
    }

    /// Who joins by it.
    pub fn joins(&self) -> &[NodeIndex] {
        if let Action::Join(who) = self { who } else { &[] }
    }

    /// Takes those out that `gone` picks. False if nobody is left for it.
    pub fn without(&mut self, gone: impl Fn(NodeIndex) -> bool) -> bool {
        let is_gone = |target: &Target| matches!(target, Target::Node(node) if gone(*node));
        if self.singles_mut().iter().any(|target| is_gone(target)) {
            return false;
        }
        if let Action::Join(who) = self {
            who.retain(|node| !gone(*node));
            return !who.is_empty();
        }
        let mut lists = self.lists_mut();
        lists.iter_mut().for_each(|list| list.retain(|target| !is_gone(target)));
        lists.iter().all(|list| !list.is_empty())
    }
}
