//! Plain lines in: for pipes and scripts, where line editors fail.

use std::io::{self, BufRead};
use std::thread;

use tokio::sync::mpsc;

use super::secret::Secret;
use crate::chat::text::LINE_BYTES_MAX;

/// How many typed lines wait for the node at most; more stay in the pipe.
const LINES_MAX: usize = 16;

/// What a person or a script did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typing {
    /// Typed a line.
    Line(String),
    /// Typed the password that the command before asked for; none, if they thought better of it.
    Password(Option<Secret>),
    /// Typed a line that is too long; it was dropped.
    TooLong {
        /// Its length in bytes.
        found: usize,
    },
    /// Pressed Ctrl-C at the prompt.
    Interrupt,
    /// Came to the end of the input.
    End,
}

/// Starts a thread that reads `input` to its end.
pub fn start(input: impl io::Read + Send + 'static) -> mpsc::Receiver<Typing> {
    let (typings, receiver) = mpsc::channel(LINES_MAX);
    thread::spawn(move || {
        let mut input = io::BufReader::new(input);
        loop {
            let typing = next_line(&mut input);
            let end = typing == Typing::End;
            if typings.blocking_send(typing).is_err() || end {
                return;
            }
        }
    });
    receiver
}

/// The next line, without holding more of it in memory than a line may have. An error of the input
/// is its end.
pub fn next_line(input: &mut impl BufRead) -> Typing {
    let mut line: Vec<u8> = Vec::new();
    let mut length = 0;
    loop {
        let Ok(found) = input.fill_buf() else { return Typing::End };
        let at_end = found.is_empty();
        let line_break = found.iter().position(|byte| *byte == b'\n');
        let part = &found[..line_break.unwrap_or(found.len())];
        length += part.len();
        // One byte beyond the bound is kept, for the carriage return that some lines end in.
        let room = (LINE_BYTES_MAX + 1).saturating_sub(line.len());
        line.extend_from_slice(&part[..part.len().min(room)]);
        let used = part.len() + usize::from(line_break.is_some());
        input.consume(used);
        if line_break.is_none() && !at_end {
            continue;
        }
        if at_end && length == 0 {
            return Typing::End;
        }
        if length <= line.len() && line.last() == Some(&b'\r') {
            line.pop();
            length -= 1;
        }
        return if length > LINE_BYTES_MAX {
            Typing::TooLong { found: length }
        } else {
            Typing::Line(String::from_utf8_lossy(&line).into_owned())
        };
    }
}
