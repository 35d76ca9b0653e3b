//! Passwords as verifiers, and the other way round: argon2id, in a thread of its own.
//!
//! A verifier is what the log holds, and every member can read it; so it is made slow to guess from, with
//! the parameters that OWASP's Password Storage Cheat Sheet names first: 19 MiB, two passes, one lane.
//!
//! ```text
//! 1 | memory in KiB u32 | passes u32 | lanes u32 | salt, 16 bytes | hash, 32 bytes
//! ```

use std::thread;

use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::oneshot;

use super::lots;
use super::secret::Secret;

/// The shortest password, in characters (NIST SP 800-63B asks for 8).
pub const CHARS_MIN: usize = 8;

/// The longest, in characters.
pub const CHARS_MAX: usize = 1_024;

const VERSION: u8 = 1;
const SALT_BYTES: usize = 16;
const HASH_BYTES: usize = 32;
const HEAD_BYTES: usize = 13;

/// What a verifier of another may cost at most to check: four times our own, thrice.
const MEMORY_MAX: u32 = 4 * Params::DEFAULT_M_COST;
const PASSES_MAX: u32 = 6;
const LANES_MAX: u32 = 4;

/// Why there is no verifier of a password, or no answer. Nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// It is too short or too long.
    #[error(
        "a password has {CHARS_MIN} to {CHARS_MAX} characters, and this one has {found}; nothing was \
         sent: try again with another"
    )]
    Length {
        /// How many characters it has.
        found: usize,
    },
    /// A newer release made the verifier.
    #[error("this account's verifier is of a newer release; nothing was sent: update this node")]
    Unknown,
    /// The system gave no thread or no memory.
    #[error("the password could not be checked: the system gave no memory; nothing was sent")]
    Failed,
}

/// A verifier with a salt of its own.
///
/// # Errors
/// [`PasswordError`].
pub async fn verifier(password: Secret) -> Result<Vec<u8>, PasswordError> {
    let found = password.length();
    if !(CHARS_MIN..=CHARS_MAX).contains(&found) {
        return Err(PasswordError::Length { found });
    }
    aside(move || {
        let salt = [lots::seed().to_le_bytes(), lots::seed().to_le_bytes()].concat();
        let params = Params::default();
        let hash = hash(&password, &salt, params.clone())?;
        let costs = [params.m_cost(), params.t_cost(), params.p_cost()];
        let costs = costs.iter().flat_map(|cost| cost.to_le_bytes());
        Ok([VERSION].into_iter().chain(costs).chain(salt).chain(hash).collect())
    })
    .await
}

/// Whether a password is the one that a verifier was made of.
///
/// # Errors
/// [`PasswordError`].
pub async fn matches(password: Secret, verifier: Vec<u8>) -> Result<bool, PasswordError> {
    if password.length() > CHARS_MAX {
        return Ok(false);
    }
    aside(move || {
        let parts = verifier.split_at_checked(HEAD_BYTES).ok_or(PasswordError::Unknown)?;
        let params = read_params(parts.0)?;
        let parts = parts.1.split_at_checked(SALT_BYTES).ok_or(PasswordError::Unknown)?;
        Ok(is_same(&hash(&password, parts.0, params)?, parts.1))
    })
    .await
}

fn read_params(head: &[u8]) -> Result<Params, PasswordError> {
    let (version, costs) = head.split_first().ok_or(PasswordError::Unknown)?;
    let mut costs = costs.chunks_exact(4).map(|cost| cost.try_into().map(u32::from_le_bytes));
    match (costs.next(), costs.next(), costs.next()) {
        (Some(Ok(memory)), Some(Ok(passes)), Some(Ok(lanes)))
            if *version == VERSION
                && memory <= MEMORY_MAX
                && passes <= PASSES_MAX
                && lanes <= LANES_MAX =>
        {
            Params::new(memory, passes, lanes, None).map_err(|_| PasswordError::Unknown)
        }
        _ => Err(PasswordError::Unknown),
    }
}

fn hash(password: &Secret, salt: &[u8], params: Params) -> Result<[u8; HASH_BYTES], PasswordError> {
    let mut hash = [0; HASH_BYTES];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let done = argon2.hash_password_into(password.bytes(), salt, &mut hash);
    done.map(|()| hash).map_err(|_| PasswordError::Failed)
}

/// Compares without stopping at the first difference.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    let differences = one.iter().zip(other).fold(0, |found, (a, b)| found | (a ^ b));
    one.len() == other.len() && differences == 0
}

/// Does it in a thread of its own: the node and the screen go on meanwhile.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
) -> Result<T, PasswordError> {
    let (answer, done) = oneshot::channel();
    let started = thread::Builder::new().name("password".to_owned()).spawn(move || {
        // Whoever asked may be gone.
        let _gone = answer.send(work());
    });
    if started.is_err() {
        return Err(PasswordError::Failed);
    }
    done.await.unwrap_or(Err(PasswordError::Failed))
}
