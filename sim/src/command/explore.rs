//! `sim explore`: searches, shrinks what it finds, and writes it down as scenario files.

use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use indicatif::{ProgressBar, ProgressStyle};
use ringchat::proto::config::ElectionKind;
use ringchat_sim::explore::kind::Profile;
use ringchat_sim::explore::many::{Explorations, Task, explore_many};
use ringchat_sim::explore::one::{Space, again};
use ringchat_sim::explore::report::{as_scenario, line, report};
use ringchat_sim::explore::shrink::shrink;

use super::USAGE;

/// How many findings are shrunk and kept; more are only counted.
const KEPT: usize = 20;

/// From this many runs on, a rare thing that was never met is a failure of the exploration.
const COVERED_AFTER: u64 = 2_000;

/// How often plain lines tell how things stand, where there is no terminal.
const TELL_EVERY: Duration = Duration::from_secs(10);

/// What `sim explore` takes from the command line.
#[derive(Debug, Args)]
pub(crate) struct Explore {
    /// Which seeds: from the first up to, and without, the last [default: 0..1000].
    #[arg(long, value_name = "A..B", value_parser = seeds, conflicts_with = "time")]
    seeds: Option<(u64, u64)>,
    /// How long to go on, such as 90s, 10m or 2h. Begins with seed 0, or with `--from`.
    #[arg(long = "for", id = "time", value_name = "TIME", value_parser = time)]
    time: Option<Duration>,
    /// The first seed of `--for`.
    #[arg(long, default_value_t = 0, requires = "time")]
    from: u64,
    /// How many runs at once; as many as there are cores if you say nothing.
    #[arg(long)]
    jobs: Option<usize>,
    /// How many nodes found the ring; the last counts, too.
    #[arg(long, value_name = "A..B", value_parser = nodes, default_value = "2..9")]
    nodes: RangeInclusive<usize>,
    /// This machine's share: every Mth seed, as share K of 1 to M.
    #[arg(long, value_name = "K/M", value_parser = shard, default_value = "1/1")]
    shard: (u64, u64),
    /// Which kinds of fault to draw from.
    #[arg(long, value_parser = one_of(Profile::ALL, Profile::name), default_value = Profile::default().name())]
    profile: Profile,
    /// How the nodes find their leader.
    #[arg(long, value_parser = one_of(ElectionKind::ALL, ElectionKind::name), default_value = ElectionKind::default().name())]
    election: ElectionKind,
    /// Let every message stand for a command of the chat, and compare the chats of all nodes.
    #[arg(long)]
    chat: bool,
    /// Where to write down what fails, as scenario files.
    #[arg(long, value_name = "DIR", default_value = "target/explore")]
    keep: PathBuf,
    /// Stop at the first failure.
    #[arg(long)]
    first: bool,
}

/// Takes one of these, by its name.
fn one_of<T: Copy + Send + Sync + 'static, const N: usize>(
    all: [T; N],
    name: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    let find = move |given: String| all.into_iter().find(|it| name(*it) == given).ok_or(given);
    PossibleValuesParser::new(all.map(name)).try_map(find)
}

/// Explores; gives the exit code.
pub(crate) fn explore(arguments: &Explore) -> u8 {
    let started = Instant::now();
    let (from, to) = match (arguments.seeds, arguments.time) {
        (Some((from, to)), _) => (from, Some(to)),
        (None, Some(_)) => (arguments.from, None),
        (None, None) => (0, Some(1_000)),
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let task = Task {
        from,
        to,
        until: arguments.time.map(|time| started + time),
        shard: (arguments.shard.0 - 1, arguments.shard.1),
        jobs: arguments.jobs.unwrap_or(cores),
        first: arguments.first,
        space: Space {
            nodes: arguments.nodes.clone(),
            profile: arguments.profile,
            election: arguments.election,
            chat: arguments.chat,
        },
    };
    // A node that panics is a finding; what it says goes into the report, not in between.
    ringchat_sim::events::silence_nodes();
    let progress = Progress::new(&task, started);
    let explored = explore_many(&task, &|so_far| progress.show(so_far));
    progress.end(&explored);
    say!("{}", report(&task, &explored));
    let failed = tell_findings(&task, &explored, &arguments.keep);
    let Ok(failed) = failed else { return USAGE };
    let holes = task.space.profile.is_complete() && tell_holes(&explored, task.space.election);
    u8::from(failed || holes)
}

/// Shrinks and writes down what failed. Tells whether anything did.
fn tell_findings(task: &Task, explored: &Explorations, keep: &Path) -> Result<bool, ()> {
    for (seed, finding) in explored.findings.iter().take(KEPT) {
        let small = match again(&finding.scenario) {
            Some(confirmed) => shrink(confirmed),
            None => {
                sayln!("seed {seed}: {}", finding.words);
                sayln!(
                    "seed {seed} does not fail when its faults are played again: a fault of \
                          the simulator, please report it"
                );
                finding.clone()
            }
        };
        let scenario = as_scenario(*seed, &small);
        let file = keep.join(format!("{}.toml", scenario.name));
        let written =
            std::fs::create_dir_all(keep).and_then(|()| std::fs::write(&file, scenario.to_toml()));
        if let Err(error) = written {
            eprintln!("{}: cannot write this finding: {error}", file.display());
            eprintln!(
                "hint: name another folder with `--keep`; the finding is not lost, explore \
                       its seed again"
            );
            return Err(());
        }
        let runs = (*seed - task.from) / task.shard.1 + 1;
        sayln!("{}", small.words);
        sayln!("{}", line(*seed, runs, &small, &file.display().to_string()));
        sayln!("again: cargo sim run {} --engine events", file.display());
    }
    let more = explored.findings.len().saturating_sub(KEPT);
    if more > 0 {
        sayln!("and {more} more failures, not shrunk");
    }
    match explored.findings.len() {
        0 => sayln!("no violation"),
        count => sayln!("{count} of {} runs failed", explored.runs),
    }
    Ok(!explored.findings.is_empty())
}

/// What was never met, where it should have been. Tells whether anything was missed.
fn tell_holes(explored: &Explorations, election: ElectionKind) -> bool {
    if explored.runs < COVERED_AFTER {
        return false;
    }
    let mut holes = false;
    for rare in explored.never().filter(|rare| rare.can_be_met(election)) {
        holes = true;
        sayln!("never met in {} runs: {}", explored.runs, rare.words());
    }
    holes
}

/// A bar on a terminal, plain lines elsewhere; both on stderr.
struct Progress {
    bar: Option<ProgressBar>,
    told: std::sync::Mutex<Told>,
    started: Instant,
    total: Option<u64>,
}

/// What was told already.
struct Told {
    /// When the last plain line was.
    at: Instant,
    failures: BTreeSet<u64>,
}

impl Progress {
    fn new(task: &Task, started: Instant) -> Progress {
        let total = task.to.map(|to| to.saturating_sub(task.from) / task.shard.1);
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
            let style = ProgressStyle::with_template(
                "{elapsed_precise} {wide_bar} {pos}/{len} runs  {msg}",
            );
            bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        let told = Told { at: started, failures: BTreeSet::new() };
        Progress { bar, told: std::sync::Mutex::new(told), started, total }
    }

    fn show(&self, so_far: &Explorations) {
        let mut told = self.told.lock().unwrap_or_else(|broken| broken.into_inner());
        // At once: whoever stops a search of hours before its end wants to know of them, too.
        if so_far.findings.len() > told.failures.len() {
            for (seed, finding) in &so_far.findings {
                if told.failures.insert(*seed) {
                    self.say(&format!("seed {seed} failed: {}", finding.failure));
                }
            }
        }
        if let Some(bar) = &self.bar {
            bar.set_position(so_far.runs);
            if so_far.runs.is_multiple_of(16) {
                bar.set_message(self.words(so_far));
            }
            return;
        }
        if told.at.elapsed() >= TELL_EVERY {
            told.at = Instant::now();
            let total = self.total.map_or_else(String::new, |total| format!(" of {total}"));
            self.say(&format!("{}{total} runs, {}", so_far.runs, self.words(so_far)));
        }
    }

    fn say(&self, words: &str) {
        match &self.bar {
            Some(bar) => bar.println(words),
            // Nobody may be there to read it.
            None => drop(writeln!(std::io::stderr(), "{words}")),
        }
    }

    fn words(&self, so_far: &Explorations) -> String {
        let seconds = self.started.elapsed().as_secs_f64().max(0.001);
        format!(
            "{:.0} runs/s, {:.0} inputs/s, met {} of {}, {} failed",
            so_far.runs as f64 / seconds,
            so_far.handled as f64 / seconds,
            so_far.coverage.counts().len(),
            ringchat_sim::coverage::Rare::ALL.len(),
            so_far.findings.len()
        )
    }

    fn end(&self, explored: &Explorations) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        let _ = writeln!(std::io::stderr(), "{} runs, {}", explored.runs, self.words(explored));
    }
}

fn seeds(text: &str) -> Result<(u64, u64), String> {
    let wrong = || format!("expected two numbers such as 0..10000, found \"{text}\"");
    let (from, to) = text.split_once("..").ok_or_else(wrong)?;
    let (from, to) = (from.parse().map_err(|_| wrong())?, to.parse().map_err(|_| wrong())?);
    if from < to { Ok((from, to)) } else { Err("there is no seed in this range".to_owned()) }
}

fn nodes(text: &str) -> Result<RangeInclusive<usize>, String> {
    let wrong =
        || format!("expected one or two numbers from 1 to 100, such as 2..9, found \"{text}\"");
    let (least, most) = text.split_once("..").unwrap_or((text, text));
    let (least, most) = (least.parse().map_err(|_| wrong())?, most.parse().map_err(|_| wrong())?);
    if 1 <= least && least <= most && most <= 100 { Ok(least..=most) } else { Err(wrong()) }
}

fn shard(text: &str) -> Result<(u64, u64), String> {
    let wrong = || format!("expected a share such as 3/16, found \"{text}\"");
    let (number, of) = text.split_once('/').ok_or_else(wrong)?;
    let (number, of): (u64, u64) =
        (number.parse().map_err(|_| wrong())?, of.parse().map_err(|_| wrong())?);
    if 1 <= number && number <= of { Ok((number, of)) } else { Err(wrong()) }
}

pub(super) fn time(text: &str) -> Result<Duration, String> {
    let wrong = || format!("expected a time such as 90s, 10m or 2h, found \"{text}\"");
    let (digits, unit) = text.split_at(text.len() - usize::from(!text.is_empty()));
    let scale = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        _ => return Err(wrong()),
    };
    let count: u64 = digits.parse().map_err(|_| wrong())?;
    Ok(Duration::from_secs(count.saturating_mul(scale)))
}
