//! A disk of which a test knows what is written and what is synced, and which fails when it is told to.

use std::io;
use std::sync::{Arc, Mutex};

use redb::StorageBackend;

/// A disk. Clones are the same disk.
#[derive(Clone, Debug, Default)]
pub struct Drive(Arc<Mutex<Platter>>);

#[derive(Debug, Default)]
struct Platter {
    /// What a power cut leaves for sure.
    synced: Vec<u8>,
    /// What reads see.
    seen: Vec<u8>,
    /// What was done since the last sync.
    unsynced: Vec<Change>,
    steps: usize,
    fails_from: Option<usize>,
}

#[derive(Clone, Debug)]
enum Change {
    Write(usize, Vec<u8>),
    Length(usize),
}

/// What becomes of unsynced writes when the power goes.
#[derive(Clone, Copy, Debug)]
pub enum Cut {
    /// There was none: all is written.
    Nothing,
    /// All of them are lost.
    All,
    /// The first ones are kept, of the last of them a part.
    First(usize),
    /// Every so manieth is lost, though later ones are kept.
    Each(usize),
    /// Of each a part is kept.
    Torn,
}

impl Cut {
    /// All kinds that are worth a look after so many steps.
    pub fn all(step: usize) -> Vec<Cut> {
        vec![
            Cut::Nothing,
            Cut::All,
            Cut::First(1),
            Cut::First(1 + step % 5),
            Cut::Each(2),
            Cut::Each(3 + step % 3),
            Cut::Torn,
        ]
    }
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

    /// The first sectors of it.
    fn torn(&self) -> Change {
        match self {
            Change::Write(at, data) => {
                let sectors = (data.len() / 2) / 512 * 512;
                Change::Write(*at, data[..sectors.max(data.len().min(64))].to_vec())
            }
            Change::Length(length) => Change::Length(*length),
        }
    }
}

impl Drive {
    pub fn new() -> Drive {
        Drive::default()
    }

    /// A disk that holds this.
    pub fn of(bytes: Vec<u8>) -> Drive {
        let platter = Platter { synced: bytes.clone(), seen: bytes, ..Platter::default() };
        Drive(Arc::new(Mutex::new(platter)))
    }

    /// How many writes and syncs there were.
    pub fn steps(&self) -> usize {
        self.0.lock().unwrap().steps
    }

    /// From this write or sync on all of them fail.
    pub fn fail_from(&self, step: usize) {
        self.0.lock().unwrap().fails_from = Some(step);
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().seen.clone()
    }

    pub fn flip(&self, at: usize) {
        let mut platter = self.0.lock().unwrap();
        platter.seen[at] ^= 1 << (at % 8);
        platter.synced = platter.seen.clone();
    }

    /// The disk as it is when the power is back.
    pub fn after(&self, cut: Cut) -> Drive {
        let platter = self.0.lock().unwrap();
        let mut bytes = platter.synced.clone();
        let changes = platter.unsynced.iter();
        match cut {
            Cut::Nothing => changes.for_each(|change| change.apply(&mut bytes)),
            Cut::All => {}
            Cut::First(count) => {
                changes.clone().take(count).for_each(|change| change.apply(&mut bytes));
                changes.skip(count).take(1).for_each(|change| change.torn().apply(&mut bytes));
            }
            Cut::Each(nth) => {
                let kept = changes.enumerate().filter(|(at, _)| at % nth != 0);
                kept.for_each(|(_, change)| change.apply(&mut bytes));
            }
            Cut::Torn => changes.for_each(|change| change.torn().apply(&mut bytes)),
        }
        Drive::of(bytes)
    }

    fn step(&self, change: Option<Change>) -> io::Result<()> {
        let mut platter = self.0.lock().unwrap();
        if platter.fails_from.is_some_and(|from| platter.steps >= from) {
            return Err(io::Error::new(io::ErrorKind::StorageFull, "no space left on the drive"));
        }
        platter.steps += 1;
        match change {
            Some(change) => {
                change.apply(&mut platter.seen);
                platter.unsynced.push(change);
            }
            None => {
                platter.synced = platter.seen.clone();
                platter.unsynced.clear();
            }
        }
        Ok(())
    }
}

impl StorageBackend for Drive {
    fn len(&self) -> Result<u64, io::Error> {
        Ok(self.0.lock().unwrap().seen.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), io::Error> {
        let platter = self.0.lock().unwrap();
        let start = offset as usize;
        let bytes = platter.seen.get(start..start + out.len());
        out.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> Result<(), io::Error> {
        self.step(Some(Change::Length(len as usize)))
    }

    fn sync_data(&self) -> Result<(), io::Error> {
        self.step(None)
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), io::Error> {
        self.step(Some(Change::Write(offset as usize, data.to_vec())))
    }
}
