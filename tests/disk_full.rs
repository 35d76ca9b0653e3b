//! A full file system below a node's folder: a small tmpfs that the test mounts and removes.
//!
//! It needs the right to mount. Where that is missing, it says so and asks nothing;
//! `tests/node_disk.rs` fills a file up to its limit everywhere.

mod node;

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use node::{Running, address_in, folder};

/// How large the file system is: room for a node's file and a few thousand lines.
const SIZE: &str = "size=4m";

/// A small file system. It is unmounted when this is dropped, after whoever uses it.
struct Small(PathBuf);

impl Small {
    /// None where the rights do not allow it; why not.
    fn mount(at: &Path) -> Result<Small, String> {
        std::fs::create_dir(at).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", SIZE, "ringchat-test"]).arg(at);
        let output = mount.output().map_err(|error| format!("no `mount`: {error}"))?;
        match output.status.success() {
            true => Ok(Small(at.to_owned())),
            false => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
        }
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        // Lazily: a process that is about to end may have a file open yet.
        let unmounted = Command::new("umount").arg("-l").arg(&self.0).status();
        assert!(unmounted.is_ok_and(|it| it.success()) || std::thread::panicking());
    }
}

fn start(folder: &Path, name: &str, data: &Path, more: &[&str]) -> Running {
    let listen = address_in(data);
    let own = ["--name", name, "--listen", &listen, "--data", data.to_str().unwrap()];
    Running::start(folder, &[&own, more].concat())
}

#[test]
fn a_node_on_a_full_file_system_leaves_with_a_word_and_comes_back_once_there_is_room() {
    let folder = folder();
    let at = folder.path().join("small");
    let small = match Small::mount(&at) {
        Ok(small) => small,
        Err(why) => {
            println!("skipped: a file system cannot be mounted here: {why}");
            return;
        }
    };
    let mut ann = start(folder.path(), "ann", &folder.path().join("ann"), &["--new"]);
    let mut eve =
        start(folder.path(), "eve", &folder.path().join("eve"), &["--join", &ann.address]);
    let data = small.0.join("bob");
    let mut bob = start(folder.path(), "bob", &data, &["--join", &ann.address]);
    for node in [&ann, &eve, &bob] {
        node.wait_for("* you are");
    }
    ann.type_line("while there was room");
    bob.wait_for("]: while there was room");
    // Somebody else fills the disk, to the last byte.
    let ballast = small.0.join("ballast");
    let mut file = File::create(&ballast).unwrap();
    while file.write_all(&[0; 4096]).is_ok() {}
    drop(file);
    let mut number = 0;
    let code = loop {
        // Lines of one size need more room at some time, and are ordered without that disk.
        number += 1;
        let line = format!("{number} {}", "x".repeat(2_000));
        ann.type_line(&line);
        ann.wait_for(&format!("]: {number} x"));
        if let Some(code) = bob.exit_code() {
            break code;
        }
        assert!(number < 2_000, "the disk is not full: {:#?}", bob.lines());
    };
    assert_eq!(code, 1);
    bob.wait_for_log("cannot be written");
    bob.wait_for_log("No space left");
    ann.wait_for("* bob left");
    eve.type_line("without bob");
    for node in [&ann, &eve] {
        node.wait_for("]: without bob");
    }
    // Once there is room it comes back, and gets all that it missed.
    std::fs::remove_file(&ballast).unwrap();
    let bob = start(folder.path(), "bob", &data, &["--join", &ann.address]);
    bob.wait_for("* you are bob");
    bob.wait_for("]: while there was room");
    bob.wait_for(&format!("]: {number} x"));
    bob.wait_for("]: without bob");
    eve.type_line("all three");
    for node in [&ann, &eve, &bob] {
        node.wait_for("]: all three");
    }
    assert_eq!(ann.said(), eve.said());
    drop(bob);
    drop(small);
}
