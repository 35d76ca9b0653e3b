//! Ringchat: a chat without a server, whose order you can trust.
//!
//! The floors, from the ground up (imports run downward only):
//!
//! * [`proto`]: the ring as state machines that do no I/O.
//! * [`chat`]: the replicated chat, a pure state machine over ordered commands.
//! * [`wire`]: frames and bytes; [`net`]: sockets; [`trace`]: events as text.
//! * [`store`]: what a node keeps on its disk.
//! * [`driver`]: the one place with a clock and tasks; it owns a [`proto::node::Node`].
//! * [`front`]: what a person touches.

#![warn(clippy::disallowed_types, clippy::disallowed_methods, clippy::disallowed_macros)]

pub mod chat;
pub mod driver;
pub mod front;
pub mod net;
pub mod proto;
pub mod store;
pub mod trace;
pub mod wire;
