//! The prompt on a terminal: what is typed survives what comes, passwords are not shown, counts
//! are.

mod node;

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use nix::pty::{Winsize, openpty};
use node::{DEADLINE, Guard, Running, command, folder};

/// A node on a terminal of its own.
struct Terminal {
    keys: File,
    shown: Arc<Mutex<String>>,
    _node: Guard,
}

impl Terminal {
    fn start(folder: &std::path::Path, name: &str, other: &Running, no_color: bool) -> Terminal {
        let mut command = command(folder);
        command.args(["--name", name, "--listen", "127.0.0.1:0", "--join", &other.address]);
        let terminal = Terminal::of(&mut command, no_color);
        terminal.wait_for("you are");
        terminal
    }

    fn of(command: &mut Command, no_color: bool) -> Terminal {
        let size = Winsize { ws_row: 50, ws_col: 200, ws_xpixel: 0, ws_ypixel: 0 };
        let pty = openpty(&size, None).unwrap();
        let end = |end: &OwnedFd| end.try_clone().unwrap();
        command.env("TERM", "xterm").env_remove("NO_COLOR");
        if no_color {
            command.env("NO_COLOR", "1");
        }
        command.stdin(end(&pty.slave)).stdout(end(&pty.slave)).stderr(end(&pty.slave));
        let node = Guard(command.spawn().unwrap());
        // The command would keep its end open.
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        drop(pty.slave);
        let shown = Arc::new(Mutex::new(String::new()));
        let (mut screen, into) = (File::from(end(&pty.master)), Arc::clone(&shown));
        thread::spawn(move || {
            let mut bytes = [0; 4_096];
            // The end of a terminal is an error.
            while let Ok(count @ 1..) = screen.read(&mut bytes) {
                into.lock().unwrap().push_str(&String::from_utf8_lossy(&bytes[..count]));
            }
        });
        Terminal { keys: File::from(pty.master), shown, _node: node }
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    /// The editor takes nothing that is typed before it asks.
    fn press_and_wait(&mut self, keys: &str, part: &str) {
        let before = self.shown().len();
        self.press(keys);
        let deadline = Instant::now() + DEADLINE;
        while !self.shown()[before..].contains(part) {
            assert!(Instant::now() < deadline, "expected {part:?}, found {:?}", self.shown());
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn shown(&self) -> String {
        self.shown.lock().unwrap().clone()
    }

    fn wait_for(&self, part: &str) {
        let deadline = Instant::now() + DEADLINE;
        while !self.shown().contains(part) {
            assert!(Instant::now() < deadline, "expected {part:?}, found {:?}", self.shown());
            thread::sleep(Duration::from_millis(5));
        }
    }
}

#[test]
fn f19_a_half_typed_line_survives_lines_that_come() {
    let folder = folder();
    let mut bob = Running::found(folder.path(), "bob");
    let mut ann = Terminal::start(folder.path(), "ann", &bob, false);
    ann.press("half of ");
    ann.wait_for("half of ");
    bob.type_line("an interruption");
    ann.wait_for("an interruption");
    ann.press("a line\r");
    bob.wait_for("]: half of a line");
}

#[test]
fn f18_a_text_that_is_pasted_is_as_many_lines_as_it_has() {
    let folder = folder();
    let bob = Running::found(folder.path(), "bob");
    let mut ann = Terminal::start(folder.path(), "ann", &bob, true);
    let lines: Vec<String> = (0..100).map(|line| format!("  line {line} of the text")).collect();
    ann.press(&format!("\u{1b}[200~{}\r\n\u{1b}[201~", lines.join("\n")));
    ann.wait_for("line 99 of the text");
    ann.press("\r");
    bob.wait_for("]:   line 99 of the text");
    let said: Vec<String> =
        bob.said().iter().map(|line| line.split_once("]: ").unwrap().1.to_owned()).collect();
    assert_eq!(said, lines);
    ann.press_and_wait("\u{1b}[200~/login bob\n\u{1b}[201~\r", "password (nothing is shown): ");
}

#[test]
fn a_password_is_not_shown_and_the_arrow_keys_do_not_bring_it_back() {
    let folder = folder();
    let bob = Running::found(folder.path(), "bob");
    let mut ann = Terminal::start(folder.path(), "ann", &bob, true);
    ann.press_and_wait("/register\r", "password (nothing is shown): ");
    ann.press_and_wait("correct horse\r", "the same again: ");
    ann.press_and_wait("correct horse\r", "@ann is yours for good");
    ann.press("\u{1b}[A");
    ann.press(" a b\r");
    ann.wait_for("a password is asked for, and not typed behind the command");
    assert!(!ann.shown().contains("correct"), "{:?}", ann.shown());
    ann.press_and_wait("/register other\r", "password (nothing is shown): ");
    ann.press_and_wait("correct horse\r", "the same again: ");
    ann.press_and_wait("another horse\r", "no password, or two that differ");
}

#[test]
fn f24_names_are_completed_own_ones_stand_out_and_lines_elsewhere_are_counted() {
    let folder = folder();
    let mut bob = Running::found(folder.path(), "bob");
    let mut ann = Terminal::start(folder.path(), "ann", &bob, false);
    bob.wait_for("* ann joins");
    bob.type_line("hello Ann, and annotations");
    ann.wait_for("hello \u{1b}[1;7mAnn\u{1b}[0m, and annotations");
    ann.press("/joi\t rust\r");
    ann.wait_for("#rust is a new group");
    ann.wait_for("(in rust now)");
    ann.press("half of ");
    ann.wait_for("half of ");
    // Nothing is typed from here on, and what stands behind the half line changes.
    bob.type_line("one");
    ann.wait_for("half of \u{1b}[2m  (in rust now; lobby 1)");
    bob.type_line("two");
    ann.wait_for("half of \u{1b}[2m  (in rust now; lobby 2)");
    ann.press("a line\r");
    ann.wait_for("#rust half of a line");
    ann.wait_for("rust> \u{1b}[2m  (lobby 2)");
    ann.press("/msg b\tpsst\r");
    bob.wait_for("]: psst");
    ann.press("/group\r");
    ann.wait_for("your lines go to the lobby now");
}

#[test]
fn a_cluster_completes_its_own_words_and_knows_no_command_of_the_chat() {
    let folder = folder();
    let mut console = Terminal::of(command(folder.path()).args(["cluster", "-n", "2"]), false);
    console.wait_for("s2 joined");
    console.press_and_wait("killn\ts2\r", "Server 2 killed");
    console.press_and_wait("/register\r", "there is no command /register");
    console.press_and_wait("/leave\r", "there is no command /leave");
    console.press_and_wait("rest\ts2\r", "Server 2 started");
    assert!(!console.shown().contains("password"), "{:?}", console.shown());
    console.press_and_wait("qui\t\r", "s1: has left the ring");
}

#[test]
fn f24_without_colours_nothing_is_coloured() {
    let folder = folder();
    let mut bob = Running::found(folder.path(), "bob");
    let ann = Terminal::start(folder.path(), "ann", &bob, true);
    bob.wait_for("* ann joins");
    bob.type_line("hello ann");
    ann.wait_for("]: hello ann");
    assert!(!ann.shown().contains("\u{1b}[1;"), "{:?}", ann.shown());
}
