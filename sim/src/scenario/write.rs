//! Writes a scenario as a file that a person likes to read.

use std::time::Duration;

use ringchat::proto::bounds::{BOUNDS, Bound};
use ringchat::proto::config::{Config, ElectionKind};

use super::write_step::step;
use super::{
    Cuts, Expect, Network, NodeIndex, SETTLE_WITHIN, Scenario, UNDESCRIBED, Workload, numbered,
};

/// How long a line becomes, in characters.
const COLUMNS: usize = 100;

/// A line of a description that is no longer than this stays as its author broke it.
const COLUMNS_KEPT: usize = 110;

impl Scenario {
    /// The scenario as a file: what stands in it says something, and what goes without saying does
    /// not. Parsed again it is the same scenario, but for the lines of the steps, if
    ///
    /// - it is one that a file could say at all: everything in its bounds, steps in order of time,
    ///   names beyond the founders in the order in which they join, times in whole microseconds;
    /// - its description is laid out as a file has it, which [`Scenario::described`] does.
    pub fn to_toml(&self) -> String {
        let mut page = Page { text: comment(&self.description) };
        self.head(&mut page);
        network(&mut page, &self.network);
        timing(&mut page, &self.config);
        for workload in &self.workloads {
            self.workload(&mut page, workload);
        }
        for one in &self.steps {
            step(&mut page, self, one);
        }
        self.expectations(&mut page);
        page.text
    }

    fn head(&self, page: &mut Page) {
        let founders = self.names.get(..self.founders).unwrap_or(&self.names);
        page.key("seed", self.seed.to_string());
        if numbered(founders.len()).eq(founders.iter().cloned()) {
            page.key("nodes", founders.len().to_string());
        } else {
            page.list("nodes", founders.iter().map(|name| quoted(name)).collect());
        }
        page.key("duration", time(self.duration));
        if self.settle_within != SETTLE_WITHIN {
            page.key("settle_within", time(self.settle_within));
        }
        if self.disks {
            page.key("disks", "true");
        }
        if self.chat {
            page.key("chat", "true");
        }
        let election = self.config.election;
        page.key_if(election != ElectionKind::default(), "election", quoted(election.name()));
    }

    fn workload(&self, page: &mut Page, workload: &Workload) {
        let Workload { who, lines, every, from } = workload;
        page.table("[[workload]]");
        if (0..self.founders).map(NodeIndex).eq(who.iter().copied()) {
            page.key("who", quoted("all"));
        } else {
            // Always a list: a node could be called "all".
            page.list("who", self.quoted(who));
        }
        page.key("lines", lines.to_string());
        page.key("every", time(*every));
        page.key("from", time(*from));
    }

    fn expectations(&self, page: &mut Page) {
        if self.expect == Expect::default() {
            return;
        }
        let Expect { members, member_names, leader, closed_within, delivered, no_quorum, settles } =
            &self.expect;
        page.table("[expect]");
        match (member_names, members) {
            (Some(names), _) => page.list("members", self.quoted(names)),
            (None, Some(count)) => page.key("members", count.to_string()),
            (None, None) => {}
        }
        if let Some(nodes) = leader {
            page.one_or_list("leader", self.quoted(nodes));
        }
        if let Some(within) = closed_within {
            page.key("closed_within", time(*within));
        }
        if let Some(count) = delivered {
            page.key("delivered", count.to_string());
        }
        if !settles {
            page.key("settles", settles.to_string());
        }
        if !no_quorum.is_empty() {
            page.list("no_quorum", self.quoted(no_quorum));
        }
    }

    /// The names of these nodes, in quotes.
    pub(super) fn quoted(&self, nodes: &[NodeIndex]) -> Vec<String> {
        nodes.iter().map(|node| quoted(self.name_of(*node))).collect()
    }
}

fn network(page: &mut Page, network: &Network) {
    let usual = Network::default();
    if *network == usual {
        return;
    }
    let Network {
        latency_min,
        latency_max,
        tick,
        tail_per_mille,
        tail,
        cuts,
        rejects,
        disk_min,
        disk_max,
    } = *network;
    page.table("[network]");
    page.key_if(tick != usual.tick, "tick", time(tick));
    if latency_min == latency_max {
        // A latency that is not named is a tick.
        page.key_if(latency_min != tick, "latency", time(latency_min));
    } else {
        page.key("latency_min", time(latency_min));
        page.key("latency_max", time(latency_max));
    }
    let has_tail = (tail_per_mille, tail) != (usual.tail_per_mille, usual.tail);
    page.key_if(has_tail, "tail_per_mille", tail_per_mille.to_string());
    page.key_if(has_tail, "tail", time(tail));
    let word = match cuts {
        Cuts::Break => "break",
        Cuts::Stall => "stall",
    };
    page.key_if(cuts != usual.cuts, "cuts", quoted(word));
    page.key_if(rejects != usual.rejects, "rejects", rejects.to_string());
    page.key_if(disk_min != usual.disk_min, "disk_min", time(disk_min));
    page.key_if(disk_max != usual.disk_max, "disk_max", time(disk_max));
}

fn timing(page: &mut Page, config: &Config) {
    let (mut config, mut usual) = (config.clone(), Config::default());
    usual.election = config.election;
    if config == usual {
        return;
    }
    page.table("[timing]");
    for (name, bound) in BOUNDS {
        let value = |config: &mut Config| match bound {
            Bound::Time(of) => time(*of(config)),
            Bound::Count(_, of) => of(config).to_string(),
            Bound::Size(_, of) => of(config).to_string(),
        };
        let (value, usual) = (value(&mut config), value(&mut usual));
        page.key_if(value != usual, name, value);
    }
}

/// A description with no line too long, as the opening comment of a file has it.
pub(super) fn laid_out(description: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in description.lines() {
        // A comment may hold no control characters.
        let line = line.replace(char::is_control, " ").trim().to_owned();
        if line.chars().count() + 2 <= COLUMNS_KEPT {
            lines.push(line);
        } else {
            let words = line.split_whitespace().map(str::to_owned);
            lines.extend(filled(words, " ", COLUMNS - 2));
        }
    }
    lines.join("\n").trim().to_owned()
}

fn comment(description: &str) -> String {
    let mut text = laid_out(description);
    if text.is_empty() {
        // Without a comment it would be no scenario file.
        text = UNDESCRIBED.to_owned();
    }
    text.lines().map(|line| format!("# {line}").trim_end().to_owned() + "\n").collect()
}

/// As many of these on a line as fit; one that is longer has a line of its own.
fn filled(parts: impl Iterator<Item = String>, between: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        let fits = |line: &String| {
            [line, between, &part].iter().map(|text| text.chars().count()).sum::<usize>() <= columns
        };
        match lines.last_mut().filter(|line| fits(line)) {
            Some(line) => *line = format!("{line}{between}{part}"),
            None => lines.push(part),
        }
    }
    lines
}

/// What is written so far.
#[derive(Debug)]
pub(super) struct Page {
    text: String,
}

impl Page {
    /// Begins a table, after an empty line.
    pub(super) fn table(&mut self, head: &str) {
        self.text += &format!("\n{head}\n");
    }

    pub(super) fn key(&mut self, key: &str, value: impl AsRef<str>) {
        self.text += &format!("{key} = {}\n", value.as_ref());
    }

    fn key_if(&mut self, differs: bool, key: &str, value: String) {
        if differs {
            self.key(key, value);
        }
    }

    /// A list, in one line if it fits.
    pub(super) fn list(&mut self, key: &str, items: Vec<String>) {
        let line = format!("[{}]", items.join(", "));
        if key.len() + " = ".len() + line.chars().count() <= COLUMNS {
            return self.key(key, line);
        }
        let indent = "    ";
        let items = items.into_iter().map(|item| item + ",");
        let lines = filled(items, " ", COLUMNS - indent.len());
        let lines: String = lines.iter().map(|line| format!("{indent}{line}\n")).collect();
        self.key(key, format!("[\n{lines}]"));
    }

    /// A list of one is written as the one.
    pub(super) fn one_or_list(&mut self, key: &str, items: Vec<String>) {
        match items.as_slice() {
            [one] => self.key(key, one),
            _ => self.list(key, items),
        }
    }
}

/// A text with its quotes, as TOML reads it.
pub(super) fn quoted(text: &str) -> String {
    let escaped = text.chars().map(|letter| match letter {
        '"' | '\\' => format!("\\{letter}"),
        '\n' => "\\n".to_owned(),
        '\t' => "\\t".to_owned(),
        letter if letter.is_control() => format!("\\u{:04X}", u32::from(letter)),
        letter => letter.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

/// A time with its quotes, in the largest unit in which it is exact. Minutes are not used: steps
/// are easier to compare in seconds. Whatever is below a microsecond is dropped.
pub(super) fn time(length: Duration) -> String {
    let (seconds, micros) = (length.as_secs(), length.subsec_micros());
    let words = match (seconds, micros) {
        (0, micros) if micros % 1_000 != 0 => format!("{micros}us"),
        (0, micros) if micros != 0 => format!("{}ms", micros / 1_000),
        (seconds, 0) if seconds != 0 && seconds.is_multiple_of(3_600) => {
            format!("{}h", seconds / 3_600)
        }
        (seconds, 0) => format!("{seconds}s"),
        (seconds, micros) if micros % 1_000 == 0 => format!("{seconds}.{:03}s", micros / 1_000),
        (seconds, micros) => format!("{seconds}.{micros:06}s"),
    };
    quoted(&words)
}
