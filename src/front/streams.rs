//! What the program does with its standard input and output.

use clap::ArgAction::SetTrue;
use clap::builder::FalseyValueParser;
use clap::{Args, ValueEnum};

/// The flags about it.
#[derive(Debug, Args)]
pub struct StreamFlags {
    /// What goes to stdout: the chat for people, or everything that happens at this node, one JSON
    /// object a line. Whoever asks for the latter has to read it: the node waits for its reader
    #[arg(
        long,
        env = "RINGCHAT_OUTPUT",
        value_enum,
        value_name = "FORMAT",
        default_value = "chat"
    )]
    pub output: Format,
    /// At the end of the input stay in the ring, until a signal or /quit: the input may end at once
    #[arg(long, env = "RINGCHAT_STAY", action = SetTrue, value_parser = FalseyValueParser::new())]
    stay: bool,
    /// Read nothing at all: the node runs until a signal comes
    #[arg(
        long,
        env = "RINGCHAT_HEADLESS",
        action = SetTrue,
        value_parser = FalseyValueParser::new()
    )]
    headless: bool,
}

/// What goes to stdout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// The chat, for people.
    #[default]
    Chat,
    /// Everything that happens, for machines.
    Jsonl,
}

/// What is read from stdin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Input {
    /// All of it; the node leaves at its end.
    #[default]
    ToItsEnd,
    /// All of it; the node stays.
    AndStay,
    /// Nothing.
    Nothing,
}

impl StreamFlags {
    /// What is read.
    pub fn input(&self) -> Input {
        match (self.headless, self.stay) {
            (true, _) => Input::Nothing,
            (false, true) => Input::AndStay,
            (false, false) => Input::ToItsEnd,
        }
    }
}
