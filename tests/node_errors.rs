//! Bad input to the live node: a clear error that says what to do, and nobody harmed.

mod node;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use node::{Running, errors_of, folder, run_to_end};
use ringchat::wire::preamble::{VERSION, preamble, with_version};
use tokio::net::TcpSocket;

/// Somebody at a free port who says this to everybody who connects.
fn somebody_who_says(bytes: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            // Whoever connects may be gone already.
            let _gone = stream.write_all(bytes);
            let _gone = stream.read(&mut [0; 64]);
        }
    });
    address
}

/// A port at which connections are refused, as long as this socket is there: it is bound, so that nobody else
/// is given the port, and does not listen.
fn nobody() -> (TcpSocket, String) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = socket.local_addr().unwrap().to_string();
    (socket, address)
}

/// Runs the node to its end; it must fail with this code and say all of these.
fn assert_fails(arguments: &[&str], code: i32, expected: &[&str]) {
    let folder = folder();
    let output = run_to_end(folder.path(), arguments);
    let errors = errors_of(&output);
    for part in expected {
        assert!(errors.contains(part), "expected {part:?} of {arguments:?}, found {errors}");
    }
    assert_eq!(output.status.code(), Some(code), "{errors}");
    assert!(output.stdout.is_empty(), "nothing but chat on stdout");
}

// Answers F11 of docs/features.md.
#[test]
fn a_port_in_use_is_named_with_what_to_do() {
    let other = somebody_who_says(b"");
    assert_fails(&["--new", "--listen", &other], 1, &["error:", &other, "in use", "--listen"]);
}

#[test]
fn an_address_of_another_machine_cannot_be_listened_at() {
    assert_fails(&["--new", "--listen", "192.0.2.1:7400"], 1, &["192.0.2.1:7400", "--listen"]);
    assert_fails(&["--new", "--listen", "0.0.0.0:7400"], 2, &["0.0.0.0", "at which others reach"]);
    assert_fails(&["--new", "--listen", "localhost"], 2, &["expected an IP address and a port"]);
}

#[test]
fn when_no_address_of_join_answers_each_is_listed_with_its_reason() {
    let (_bound, nobody) = nobody();
    let http = somebody_who_says(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    let newer = with_version(VERSION + 1);
    let newer = somebody_who_says(Box::leak(Box::new(newer)));
    let join = ["--listen", "127.0.0.1:0", "--join", &nobody, "--join", &http, "--join", &newer];
    let versions = format!("expected protocol version {VERSION}, found version {}", VERSION + 1);
    assert_fails(
        &join,
        1,
        &[
            &format!("{nobody}: nobody listens there"),
            &format!("{http}: expected a ringchat node, found another program"),
            &versions,
            "--new",
        ],
    );
}

#[test]
fn a_node_does_not_join_itself() {
    // At this address of this process nobody else draws a port.
    let process = std::process::id();
    let own = format!("127.73.{}.{}:7400", process >> 8 & 0xff, process & 0xff);
    assert_fails(&["--listen", &own, "--join", &own], 1, &["this node itself"]);
}

#[test]
fn addresses_of_two_rings_are_not_joined() {
    let folder = folder();
    let one = Running::found(folder.path(), "ann");
    let other = Running::found(folder.path(), "bob");
    let join = ["--listen", "127.0.0.1:0", "--join", &one.address, "--join", &other.address];
    assert_fails(&join, 1, &["different rings", &one.address, &other.address]);
}

// Answers F10 of docs/features.md.
#[test]
fn of_several_addresses_the_first_that_answers_is_joined() {
    let folder = folder();
    let (_bound, nobody) = nobody();
    let ann = Running::found(folder.path(), "ann");
    let join = format!("{nobody},{}", ann.address);
    let bob = Running::start(
        folder.path(),
        &["--name", "bob", "--listen", "127.0.0.1:0", "--join", &join],
    );
    bob.wait_for("* you are bob");
}

#[test]
fn a_bad_name_is_refused_with_its_rule() {
    assert_fails(&["--name", ""], 2, &["--name", "at least one character"]);
    assert_fails(&["--name", &"x".repeat(33)], 2, &["at most 32 characters", "33"]);
    assert_fails(&["--name", "bo\u{7}b"], 2, &["no control characters", "U+0007"]);
}

#[test]
fn new_and_join_contradict_each_other() {
    assert_fails(&["--new", "--join", "127.0.0.1:1"], 2, &["--new", "--join", "only one"]);
}

#[test]
fn a_bad_configuration_file_is_shown_with_line_column_and_caret() {
    let folder = folder();
    let file = folder.path().join("node.toml");
    let path = file.to_str().unwrap();
    for (text, expected) in [
        ("name = \"bob\"\nnme = 1\n", vec!["line 2, column 1", "^", "unknown field `nme`"]),
        ("name = \"\"\n", vec!["line 1, column 8", "^", "at least one character"]),
        ("join = [\"127.0.0.1:1\",\n\"x\"]\n", vec!["line 2, column 1", "^", "IP address"]),
        ("ports = 70000\n", vec!["line 1, column 9", "^", "a port from 1 to 65520"]),
        ("keep_history = 0\n", vec!["line 1, column 16", "^", "a number of lines"]),
        ("keep_history = \"1y\"\n", vec!["line 1, column 16", "^", "30d"]),
        ("name = ", vec!["line 1", "^"]),
    ] {
        std::fs::write(&file, text).unwrap();
        assert_fails(&["--config", path], 2, &[&[path], expected.as_slice()].concat());
    }
    assert_fails(&["--config", "nowhere.toml"], 2, &["nowhere.toml", "cannot be read"]);
}

#[test]
fn the_file_gives_way_to_the_environment_and_that_to_a_flag() {
    let folder = folder();
    std::fs::write(folder.path().join("node.toml"), "name = \"of file\"\nnew = true\n").unwrap();
    let name_with = |environment: Option<&str>, flag: Option<&str>| {
        let mut command = node::command(folder.path());
        command.args(["--listen", "127.0.0.1:0"]).env("RINGCHAT_CONFIG", "node.toml");
        command.envs(environment.map(|name| ("RINGCHAT_NAME", name)));
        command.args(flag.map(|name| format!("--name={name}")));
        let node = Running::spawn(&mut command, folder.path());
        node.wait_for("starting a new ring");
        node.wait_for("* you are ").trim_start_matches("* you are ").to_owned()
    };
    assert_eq!(name_with(None, None), "of file");
    assert_eq!(name_with(Some("of environment"), None), "of environment");
    assert_eq!(name_with(Some("of environment"), Some("of flag")), "of flag");
}

// Answers F12, F67 of docs/features.md.
#[test]
fn help_shows_every_variable() {
    let folder = folder();
    let output = run_to_end(folder.path(), &["--help"]);
    let help = String::from_utf8(output.stdout).unwrap();
    for variable in
        ["NAME", "LISTEN", "JOIN", "NEW", "PORTS", "DATA", "MEMORY", "CONFIG", "VERBOSE"]
    {
        assert!(help.contains(&format!("[env: RINGCHAT_{variable}=")), "{help}");
    }
    assert_eq!(output.status.code(), Some(0));
}

// Answers F63, F65 of docs/features.md.
#[test]
fn garbage_and_an_oversized_frame_close_the_link_and_leave_the_ring_untouched() {
    let folder = folder();
    let mut ann = Running::found(folder.path(), "ann");
    let mut bob = Running::join(folder.path(), "bob", &ann);
    let oversized = [preamble().as_slice(), &u32::MAX.to_le_bytes(), &[0; 64]].concat();
    for bytes in [b"GET / HTTP/1.1\r\n\r\n".as_slice(), &oversized, &with_version(VERSION + 1)] {
        let mut stream = TcpStream::connect(&ann.address).unwrap();
        stream.write_all(bytes).unwrap();
        // It ends with the node's own words and the end of the stream, or a reset.
        let _reset = stream.read_to_end(&mut Vec::new());
    }
    ann.wait_for_log("found another program");
    ann.wait_for_log("found one of 4294967295");
    ann.wait_for_log(&format!("found version {}", VERSION + 1));
    ann.type_line("still here");
    bob.wait_for("]: still here");
    bob.type_line("so am I");
    ann.wait_for("]: so am I");
    assert!(!ann.lines().iter().any(|line| line.contains("gone")), "{:#?}", ann.lines());
}

// Answers F17 of docs/features.md.
#[test]
fn a_line_of_more_than_64_kib_is_refused_and_the_next_is_not() {
    let folder = folder();
    let mut ann = Running::found(folder.path(), "ann");
    ann.type_line(&"x".repeat((64 << 10) + 1));
    ann.wait_for("! this line has 65537 bytes");
    ann.type_line(&"y".repeat(64 << 10));
    ann.wait_for("]: yyy");
}
