//! Everything that happened, frames included: for whoever looks for the cause of something.

use std::fmt::Write;

use ringchat::proto::time::Instant;
use ringchat::trace::describe;

use super::names::Names;
use super::wording::Wording;
use crate::engine::Frame;
use crate::history::{Happening, History, Record};
use crate::scenario::Scenario;

/// All records and frames in simulated order, one line each. A frame stands behind the records of
/// the same moment.
pub fn everything(scenario: &Scenario, history: &History, frames: &[Frame]) -> String {
    let names = Names::of(history);
    let mut text = String::new();
    let mut frames = frames.iter().peekable();
    let write_frame = |text: &mut String, frame: &Frame| {
        let (from, to) = frame.way;
        let way = format!("{} -> {}", scenario.name_of(from), scenario.name_of(to));
        line(text, frame.at, &way, &Wording { names: &names }.in_full(&frame.message));
    };
    for record in history.records() {
        while let Some(frame) = frames.next_if(|frame| frame.at < record.at) {
            write_frame(&mut text, frame);
        }
        let what = words(record, &names);
        line(&mut text, record.at, &names.whose(record), &what);
    }
    for frame in frames {
        write_frame(&mut text, frame);
    }
    text
}

fn line(text: &mut String, at: Instant, who: &str, what: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{at:>12}  {who:<10}  {what}");
}

/// What a record says.
fn words(record: &Record, names: &Names) -> String {
    match &record.what {
        // Its identity follows from the seed, and no line speaks of it: so traces of two seeds part later.
        Happening::Started { address, .. } => format!("starts at {address}"),
        Happening::Died => "dies".to_owned(),
        Happening::Paused => "stands still".to_owned(),
        Happening::Resumed => "goes on".to_owned(),
        Happening::Event(event) => describe(event, &|id| names.id(id)),
        Happening::Delivered(it) => {
            let origin = names.id(it.message.origin);
            let text = String::from_utf8_lossy(&it.message.payload.bytes).into_owned();
            format!("delivers {}: {text:?} of {origin}, its {}.", it.index, it.message.seq)
        }
        Happening::Fault(what) => format!("-- {what}"),
    }
}
