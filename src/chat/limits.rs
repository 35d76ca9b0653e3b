//! How much is allowed: configuration of the ring, in the log, the same at every node.

use serde::{Deserialize, Serialize};

use super::bytes::{Malformed, Reader, put_u64};
use super::name::NAME_CHARS_MAX;
use super::text::LINE_BYTES_MAX;

/// What is allowed. Each has a ceiling that no ring can lift, so that snapshots stay within bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// The longest line, in bytes of UTF-8.
    pub line_bytes: u64,
    /// The longest name of an account or group, in characters.
    pub name_chars: u64,
    /// The longest topic, in bytes.
    pub topic_bytes: u64,
    /// How many groups one person may be in, beside the lobby.
    pub groups_per_person: u64,
    /// How many groups there may be, beside the lobby.
    pub groups: u64,
    /// How many accounts there may be.
    pub accounts: u64,
    /// How many private lines wait for one person.
    pub mailbox_lines: u64,
    /// How many bytes of private lines wait for one person.
    pub mailbox_bytes: u64,
    /// How many bytes of private lines wait for all people together.
    pub mail_bytes: u64,
    /// How many lines one person may say within [`Self::rate_window`]; 0 for any number.
    pub rate_lines: u64,
    /// Over how many places of the order lines are counted.
    pub rate_window: u64,
    /// How many wrong passwords a node may offer in a row.
    pub login_failures: u64,
    /// After how many places of the order one of them is forgiven.
    pub login_window: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            line_bytes: LINE_BYTES_MAX as u64,
            name_chars: NAME_CHARS_MAX as u64,
            topic_bytes: 400,
            groups_per_person: 50,
            groups: 1_000,
            accounts: 10_000,
            mailbox_lines: 200,
            mailbox_bytes: 256 << 10,
            mail_bytes: 8 << 20,
            rate_lines: 0,
            rate_window: 100,
            login_failures: 5,
            login_window: 20,
        }
    }
}

/// A limit as people set it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// What it is called.
    pub name: &'static str,
    /// What it bounds.
    pub about: &'static str,
    /// The least that it may be.
    pub least: u64,
    /// The most.
    pub most: u64,
}

const fn field(name: &'static str, about: &'static str, least: u64, most: u64) -> Field {
    Field { name, about, least, most }
}

/// All of them, in the order of [`Limits::values`].
pub const FIELDS: [Field; 13] = [
    field("line-bytes", "the longest line, in bytes", 16, LINE_BYTES_MAX as u64),
    field("name-chars", "the longest name of an account or group", 3, NAME_CHARS_MAX as u64),
    field("topic-bytes", "the longest topic, in bytes", 0, 4_096),
    field("groups-per-person", "groups that one person may be in", 0, 1_000),
    field("groups", "groups in all", 0, 10_000),
    field("accounts", "accounts in all", 0, 100_000),
    field("mailbox-lines", "private lines that wait for one person", 0, 10_000),
    field("mailbox-bytes", "bytes of private lines that wait for one person", 0, 4 << 20),
    field("mail-bytes", "bytes of private lines that wait for all people", 0, 64 << 20),
    field("rate-lines", "lines of one person within the window; 0: any number", 0, 10_000),
    field("rate-window", "places of the order over which lines are counted", 1, 10_000),
    field("login-failures", "wrong passwords in a row at one node", 1, 1_000),
    field("login-window", "places after which a wrong password is forgiven", 1, 10_000),
];

/// A limit is beyond its ceiling or below its floor; nothing changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("expected {name} from {least} to {most}, found {found}")]
pub struct LimitError {
    /// Which.
    pub name: String,
    /// The least.
    pub least: u64,
    /// The most.
    pub most: u64,
    /// What was asked for.
    pub found: u64,
}

impl Limits {
    /// All values, in the order of [`FIELDS`].
    pub fn values(&self) -> [u64; FIELDS.len()] {
        let mut copy = *self;
        copy.fields().map(|value| *value)
    }

    /// The same with another value for the limit of this name; none, if there is no such limit.
    pub fn with(&self, name: &str, value: u64) -> Option<Limits> {
        let at = FIELDS.iter().position(|field| field.name == name)?;
        let mut changed = *self;
        *changed.fields()[at] = value;
        Some(changed)
    }

    /// Whether each is within its bounds.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<(), LimitError> {
        let mut pairs = FIELDS.iter().zip(self.values());
        match pairs.find(|(field, value)| !(field.least..=field.most).contains(value)) {
            None => Ok(()),
            Some((field, found)) => Err(LimitError {
                name: field.name.to_owned(),
                least: field.least,
                most: field.most,
                found,
            }),
        }
    }

    pub(super) fn put(&self, into: &mut Vec<u8>) {
        self.values().iter().for_each(|value| put_u64(into, *value));
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Limits, Malformed> {
        let mut limits = Limits::default();
        for value in limits.fields() {
            *value = reader.u64("a limit")?;
        }
        Ok(limits)
    }

    /// The order is that of [`FIELDS`], and of the bytes: a new one goes to the end, in a new version.
    fn fields(&mut self) -> [&mut u64; FIELDS.len()] {
        [
            &mut self.line_bytes,
            &mut self.name_chars,
            &mut self.topic_bytes,
            &mut self.groups_per_person,
            &mut self.groups,
            &mut self.accounts,
            &mut self.mailbox_lines,
            &mut self.mailbox_bytes,
            &mut self.mail_bytes,
            &mut self.rate_lines,
            &mut self.rate_window,
            &mut self.login_failures,
            &mut self.login_window,
        ]
    }
}
