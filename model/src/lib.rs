//! Walks every interleaving of a small ring's elections and view changes, on the product's own machines.
//!
//! Three nodes, of which the first leads. [`walk`] is the state of them all and the model that the checker
//! visits; `choices` says which steps may come next, `effects` what becomes of them. [`peer`] and its
//! other half `follow` are one node, [`said`] is the network, [`store`] a node's disk. [`claims`] are held
//! against each state and against [`truth`], which no node knows. [`bounds`] makes the space finite.
//!
//! What is not here: links, timers, and so who suspects whom (anybody may, at any time); the routes of
//! tokens and frames (whoever may hear one, does, or does not); snapshots and compaction; learners and
//! expelled nodes that are told so (a node outside the view hears what it hears); leaving; ring orders.

pub mod bounds;
mod choices;
pub mod claims;
mod effects;
mod follow;
pub mod peer;
pub mod said;
mod shared;
pub mod store;
pub mod truth;
pub mod walk;
