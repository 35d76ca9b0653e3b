//! Files of earlier releases are opened by every later one: each format has one here.

mod store;

use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use ringchat::front::storage;
use ringchat::proto::entry::{Body, Entry};
use ringchat::proto::id::NodeId;
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

/// A node that went on without it would write an empty chat in its place.
#[test]
fn a_chat_that_this_release_cannot_read_is_refused_and_stays() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(kept_file(1), folder.path().join(FILE_NAME)).unwrap();
    let mut store = Store::open(folder.path()).unwrap();
    let refused = storage::wake(&mut store).unwrap_err().to_string();
    for part in ["cannot read", "Start the release that wrote it", "nothing of it was changed"] {
        assert!(refused.contains(part), "expected {part:?}, found {refused}");
    }
    assert_eq!(store.wake().unwrap().unwrap().recovered.snapshot, snapshot(1, "state"));
}

/// The ring remembers everybody who ever said something: one entry each, for good.
#[test]
fn a_snapshot_of_a_ring_that_hundreds_of_thousands_were_in_can_be_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path()).unwrap();
    store.give_to(ME, address()).unwrap();
    let mut long = snapshot(1, "state");
    long.head.sessions = (0..300_000).map(|n| (NodeId(u64::MAX - n), n)).collect();
    let mut last = record(3, 1, &[entry(3, "")]);
    last.write.snapshot = Some(Box::new(long.clone()));
    store.write(&[record(2, 0, &[entry(2, "grüße")]), last]).unwrap();
    drop(store);
    let kept = Store::open(folder.path()).unwrap().wake().unwrap().unwrap();
    assert_eq!(kept.recovered.snapshot, long);
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
