//! What the prompt shows and completes, drawn by whoever knows and looked at by the editor.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::front::commands::words;

/// What the prompt shows and completes. Cheap to clone: all clones are one sketch.
#[derive(Clone, Debug, Default)]
pub struct Sketch(Arc<Mutex<Drawn>>);

#[derive(Debug, Default)]
struct Drawn {
    place: String,
    unread: String,
    people: Vec<String>,
    groups: Vec<String>,
    aliases: Vec<String>,
}

impl Sketch {
    /// Where lines are said, empty for the lobby, and what was said elsewhere, such as `lobby 3`.
    pub fn draw(&self, place: String, unread: String) {
        let mut drawn = self.drawn();
        (drawn.place, drawn.unread) = (place, unread);
    }

    /// The names of people and groups that can be completed.
    pub fn name(&self, people: Vec<String>, groups: Vec<String>) {
        let mut drawn = self.drawn();
        (drawn.people, drawn.groups) = (people, groups);
    }

    /// The person's own words for others, which can be completed, too.
    pub fn alias(&self, aliases: Vec<String>) {
        self.drawn().aliases = aliases;
    }

    /// Where lines are said now; empty for the lobby.
    pub fn place(&self) -> String {
        self.drawn().place.clone()
    }

    /// The people that can be completed.
    pub fn people(&self) -> Vec<String> {
        self.drawn().people.clone()
    }

    /// What stands behind the line being typed, in at most so many characters: what was said elsewhere,
    /// and where lines go, if that is not the place that the prompt was drawn with.
    pub fn aside(&self, drawn_with: &str, room: usize) -> String {
        let drawn = self.drawn();
        let moved = match drawn.place.as_str() {
            same if same == drawn_with => None,
            "" => Some("in the lobby now".to_owned()),
            place => Some(format!("in {place} now")),
        };
        let unread = Some(drawn.unread.clone()).filter(|unread| !unread.is_empty());
        let parts: Vec<String> = moved.into_iter().chain(unread).collect();
        if parts.is_empty() {
            return String::new();
        }
        let text = format!("  ({})", parts.join("; "));
        if text.chars().count() <= room {
            return text;
        }
        text.chars().take(room.saturating_sub(1)).chain(['…']).collect()
    }

    /// Where the word begins that is being typed, and how it may go on: commands at the beginning
    /// of a line, and names anywhere; groups alone behind a `#`, people alone behind an `@`.
    pub fn complete(&self, typed: &str) -> (usize, Vec<String>) {
        if typed.starts_with('/') && !typed.contains(' ') {
            let fitting = words().filter(|word| word.starts_with(&typed.to_ascii_lowercase()));
            return (0, with_blank(fitting.map(str::to_owned).collect()));
        }
        let start = typed.rfind(' ').map_or(0, |blank| blank + 1);
        let word = &typed[start..];
        let (start, word) = match word.strip_prefix(['#', '@']) {
            Some(rest) => (start + 1, rest),
            None => (start, word),
        };
        let drawn = self.drawn();
        let nothing: &[String] = &[];
        let (people, groups, aliases) = match typed[..start].chars().next_back() {
            Some('#') => (nothing, &drawn.groups[..], nothing),
            Some('@') => (&drawn.people[..], nothing, nothing),
            Some(_) | None => (&drawn.people[..], &drawn.groups[..], &drawn.aliases[..]),
        };
        let begins = |name: &&String| {
            !word.is_empty()
                && name.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word))
        };
        let all = people.iter().chain(groups).chain(aliases);
        (start, with_blank(all.filter(begins).cloned().collect()))
    }

    fn drawn(&self) -> MutexGuard<'_, Drawn> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where only one word fits, the next may be typed at once.
pub fn with_blank(mut words: Vec<String>) -> Vec<String> {
    if let [only] = &mut words[..] {
        only.push(' ');
    }
    words
}
