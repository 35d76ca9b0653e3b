//! What the tests of the ring share.

mod carry;
pub mod mesh;
