//! What travels between two nodes, as bytes: a preamble, then frames.

mod codec;
pub mod frame;
pub mod preamble;
pub mod record;
