//! Where two traces part: hand-made ones as a table, and the command's exit codes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use ringchat_sim::trace::parting::{Trace, parting};

/// A trace of these lines: the microsecond, who, what.
fn trace(lines: &[(u64, &str, &str)]) -> String {
    let line = |(at, who, what): &(u64, &str, &str)| {
        format!("{:>12}  {who:<10}  {what}\n", format!("{}.{:06}", at / 1_000_000, at % 1_000_000))
    };
    lines.iter().map(line).collect()
}

#[test]
fn two_traces_part_at_their_first_difference() {
    let one = (1_000, "n1", "leads");
    let two = (2_000, "n2", "follows");
    let sent = (3_000, "n1 -> n2", "Ping");
    let again = (4_000, "n2#2", "starts");
    let late = (5_000_000, "n2", "follows");
    // Words for the case, both traces, and what must be told of it; nothing, if they are the same.
    type Lines<'a> = &'a [(u64, &'a str, &'a str)];
    let cases: [(&str, Lines<'_>, Lines<'_>, &[&str]); 7] = [
        ("the same", &[one, two, sent], &[one, two, sent], &[]),
        (
            "another line",
            &[one, two],
            &[one, late],
            &[
                "the first line is the same",
                "they part at n2 (0.002000)",
                "and are the same to the end at n1",
            ],
        ),
        (
            "nothing in common",
            &[one],
            &[two],
            &["no line is the same", "they part at n1 (0.001000), then n2 (0.002000)"],
        ),
        (
            "one is shorter",
            &[one, two, sent],
            &[one, two],
            &["the first 2 lines are the same", "they part at n1 (0.003000)"],
        ),
        ("a frame counts for who sent it", &[one, two], &[one, two, sent], &["at n1 (0.003000)"]),
        ("a later life is the same node", &[two], &[two, again], &["at n2 (0.004000)"]),
        ("another order", &[one, two], &[two, one], &["only the order between nodes differs"]),
    ];
    for (words, a, b, expected) in cases {
        let (a, b) = (trace(a), trace(b));
        let found = parting(&Trace::read(&a), &Trace::read(&b));
        assert_eq!(found.is_none(), expected.is_empty(), "{words}: {found:?}");
        let found = found.unwrap_or_default();
        for part in expected {
            assert!(found.contains(part), "{words}: expected {part:?} in:\n{found}");
        }
    }
}

#[test]
fn ten_lines_of_each_are_shown_and_five_before_them() {
    let same: Vec<_> = (0..40).map(|at| (at, "n1", "is the same")).collect();
    let with = |what| {
        let rest = (40..70).map(|at| (at, "n1", what));
        trace(&same.iter().copied().chain(rest).collect::<Vec<_>>())
    };
    let (a, b) = (with("goes left"), with("goes right"));
    let found = parting(&Trace::read(&a), &Trace::read(&b)).expect("they differ");
    let begins = |sign: &str| found.lines().filter(|line| line.starts_with(sign)).count();
    assert_eq!((begins("  "), begins("- "), begins("+ ")), (5, 11, 11), "{found}");
    assert!(found.contains("- and 20 more"), "{found}");
}

#[test]
fn what_is_no_line_of_a_trace_is_passed_over() {
    let text = trace(&[(1, "n1", "leads")]) + "killnode: 3 nodes, 20.000 s simulated\n  S1  total";
    assert_eq!(Trace::read(&text).count(), 1);
    assert_eq!(Trace::read("no trace\n  at  all\n1.5  n1  too few digits").count(), 0);
}

fn scenario(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios").join(name)
}

fn sim(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sim"));
    command.args(arguments).output().expect("the simulator starts")
}

#[test]
fn the_exit_code_tells_whether_two_runs_are_the_same() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("diff");
    fs::create_dir_all(&folder).expect("a folder for this test");
    let file = scenario("killnode.toml").display().to_string();
    let saved = folder.join("saved.txt").display().to_string();
    let printed = sim(&["run", &file, "--engine", "events", "--seed", "3", "--trace"]);
    fs::write(&saved, printed.stdout).expect("the trace is saved");
    let other = folder.join("other.txt").display().to_string();
    fs::write(&other, "this is no trace\n").expect("the file is written");
    let cases: [(&str, &[&str], i32); 10] = [
        ("a trace and itself", &[&saved, &saved], 0),
        ("a trace and its run", &[&saved, &file, "--seed", "3", "--engine", "events"], 0),
        ("a trace and another run", &[&saved, &file, "--seed", "4", "--engine", "events"], 1),
        ("the same seed twice", &[&file, &file, "--seeds", "3", "3", "--engine", "events"], 0),
        ("two seeds", &[&file, "--seeds", "3", "4", "--engine", "events"], 1),
        ("no trace", &[&saved, &other], 2),
        ("no file", &[&saved, "missing.txt"], 2),
        ("only one", &[&saved], 2),
        ("a seed for nothing", &[&saved, &saved, "--seed", "3"], 2),
        ("two seeds for one", &[&saved, &file, "--seeds", "3", "4"], 2),
    ];
    for (words, arguments, expected) in cases {
        let output = sim(&[&["diff"], arguments].concat());
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(expected), "{words}: {said}");
    }
}
