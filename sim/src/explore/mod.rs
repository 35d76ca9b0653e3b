//! The explorer: thousands of random worlds and schedules, every guarantee checked at every step,
//! and the failing ones cut down to what a person can read.

mod adversary;
mod disk_faults;
mod draw;
pub mod kind;
pub mod many;
pub mod one;
mod plot;
mod plots;
pub mod report;
pub mod shrink;
mod strike;
