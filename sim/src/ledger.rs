//! The application under test: it keeps every message, in order, and nothing else.

use bytes::{Buf, BufMut, Bytes, BytesMut};
use ringchat::proto::entry::Submission;

use crate::lots::{FNV_START, fnv};

/// How many bytes stand in front of each payload: origin, number, Lamport time, length.
const HEAD: usize = 8 + 8 + 8 + 4;

/// All messages delivered, one behind the other as bytes. Two ledgers are equal where the
/// histories are.
#[derive(Clone, Debug)]
pub struct Ledger {
    bytes: BytesMut,
    count: u64,
    /// Of all the bytes, carried on with each message.
    hash: u64,
}

impl Default for Ledger {
    fn default() -> Ledger {
        Ledger { bytes: BytesMut::new(), count: 0, hash: FNV_START }
    }
}

impl Ledger {
    /// How many messages it holds.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// A hash of everything it holds.
    pub fn hash(&self) -> u64 {
        self.hash
    }

    /// Takes in the next message.
    pub fn append(&mut self, message: &Submission) {
        let start = self.bytes.len();
        self.bytes.put_u64(message.origin.0);
        self.bytes.put_u64(message.seq);
        self.bytes.put_u64(message.lamport);
        self.bytes.put_u32(message.payload.length);
        self.bytes.put_slice(&message.payload.bytes);
        self.count += 1;
        self.hash = fnv(self.hash, &self.bytes[start..]);
    }

    /// Everything it holds, for a newcomer.
    pub fn snapshot(&self) -> Bytes {
        self.bytes.clone().freeze()
    }

    /// Makes a ledger of what another node's ledger gave.
    ///
    /// # Errors
    /// If the bytes end within a message.
    pub fn restore(state: &Bytes) -> Result<Ledger, String> {
        let mut rest = state.clone();
        let mut count = 0;
        while rest.has_remaining() {
            let torn = || format!("expected whole messages, found {count} and a part of one");
            if rest.remaining() < HEAD {
                return Err(torn());
            }
            rest.advance(HEAD - 4);
            let length = rest.get_u32() as usize;
            if rest.remaining() < length {
                return Err(torn());
            }
            rest.advance(length);
            count += 1;
        }
        let hash = fnv(FNV_START, state);
        Ok(Ledger { bytes: BytesMut::from(&state[..]), count, hash })
    }
}
