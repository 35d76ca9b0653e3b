//! What `sim` prints on stdout. Where nobody reads any more, as behind a pager that was left, it ends.

use std::fmt::Arguments;
use std::io::{self, Write as _};

/// The exit code of a program that nobody reads any more: as a shell has it for SIGPIPE.
const UNHEARD: i32 = 128 + 13;

/// Prints this.
pub(crate) fn print(text: Arguments<'_>) {
    let mut out = io::stdout().lock();
    if out.write_fmt(text).and_then(|()| out.flush()).is_err() {
        std::process::exit(UNHEARD);
    }
}

/// As `print!`, see [`print()`].
macro_rules! say {
    ($($text:tt)*) => { $crate::command::print(format_args!($($text)*)) };
}

/// As `println!`, see [`print()`].
macro_rules! sayln {
    ($($text:tt)*) => {
        $crate::command::print(format_args!("{}\n", format_args!($($text)*)))
    };
}
