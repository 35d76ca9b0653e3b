//! More plots, a file for each family.

mod links;
mod newcomers;
mod partings;
mod slowness;
