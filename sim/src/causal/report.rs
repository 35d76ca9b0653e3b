//! What `sim bisect` prints: what is broken, the input that broke it, and the past of that moment.

use std::collections::BTreeSet;
use std::fmt::Write;

use ringchat::proto::time::Instant;

use super::bisect::{Broken, Case, is_said};
use super::words::{Words, is_routine};
use super::{Handled, InputNumber};
use crate::checker::violation::Violation;
use crate::history::{Happening, Record};
use crate::trace::names::Names;

/// How many lines of the past are printed.
const LINES_MAX: usize = 60;

/// How many of them are kept for what the world did last.
const FAULTS_MAX: usize = 20;

/// A line of the past.
struct Line {
    text: String,
    weight: Weight,
}

/// How much a line tells, what tells most first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// The world did it.
    Fault,
    /// It led to something.
    Telling,
    /// It led to nothing that anybody said.
    Quiet,
}

/// What is broken and what led to it, with a line break at the end of each line.
pub fn report(case: &Case) -> String {
    let names = Names::of(&case.history);
    let words = Words { names: &names, inputs: &case.inputs };
    let mut text = head(&case.what);
    let moment = case.moment().and_then(|number| Some((number, case.inputs.get(number)?)));
    // Writing to a string cannot fail.
    match moment {
        Some((number, handled)) => {
            let (count, whose) = (case.inputs.count(), words.whose(handled));
            let line = words.line(handled);
            let at = handled.at;
            let _ = writeln!(text, "input {number} of {count} at {at} at node {whose}: {line}");
            past(&mut text, case, &words, number);
        }
        None => {
            text.push_str("no node can be named, so there is no past to show\n");
            text.push_str("hint: follow the run with `sim run --engine events --trace`\n");
        }
    }
    text
}

fn head(what: &Broken) -> String {
    match what {
        Broken::AtOnce(violation) => guarantee(violation),
        Broken::InTheEnd(violation) => {
            let node = violation.nodes.first().map_or("nobody", String::as_str);
            let why =
                "no single input broke it: it was seen only when everything should have settled";
            guarantee(violation) + &format!("{why}\nwhat {node} handled last:\n")
        }
        Broken::Crash(how) => format!("a node could not go on: {how}\n"),
        Broken::Unsettled(missing) => {
            format!("the ring did not settle: {}\nno single input did that\n", missing.join("; "))
        }
    }
}

fn guarantee(violation: &Violation) -> String {
    let Violation { guarantee, nodes, expected, found, .. } = violation;
    format!(
        "{guarantee} ({}) is broken at {}: {}\nexpected {expected}\nfound    {found}\n",
        guarantee.name(),
        nodes.join(", "),
        guarantee.statement()
    )
}

/// What happened before the moment: what tells something, with what the world did in between.
fn past(text: &mut String, case: &Case, words: &Words<'_>, moment: InputNumber) {
    let past = case.inputs.past(moment);
    let all = past.iter().filter_map(|number| Some((*number, case.inputs.get(*number)?)));
    let (mut lines, mut routine) = (Vec::new(), 0);
    let (mut nodes, mut heard) = (BTreeSet::new(), BTreeSet::new());
    let mut faults = case.history.records().iter().filter(|it| is_fault(it)).peekable();
    for (number, handled) in all {
        nodes.insert(handled.node);
        while let Some(record) = faults.next_if(|record| is_before(record, handled)) {
            lines.push(fault(record, words.names));
        }
        let leads_on = !handled.led_to.is_empty() || number == moment;
        let is_new = !is_routine(&handled.input) && heard.insert(words.gist(handled));
        if !leads_on && !is_new {
            routine += 1;
            continue;
        }
        let what = format!("{number} {}", words.line(handled));
        let text = line(handled.at, &words.whose(handled), &what);
        lines.push(Line { text, weight: if leads_on { Weight::Telling } else { Weight::Quiet } });
    }
    lines.extend(faults.map(|record| fault(record, words.names)));
    let (before, others) = (past.len() - 1, case.inputs.count() - past.len());
    let _ = writeln!(
        text,
        "before it happened {before} inputs at {} nodes, {routine} of them routine or told again; \
         the {others} others were concurrent or came later",
        nodes.len(),
    );
    let cut = lines.len().saturating_sub(LINES_MAX);
    if cut > 0 {
        let _ = writeln!(
            text,
            "{cut} lines are left out: those that led to nothing first, then the earliest"
        );
    }
    chosen(&lines).into_iter().for_each(|place| text.push_str(&lines[place].text));
}

/// The places of those lines that are printed, in their order.
fn chosen(lines: &[Line]) -> Vec<usize> {
    let mut faults = 0;
    let latest_first = lines.iter().enumerate().rev();
    let mut weighed: Vec<(Weight, usize)> = latest_first
        .map(|(place, line)| {
            faults += usize::from(line.weight == Weight::Fault);
            let is_old = line.weight == Weight::Fault && faults > FAULTS_MAX;
            (if is_old { Weight::Quiet } else { line.weight }, place)
        })
        .collect();
    // A stable sort: of one weight the latest stay first.
    weighed.sort_by_key(|(weight, _)| *weight);
    let mut places: Vec<usize> =
        weighed.into_iter().take(LINES_MAX).map(|(_, place)| place).collect();
    places.sort_unstable();
    places
}

/// Whether the world did it. That the founders start goes without saying.
fn is_fault(record: &Record) -> bool {
    let founds = matches!(record.what, Happening::Started { .. }) && record.at == Instant::START;
    !is_said(&record.what) && !founds
}

/// Whether what the world did comes before an input: of one moment, inputs come first, unless it is
/// the world that gives them.
fn is_before(record: &Record, handled: &Handled) -> bool {
    use ringchat::proto::input::Input;
    let given = matches!(handled.input, Input::Command(_));
    record.at < handled.at || given && record.at == handled.at
}

fn fault(record: &Record, names: &Names) -> Line {
    let what = match &record.what {
        Happening::Started { .. } => "starts",
        Happening::Died => "dies",
        Happening::Paused => "stands still",
        Happening::Resumed => "goes on",
        Happening::Fault(what) => what,
        Happening::Event(_) | Happening::Delivered(_) => "",
    };
    let text = line(record.at, &names.whose(record), &format!("-- {what}"));
    Line { text, weight: Weight::Fault }
}

fn line(at: Instant, who: &str, what: &str) -> String {
    let at = at.to_string();
    format!("{at:>12}  {who:<6}  {what}\n")
}
