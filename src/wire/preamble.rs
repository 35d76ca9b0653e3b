//! The first ten bytes in either direction: they tell another program, and another version, apart.
//!
//! Eight fixed bytes and the protocol's version as a big-endian `u16`. This layout never changes,
//! whatever the version: only so can two versions name each other.

/// What every node of every version says first.
pub const MAGIC: [u8; 8] = *b"ringchat";

/// The version of everything behind the preamble.
pub const VERSION: u16 = 1;

/// The length of a preamble, in bytes.
pub const LENGTH: usize = MAGIC.len() + 2;

/// The peer does not speak this protocol, or not this version of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PreambleError {
    /// The first bytes are those of another program.
    #[error(
        "expected a ringchat node, found another program: it began with {:?}; check the address",
        String::from_utf8_lossy(found)
    )]
    OtherProgram {
        /// What came, as far as it was read: at most [`LENGTH`] bytes.
        found: Vec<u8>,
    },
    /// A node, but of another version.
    #[error(
        "expected protocol version {ours}, found version {theirs}; run the same release on both nodes"
    )]
    OtherVersion {
        /// The version of this node.
        ours: u16,
        /// The version of the peer.
        theirs: u16,
    },
}

/// This node's preamble.
pub fn preamble() -> [u8; LENGTH] {
    with_version(VERSION)
}

/// The preamble of a node of some version.
pub fn with_version(version: u16) -> [u8; LENGTH] {
    let [high, low] = version.to_be_bytes();
    let [a, b, c, d, e, f, g, h] = MAGIC;
    [a, b, c, d, e, f, g, h, high, low]
}

/// Judges what came so far. `Ok(false)`: right so far, but not all of it. Another program is
/// found out by its first wrong byte, even if it never says ten.
///
/// # Errors
/// [`PreambleError`], as soon as it is certain.
pub fn check(received: &[u8]) -> Result<bool, PreambleError> {
    let found = &received[..received.len().min(LENGTH)];
    let magic = &found[..found.len().min(MAGIC.len())];
    if !MAGIC.starts_with(magic) {
        return Err(PreambleError::OtherProgram { found: found.to_vec() });
    }
    let [_, _, _, _, _, _, _, _, high, low] = *found else { return Ok(false) };
    let theirs = u16::from_be_bytes([high, low]);
    if theirs == VERSION {
        Ok(true)
    } else {
        Err(PreambleError::OtherVersion { ours: VERSION, theirs })
    }
}
