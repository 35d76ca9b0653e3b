//! Accounts and private lines at real nodes: passwords through a pipe, several nodes, restarts of
//! all.

mod node;

use std::path::Path;

use node::{Running, address_in, command, folder};

const PASSWORD: &str = "correct horse battery";

fn start(folder: &Path, name: &str, more: &[&str]) -> Running {
    let data = folder.join(name);
    let listen = address_in(&data);
    let own = ["--name", name, "--listen", &listen, "--data", data.to_str().unwrap()];
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

// Answers F26 of docs/features.md.
#[test]
fn aliases_stand_for_people_and_outlive_a_restart_and_bad_lines_are_told() {
    let folder = folder();
    let mut ann = start(folder.path(), "ann", &["--new"]);
    let bob = start(folder.path(), "bob", &["--join", &ann.address]);
    ann.wait_for("* bob joins");
    ann.type_line(&format!("/a {} home", bob.address));
    ann.wait_for(&format!("* home means {} now", bob.address));
    ann.type_line("/alias friend bob");
    ann.wait_for("* friend means bob now");
    ann.type_line("/msg home by address");
    bob.wait_for("]: by address");
    ann.kill_9();
    let file = folder.path().join("ann").join("aliases.txt");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{text}nonsense\n")).unwrap();
    let data = folder.path().join("ann").to_str().unwrap().to_owned();
    let mut ann = Running::start(folder.path(), &["--name", "ann", "--data", &data]);
    let told = ann.wait_for("aliases.txt, line 4: expected an alias and whom it means");
    assert!(told.starts_with("! ") && told.contains("\"nonsense\""), "{told}");
    ann.wait_for("* you are ann again");
    ann.type_line("/pa Friend by name");
    bob.wait_for("]: by name");
    ann.type_line("/unalias friend");
    ann.wait_for("* friend is no alias any more");
    ann.type_line("/msg friend to nobody");
    ann.wait_for("! nobody is called friend");
}

#[test]
fn a_script_that_is_read_before_its_node_is_in_the_ring_gets_answers_of_the_ring() {
    let folder = folder();
    let mut ann = Running::found(folder.path(), "ann");
    with_password(&mut ann, "/register", PASSWORD);
    ann.wait_for("* @ann is yours for good");
    let join = ["--name", "bob", "--listen", "127.0.0.1:0", "--join", &ann.address];
    let mut bob = Running::spawn(command(folder.path()).args(join), folder.path());
    bob.type_line("/list");
    with_password(&mut bob, "/login ann", PASSWORD);
    bob.type_line("by a script");
    bob.end_input();
    ann.wait_for("]: by a script");
    assert_eq!(bob.wait_exit(), Some(0));
    let shown = bob.lines().join("\n");
    assert!(shown.contains("* accounts: ") && shown.contains("logged in as @ann"), "{shown}");
    assert!(!shown.contains("0 lines were not ordered"), "it left as soon as it could: {shown}");
}

#[test]
fn each_session_of_an_account_says_its_lines_where_its_own_person_went() {
    let folder = folder();
    let mut ann = Running::found(folder.path(), "ann");
    let mut bob = Running::join(folder.path(), "bob", &ann);
    with_password(&mut ann, "/register", PASSWORD);
    bob.wait_for("* ann is @ann now");
    with_password(&mut bob, "/login ann", PASSWORD);
    bob.wait_for("* you are logged in as @ann");
    ann.type_line("/join rust");
    ann.wait_for("* your lines go to #rust now");
    bob.wait_for("* #rust is a new group, and yours");
    bob.type_line("in the lobby still");
    let line = ann.wait_for("]: in the lobby still");
    assert!(line.starts_with("@ann["), "{line}");
    ann.type_line("/part");
    ann.wait_for("* your lines go to the lobby now");
}

#[test]
fn a_guest_who_takes_another_name_stays_in_their_group() {
    let folder = folder();
    let mut ann = Running::found(folder.path(), "ann");
    ann.type_line("/join rust");
    ann.wait_for("* your lines go to #rust now");
    ann.type_line("/name eve");
    ann.wait_for("* you are eve now");
    ann.type_line("still here");
    ann.wait_for("#rust eve[");
}

#[test]
fn a_private_line_too_is_told_to_be_with_all() {
    let folder = folder();
    let mut ann = Running::found(folder.path(), "ann");
    let bob = Running::join(folder.path(), "bob", &ann);
    ann.wait_for("* bob joins");
    ann.type_line("/msg bob psst");
    let line = bob.wait_for("]: psst");
    let place = line.split_once('[').unwrap().1.split_once('·').unwrap().0.to_owned();
    ann.wait_for("… → bob: psst");
    ann.wait_for(&format!("✓ all members have {place}"));
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
