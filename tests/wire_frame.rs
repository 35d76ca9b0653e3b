//! Frames: what goes in comes out, and what is no frame is told by a typed error.

mod wire_samples;

use bytes::{BufMut, BytesMut};
use ringchat::proto::message::Message;
use ringchat::wire::frame::{
    Decoder, FRAME_BYTES_MAX, FrameError, HEADER_BYTES_MAX, HELLO_BYTES_MAX, encode, encode_hello,
};
use wire_samples::{append, hello, messages};

fn framed(message: &Message) -> BytesMut {
    let mut bytes = BytesMut::new();
    encode(message, &mut bytes).expect("a sample fits into a frame");
    bytes
}

fn decoder_of(bytes: &[u8]) -> Decoder {
    let mut decoder = Decoder::new();
    decoder.room().extend_from_slice(bytes);
    decoder
}

fn error_of(bytes: &[u8]) -> FrameError {
    decoder_of(bytes).next_message().expect_err("these bytes are no frame")
}

/// A frame with a header of these bytes and this tail.
fn raw(header: &[u8], tail: &[u8]) -> BytesMut {
    let mut bytes = BytesMut::new();
    bytes.put_u32_le(u32::try_from(4 + header.len() + tail.len()).expect("small"));
    bytes.put_u32_le(u32::try_from(header.len()).expect("small"));
    bytes.put_slice(header);
    bytes.put_slice(tail);
    bytes
}

#[test]
fn every_kind_of_message_comes_back_as_it_was_sent() {
    for message in messages() {
        let mut decoder = decoder_of(&framed(&message));
        assert_eq!(decoder.next_message(), Ok(Some(message)));
        assert_eq!(decoder.next_message(), Ok(None));
        assert_eq!(decoder.finish(), Ok(()));
    }
}

#[test]
fn an_introduction_comes_back_with_what_followed_it() {
    let mut bytes = BytesMut::new();
    encode_hello(&hello(), &mut bytes).expect("small");
    let message = append(&[b"right behind"]);
    encode(&message, &mut bytes).expect("small");
    let mut decoder = decoder_of(&bytes);
    assert_eq!(decoder.next_hello(), Ok(Some(hello())));
    assert_eq!(decoder.next_message(), Ok(Some(message)));
}

#[test]
fn all_frames_of_one_read_are_given_out_in_order() {
    let mut bytes = BytesMut::new();
    for message in messages() {
        encode(&message, &mut bytes).expect("a sample fits into a frame");
    }
    let mut decoder = decoder_of(&bytes);
    for message in messages() {
        assert_eq!(decoder.next_message(), Ok(Some(message)));
    }
    assert_eq!(decoder.next_message(), Ok(None));
}

#[test]
fn frames_survive_being_cut_anywhere() {
    let message = append(&[b"first", b"second"]);
    let bytes = framed(&message);
    for cut in 0..bytes.len() {
        let mut decoder = Decoder::new();
        decoder.small_room().extend_from_slice(&bytes[..cut]);
        assert_eq!(decoder.next_message(), Ok(None), "cut at {cut}");
        decoder.room().extend_from_slice(&bytes[cut..]);
        assert_eq!(decoder.next_message(), Ok(Some(message.clone())), "cut at {cut}");
    }
}

#[test]
fn large_payloads_are_slices_of_what_was_read() {
    let message = append(&[&[7; 10_000], &[8; 10_000]]);
    let mut decoder = Decoder::new();
    let room = decoder.room();
    room.extend_from_slice(&framed(&message));
    let read = room.as_ptr_range();
    let message = decoder.next_message().expect("a frame").expect("a whole one");
    assert_eq!(message.payloads().count(), 2);
    for payload in message.payloads() {
        assert!(read.contains(&payload.bytes.as_ptr()), "a copy");
    }
}

#[test]
fn a_small_payload_does_not_keep_the_chunk_it_came_in() {
    let mut decoder = Decoder::new();
    let room = decoder.room();
    room.extend_from_slice(&framed(&append(&[b"one line"])));
    let read = room.as_ptr_range();
    let message = decoder.next_message().expect("a frame").expect("a whole one");
    for payload in message.payloads() {
        assert!(!read.contains(&payload.bytes.as_ptr()), "pins the chunk");
    }
}

#[test]
fn an_announced_length_reserves_nothing() {
    let mut decoder = Decoder::new();
    let announced = u32::try_from(FRAME_BYTES_MAX).expect("fits");
    decoder.small_room().put_u32_le(announced);
    assert_eq!(decoder.next_message(), Ok(None));
    assert!(decoder.room().capacity() < FRAME_BYTES_MAX / 4);
    // A welcome (message 10) with a view that claims 2^60 members, in a header that ends there.
    let header = [&[10, 5, 1][..], &[253], &(1_u64 << 60).to_le_bytes()].concat();
    assert!(matches!(error_of(&raw(&header, b"")), FrameError::Header { .. }));
}

#[test]
fn an_oversized_frame_is_refused_by_its_length_alone() {
    let found = FRAME_BYTES_MAX + 1;
    let bytes = u32::try_from(found).expect("fits").to_le_bytes();
    assert_eq!(error_of(&bytes), FrameError::Oversize { most: FRAME_BYTES_MAX, found });
}

#[test]
fn before_the_introduction_only_a_small_frame_is_accepted() {
    let found = HELLO_BYTES_MAX + 1;
    let bytes = u32::try_from(found).expect("fits").to_le_bytes();
    let error = decoder_of(&bytes).next_hello().expect_err("too large for an introduction");
    assert_eq!(error, FrameError::Oversize { most: HELLO_BYTES_MAX, found });
}

#[test]
fn a_frame_without_room_for_its_header_length_is_refused() {
    assert_eq!(error_of(&[3, 0, 0, 0, 1, 2, 3]), FrameError::Undersize { found: 3 });
}

#[test]
fn a_header_longer_than_its_frame_is_refused() {
    let mut bytes = raw(b"abc", b"");
    bytes[4] = 200;
    assert_eq!(error_of(&bytes), FrameError::HeaderLength { most: 3, found: 200 });
}

#[test]
fn a_header_beyond_its_bound_is_refused() {
    let found = HEADER_BYTES_MAX + 1;
    let bytes = raw(&vec![0; found], b"");
    assert_eq!(error_of(&bytes), FrameError::HeaderLength { most: HEADER_BYTES_MAX, found });
}

#[test]
fn a_header_that_is_no_message_is_refused() {
    assert!(matches!(error_of(&raw(&[250; 40], b"")), FrameError::Header { .. }));
    assert!(matches!(error_of(&raw(b"", b"")), FrameError::Header { .. }));
}

#[test]
fn bytes_behind_the_message_in_its_header_are_refused() {
    let pong = framed(&Message::Pong { sent_at: ringchat::proto::time::Instant::START });
    let header = [&pong[8..], b"x"].concat();
    let found = pong.len() - 8;
    assert_eq!(
        error_of(&raw(&header, b"")),
        FrameError::HeaderTrailing { expected: found + 1, found }
    );
}

#[test]
fn payload_lengths_that_do_not_add_up_are_refused() {
    let whole = framed(&append(&[b"four", b"five5"]));
    let header = &whole[8..whole.len() - 9];
    for tail in [&b""[..], b"fourfive", b"fourfive55"] {
        let expected = FrameError::Payload { expected: 9, found: tail.len() };
        assert_eq!(error_of(&raw(header, tail)), expected);
    }
}

#[test]
fn an_end_within_a_frame_is_told() {
    let bytes = framed(&append(&[b"cut"]));
    for found in 1..bytes.len() {
        let expected = if found < 4 { 4 } else { bytes.len() };
        let mut decoder = decoder_of(&bytes[..found]);
        assert_eq!(decoder.next_message(), Ok(None));
        assert_eq!(decoder.finish(), Err(FrameError::Truncated { expected, found }));
    }
}

#[test]
fn a_message_too_large_for_a_frame_is_not_sent_in_part() {
    let mut bytes = BytesMut::from(&b"before"[..]);
    let error = encode(&append(&[&vec![0; FRAME_BYTES_MAX]]), &mut bytes);
    assert!(matches!(error, Err(FrameError::TooLarge { most: FRAME_BYTES_MAX, .. })));
    assert_eq!(&bytes[..], b"before");
}

#[test]
fn errors_say_what_was_expected_and_what_was_found() {
    let text = error_of(&u32::MAX.to_le_bytes()).to_string();
    assert_eq!(text, "expected a frame of at most 4194304 bytes, found one of 4294967295");
}
