//! Names of people: what they may hold, and how a taken one gets a number.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::person::LOBBY_NAME;
use super::skeleton::skeleton;
use super::text::is_unfit;

/// The shortest name of an account or group, in characters.
pub const STRICT_CHARS_MIN: usize = 3;

/// The longest name, in characters.
pub const NAME_CHARS_MAX: usize = 32;

/// The longest name, in bytes of UTF-8.
pub(super) const NAME_BYTES_MAX: usize = 4 * NAME_CHARS_MAX;

/// A name that may be shown: 1 to 32 characters, trimmed, no control characters.
///
/// Accounts and groups are called more strictly, see [`Name::strict`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

/// Why a text is no name. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum NameError {
    /// It has no characters, or only blanks.
    #[error("a name needs at least one character that is not blank; choose one, such as bob")]
    Empty,
    /// It has too many characters.
    #[error("a name has at most {NAME_CHARS_MAX} characters, and this one has {found}; shorten it")]
    TooLong {
        /// How many it has.
        found: usize,
    },
    /// It holds a control character.
    #[error(
        "a name holds no control characters, and this one has U+{:04X} as its character \
         {position}; leave it out",
        *found as u32
    )]
    Control {
        /// The character.
        found: char,
        /// Where it stands, from 1.
        position: usize,
    },
    /// It is no name of an account or group.
    #[error(
        "the name of an account or group has 3 to {most} characters: a letter first, then letters, \
         digits, '-' and '_', and none of these two at the end; {found:?} is not such a name"
    )]
    NotStrict {
        /// The most characters, in this ring.
        most: usize,
        /// What was found.
        found: String,
    },
}

impl Name {
    /// A name of this text, without the blanks around it.
    ///
    /// # Errors
    /// [`NameError`], if the rules are not met.
    pub fn new(text: &str) -> Result<Name, NameError> {
        let text = text.trim_matches(' ');
        if let Some(at) = text.chars().position(is_unfit) {
            let found = text.chars().nth(at).unwrap_or_default();
            return Err(NameError::Control { found, position: at + 1 });
        }
        let text = text.trim();
        let found = text.chars().count();
        if found == 0 {
            return Err(NameError::Empty);
        }
        if found > NAME_CHARS_MAX {
            return Err(NameError::TooLong { found });
        }
        Ok(Name(text.to_owned()))
    }

    /// A name of an account or group: 3 to 32 characters, an ASCII letter first, then ASCII letters, digits,
    /// `-` and `_`, but for the last.
    ///
    /// # Errors
    /// [`NameError`], if the rules are not met.
    pub fn strict(text: &str) -> Result<Name, NameError> {
        let name = Name::new(text)?;
        name.is_strict(NAME_CHARS_MAX).map(|()| name)
    }

    /// Whether an account or group may be called so, where names have at most so many characters.
    ///
    /// # Errors
    /// [`NameError::NotStrict`], if not.
    pub fn is_strict(&self, most: usize) -> Result<(), NameError> {
        let text = &self.0;
        let fits = (STRICT_CHARS_MIN..=most).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.ends_with(|c: char| c.is_ascii_alphanumeric())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        if fits { Ok(()) } else { Err(NameError::NotStrict { most, found: text.clone() }) }
    }

    /// What is left of it once look-alikes are one.
    pub fn skeleton(&self) -> String {
        skeleton(&self.0)
    }

    /// What somebody is called of whom nothing is known.
    pub fn guest() -> Name {
        Name("guest".to_owned())
    }

    /// What the group is called that everybody is in.
    pub fn lobby() -> Name {
        Name(LOBBY_NAME.to_owned())
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether people would take one for the other: see [`skeleton`].
    pub fn resembles(&self, other: &Name) -> bool {
        self.skeleton() == other.skeleton()
    }

    /// The `number`th choice where this name is taken: bob2, bob3. Cut so that it stays a name;
    /// a name that ends in a digit gets a hyphen: bob2-2.
    pub fn numbered(&self, number: usize) -> Name {
        let hyphen = if self.0.ends_with(|c: char| c.is_ascii_digit()) { "-" } else { "" };
        let suffix = format!("{hyphen}{number}");
        let kept = NAME_CHARS_MAX.saturating_sub(suffix.len());
        let base: String = self.0.chars().take(kept).collect();
        Name(format!("{}{suffix}", base.trim_end()))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl TryFrom<String> for Name {
    type Error = NameError;

    fn try_from(text: String) -> Result<Name, NameError> {
        Name::new(&text)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> String {
        name.0
    }
}
