//! `node cluster -n 4`: a ring of real nodes under one prompt.
//!
//! * [`options`], [`commands`]: from a command line and typed lines to what is wanted.
//! * [`site`]: servers, the links between them and their files; [`server`] is one of them, [`process`]
//!   its process, [`place`] where all of it lives, and [`proxy`] the network in between.
//! * [`console`]: the loop; `act` carries out what was typed, `hear` takes in what servers tell,
//!   `leave` ends it.
//! * [`lines`], [`news`], [`table`]: what of it is shown; `talk` knows the chat's language.
//! * `waits`: what is waited for before the next command; [`rest`]: whether everything that a command leads to has happened.
//!
//! `sim` runs its own processes in the same places, behind the same proxy.

mod act;
pub mod commands;
pub mod console;
pub mod error;
mod hear;
mod leave;
pub mod lines;
pub mod news;
pub mod options;
pub mod place;
pub mod process;
pub mod proxy;
pub mod rest;
mod run;
pub mod server;
pub mod site;
pub mod table;
mod talk;
mod waits;

pub use self::run::run;
