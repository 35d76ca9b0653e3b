//! What the tests of the ring share.

pub mod mesh;
