//! Files of earlier releases are opened by every later one: each format has one here.

mod store;

use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use ringchat::proto::entry::{Body, Entry};
use ringchat::store::database::{FILE_NAME, Kept, Record, Store};
use store::{ME, address, ballot, entry, record, snapshot, view};

fn kept_file(format: u64) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/store/format{format}.redb"))
}

/// What the file of format 1 was made of.
fn records_of_format_1() -> Vec<Record> {
    let bodies = [Body::Empty, Body::View(view())];
    let mut entries: Vec<Entry> =
        bodies.into_iter().map(|body| Entry { ballot: ballot(2), body }).collect();
    entries.push(entry(2, "grüße"));
    let mut last = record(3, 3, &[entry(3, "")]);
    last.write.snapshot = Some(Box::new(snapshot(1, "state")));
    vec![record(2, 0, &entries), last]
}

#[test]
fn a_file_of_format_1_holds_what_was_put_into_it() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(kept_file(1), folder.path().join(FILE_NAME)).unwrap();
    let Kept { address: kept_address, recovered } =
        Store::open(folder.path()).unwrap().wake().unwrap().unwrap();
    assert_eq!((kept_address, recovered.node, recovered.life), (address(), ME, 1));
    assert_eq!((recovered.ring, recovered.promised), (store::RING, ballot(3)));
    assert_eq!(recovered.committed.0, 3);
    assert_eq!(recovered.snapshot, snapshot(1, "state"));
    assert_eq!(recovered.snapshot.application, Bytes::from_static(b"state"));
    let [first, second] = records_of_format_1().try_into().unwrap();
    assert_eq!(recovered.entries, [&first.entries[1..], &second.entries].concat());
}

/// Run it once when a format is new: `cargo test --test store_format -- --ignored`.
#[test]
#[ignore = "writes tests/store/format1.redb, which is to stay as it is"]
fn write_the_file_of_format_1() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path()).unwrap();
    store.give_to(ME, address()).unwrap();
    store.write(&records_of_format_1()).unwrap();
    drop(store);
    fs::copy(folder.path().join(FILE_NAME), kept_file(1)).unwrap();
}
