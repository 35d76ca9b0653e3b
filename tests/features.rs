//! The table of what the five systems do is whole: each row is there once, and its tests name it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The rows that the project began with.
const ROWS: u32 = 72;

/// What a row without a test waits for, or why it needs none.
const REASONS: [&str; 6] = [
    "waits for the cluster console",
    "waits for the second election",
    "waits for the doors",
    "waits for the evaluation",
    "waits for encryption",
    "packaging by ours",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    let path: PathBuf = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The table: for each row what answers it, and its tests.
fn rows() -> BTreeMap<u32, (String, Vec<String>)> {
    let table = read("docs/features.md");
    let mut rows = BTreeMap::new();
    for line in table.lines().filter(|line| line.starts_with("| F")) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [row, _what, answer, tests] = cells[..] else { panic!("four cells: {line}") };
        let number = row.trim_start_matches('F').parse().unwrap();
        let tests = tests.split(", ").filter(|test| test.starts_with('`'));
        let tests = tests.map(|test| test.trim_matches('`').to_owned()).collect();
        let twice = rows.insert(number, (answer.to_owned(), tests));
        assert!(twice.is_none(), "F{number} is there twice");
    }
    rows
}

/// Whether a test has the number in its name, or in the comment above it.
fn names(file: &str, test: &str, number: u32) -> bool {
    let source = read(&format!("tests/{file}.rs"));
    let lines: Vec<&str> = source.lines().collect();
    let at = lines.iter().position(|line| line.contains(&format!("fn {test}(")));
    let at = at.unwrap_or_else(|| panic!("no test {test} in tests/{file}.rs"));
    let above = lines[..at].iter().rev().take_while(|line| line.starts_with(['#', '/']));
    let comment = above.copied().collect::<Vec<_>>().join(" ");
    let words = comment.split(|c: char| !c.is_alphanumeric());
    let in_name = test.split('_').take_while(|part| part.starts_with('f'));
    in_name.chain(words).any(|word| word.eq_ignore_ascii_case(&format!("F{number}")))
}

#[test]
fn every_row_of_the_seeds_is_answered_and_its_tests_name_it() {
    let rows = rows();
    assert_eq!(rows.keys().copied().collect::<Vec<_>>(), (1..=ROWS).collect::<Vec<_>>());
    let mut faults = Vec::new();
    for (number, (answer, tests)) in &rows {
        let excused = REASONS.iter().any(|reason| answer.contains(reason));
        if tests.is_empty() && !excused {
            faults.push(format!("F{number} has no test, and does not say what it waits for"));
        }
        for test in tests {
            match test.split_once("::") {
                Some(("features", _)) => {}
                Some((file, test)) if !names(file, test, *number) => {
                    faults.push(format!("{file}::{test} does not name F{number}"));
                }
                Some(_) => {}
                None => drop(read(test)),
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn the_eleven_cases_are_eleven_tests() {
    let source = read("tests/node_eleven.rs");
    let cases = source.lines().filter(|line| line.starts_with("fn ") && line.contains("case_"));
    let numbers: Vec<u32> = cases
        .map(|line| line.split("case_").nth(1).unwrap().split('_').next().unwrap().parse().unwrap())
        .collect();
    assert_eq!(numbers, (1..=11).collect::<Vec<_>>());
}
