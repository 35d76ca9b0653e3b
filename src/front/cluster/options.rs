//! The command line of `node cluster`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Parser;

/// How many servers a cluster may have.
pub const SERVERS_MAX: u16 = 32;

/// The command line of `node cluster`.
#[derive(Debug, Parser)]
#[command(
    name = "node cluster",
    bin_name = "node cluster",
    about = "A ring of real nodes under one prompt: each a process of its own, linked by TCP",
    after_help = "Inside, help shows what can be typed. Where stdin is no terminal, each command waits\n\
                  until the ring is at rest, and the end of the input ends the cluster."
)]
pub struct ClusterOptions {
    /// How many servers
    #[arg(
        short = 'n', long = "nodes", value_name = "N",
        value_parser = clap::value_parser!(u16).range(1..=i64::from(SERVERS_MAX))
    )]
    pub nodes: u16,
    /// The folder for the servers' files; a ring that is there already comes back
    /// [default: a temporary one, which vanishes at the end]
    #[arg(short, long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

impl ClusterOptions {
    /// Reads the command line, which begins with the name of the program.
    ///
    /// # Errors
    /// What is wrong with it, with a line of usage; or a call for `--help`.
    pub fn read(
        arguments: impl IntoIterator<Item = OsString>,
    ) -> Result<ClusterOptions, clap::Error> {
        ClusterOptions::try_parse_from(arguments)
    }
}
