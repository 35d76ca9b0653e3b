//! Where something was measured, as far as the system tells.

use std::fs;
use std::path::Path;
use std::thread;

/// How many processors this process may use, and which they are.
pub fn processors() -> String {
    let usable = thread::available_parallelism().map_or(0, usize::from);
    let information = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let value = |line: &str| line.split_once(':').map(|(_, model)| model.trim().to_owned());
    let models = information.lines().filter(|line| line.starts_with("model name"));
    let models: Vec<String> = models.filter_map(value).collect();
    match models.first() {
        Some(model) => format!("{usable} usable of {} processors, {model}", models.len()),
        None => format!("{usable} usable processors"),
    }
}

/// How many tasks ran or waited to run in the last minute, on average; this measurement included.
pub fn load() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split_whitespace().next().unwrap_or("unknown").to_owned()
}

/// The kind of file system that this folder is on.
pub fn file_system(folder: &Path) -> String {
    let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let mounts = fs::read_to_string("/proc/mounts").unwrap_or_default();
    let mounts = mounts.lines().filter_map(|line| {
        let mut words = line.split_whitespace().skip(1);
        Some((words.next()?.to_owned(), words.next()?.to_owned()))
    });
    let here = mounts.filter(|(place, _)| folder.starts_with(place));
    let innermost = here.max_by_key(|(place, _)| place.len());
    innermost.map_or_else(|| "an unknown file system".to_owned(), |(_, kind)| kind)
}

/// How the program was built.
pub fn build() -> &'static str {
    if cfg!(debug_assertions) { "a debug build: its times mean little" } else { "a release build" }
}
