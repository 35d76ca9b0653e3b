//! Lots: every stream of chance in a run follows from the scenario's seed and a label of its own.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// Where seeds come from. Streams with different labels know nothing of each other, so a scenario
/// that draws one more lot for its faults leaves its nodes and its network as they were.
#[derive(Clone, Copy, Debug)]
pub struct Lots {
    seed: u64,
}

impl Lots {
    /// Lots of a run with this seed.
    pub fn new(seed: u64) -> Lots {
        Lots { seed }
    }

    /// The seed of the stream with this label: FNV-1a over both, then mixed (Steele et al., 2014).
    pub fn seed_of(&self, label: &str) -> u64 {
        mix(fnv(fnv(FNV_START, &self.seed.to_le_bytes()), label.as_bytes()))
    }

    /// The stream with this label.
    pub fn stream(&self, label: &str) -> ChaCha8Rng {
        let mut state = self.seed_of(label);
        let mut seed = [0; 32];
        for bytes in seed.chunks_mut(8) {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            bytes.copy_from_slice(&mix(state).to_le_bytes());
        }
        ChaCha8Rng::from_seed(seed)
    }
}

/// A stream of lots for a great many small decisions: SplitMix64 (Steele, Lea and Flood, 2014). Much
/// cheaper to have than a ChaCha stream, so every way of a network can have one of its own.
#[derive(Clone, Copy, Debug)]
pub struct Drops(u64);

impl Drops {
    /// The stream that follows from `seed`.
    pub fn new(seed: u64) -> Drops {
        Drops(seed)
    }

    /// A lot from `least` to `most`, both included. Biased by less than one in 2^32 for ranges that
    /// fit into 32 bits.
    pub fn range(&mut self, least: u64, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let width = u128::from(most.saturating_sub(least)) + 1;
        // The product of two 64-bit numbers, shifted by 64 bits, fits into 64 bits.
        least + u64::try_from((u128::from(mix(self.0)) * width) >> 64).unwrap_or(0)
    }

    /// Whether a lot of a thousand falls below this.
    pub fn per_mille(&mut self, share: u64) -> bool {
        share > 0 && self.range(0, 999) < share
    }
}

/// What an FNV-1a hash begins with.
pub(crate) const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;

/// An FNV-1a hash, continued over more bytes: short, and the same on every machine for good.
pub(crate) fn fnv(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}

fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}
