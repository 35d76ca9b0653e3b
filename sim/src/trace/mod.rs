//! The history as text: the story that a person follows, or everything that happened.

pub mod everything;
pub mod names;
pub mod parting;
pub mod story;
pub mod wording;
