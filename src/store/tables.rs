//! What stands in the file: a few numbers, the log, and a snapshot before it.

use std::net::SocketAddr;

use bytes::Bytes;
use redb::{ReadTransaction, ReadableTable, TableDefinition, WriteTransaction};

use super::error::Fault;
use crate::proto::entry::{Entry, Snapshot};
use crate::proto::id::{Ballot, Index, NodeId, RingId};
use crate::proto::output::Write;
use crate::proto::recovered::Recovered;
use crate::wire::record::{decode_entry, decode_head, encode_entry, encode_head};

/// The format that this release writes, and the greatest that it reads.
pub(super) const FORMAT: u64 = 1;

/// Numbers, by the names below.
pub(super) const NUMBERS: TableDefinition<&str, u64> = TableDefinition::new("numbers");
/// Texts, by the names below.
const TEXTS: TableDefinition<&str, &str> = TableDefinition::new("texts");
/// The entries behind the snapshot, by their places.
const LOG: TableDefinition<u64, &[u8]> = TableDefinition::new("log");
/// The snapshot's two parts, by the names below.
const SNAPSHOT: TableDefinition<&str, &[u8]> = TableDefinition::new("snapshot");

pub(super) const FORMAT_NUMBER: &str = "format";
const NODE: &str = "node";
const LIVES: &str = "lives";
const RING: &str = "ring";
const PROMISED_ROUND: &str = "promised round";
const PROMISED_PROPOSER: &str = "promised proposer";
const COMMITTED: &str = "committed";
const ADDRESS: &str = "address";
const HEAD: &str = "head";
const APPLICATION: &str = "application";

/// A write with the entries that belong to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// What the node wants.
    pub write: Write,
    /// The entries behind `write.behind`, up to `write.last`.
    pub entries: Vec<Entry>,
}

/// The node whose file this is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Where it listened, and where the others look for it.
    pub address: SocketAddr,
    /// What it held.
    pub recovered: Recovered,
}

/// Gives the file to a new incarnation: what was in it is gone.
pub(super) fn give_to(
    file: &WriteTransaction,
    node: NodeId,
    address: SocketAddr,
) -> Result<(), Fault> {
    file.delete_table(NUMBERS)?;
    file.delete_table(TEXTS)?;
    file.delete_table(LOG)?;
    file.delete_table(SNAPSHOT)?;
    file.open_table(LOG)?;
    file.open_table(SNAPSHOT)?;
    file.open_table(TEXTS)?.insert(ADDRESS, address.to_string().as_str())?;
    let mut numbers = file.open_table(NUMBERS)?;
    for (name, number) in [(FORMAT_NUMBER, FORMAT), (NODE, node.0), (LIVES, 0)] {
        numbers.insert(name, number)?;
    }
    Ok(())
}

/// Counts a life more; gives the count.
pub(super) fn begin_life(file: &WriteTransaction) -> Result<u64, Fault> {
    let mut numbers = file.open_table(NUMBERS)?;
    let lives = numbers.get(LIVES)?.map_or(0, |lives| lives.value()) + 1;
    numbers.insert(LIVES, lives)?;
    Ok(lives)
}

/// Puts a record to what is there.
pub(super) fn apply(file: &WriteTransaction, record: &Record) -> Result<(), Fault> {
    let Record { write, entries } = record;
    let mut numbers = file.open_table(NUMBERS)?;
    match write.ring {
        Some(RingId(ring)) => numbers.insert(RING, ring)?,
        None => numbers.remove(RING)?,
    };
    for (name, number) in [
        (PROMISED_ROUND, write.promised.round),
        (PROMISED_PROPOSER, write.promised.proposer.0),
        (COMMITTED, write.committed.0),
    ] {
        numbers.insert(name, number)?;
    }
    let mut log = file.open_table(LOG)?;
    let behind = write.behind.next().0;
    if log.range(behind..)?.next().is_some() {
        log.retain_in(behind.., |_, _| false)?;
    }
    for (place, entry) in (behind..).zip(entries) {
        log.insert(place, encode_entry(entry)?.as_ref())?;
    }
    if let Some(Snapshot { head, application }) = write.snapshot.as_deref() {
        let mut snapshot = file.open_table(SNAPSHOT)?;
        snapshot.insert(HEAD, encode_head(head)?.as_ref())?;
        snapshot.insert(APPLICATION, application.as_ref())?;
        log.retain_in(..=head.index.0, |_, _| false)?;
    }
    Ok(())
}

/// What is there; none, if its node never came into a ring, or has left it: then nobody counts on it.
pub(super) fn read(file: &ReadTransaction) -> Result<Option<Kept>, Fault> {
    let numbers = file.open_table(NUMBERS)?;
    let number = |name: &str| -> Result<u64, Fault> {
        let number = numbers.get(name)?.map(|number| number.value());
        number.ok_or_else(|| Fault::Content(format!("expected a number {name:?}, found none")))
    };
    let Some(ring) = numbers.get(RING)?.map(|ring| RingId(ring.value())) else { return Ok(None) };
    let texts = file.open_table(TEXTS)?;
    let address = texts.get(ADDRESS)?.and_then(|address| address.value().parse().ok());
    let address =
        address.ok_or_else(|| Fault::Content("expected an address, found none".into()))?;
    let snapshot = read_snapshot(file)?;
    let entries = read_log(file, snapshot.head.index)?;
    let proposer = NodeId(number(PROMISED_PROPOSER)?);
    let recovered = Recovered {
        node: NodeId(number(NODE)?),
        life: number(LIVES)?,
        ring,
        promised: Ballot { round: number(PROMISED_ROUND)?, proposer },
        committed: Index(number(COMMITTED)?),
        snapshot,
        entries,
    };
    Ok(Some(Kept { address, recovered }))
}

fn read_snapshot(file: &ReadTransaction) -> Result<Snapshot, Fault> {
    let table = file.open_table(SNAPSHOT)?;
    let Some(head) = table.get(HEAD)? else { return Ok(Snapshot::default()) };
    let head = decode_head(head.value())?;
    let application = table.get(APPLICATION)?;
    let application = application.map(|bytes| Bytes::copy_from_slice(bytes.value()));
    let missing = || Fault::Content("expected both parts of a snapshot, found one".into());
    Ok(Snapshot { head, application: application.ok_or_else(missing)? })
}

fn read_log(file: &ReadTransaction, behind: Index) -> Result<Vec<Entry>, Fault> {
    let mut entries = Vec::new();
    let mut expected = behind;
    for item in file.open_table(LOG)?.iter()? {
        let (place, bytes) = item?;
        expected = expected.next();
        if place.value() != expected.0 {
            let found = place.value();
            return Err(Fault::Content(format!("expected entry {expected} next, found {found}")));
        }
        entries.push(decode_entry(bytes.value())?);
    }
    Ok(entries)
}
