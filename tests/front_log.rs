//! The log does not grow without end.

use std::fs;

use ringchat::front::log::{LOG_BYTES_MAX, LogFile};

#[test]
fn a_long_log_is_put_aside_and_the_one_before_it_goes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chat_7400.log");
    let old = folder.path().join("chat_7400.log.old");
    let length = |path| fs::metadata(path).map_or(0, |it| it.len());
    let line = vec![b'x'; 1 << 20];
    let mut log = LogFile::open(path.clone()).unwrap();
    for _ in 0..16 {
        log.append(&line).unwrap();
    }
    assert_eq!((length(&path), old.exists()), (LOG_BYTES_MAX, false));
    log.append(b"a line\n").unwrap();
    assert_eq!((length(&path), length(&old)), (7, LOG_BYTES_MAX));
    // Another session goes on behind what is there.
    let mut log = LogFile::open(path.clone()).unwrap();
    for _ in 0..16 {
        log.append(&line).unwrap();
    }
    assert_eq!((length(&path), length(&old)), (1 << 20, 7 + (15 << 20)));
    let names = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(names, 2);
}
