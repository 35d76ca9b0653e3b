//! The command line of `node evaluate`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Parser;

/// The command line of `node evaluate`.
#[derive(Debug, Parser)]
#[command(
    name = "node evaluate",
    bin_name = "node evaluate",
    about = "Measures rings of 3 to 9 nodes: lost lines, latency and throughput",
    after_help = "Build it with --release, on a machine that does nothing else: the report says where and \
                  how it was measured."
)]
pub struct EvaluateOptions {
    /// The folder for the report, the plots and the raw numbers
    #[arg(short, long, value_name = "DIR", default_value = "evaluation")]
    pub out: PathBuf,
    /// One small ring and few lines: whether it works, not how fast it is
    #[arg(short, long)]
    pub quick: bool,
    /// Nodes that keep nothing: without their disks
    #[arg(short, long)]
    pub memory: bool,
}

impl EvaluateOptions {
    /// Reads the command line, which begins with the name of the program.
    ///
    /// # Errors
    /// What is wrong with it, with a line of usage; or a call for `--help`.
    pub fn read(
        arguments: impl IntoIterator<Item = OsString>,
    ) -> Result<EvaluateOptions, clap::Error> {
        EvaluateOptions::try_parse_from(arguments)
    }
}
