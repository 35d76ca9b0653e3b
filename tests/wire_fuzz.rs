//! Whatever bytes come, the decoder gives messages or an error: it never panics.

mod wire_samples;

use bytes::{BufMut, BytesMut};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use ringchat::proto::message::Hello;
use ringchat::wire::frame::{Decoder, encode, encode_hello};
use ringchat::wire::preamble::check;
use wire_samples::{hello, messages};

/// Feeds the bytes in pieces of random length, and takes all frames out of them.
fn decode_all(bytes: &[u8], lots: &mut ChaCha8Rng) -> usize {
    let mut decoder = Decoder::new();
    let mut rest = bytes;
    let mut count = 0;
    while !rest.is_empty() {
        let (piece, behind) = rest.split_at(lots.random_range(1..=rest.len()));
        rest = behind;
        decoder.room().extend_from_slice(piece);
        loop {
            match decoder.next_message() {
                Ok(Some(message)) => {
                    count += 1;
                    for payload in message.payloads() {
                        assert_eq!(payload.length as usize, payload.bytes.len());
                    }
                }
                Ok(None) => break,
                Err(error) => {
                    assert!(!error.to_string().is_empty());
                    return count;
                }
            }
        }
    }
    let _ = decoder.finish();
    count
}

/// Takes the bytes for an introduction.
fn hello_of(bytes: &[u8]) -> Option<Hello> {
    let mut decoder = Decoder::new();
    decoder.small_room().extend_from_slice(bytes);
    decoder.next_hello().ok().flatten()
}

#[test]
fn random_bytes_never_make_it_panic() {
    let mut lots = ChaCha8Rng::seed_from_u64(1);
    for _ in 0..20_000 {
        let mut bytes = vec![0; lots.random_range(0..300)];
        lots.fill_bytes(&mut bytes);
        let _ = check(&bytes);
        hello_of(&bytes);
        decode_all(&bytes, &mut lots);
        // The same as a header whose lengths are right, so that the codec sees it too.
        let mut framed = BytesMut::new();
        let header = u32::try_from(bytes.len()).expect("small");
        framed.put_u32_le(header + 4);
        framed.put_u32_le(header);
        framed.put_slice(&bytes);
        decode_all(&framed, &mut lots);
    }
}

#[test]
fn flipped_bits_never_make_it_panic() {
    let mut lots = ChaCha8Rng::seed_from_u64(2);
    let mut good = BytesMut::new();
    for message in messages() {
        encode(&message, &mut good).expect("a sample fits into a frame");
    }
    assert_eq!(decode_all(&good, &mut lots), messages().len());
    // The large payloads are cut away: flips in them are of no interest.
    for message in messages() {
        let mut bytes = BytesMut::new();
        encode(&message, &mut bytes).expect("a sample fits into a frame");
        for _ in 0..500 {
            let mut bad = bytes.to_vec();
            for _ in 0..lots.random_range(1..4) {
                let at = lots.random_range(0..bad.len().min(400));
                bad[at] ^= 1 << lots.random_range(0..8);
            }
            bad.truncate(lots.random_range(1..=bad.len()));
            decode_all(&bad, &mut lots);
        }
    }
}

#[test]
fn flipped_bits_in_an_introduction_never_make_it_panic() {
    let mut lots = ChaCha8Rng::seed_from_u64(3);
    let mut good = BytesMut::new();
    encode_hello(&hello(), &mut good).expect("small");
    assert_eq!(hello_of(&good), Some(hello()));
    for _ in 0..20_000 {
        let mut bad = good.to_vec();
        for _ in 0..lots.random_range(1..4) {
            let at = lots.random_range(0..bad.len());
            bad[at] ^= 1 << lots.random_range(0..8);
        }
        hello_of(&bad);
    }
}
