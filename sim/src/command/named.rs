//! Profiles, as the command line names them.

use clap::ValueEnum;
use ringchat_sim::explore::kind::Profile;

/// The profiles, as the command line names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Named {
    Swarm,
    Elections,
    Members,
    Links,
    CatchUp,
    Disks,
}

impl From<Named> for Profile {
    fn from(named: Named) -> Profile {
        match named {
            Named::Swarm => Profile::Swarm,
            Named::Elections => Profile::Elections,
            Named::Members => Profile::Members,
            Named::Links => Profile::Links,
            Named::CatchUp => Profile::CatchUp,
            Named::Disks => Profile::Disks,
        }
    }
}
