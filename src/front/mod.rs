//! What a person touches: flags, the search for a ring, the prompt, the screen, the log file.
//!
//! * [`options`], [`ring_file`], [`streams`], [`storage`], [`discover`] and [`probe`]: from a command line to
//!   what is kept, a bound port and a ring.
//! * [`door`] and [`parts`]: what any front end asks of a node and hears from it; [`application`]
//!   with `tell` and `watch`, and [`session`] with `ready`, `farewell`, `logins` and [`answers`], stand
//!   between the two; [`password`] hashes.
//! * [`console`]: the front end of this program, with [`aliases`], and with [`prompt`] or [`plain`] for its
//!   lines, [`commands`] to understand them, [`screen`], `screen_chat` and [`state_table`] to answer.
//! * [`past`], `history` and [`keep_history`]: what was said before, on its way into the archive and out of
//!   it, and how much of it is kept.
//! * [`journal`]: everything that happens, as lines for machines.
//! * [`log`] and [`signals`]: what goes on beside the chat.
//! * [`subcommand`]: other programs in the same binary: [`cluster`], a ring of processes under one prompt, and
//!   [`evaluate`], which measures rings.

pub mod aliases;
pub mod answers;
pub mod application;
pub mod cluster;
pub mod commands;
pub mod config_file;
pub mod console;
pub mod discover;
pub mod door;
pub mod evaluate;
mod farewell;
mod history;
pub mod journal;
pub mod keep_history;
pub mod log;
pub mod login;
mod logins;
mod lots;
pub mod mailbox;
pub mod options;
pub mod output;
pub mod parts;
pub mod password;
pub mod past;
pub mod plain;
pub mod probe;
pub mod prompt;
mod ready;
pub mod request_error;
pub mod ring_file;
pub mod screen;
mod screen_chat;
pub mod secret;
pub mod session;
pub mod signals;
pub mod start;
pub mod state_table;
pub mod storage;
pub mod streams;
pub mod subcommand;
mod tell;
mod timing;
mod values;
pub mod wall_clock;
mod watch;
