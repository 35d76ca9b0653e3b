//! The first ten bytes: another program and another version are told apart.

use ringchat::wire::preamble::{LENGTH, PreambleError, VERSION, check, preamble, with_version};

#[test]
fn the_own_preamble_is_right_once_it_is_whole() {
    let preamble = preamble();
    for length in 0..LENGTH {
        assert_eq!(check(&preamble[..length]), Ok(false));
    }
    assert_eq!(check(&preamble), Ok(true));
    assert_eq!(check(&[&preamble[..], b"and more"].concat()), Ok(true));
}

#[test]
fn another_version_is_named_beside_the_own_one() {
    let error = check(&with_version(VERSION + 1)).expect_err("another version");
    assert_eq!(error, PreambleError::OtherVersion { ours: VERSION, theirs: VERSION + 1 });
    let text = error.to_string();
    assert!(text.contains("version 1") && text.contains("version 2"), "{text}");
}

#[test]
fn another_program_is_found_out_by_its_first_wrong_byte() {
    let error = check(b"rSSH").expect_err("another program");
    assert_eq!(error, PreambleError::OtherProgram { found: b"rSSH".to_vec() });
    let error = check(b"HTTP/1.1 400 Bad Request\r\n").expect_err("another program");
    assert!(error.to_string().contains("HTTP/1.1"), "{error}");
}
