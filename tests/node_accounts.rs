//! Accounts and private lines at real nodes: passwords through a pipe, several nodes, restarts of
//! all.

mod node;

use std::path::Path;

use node::{Running, folder};

const PASSWORD: &str = "correct horse battery";

fn start(folder: &Path, name: &str, more: &[&str]) -> Running {
    let data = folder.join(name);
    let own = ["--name", name, "--listen", "127.0.0.1:0", "--data", data.to_str().unwrap()];
    let node = Running::start(folder, &[&own, more].concat());
    node.wait_for("* you are");
    node
}

/// A command that asks for a password, and the password.
fn with_password(node: &mut Running, typed: &str, password: &str) {
    node.type_line(typed);
    node.type_line(password);
}

#[test]
fn f41_register_login_wrong_password_logout_and_delete_by_the_prompt() {
    let folder = folder();
    let mut ann = Running::found(folder.path(), "ann");
    let mut bob = Running::join(folder.path(), "bob", &ann);
    with_password(&mut ann, "/register", "short");
    ann.wait_for("! a password has 8 to 1024 characters, and this one has 5; nothing was sent");
    with_password(&mut ann, "/register", PASSWORD);
    ann.wait_for("* @ann is yours for good");
    bob.wait_for("* ann is @ann now, who has an account");
    with_password(&mut bob, "/register Ann", PASSWORD);
    bob.wait_for("! Ann is taken already");
    with_password(&mut bob, "/login nobody", PASSWORD);
    bob.wait_for("! there is no account nobody");
    with_password(&mut bob, "/login ann", "a wrong password");
    bob.wait_for("! wrong password for ann; nothing was done");
    ann.wait_for("! a wrong password for ann was typed at another node");
    with_password(&mut bob, "/login ann", PASSWORD);
    bob.wait_for("* you are logged in as @ann");
    with_password(&mut bob, "/login ann", PASSWORD);
    bob.wait_for("! you are logged in as ann already");
    bob.type_line("from the other node");
    ann.wait_for("@ann[");
    bob.type_line("/logout");
    bob.wait_for("* you are logged out, and a guest: ann2");
    with_password(&mut ann, "/delete-account", "a wrong password");
    ann.wait_for("! wrong password for ann; nothing was done");
    with_password(&mut ann, "/delete-account", PASSWORD);
    ann.wait_for("* the account ann is deleted; you are a guest: ann");
    for node in [&ann, &bob] {
        assert!(!node.log().contains(PASSWORD), "no password in a log file");
        assert!(!node.lines().iter().any(|line| line.contains(PASSWORD)), "nor on a screen");
    }
}

#[test]
fn wrong_passwords_at_one_node_lock_nobody_out_at_another() {
    let folder = folder();
    let mut ann = Running::found(folder.path(), "ann");
    let mut eve = Running::join(folder.path(), "eve", &ann);
    let mut bob = Running::join(folder.path(), "bob", &ann);
    with_password(&mut ann, "/register", PASSWORD);
    eve.wait_for("* ann is @ann now");
    for attempt in 1..=5 {
        with_password(&mut eve, "/login ann", "a wrong password");
        eve.wait_for_nth("! wrong password for ann", attempt);
    }
    with_password(&mut eve, "/login ann", PASSWORD);
    eve.wait_for("! too many wrong passwords were typed here");
    with_password(&mut bob, "/login ann", PASSWORD);
    bob.wait_for("* you are logged in as @ann");
    for line in 0..20 {
        bob.type_line(&format!("line {line}"));
    }
    eve.wait_for("]: line 19");
    with_password(&mut eve, "/login ann", PASSWORD);
    eve.wait_for("* you are logged in as @ann");
}

#[test]
fn f26_f27_f57_after_a_restart_of_all_accounts_groups_and_waiting_lines_are_there() {
    let folder = folder();
    let mut ann = start(folder.path(), "ann", &["--new"]);
    let mut bob = start(folder.path(), "bob", &["--join", &ann.address]);
    with_password(&mut bob, "/register", PASSWORD);
    bob.wait_for("* @bob is yours for good");
    bob.type_line("/join rust");
    bob.wait_for("* #rust is a new group");
    ann.type_line("/join rust");
    ann.wait_for("* you are in #rust");
    bob.wait_for("* ann joins #rust");
    bob.type_line("/logout");
    bob.wait_for("* you are logged out");
    ann.type_line("in the group");
    ann.wait_for("]: in the group");
    ann.type_line("/msg bob for you alone");
    ann.wait_for("]: for you alone");
    for node in [&mut ann, &mut bob] {
        node.kill_9();
    }
    let (ann_at, bob_at) = (ann.address.clone(), bob.address.clone());
    let data = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let ann = Running::start(folder.path(), &["--name", "ann", "--data", &data("ann")]);
    let mut bob = Running::start(folder.path(), &["--name", "bob", "--data", &data("bob")]);
    assert_eq!((&ann.address, &bob.address), (&ann_at, &bob_at));
    bob.wait_for("* you are bob2");
    with_password(&mut bob, "/login bob", PASSWORD);
    bob.wait_for("* you are logged in as @bob");
    bob.wait_for("#rust ann[");
    bob.wait_for("ann → @bob[");
    bob.wait_for("* (that was said to you alone while you were away)");
    bob.type_line("/groups");
    bob.wait_for("* #rust: bob*, ann (guest)");
    bob.type_line("what was shown is known to be by now");
    bob.wait_for("]: what was shown is known to be by now");
    bob.kill_9();
    let bob = Running::start(folder.path(), &["--name", "bob", "--data", &data("bob")]);
    bob.wait_for("* you are @bob again");
    let again = |line: &&String| line.contains("for you alone");
    assert_eq!(bob.lines().iter().find(again), None, "{:#?}", bob.lines());
}

#[test]
fn a_password_asked_for_and_not_given_is_no_line_to_all() {
    let folder = folder();
    let mut ann = Running::found(folder.path(), "ann");
    with_password(&mut ann, "/login nobody", "a secret");
    ann.wait_for("! there is no account nobody");
    ann.type_line("to all");
    ann.wait_for("]: to all");
    assert!(!ann.lines().iter().any(|line| line.contains("a secret")));
}
