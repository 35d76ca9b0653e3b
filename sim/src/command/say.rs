//! What `sim` prints on stdout. Nobody may read it any more, as behind a pager that was left: then it goes on
//! without, since processes that it has started want an end in order, and its exit code says the rest.

use std::fmt::Arguments;
use std::io::{self, Write as _};

/// Prints this.
pub(crate) fn print(text: Arguments<'_>) {
    let mut out = io::stdout().lock();
    let _unheard = out.write_fmt(text).and_then(|()| out.flush());
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
