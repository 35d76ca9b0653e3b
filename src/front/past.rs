//! The lines that are not in the archive yet, and what of the past is at hand in memory.

use std::collections::{BTreeMap, VecDeque};

use crate::chat::lines::{Line, Revision};
use crate::chat::outcome::{Outcome, Told};
use crate::chat::state::Chat;
use crate::proto::archive::{ArchivedLine, Ask, Faded, Found, Stretch, Stretches};
use crate::proto::entry::Payload;
use crate::proto::id::Index;

/// What a chat with an archive holds for it.
#[derive(Clone, Debug, Default)]
pub struct Past {
    /// All lines behind this place are among `lines`.
    behind: Index,
    lines: VecDeque<Line>,
    /// Lines before that, in the archive already, which have been changed since: they take the
    /// place of what stands there.
    changed: BTreeMap<Index, Line>,
    /// Where, before that, lines may stand that this process never held.
    gaps: Vec<Stretch>,
    /// Everything up to here was applied.
    applied: Index,
    /// Everything up to here was given to the archive, which may not have it durably yet.
    given: Index,
}

impl Past {
    /// The chat has taken in everything up to `index`; with it may have come a line, or a line's
    /// change.
    pub fn applied(&mut self, index: Index, told: &[Told]) {
        self.applied = index;
        for told in told {
            match &told.what {
                Outcome::Said(line) => self.lines.push_back(line.clone()),
                Outcome::Edited(line) | Outcome::Removed(line) => self.change(line),
                // Private lines are not for the archive: they wait in the chat until they are seen.
                Outcome::Private(_)
                | Outcome::HandedOut(_)
                | Outcome::Arrived { .. }
                | Outcome::Became { .. }
                | Outcome::LoginFailed { .. }
                | Outcome::Created { .. }
                | Outcome::Joined { .. }
                | Outcome::Parted { .. }
                | Outcome::OwnedBy { .. }
                | Outcome::Deleted { .. }
                | Outcome::Topic { .. }
                | Outcome::Seen { .. }
                | Outcome::Limits { .. }
                | Outcome::Refused { .. }
                | Outcome::Unreadable { .. } => {}
            }
        }
    }

    /// The chat is now that of a snapshot up to `index`.
    pub fn installed(&mut self, index: Index, chat: &Chat) {
        if let Some(gap) = Stretch::behind(self.applied, chat.forgotten()) {
            self.gaps.push(gap);
            self.behind = gap.last;
        }
        let applied = self.applied;
        let known = chat.history().filter(|line| line.place <= applied);
        known.filter(|line| is_changed_behind(line, applied)).for_each(|line| self.change(line));
        self.lines.extend(chat.history().filter(|line| line.place > applied).cloned());
        self.applied = index;
    }

    fn change(&mut self, line: &Line) {
        match self.lines.binary_search_by_key(&line.place, |held| held.place) {
            Ok(at) => self.lines[at] = line.clone(),
            Err(_) => drop(self.changed.insert(line.place, line.clone())),
        }
    }

    /// What the archive gets with a snapshot up to `index`. What an earlier one brings is not among it: before a
    /// slow disk many wait.
    pub fn fading(&mut self, index: Index) -> Faded {
        let given = self.given;
        let is_new = |line: &&Line| line.place > given || is_changed_behind(line, given);
        let lines = self.lines.iter().take_while(|line| line.place <= index);
        let lines = self.changed.values().chain(lines).filter(is_new);
        let lines = lines.filter_map(archived).collect();
        let gaps = self.gaps.iter().filter(|gap| gap.last > given).copied().collect();
        self.given = given.max(index);
        Faded { behind: self.behind.max(given), lines, gaps }
    }

    /// The archive has the lines up to `index`.
    pub fn faded(&mut self, index: Index) {
        self.changed.retain(|_, line| is_changed_behind(line, index));
        while let Some(line) = self.lines.pop_front_if(|line| line.place <= index) {
            // It stands there as it was by then.
            if is_changed_behind(&line, index) {
                self.changed.insert(line.place, line);
            }
        }
        self.gaps.retain(|gap| gap.last > index);
        self.behind = self.behind.max(index);
    }
}

fn is_changed_behind(line: &Line, index: Index) -> bool {
    match line.revision {
        Revision::Original => false,
        Revision::Edited(at) | Revision::Removed(at) => at > index,
    }
}

/// What is at hand of the lines that are asked for; none, if not even the newest place is.
pub fn at_hand(past: Option<&Past>, chat: &Chat, ask: Ask) -> Option<Found> {
    let held = past.filter(|past| past.behind < chat.forgotten());
    let behind = held.map_or_else(|| chat.forgotten(), |past| past.behind);
    let stretch = ask.stretch.and(Stretch::behind(behind, ask.stretch.last)?)?;
    let ask = Ask { stretch, ..ask };
    let within = |line: &&Line| stretch.contains(line.place);
    let nothing = Stretches::default();
    Some(match held {
        Some(past) => {
            let newest_first = past.lines.iter().rev().filter(within);
            Found::take(ask, newest_first.filter_map(archived), &nothing)
        }
        None => {
            let newest_first = chat.history().rev().filter(within);
            Found::take(ask, newest_first.filter_map(archived), &nothing)
        }
    })
}

/// A line as the archive has it. No line is longer than 4 GiB.
fn archived(line: &Line) -> Option<ArchivedLine> {
    let bytes = Payload::new(line.record().into())?;
    Some(ArchivedLine { place: line.place, bytes })
}
