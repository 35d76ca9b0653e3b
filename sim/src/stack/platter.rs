//! What a simulated disk is made of: bytes that are durable, and changes that are not yet.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redb::StorageBackend;

use crate::lots::Drops;

/// What a disk writes whole or not at all, in bytes. The header of a redb file stands in the first.
const SECTOR: usize = 512;

/// One file of a simulated disk, below the product's own store. Clones are the same file.
#[derive(Clone, Debug, Default)]
pub(super) struct Platter(Arc<Mutex<Surface>>);

#[derive(Debug, Default)]
struct Surface {
    /// What a power cut leaves for sure.
    durable: Vec<u8>,
    /// What reads see.
    seen: Vec<u8>,
    /// What was done since the last sync.
    unsynced: Vec<Change>,
    obeys: Obeys,
}

/// What a disk does of what it is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Obeys {
    /// All of it.
    #[default]
    Fully,
    /// It takes writes, and never makes them durable.
    WithoutSync,
    /// Nothing: whoever still holds the file is dead.
    Nobody,
}

/// What becomes of the changes that are not durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Only the process is gone: the system has what it was given, up to some moment.
    Interrupted,
    /// The power is gone, or the disk is broken: each change is there, gone or torn.
    Unknown,
    /// The same, but the header is as it was, and so is what the file says.
    Void,
}

#[derive(Clone, Debug)]
enum Change {
    Write(usize, Vec<u8>),
    Length(usize),
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Change::Write(at, data) => {
                let end = at + data.len();
                if bytes.len() < end {
                    bytes.resize(end, 0);
                }
                bytes[*at..end].copy_from_slice(data);
            }
            Change::Length(length) => bytes.resize(*length, 0),
        }
    }

    /// What is left of it in the end; none, if nothing is.
    fn survives(self, fate: Fate, lots: &mut Drops) -> Option<Change> {
        let lot = lots.range(0, 3);
        match self {
            Change::Write(at, _) if fate == Fate::Void && at < SECTOR => None,
            Change::Write(at, mut data) if lot == 0 => {
                let sectors = (data.len() / SECTOR) as u64;
                data.truncate(lots.range(0, sectors) as usize * SECTOR);
                Some(Change::Write(at, data))
            }
            whole => (lot > 1).then_some(whole),
        }
    }
}

impl Platter {
    /// From now on the disk does this.
    pub(super) fn obeys(&self, obeys: Obeys) {
        self.surface().obeys = obeys;
    }

    /// Another file with what reads see in this one.
    pub(super) fn copy(&self) -> Platter {
        let bytes = self.surface().seen.clone();
        let surface = Surface { durable: bytes.clone(), seen: bytes, ..Surface::default() };
        Platter(Arc::new(Mutex::new(surface)))
    }

    /// Nobody writes any more: decides what is left of that which was not durable. Tells whether
    /// all of it is.
    pub(super) fn meets(&self, fate: Fate, lots: &mut Drops) -> bool {
        let mut surface = self.surface();
        let changes = std::mem::take(&mut surface.unsynced);
        let count = changes.len() as u64;
        let mut bytes = std::mem::take(&mut surface.durable);
        let kept = match fate {
            Fate::Interrupted => {
                let kept = lots.range(0, count);
                let first = changes.into_iter().take(kept as usize);
                first.for_each(|change| change.apply(&mut bytes));
                kept
            }
            Fate::Unknown | Fate::Void => {
                // All or nothing is as likely as each mixture of them.
                let mood = lots.range(0, 3);
                let mut kept = 0;
                for change in changes {
                    let whole = change.clone();
                    let left = match (mood, fate) {
                        (0, _) => None,
                        (1, Fate::Unknown | Fate::Interrupted) => Some(change),
                        (_, _) => change.survives(fate, lots),
                    };
                    let Some(left) = left else { continue };
                    kept += u64::from(left.is_as_much_as(&whole));
                    left.apply(&mut bytes);
                }
                kept
            }
        };
        surface.seen.clone_from(&bytes);
        surface.durable = bytes;
        kept == count
    }

    /// A panic of whoever held it is told by then; the bytes are what they are.
    fn surface(&self) -> MutexGuard<'_, Surface> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: Change) -> io::Result<()> {
        let mut surface = self.surface();
        match surface.obeys {
            Obeys::Fully | Obeys::WithoutSync => {}
            Obeys::Nobody => return Err(refusal()),
        }
        change.apply(&mut surface.seen);
        surface.unsynced.push(change);
        Ok(())
    }
}

impl Change {
    fn is_as_much_as(&self, other: &Change) -> bool {
        match (self, other) {
            (Change::Write(_, one), Change::Write(_, other)) => one.len() == other.len(),
            (Change::Length(_), _) | (Change::Write(..), Change::Length(_)) => true,
        }
    }
}

impl StorageBackend for Platter {
    fn len(&self) -> io::Result<u64> {
        Ok(self.surface().seen.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let surface = self.surface();
        let start = offset as usize;
        let bytes = surface.seen.get(start..start + out.len());
        out.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.change(Change::Length(len as usize))
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut surface = self.surface();
        match surface.obeys {
            Obeys::Fully => {}
            Obeys::WithoutSync | Obeys::Nobody => return Err(refusal()),
        }
        let changes = std::mem::take(&mut surface.unsynced);
        changes.iter().for_each(|change| change.apply(&mut surface.durable));
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.change(Change::Write(offset as usize, data.to_vec()))
    }
}

fn refusal() -> io::Error {
    io::Error::new(io::ErrorKind::StorageFull, "the simulated disk takes nothing more")
}
