//! What the tests of the ring share.

#![allow(dead_code)]

pub mod chaos;
pub mod mesh;
pub mod settled;
