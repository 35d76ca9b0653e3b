//! `node evaluate`: how fast rings of several sizes are, with few and many lines, small and big ones.
//!
//! * [`options`]: the command line. [`case`]: what is measured.
//! * [`member`]: a node that is measured; [`ring`]: a ring of them; [`measure`]: lines through that.
//! * [`figures`]: what comes of it, in numbers; [`machine`]: where.
//! * [`report`], [`plot`]: the same as a table with its method, as raw numbers and as drawings.

pub mod case;
pub mod error;
pub mod figures;
pub mod machine;
pub mod measure;
pub mod member;
pub mod options;
pub mod plot;
pub mod report;
pub mod ring;
mod run;

pub use self::run::run;
