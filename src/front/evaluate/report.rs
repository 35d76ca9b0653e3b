//! The report of an evaluation: its method and its table, and the raw numbers.

use std::fmt::Write as _;
use std::time::Duration;

use super::case::WINDOW;
use super::figures::{Figures, milliseconds};
use super::machine;
use super::measure::Outcome;
use super::plot::Plot;

/// The name of the report's file.
pub const REPORT: &str = "evaluation.md";

/// The name of the file with the raw numbers.
pub const RAW: &str = "raw.csv";

/// What holds for the whole evaluation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Circumstances {
    /// The file system of the members' files; none, if they keep nothing.
    pub file_system: Option<String>,
    /// How busy the machine was before.
    pub load: String,
    /// How long all of it took.
    pub time: Duration,
}

/// The table alone.
pub fn table(outcomes: &[Outcome]) -> String {
    let mut text = String::from(
        "| members | load | bytes | lines | lost | wrong | same order | p50 ms | p90 ms | p99 ms | \
         max ms | writer p50 ms | lines/s | MiB/s | elections |\n\
         |--:|---|--:|--:|--:|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for outcome in outcomes {
        let Outcome { members, case, wrong, elections, .. } = outcome;
        let Figures { all, own, rate, volume } = Figures::of(outcome);
        let order = if outcome.same_order { "yes" } else { "NO" };
        let times = [all.p50, all.p90, all.p99, all.max, own.p50].map(milliseconds).join(" | ");
        // Writing to a string cannot fail.
        let _written = writeln!(
            text,
            "| {members} | {} | {} | {} | {} | {wrong} | {order} | {times} | {rate:.0} | \
             {volume:.2} | {elections} |",
            case.load,
            case.bytes,
            outcome.samples.len(),
            outcome.lost(),
        );
    }
    text
}

/// The whole report.
pub fn report(outcomes: &[Outcome], about: &Circumstances, plots: &[Plot]) -> String {
    let mut text =
        String::from("# Rings of several sizes, few and many lines, small and big ones\n\n");
    text.push_str(&method(about));
    text.push('\n');
    text.push_str(&table(outcomes));
    text.push_str(
        "\n*lost*: lines that did not come to a member, counted for each member. *wrong*: lines that \
         came to a member again or altered. *same order*: whether all members were given the lines in \
         one order. *elections*: how often somebody began to lead meanwhile; 0 in a ring that nothing \
         disturbs, so anything else means that the machine was too busy.\n",
    );
    for Plot { file, title, .. } in plots {
        text.push_str(&format!("\n![{title}]({file})\n"));
    }
    text
}

fn method(about: &Circumstances) -> String {
    let Circumstances { file_system, load, time } = about;
    let disks = match file_system {
        Some(kind) => format!(
            "each with its files in a folder of its own ({kind}): a line is acknowledged when it is on \
             the disks of a majority"
        ),
        None => {
            "without disks: a line is acknowledged when a majority holds it in memory".to_owned()
        }
    };
    format!(
        "- Members: the product's own driver, wire code, node and storage, each in a thread and an \
         event loop of its own within one process, linked by TCP over loopback, {disks}. No chat, \
         prompt or screen stands on top.\n\
         - Latency: from the moment before a line is handed to its writer's node to the moment at which \
         the last of all members is given it, in its place; by one monotonic clock, as all are in one \
         process. *writer p50*: to the moment at which the writer is given it itself. Percentiles by \
         nearest rank, over all lines.\n\
         - Load *few*: one line in the whole ring at a time, said by each member in turn; *many*: each \
         member keeps {WINDOW} lines under way, and says the next when one of its own is back. (So with \
         *many* the latency is that of a ring that is kept busy, and more members say more at once.)\n\
         - Throughput: lines that all members were given, by the time from the first word to the last \
         delivery.\n\
         - Before each row some lines go through that do not count.\n\
         - Machine: {}; load average before: {load}, after: {}; all of it took {:.0} s.\n\
         - Program: ringchat {}, {}.\n",
        machine::processors(),
        machine::load(),
        time.as_secs_f64(),
        env!("CARGO_PKG_VERSION"),
        machine::build(),
    )
}

/// The raw numbers: a row for each line that was said.
pub fn raw(outcomes: &[Outcome]) -> String {
    let mut text = String::from("members,load,bytes,line,writer,writer_us,all_us\n");
    let micros = |time: Option<Duration>| time.map(|it| it.as_micros().to_string());
    for Outcome { members, case, samples, .. } in outcomes {
        for (number, sample) in samples.iter().enumerate() {
            let [own, all] = [sample.own, sample.all].map(|it| micros(it).unwrap_or_default());
            let (load, bytes, writer) = (case.load, case.bytes, sample.writer);
            // Writing to a string cannot fail.
            let _written = writeln!(text, "{members},{load},{bytes},{number},{writer},{own},{all}");
        }
    }
    text
}
