//! The folder of a dead node: what it holds, for the world to know who will come back; or it is lost.

use std::fs;
use std::io;
use std::path::Path;

use ringchat::proto::recovered::Recovered;
use ringchat::store::database::{FILE_NAME, Store};

/// What a node finds in this folder that starts again now; none, if it will be a new one.
///
/// A copy is read: the node itself finds its file as its last life left it, and repairs what there is to
/// repair.
///
/// # Errors
/// What cannot be read, though a node may have to.
pub(super) fn read(folder: &Path) -> Result<Option<Recovered>, String> {
    let file = folder.join(FILE_NAME);
    if !file.exists() {
        return Ok(None);
    }
    let copy = folder.with_extension("copy");
    let copied = fs::create_dir_all(&copy).and_then(|()| fs::copy(&file, copy.join(FILE_NAME)));
    copied.map_err(|error| format!("{} cannot be copied: {error}", file.display()))?;
    let kept = Store::open(&copy).and_then(|mut store| store.wake());
    let kept = kept.map_err(|error| error.to_string())?;
    fs::remove_dir_all(&copy)
        .map_err(|error| format!("{} cannot be removed: {error}", copy.display()))?;
    Ok(kept.map(|kept| kept.recovered))
}

/// Takes all of it away. The node was killed, so nobody writes to it.
///
/// # Errors
/// What cannot be taken away.
pub(super) fn lose(folder: &Path) -> Result<(), String> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done.map_err(|error| format!("{} cannot be removed: {error}", folder.display())),
    }
}
