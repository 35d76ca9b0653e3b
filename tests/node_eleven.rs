//! The eleven cases that the fifth system's report tests by hand, each as real processes through a
//! pipe.

mod node;

use std::path::Path;

use node::{Running, errors_of, folder, free_address, run_to_end};

/// Two members of one ring.
fn two(folder: &Path) -> [Running; 2] {
    let ann = Running::found(folder, "ann");
    let bob = Running::join(folder, "bob", &ann);
    ann.wait_for("* bob joins");
    [ann, bob]
}

/// Says something, and it comes: the session goes on.
fn goes_on(node: &mut Running) {
    node.type_line("still here");
    node.wait_for("]: still here");
}

#[test]
fn f11_case_1_a_wrong_address_or_port_is_explained_and_nothing_starts() {
    let folder = folder();
    let free = free_address();
    for (arguments, code, part) in [
        (vec!["--join", "127.0.0.1:port", "--name", "ann"], 2, "expected an IP address and a port"),
        (vec!["--join", "no address", "--name", "ann"], 2, "expected an IP address and a port"),
        (vec!["--join", free.as_str(), "--name", "ann", "--listen", "127.0.0.1:0"], 1, &free),
    ] {
        let output = run_to_end(folder.path(), &arguments);
        let errors = errors_of(&output);
        assert_eq!(output.status.code(), Some(code), "{errors}");
        assert!(errors.contains(part), "{errors}");
    }
}

#[test]
fn f44_case_2_a_wrong_choice_is_answered_with_the_nearest_command() {
    let folder = folder();
    let mut ann = Running::found(folder.path(), "ann");
    ann.type_line("/jion rust");
    ann.wait_for("! there is no command /jion; did you mean /join?; nothing was sent");
    ann.type_line("/msg bob");
    ann.wait_for("! expected /msg NAME TEXT, found \"/msg bob\"");
    goes_on(&mut ann);
}

#[test]
fn f44_case_3_a_wrong_command_about_groups_is_refused_and_says_what_to_do() {
    let folder = folder();
    let [mut ann, mut bob] = two(folder.path());
    ann.type_line("/join rust");
    ann.wait_for("* #rust is a new group, and yours");
    bob.type_line("/join rust");
    bob.wait_for("* you are in #rust");
    for (typed, answer) in [
        ("/create 9lives", "a letter first"),
        ("/create rust", "! rust is taken already, or looks like a name that is"),
        ("/delete rust", "! rust belongs to ann, who alone can delete it"),
        ("/part lobby", "! the lobby is everybody's"),
        ("/delete lobby", "! the lobby is everybody's"),
        ("/logout", "! you are not logged in"),
        ("/edit 1 x", "! no line that can still be changed stands at 1"),
    ] {
        bob.type_line(typed);
        bob.wait_for(answer);
    }
    goes_on(&mut bob);
    ann.wait_for("]: still here");
}

#[test]
fn case_4_a_message_to_a_group_that_does_not_exist_goes_nowhere() {
    let folder = folder();
    let [mut ann, bob] = two(folder.path());
    ann.type_line("/group nothing");
    ann.wait_for("! you are not in nothing; nothing was done: /join nothing first");
    ann.type_line("/history nothing");
    ann.wait_for("! there is no group nothing");
    goes_on(&mut ann);
    bob.wait_for("]: still here");
}

// Answers F28 of docs/features.md.
#[test]
fn f25_f27_case_5_a_private_message_to_somebody_who_is_away_waits_or_says_why_not() {
    let folder = folder();
    let [mut ann, mut bob] = two(folder.path());
    ann.type_line("/msg nobody are you there?");
    ann.wait_for("! nobody is called nobody; nothing was sent");
    bob.type_line("register");
    bob.wait_for("* type the password of bob");
    bob.type_line("correct horse");
    bob.wait_for("* @bob is yours for good");
    bob.end_input();
    assert_eq!(bob.wait_exit(), Some(0));
    ann.wait_for("* @bob left");
    ann.type_line("/msg bob are you there?");
    ann.wait_for("* bob is not here; the line waits for them");
    ann.type_line("/msg bob it is important");
    ann.wait_for("]: it is important");
    let mut again = Running::join(folder.path(), "robert", &ann);
    again.type_line("/login bob");
    again.type_line("correct horse");
    again.wait_for("* you are logged in as @bob");
    again.wait_for("* (that was said to you alone while you were away)");
    let lines = again.lines();
    let at = |text: &str| lines.iter().position(|line| line.ends_with(text)).unwrap();
    assert!(at("]: are you there?") < at("]: it is important"));
    again.type_line("/deliver");
    again.wait_for("* no private lines wait for you");
    assert_eq!(again.lines().iter().filter(|line| line.ends_with("]: it is important")).count(), 1);
}

#[test]
fn case_6_leaving_a_group_that_does_not_exist_is_refused() {
    let folder = folder();
    let mut ann = Running::found(folder.path(), "ann");
    ann.type_line("leavegroup nothing");
    ann.wait_for("! there is no group nothing; nothing was done: /groups lists all");
    goes_on(&mut ann);
}

#[test]
fn f59_case_7_without_servers_lines_wait_and_it_is_said_so() {
    let folder = folder();
    let [mut ann, mut bob] = two(folder.path());
    let mut eve = Running::join(folder.path(), "eve", &ann);
    bob.wait_for("* eve joins");
    ann.kill_9();
    bob.type_line("one server less");
    eve.wait_for("]: one server less");
    bob.kill_9();
    let own = eve.wait("a ring of one, or no quorum", |lines| {
        let alone = lines.iter().any(|line| line.contains("! no quorum"));
        let shrunk = lines.iter().any(|line| line.contains("* bob is gone"));
        (alone || shrunk).then_some(alone)
    });
    eve.type_line("anybody?");
    eve.wait_for("… anybody?");
    if own {
        assert!(!eve.said().iter().any(|line| line.ends_with("anybody?")));
    }
}

#[test]
fn f25_case_8_a_private_message_is_seen_by_two_alone() {
    let folder = folder();
    let [mut ann, bob] = two(folder.path());
    let eve = Running::join(folder.path(), "eve", &bob);
    bob.wait_for("* eve joins");
    ann.type_line("/p bob psst");
    bob.wait_for("ann → bob[");
    ann.type_line(&format!("/p {} by address", bob.address));
    bob.wait_for("]: by address");
    ann.type_line("to all");
    eve.wait_for("]: to all");
    assert!(!eve.lines().iter().any(|line| line.contains("psst") || line.contains("by address")));
    let log = eve.log();
    assert!(!log.contains("psst"), "not in another's log file either");
}

// Answers F37 of docs/features.md.
#[test]
fn f31_f42_case_9_joining_makes_a_group_and_tells_its_members() {
    let folder = folder();
    let [mut ann, mut bob] = two(folder.path());
    ann.type_line("JOINGROUP 1 dennis");
    ann.wait_for("* you are dennis now");
    ann.wait_for("* #group-1 is a new group, and yours");
    bob.wait_for("* ann is called dennis now");
    bob.type_line("/join 1");
    bob.wait_for("* you are in #group-1");
    ann.wait_for("* bob joins #group-1");
    bob.type_line("/who");
    bob.wait_for("* #group-1: dennis* (guest), bob (guest)");
}

#[test]
fn f15_f32_case_10_a_group_message_reaches_its_members_alone() {
    let folder = folder();
    let [mut ann, mut bob] = two(folder.path());
    let mut eve = Running::join(folder.path(), "eve", &bob);
    bob.wait_for("* eve joins");
    ann.type_line("/join rust");
    ann.wait_for("* #rust is a new group");
    bob.type_line("/join rust");
    bob.wait_for("* you are in #rust");
    ann.type_line("for members");
    bob.wait_for("#rust ann[");
    bob.type_line("/me nods");
    ann.wait_for("] nods");
    eve.type_line("to all");
    ann.wait_for("]: to all");
    eve.wait_for("]: to all");
    assert!(!eve.lines().iter().any(|line| line.contains("for members") || line.contains("nods")));
}

#[test]
fn f30_f33_case_11_whoever_leaves_a_group_or_the_ring_is_missed() {
    let folder = folder();
    let [mut ann, mut bob] = two(folder.path());
    ann.type_line("/join rust");
    ann.wait_for("* #rust is a new group");
    bob.type_line("/join rust");
    ann.wait_for("* bob joins #rust");
    ann.type_line("LEAVEGROUP");
    ann.wait_for("* you have left #rust");
    bob.wait_for("* ann left #rust");
    bob.wait_for("* #rust is yours now");
    ann.type_line("in the lobby again");
    bob.wait_for("ann[");
    bob.type_line("quit");
    assert_eq!(bob.wait_exit(), Some(0));
    ann.wait_for("* bob left");
}
