//! Commands as the systems before spelt them: bare words and those with a `#`, in any case.
//!
//! A bare word collides with ordinary lines, so the rule is strict: the line begins with it,
//! without a blank before, and has exactly the number of words that the command takes. `send` takes
//! any text: a line that begins so is a private one, or an error that says so, and never said to
//! all by mistake.

/// A bare word, how many words may stand behind it, and the command that it is.
#[derive(Debug)]
pub struct Seed {
    /// The word.
    pub word: &'static str,
    /// How many words stand behind it, at least and at most.
    pub takes: (usize, usize),
    /// What it is here.
    pub command: &'static str,
}

const fn seed(word: &'static str, takes: (usize, usize), command: &'static str) -> Seed {
    Seed { word, takes, command }
}

/// All of them.
pub const SEEDS: [Seed; 24] = [
    seed("joingroup", (1, 2), "/join"),
    seed("leavegroup", (0, 1), "/part"),
    seed("state", (0, 0), "/state"),
    seed("help", (0, 0), "/help"),
    seed("quit", (0, 0), "/quit"),
    seed("exit", (0, 0), "/quit"),
    seed("ls", (0, 1), "/list"),
    seed("deliver", (0, 2), "/deliver"),
    seed("killnode", (1, 1), "/killnode"),
    seed("messages", (0, 1), "/history"),
    seed("send", (2, usize::MAX), "/msg"),
    seed("register", (0, 0), "/register"),
    seed("login", (1, 2), "/login"),
    seed("logout", (0, 0), "/logout"),
    seed("#list", (0, 0), "/groups"),
    seed("#who", (0, 0), "/who"),
    seed("#createroom", (1, 1), "/create"),
    seed("#create", (1, 1), "/create"),
    seed("#joinroom", (1, 1), "/join"),
    seed("#join", (1, 1), "/join"),
    seed("#deleteroom", (1, 1), "/delete"),
    seed("#delete", (1, 1), "/delete"),
    seed("#leave", (0, 1), "/part"),
    seed("#quit", (0, 0), "/quit"),
];

/// What is typed at the console of a cluster, and means nothing at the prompt of a node.
pub(super) const CONSOLE: [&str; 8] =
    ["killnode", "kill", "restart", "pause", "resume", "cut", "heal", "events"];

/// The line as a command with a slash, if it is one of these.
pub(super) fn slashed(line: &str) -> Option<String> {
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let behind = rest.split_whitespace().count();
    let fits = |seed: &&Seed| {
        seed.word.eq_ignore_ascii_case(word) && (seed.takes.0..=seed.takes.1).contains(&behind)
    };
    let seed = SEEDS.iter().find(fits)?;
    Some(format!("{} {}", seed.command, rest.trim_start()))
}
