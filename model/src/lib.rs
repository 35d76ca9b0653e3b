//! Walks every interleaving of a small ring's elections and view changes, on the product's own machines.

pub mod bounds;
mod choices;
pub mod claims;
mod effects;
mod follow;
pub mod peer;
pub mod said;
pub mod shared;
pub mod store;
pub mod truth;
pub mod walk;
