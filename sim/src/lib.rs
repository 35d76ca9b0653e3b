//! The simulator: the product's own driver on a simulated network, with every guarantee checked.

pub mod scenario;
