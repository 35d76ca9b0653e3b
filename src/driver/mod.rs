//! The one place with a clock, tasks and sockets: it carries out what the node wishes.
//!
//! The way of a frame: `link` reads it, `waiter` finds it, `settle` makes an input of it, `run` hands
//! that to the node, `carry` carries out the node's outputs, `links` encodes those that are messages
//! into an `outbound` buffer, and `link` writes that.
//!
//! What has to outlive the process goes to a [`store`], such as a [`disk`], and [`patience`] says when that
//! counts as broken; `history` asks for lines of the past, in memory or of the archive, to which `shelf`
//! gives a thread. Both threads are a `worker`.

pub mod application;
mod arrival;
mod carry;
mod clock;
pub mod disk;
pub mod handle;
mod history;
mod job;
mod link;
mod links;
mod outbound;
pub mod patience;
pub mod run;
mod settle;
mod shelf;
pub mod store;
mod waiter;
mod worker;
