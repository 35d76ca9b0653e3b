//! The rules of the house that no compiler knows: what may import what, and how long a file may be.

use std::fs;
use std::path::{Path, PathBuf};

/// The longest a file may be, in lines.
const LINES_MAX: usize = 300;

/// The floors from the ground up. A file imports from its own floor and from those below it; two
/// folders on one floor do not know each other.
const FLOORS: [&[&str]; 6] =
    [&["proto"], &["chat"], &["wire", "trace", "net"], &["store"], &["driver"], &["front"]];

/// What the lowest floors must not know.
const FORBIDDEN_BELOW: [&str; 14] = [
    "tokio",
    "tracing",
    "std::time::Instant",
    "SystemTime",
    "HashMap",
    "HashSet",
    "rand::rng",
    "rand::random",
    "std::env",
    "std::fs",
    "std::thread",
    "std::net::Tcp",
    "print!",
    "println!",
];

struct Source {
    /// Relative to the root of the repository.
    path: PathBuf,
    text: String,
}

impl Source {
    /// The lines that are no comments.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = (1..).zip(self.text.lines());
        lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// The folder or file of `src/` that it belongs to.
    fn part(&self) -> Option<String> {
        let part = self.path.strip_prefix("src").ok()?.components().next()?;
        Some(part.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned())
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All `.rs` files below these folders.
fn sources(folders: &[&str]) -> Vec<Source> {
    let mut waiting: Vec<PathBuf> = folders.iter().map(|folder| root().join(folder)).collect();
    let mut found = Vec::new();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            let entries = fs::read_dir(&path).unwrap();
            waiting.extend(entries.map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.push(Source { path: path.strip_prefix(root()).unwrap().to_owned(), text });
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    assert!(!found.is_empty(), "expected .rs files in {folders:?}, found none");
    found
}

fn everything() -> Vec<Source> {
    sources(&["src", "tests", "benches", "model", "sim"])
}

/// Fails with all faults at once.
fn assert_none(faults: &[String], rule: &str) {
    assert!(faults.is_empty(), "{rule}\n{}", faults.join("\n"));
}

fn floor_of(part: &str) -> Option<usize> {
    FLOORS.iter().position(|parts| parts.contains(&part))
}

#[test]
fn every_file_opens_with_a_sentence_of_purpose() {
    let without = everything().into_iter().filter(|source| {
        let first = source.text.lines().next().unwrap_or_default();
        first.len() < 20 || !first.starts_with("//! ")
    });
    let faults: Vec<_> = without.map(|source| source.path.display().to_string()).collect();
    assert_none(&faults, "the first line of a file is `//!` and one sentence of purpose");
}

#[test]
fn no_file_is_longer_than_300_lines() {
    let lengths = everything().into_iter().map(|source| (source.path, source.text.lines().count()));
    let long = lengths.filter(|(_, length)| *length > LINES_MAX);
    let faults: Vec<_> =
        long.map(|(path, length)| format!("{}: {length}", path.display())).collect();
    assert_none(
        &faults,
        "a file is about 140 and at most 300 lines long; split it by what it answers",
    );
}

#[test]
fn the_ring_and_the_chat_know_no_clock_no_task_no_lots_and_no_output() {
    let mut faults = Vec::new();
    for source in sources(&["src/proto", "src/chat"]) {
        for (number, line) in source.code() {
            for word in FORBIDDEN_BELOW.iter().filter(|word| line.contains(**word)) {
                faults.push(format!("{}:{number}: {word}", source.path.display()));
            }
        }
    }
    assert_none(
        &faults,
        "src/proto and src/chat are functions of their inputs: no I/O, clock or lots",
    );
}

#[test]
fn imports_run_downward_only() {
    let mut faults = Vec::new();
    for source in sources(&["src"]) {
        let Some(part) = source.part() else { continue };
        let Some(floor) = floor_of(&part) else { continue };
        for (number, line) in source.code() {
            for imported in line.split("crate::").skip(1) {
                let imported = imported.split(|c: char| !c.is_alphanumeric() && c != '_').next();
                let imported = imported.unwrap_or_default();
                let is_below = floor_of(imported).is_some_and(|below| below < floor);
                if imported != part && !is_below {
                    let path = source.path.display();
                    faults.push(format!("{path}:{number}: {part} imports {imported:?}"));
                }
            }
        }
    }
    assert_none(&faults, "a floor imports from floors below it, by their own paths");
}

#[test]
fn every_part_of_the_library_stands_on_a_floor() {
    let known = |part: &str| floor_of(part).is_some() || ["bin", "lib"].contains(&part);
    let parts = sources(&["src"]).into_iter().filter_map(|source| source.part());
    let faults: Vec<_> = parts.filter(|part| !known(part)).collect();
    assert_none(&faults, "a new part of src/ gets its floor in tests/tidy.rs and ARCHITECTURE.md");
}

#[test]
fn only_the_codec_knows_bincode() {
    let mut faults = Vec::new();
    for source in everything() {
        if source.path != Path::new("src/wire/codec.rs")
            && source.path != Path::new("tests/tidy.rs")
        {
            let uses = source.code().filter(|(_, line)| line.contains("bincode"));
            faults.extend(uses.map(|(line, _)| format!("{}:{line}", source.path.display())));
        }
    }
    assert_none(&faults, "bincode is reached from src/wire/codec.rs only; deny.toml says why");
}

#[test]
fn every_select_is_biased() {
    let mut faults = Vec::new();
    for source in sources(&["src", "sim"]) {
        let lines: Vec<_> = source.code().map(|(number, line)| (number, line.trim())).collect();
        for (at, (number, line)) in lines.iter().enumerate() {
            let next = lines.get(at + 1).map_or("", |(_, line)| line);
            if line.contains("select! {") && next != "biased;" {
                faults.push(format!("{}:{number}", source.path.display()));
            }
        }
    }
    assert_none(&faults, "an unbiased select! draws lots outside the seed: `biased;` comes first");
}

#[test]
fn nothing_in_the_product_knows_of_the_simulator() {
    let mut faults = Vec::new();
    for source in sources(&["src"]) {
        for (number, line) in source.code() {
            if line.contains("turmoil")
                || line.contains("stateright")
                || line.contains("ringchat_sim")
                || line.contains("ringchat_model")
                || line.contains("cfg(test)")
            {
                faults.push(format!("{}:{number}", source.path.display()));
            }
        }
    }
    assert_none(&faults, "what is simulated is what ships: no switches, and tests live in tests/");
}
