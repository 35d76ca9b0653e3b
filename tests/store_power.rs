//! The disk of a node whose power is cut wherever it can be: what was acknowledged is there again.

mod store;

use ringchat::proto::id::{Index, NodeId};
use ringchat::store::database::Store;
use ringchat::store::error::StoreError;
use store::drive::{Cut, Drive};
use store::{ME, address, entry, open, record, script, state_after};

/// Plays the script until a write fails. How many of its lines were acknowledged; none, if there was
/// not even a file by then.
fn play(drive: &Drive) -> Option<usize> {
    let mut store = open(drive).ok()?;
    store.give_to(ME, address()).ok()?;
    Some(script().iter().take_while(|records| store.write(records).is_ok()).count())
}

#[test]
fn after_a_power_cut_at_any_moment_the_file_holds_what_was_acknowledged_or_one_write_more() {
    let whole = Drive::new();
    assert_eq!(play(&whole), Some(script().len()));
    let steps = whole.steps();
    assert!(steps > 60, "expected a long script, found {steps} writes and syncs");
    for step in 0..steps {
        let drive = Drive::new();
        drive.fail_from(step);
        // A file that is still being made has another name, and is made anew.
        let Some(acknowledged) = play(&drive) else { continue };
        for (number, cut) in Cut::all(step).into_iter().enumerate() {
            let found = open(&drive.after(cut)).and_then(|mut store| store.wake());
            let found = found.unwrap_or_else(|error| panic!("{step} {number}: {error}"));
            let found = found.map(|kept| kept.recovered);
            let expected = [acknowledged, acknowledged + 1].map(state_after);
            assert!(
                expected.contains(&found),
                "cut at {step}, kind {number}: {acknowledged} acknowledged, found {found:#?}"
            );
        }
    }
}

#[test]
fn a_power_cut_while_the_file_is_opened_again_loses_nothing() {
    let drive = Drive::new();
    play(&drive);
    let used = drive.after(Cut::Nothing);
    let mut whole = open(&used).unwrap();
    let before = whole.wake().unwrap().unwrap();
    let steps = used.steps();
    for step in 0..steps {
        let again = drive.after(Cut::Nothing);
        again.fail_from(step);
        let _failed = open(&again).and_then(|mut store| store.wake());
        for cut in Cut::all(step) {
            let found =
                open(&again.after(cut)).and_then(|mut store| store.wake()).unwrap().unwrap();
            assert!(
                (before.recovered.life..=before.recovered.life + 1).contains(&found.recovered.life)
            );
            assert_eq!(found.recovered.entries, before.recovered.entries);
            assert_eq!(found.recovered.promised, before.recovered.promised);
        }
    }
}

#[test]
fn a_write_that_fails_is_an_error_and_so_is_every_later_one() {
    let drive = Drive::new();
    let mut store = open(&drive).unwrap();
    store.give_to(ME, address()).unwrap();
    store.write(&[record(1, 0, &[entry(1, "a")])]).unwrap();
    drive.fail_from(drive.steps());
    for why in ["no space left", "Previous I/O error"] {
        let error = store.write(&[record(2, 1, &[entry(1, "b")])]).unwrap_err();
        assert!(matches!(error, StoreError::Write { .. }), "{error}");
        assert!(error.to_string().contains(why), "{error}");
    }
    drop(store);
    let kept = open(&drive.after(Cut::Nothing)).unwrap().wake().unwrap().unwrap();
    assert_eq!(kept.recovered.entries, [entry(1, "a")]);
}

#[test]
fn no_flipped_bit_goes_unnoticed() {
    let drive = Drive::new();
    play(&drive);
    let intact = open(&drive.after(Cut::Nothing)).unwrap().wake().unwrap();
    let length = drive.after(Cut::Nothing).bytes().len();
    let mut noticed = 0;
    for at in (0..length).step_by(97) {
        let flipped = drive.after(Cut::Nothing);
        flipped.flip(at);
        // What is not in use may be anything.
        match open(&flipped).and_then(|mut store| store.wake()) {
            Ok(found) => assert_eq!(found, intact, "a flipped bit of byte {at}"),
            Err(StoreError::Damaged { .. } | StoreError::Format { .. }) => noticed += 1,
            Err(error) => panic!("expected a file that is damaged, found {error}"),
        }
    }
    assert!(noticed > 10, "expected many of {length} bytes to be in use, found {noticed}");
}

#[test]
fn a_file_of_something_else_is_refused() {
    for bytes in [b"something else".to_vec(), vec![0; 9_000], vec![255; 70_000]] {
        let drive = Drive::of(bytes.clone());
        let error = open(&drive).and_then(|mut store| store.wake()).unwrap_err();
        let text = error.to_string();
        assert!(matches!(error, StoreError::Damaged { .. }), "{text}");
        assert!(text.contains("Move it away"), "{text}");
        assert_eq!(drive.bytes(), bytes, "nothing was changed");
    }
}

#[test]
fn a_fresh_file_and_one_of_a_node_that_was_in_no_ring_hold_nothing() {
    let drive = Drive::new();
    let mut store = open(&drive).unwrap();
    assert_eq!(store.wake().unwrap(), None);
    store.give_to(ME, address()).unwrap();
    assert_eq!(store.wake().unwrap(), None);
    drop(store);
    assert_eq!(open(&drive.after(Cut::Nothing)).unwrap().wake().unwrap(), None);
}

#[test]
fn each_life_is_counted_and_a_new_incarnation_begins_at_none() {
    let drive = Drive::new();
    play(&drive);
    let mut store = open(&drive.after(Cut::Nothing)).unwrap();
    for life in 1..=3 {
        assert_eq!(store.wake().unwrap().unwrap().recovered.life, life);
    }
    store.give_to(NodeId(9), address()).unwrap();
    assert_eq!(store.wake().unwrap(), None);
    store.write(&[record(1, 0, &[])]).unwrap();
    let kept = store.wake().unwrap().unwrap();
    assert_eq!((kept.recovered.node, kept.recovered.life), (NodeId(9), 1));
    assert_eq!((kept.recovered.entries, kept.recovered.snapshot.head.index), (vec![], Index(0)));
    assert_eq!(kept.address, address());
}

#[test]
fn a_folder_in_use_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let _first = Store::open(folder.path()).unwrap();
    let error = Store::open(folder.path()).unwrap_err();
    assert!(matches!(error, StoreError::InUse { .. }), "{error}");
    assert!(error.to_string().contains("in use by another node"), "{error}");
}

#[test]
fn a_file_that_was_never_finished_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let beginning = folder.path().join("node.redb.new");
    std::fs::write(&beginning, b"half a file").unwrap();
    let mut store = Store::open(folder.path()).unwrap();
    assert!(matches!(Store::open(folder.path()), Err(StoreError::InUse { .. })));
    store.give_to(ME, address()).unwrap();
    store.write(&[record(1, 0, &[entry(1, "a")])]).unwrap();
    assert!(!beginning.exists());
    assert!(matches!(Store::open(folder.path()), Err(StoreError::InUse { .. })));
    drop(store);
    let kept = Store::open(folder.path()).unwrap().wake().unwrap().unwrap();
    assert_eq!(kept.recovered.entries, [entry(1, "a")]);
}
