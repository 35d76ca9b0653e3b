//! What stands in the file of the archive: the lines, where some are missing, and a few numbers.

use bytes::Bytes;
use redb::{ReadTransaction, ReadableTable, TableDefinition, WriteTransaction};

use super::cut::{self, Keep};
use super::error::Fault;
use crate::proto::archive::{ArchivedLine, Ask, Faded, Found, Part, Stretch, Stretches};
use crate::proto::entry::Payload;
use crate::proto::id::Index;

/// The format that this release writes, and the greatest that it reads.
pub(super) const FORMAT: u64 = 1;

/// The lines, by their places.
const LINES: TableDefinition<u64, &[u8]> = TableDefinition::new("lines");
/// The places of which lines are missing: from, to.
const MISSING: TableDefinition<u64, u64> = TableDefinition::new("missing");
/// Numbers, by the names below.
const NUMBERS: TableDefinition<&str, u64> = TableDefinition::new("numbers");

const FORMAT_NUMBER: &str = "format";
/// All lines up to there are here, but for those that are missing or dropped.
const REACHES: &str = "reaches";
/// Lines up to there are not kept any more.
const DROPPED: &str = "dropped";

/// The format; none in a fresh file.
pub(super) fn format(file: &ReadTransaction) -> Result<Option<u64>, Fault> {
    number(file, FORMAT_NUMBER)
}

/// Makes the file one that holds nothing.
pub(super) fn clear(file: &WriteTransaction) -> Result<(), Fault> {
    file.delete_table(LINES)?;
    file.delete_table(MISSING)?;
    file.delete_table(NUMBERS)?;
    file.open_table(LINES)?;
    file.open_table(MISSING)?;
    file.open_table(NUMBERS)?.insert(FORMAT_NUMBER, FORMAT)?;
    Ok(())
}

/// Appends what an application gives away, and notes where it had nothing to give.
pub(super) fn append(file: &WriteTransaction, index: Index, faded: &Faded) -> Result<(), Fault> {
    let reached = {
        let mut numbers = file.open_table(NUMBERS)?;
        let reached = numbers.get(REACHES)?.map_or(0, |reached| reached.value());
        numbers.insert(REACHES, reached.max(index.0))?;
        Index(reached)
    };
    // Gaps before the file's end were seen to when that was written.
    let unseen = Stretch::behind(reached, index);
    let gaps = faded.gaps.iter().filter_map(|gap| gap.and(unseen?));
    change_missing(file, |missing| {
        gaps.for_each(|gap| missing.add(gap));
        if let Some(whole) = Stretch::behind(faded.behind, index) {
            missing.remove(whole);
        }
    })?;
    insert(file, &faded.lines)
}

/// Puts in what another archive had of the missing lines.
pub(super) fn fill(file: &WriteTransaction, part: &Part) -> Result<(), Fault> {
    change_missing(file, |missing| missing.remove(part.stretch))?;
    insert(file, &part.lines)
}

/// Cuts off what is kept no more, or a part of it, in a transaction that brings so many lines. Tells whether
/// anything was cut off.
pub(super) fn cut(file: &WriteTransaction, keep: Keep, brought: u64) -> Result<bool, Fault> {
    let dropped = cut::cut(&mut file.open_table(LINES)?, keep, brought)?;
    if let Some(dropped) = dropped {
        let mut numbers = file.open_table(NUMBERS)?;
        let before = numbers.get(DROPPED)?.map_or(0, |before| before.value());
        numbers.insert(DROPPED, before.max(dropped))?;
    }
    Ok(dropped.is_some())
}

/// What is missing and would be kept.
pub(super) fn missing(file: &ReadTransaction) -> Result<Stretches, Fault> {
    let mut missing = read_missing(&file.open_table(MISSING)?)?;
    if let Some(dropped) = dropped(file)? {
        missing.remove(dropped);
    }
    Ok(missing)
}

/// Looks for lines.
pub(super) fn find(file: &ReadTransaction, ask: Ask) -> Result<Found, Fault> {
    let mut lacking = read_missing(&file.open_table(MISSING)?)?;
    dropped(file)?.into_iter().for_each(|dropped| lacking.add(dropped));
    let reaches = Index(number(file, REACHES)?.unwrap_or(0));
    if let Some(beyond) = Stretch::behind(reaches, ask.stretch.last) {
        lacking.add(beyond);
    }
    let lines = file.open_table(LINES)?;
    let mut broken = None;
    let Stretch { first, last } = ask.stretch;
    let newest_first = lines.range(first.0..=last.0)?.rev().map_while(|item| match item {
        Ok((place, bytes)) => line(place.value(), bytes.value()),
        Err(error) => {
            broken = Some(error);
            None
        }
    });
    let found = Found::take(ask, newest_first, &lacking);
    broken.map_or(Ok(found), |error| Err(error.into()))
}

fn line(place: u64, bytes: &[u8]) -> Option<ArchivedLine> {
    let bytes = Payload::new(Bytes::copy_from_slice(bytes))?;
    Some(ArchivedLine { place: Index(place), bytes })
}

fn insert(file: &WriteTransaction, lines: &[ArchivedLine]) -> Result<(), Fault> {
    let mut table = file.open_table(LINES)?;
    for line in lines {
        table.insert(line.place.0, line.bytes.bytes.as_ref())?;
    }
    Ok(())
}

fn read_missing(table: &impl ReadableTable<u64, u64>) -> Result<Stretches, Fault> {
    let mut missing = Stretches::default();
    for item in table.iter()? {
        let (first, last) = item?;
        Stretch::from_to(Index(first.value()), Index(last.value()))
            .into_iter()
            .for_each(|stretch| missing.add(stretch));
    }
    Ok(missing)
}

fn change_missing(
    file: &WriteTransaction,
    change: impl FnOnce(&mut Stretches),
) -> Result<(), Fault> {
    let mut table = file.open_table(MISSING)?;
    let before = read_missing(&table)?;
    let mut after = before.clone();
    change(&mut after);
    if before != after {
        table.retain(|_, _| false)?;
        for stretch in after.iter() {
            table.insert(stretch.first.0, stretch.last.0)?;
        }
    }
    Ok(())
}

fn number(file: &ReadTransaction, name: &str) -> Result<Option<u64>, Fault> {
    match file.open_table(NUMBERS) {
        Err(redb::TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(error.into()),
        Ok(numbers) => Ok(numbers.get(name)?.map(|number| number.value())),
    }
}

/// The places whose lines are kept no more.
fn dropped(file: &ReadTransaction) -> Result<Option<Stretch>, Fault> {
    Ok(number(file, DROPPED)?.and_then(|last| Stretch::behind(Index::ZERO, Index(last))))
}
