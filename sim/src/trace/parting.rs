//! Where two traces part: how far they are the same, what comes next in each, and at which nodes.

use std::collections::BTreeMap;
use std::fmt::Write;

/// How many of the last common lines are shown.
const CONTEXT: usize = 5;

/// How many lines of each are shown from where they differ.
const SHOWN: usize = 10;

/// The lines of a trace, as [`super::everything::everything`] writes them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace<'a> {
    lines: Vec<&'a str>,
}

impl<'a> Trace<'a> {
    /// Reads a trace. What is no line of one, such as the report behind it, is passed over.
    pub fn read(text: &'a str) -> Trace<'a> {
        Trace { lines: text.lines().filter(|line| parts(line).is_some()).collect() }
    }

    /// How many lines it has.
    pub fn count(&self) -> usize {
        self.lines.len()
    }

    /// What happened at each node, or went out from it.
    fn by_node(&self) -> BTreeMap<&'a str, Vec<&'a str>> {
        let mut nodes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for line in &self.lines {
            if let Some((_, who)) = parts(line) {
                nodes.entry(node(who)).or_default().push(line);
            }
        }
        nodes
    }
}

/// Where two traces part, in words; none, if they are the same.
pub fn parting(a: &Trace<'_>, b: &Trace<'_>) -> Option<String> {
    let same = a.lines.iter().zip(&b.lines).take_while(|(one, other)| one == other).count();
    if same == a.count() && same == b.count() {
        return None;
    }
    let mut text = match same {
        0 => "no line is the same\n".to_owned(),
        1 => "the first line is the same\n".to_owned(),
        _ => format!("the first {same} lines are the same\n"),
    };
    let context = a.lines.iter().take(same).skip(same.saturating_sub(CONTEXT));
    context.for_each(|line| write_line(&mut text, ' ', line));
    for (sign, trace) in [('-', a), ('+', b)] {
        let rest = trace.lines.iter().skip(same);
        rest.clone().take(SHOWN).for_each(|line| write_line(&mut text, sign, line));
        match rest.count().saturating_sub(SHOWN) {
            0 => {}
            more => write_line(&mut text, sign, &format!("and {more} more")),
        }
    }
    text.push_str(&at_nodes(a, b));
    Some(text)
}

fn write_line(text: &mut String, sign: char, line: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{sign} {line}");
}

/// At which nodes they part, the first of them first, and at which they never do.
fn at_nodes(a: &Trace<'_>, b: &Trace<'_>) -> String {
    let (in_a, in_b) = (a.by_node(), b.by_node());
    let (mut parted, mut same) = (Vec::new(), Vec::new());
    let only_in_b = in_b.keys().filter(|node| !in_a.contains_key(*node));
    for node in in_a.keys().chain(only_in_b) {
        let none = Vec::new();
        let (one, other) = (in_a.get(node).unwrap_or(&none), in_b.get(node).unwrap_or(&none));
        let common = one.iter().zip(other).take_while(|(one, other)| one == other).count();
        let next = [one.get(common), other.get(common)];
        let times = next.into_iter().flatten().filter_map(|line| parts(line));
        match times.min_by_key(|(time, _)| micros(time)) {
            Some((time, _)) => parted.push((micros(time), *node, time)),
            None => same.push(*node),
        }
    }
    parted.sort();
    let parted: Vec<String> =
        parted.iter().map(|(_, node, time)| format!("{node} ({time})")).collect();
    let mut text = format!("they part at {}\n", parted.join(", then "));
    if parted.is_empty() {
        text = "at each node they are the same: only the order between nodes differs\n".to_owned();
    } else if !same.is_empty() {
        let _ = writeln!(text, "and are the same to the end at {}", same.join(" "));
    }
    text
}

/// The time of a line and at whom it happened; none, if it is no line of a trace.
fn parts(line: &str) -> Option<(&str, &str)> {
    let (time, rest) = line.trim_start().split_once("  ")?;
    micros(time)?;
    let (who, _) = rest.split_once("  ")?;
    Some((time, who))
}

/// Seconds with six decimals, in microseconds.
fn micros(time: &str) -> Option<u64> {
    let (seconds, micros) = time.split_once('.')?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if micros.len() != 6 || !digits(seconds) || !digits(micros) {
        return None;
    }
    let seconds: u64 = seconds.parse().ok()?;
    seconds.checked_mul(1_000_000)?.checked_add(micros.parse().ok()?)
}

/// The node, whichever of its lives it is: `n2` of `n2#3`, and of `n2 -> n1`, which it sends.
fn node(who: &str) -> &str {
    let sender = who.split_once(" -> ").map_or(who, |(from, _)| from);
    sender.split_once('#').map_or(sender, |(name, _)| name)
}
