//! Where this node keeps what must outlive it: a folder per name below the user's data, or nowhere.

use std::env;
use std::path::{Path, PathBuf};
use std::task::{Context, Poll};

use super::keep_history::KeepHistory;
use crate::chat::name::Name;
use crate::chat::state::Chat;
use crate::driver::disk::Disk;
use crate::driver::store::{Memory, Store, Ticket, Told};
use crate::proto::archive::{Ask, Faded, Part};
use crate::proto::id::Index;
use crate::proto::input::WriteId;
use crate::proto::node::Node;
use crate::proto::output::Write;
use crate::store::archive::Archive;
use crate::store::database::{self, Kept};
use crate::store::error::StoreError;

/// Of nodes that are started without a name, so many have a folder of their own on one machine.
const UNNAMED_AT_MOST: usize = 64;

/// Where a node keeps what must outlive it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Nowhere.
    Memory,
    /// In this folder.
    Folder(PathBuf),
    /// In the folder that belongs to its name.
    OfName,
    /// The same, with a number if another node of this machine uses that: nobody chose the name.
    OfAnyName,
}

/// There is no folder. Nothing was started.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// Nobody has said where the user's data are.
    #[error(
        "neither XDG_DATA_HOME nor HOME says where data are kept; give a folder with --data, or keep \
         nothing with --memory"
    )]
    Homeless,
    /// The file in the folder cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Opens the file of this place, if it is one.
///
/// # Errors
/// [`PlaceError`], which says what to do.
pub fn open(place: &Place, name: &Name) -> Result<Option<database::Store>, PlaceError> {
    let home = || data_home().ok_or(PlaceError::Homeless);
    match place {
        Place::Memory => Ok(None),
        Place::Folder(folder) => Ok(Some(database::Store::open(folder)?)),
        Place::OfName => Ok(Some(database::Store::open(&home()?.join(folder_name(name)))?)),
        Place::OfAnyName => {
            let home = home()?;
            let mut opened = database::Store::open(&home.join(folder_name(name)));
            for number in 2..=UNNAMED_AT_MOST {
                if !matches!(opened, Err(StoreError::InUse { .. })) {
                    break;
                }
                opened = database::Store::open(&home.join(folder_name(&name.numbered(number))));
            }
            Ok(Some(opened?))
        }
    }
}

/// What the node of this file was, if it was one.
///
/// # Errors
/// [`PlaceError`], which says what to do.
pub fn wake(file: &mut database::Store) -> Result<Option<Kept>, PlaceError> {
    let kept = file.wake()?;
    let snapshot = kept.as_ref().map(|kept| &kept.recovered.snapshot);
    // A node that found out later might have written its own, empty chat by then.
    if let Some(snapshot) = snapshot.filter(|it| it.head.index > Index::ZERO)
        && let Err(why) = Chat::restore(&snapshot.application)
    {
        let path = file.path().to_owned();
        return Err(StoreError::Application { path, why: why.to_string() }.into());
    }
    Ok(kept)
}

/// Opens the archive beside the file of a node whose snapshot goes up to `reached`, or of a new one, to
/// whom what was in it means nothing.
///
/// # Errors
/// [`PlaceError`], which says what to do.
pub fn open_archive(
    file: &database::Store,
    keep: KeepHistory,
    reached: Option<Index>,
) -> Result<Archive, PlaceError> {
    let archive = Archive::open(folder_of(file), keep.into())?;
    match reached {
        Some(index) => archive.reach(index)?,
        None => archive.clear()?,
    }
    Ok(archive)
}

/// Where programs keep the user's data (XDG Base Directory Specification), and this one its own.
fn data_home() -> Option<PathBuf> {
    let folder = |variable| env::var_os(variable).map(PathBuf::from).filter(|it| it.is_absolute());
    let data = folder("XDG_DATA_HOME").or_else(|| Some(folder("HOME")?.join(".local/share")));
    data.map(|data| data.join("ringchat"))
}

/// The name as one part of a path: whatever could mean something there is written as its bytes.
fn folder_name(name: &Name) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let parts = name.as_str().bytes().map(|byte| {
        if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02x}") }
    });
    parts.collect()
}

/// Either store, whichever the person wants.
#[derive(Debug)]
pub enum Storage {
    /// Nothing is kept.
    Memory(Memory),
    /// A file is written.
    Disk(Disk),
}

impl Store for Storage {
    fn begin(&mut self, write: Write, node: &Node, faded: Option<Faded>) {
        match self {
            Storage::Memory(memory) => memory.begin(write, node, faded),
            Storage::Disk(disk) => disk.begin(write, node, faded),
        }
    }

    fn completed(&mut self) -> Option<Result<WriteId, String>> {
        match self {
            Storage::Memory(memory) => memory.completed(),
            Storage::Disk(disk) => disk.completed(),
        }
    }

    fn read(&mut self, ticket: Ticket, ask: Ask) {
        match self {
            Storage::Memory(memory) => memory.read(ticket, ask),
            Storage::Disk(disk) => disk.read(ticket, ask),
        }
    }

    fn keep(&mut self, part: Part) {
        match self {
            Storage::Memory(memory) => memory.keep(part),
            Storage::Disk(disk) => disk.keep(part),
        }
    }

    fn told(&mut self) -> Option<Told> {
        match self {
            Storage::Memory(memory) => memory.told(),
            Storage::Disk(disk) => disk.told(),
        }
    }

    fn abandon(&mut self) {
        match self {
            Storage::Memory(memory) => memory.abandon(),
            Storage::Disk(disk) => disk.abandon(),
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match self {
            Storage::Memory(memory) => memory.poll(cx),
            Storage::Disk(disk) => disk.poll(cx),
        }
    }
}

/// The folder that a file is in, for people.
pub fn folder_of(file: &database::Store) -> &Path {
    file.path().parent().unwrap_or(file.path())
}
