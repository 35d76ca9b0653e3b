//! Flags, environment variables and the configuration file, as one set of options.
//!
//! Precedence: default < file < environment < flag.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::ArgAction::SetTrue;
use clap::builder::FalseyValueParser;
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser};

use super::config_file::{self, ConfigError, ConfigFile};
use super::keep_history::{KeepHistory, keep};
use super::login;
use super::storage::Place;
use super::streams::{Format, Input, StreamFlags};
use super::values::{address, ports};
use crate::chat::name::Name;
use crate::proto::config::Config;

/// The first of the ports that nodes of one machine share.
pub const PORTS_FIRST: u16 = 7_400;

/// How many ports nodes of one machine share.
pub const PORTS_COUNT: u16 = 16;

/// The command line, as clap reads it together with the environment.
#[derive(Debug, Parser)]
#[command(
    name = "node",
    version,
    about = "A node of Ringchat: a chat without a server, whose order you can trust",
    after_help = "Without --join and --new: joins the ring that runs on this machine, or starts \
                  one.\nPrecedence: default < file < environment < flag.\n\
                  Inside, /help shows what can be typed. Logs go to chat_PORT.log.\n\n\
                  node cluster -n 4 runs a ring of four under one prompt, node evaluate measures\n\
                  rings of 3 to 9; both take --help."
)]
struct Flags {
    /// What you are called; a taken name gets a number [default: your login name]
    #[arg(short, long, env = "RINGCHAT_NAME", value_name = "NAME", value_parser = name)]
    name: Option<Name>,
    /// Where this node listens, and others reach it [default: 127.0.0.1 and the next free port]
    #[arg(short, long, env = "RINGCHAT_LISTEN", value_name = "IP:PORT", value_parser = address)]
    listen: Option<SocketAddr>,
    /// The address that others are told, where it is not the one listened at: behind a translated
    /// address, or a proxy [default: that of --listen]
    #[arg(long, env = "RINGCHAT_ADVERTISE", value_name = "IP:PORT", value_parser = address)]
    advertise: Option<SocketAddr>,
    /// Nodes of the ring to join; the first that answers is taken
    #[arg(
        short, long, env = "RINGCHAT_JOIN", value_name = "IP:PORT", value_parser = address,
        value_delimiter = ',', num_args = 1..
    )]
    join: Vec<SocketAddr>,
    /// With --join: if no ring answers there, go on asking instead of giving up
    #[arg(long, env = "RINGCHAT_KEEP_TRYING", action = SetTrue, value_parser = falsey())]
    keep_trying: bool,
    /// Start a new ring
    #[arg(long, env = "RINGCHAT_NEW", action = SetTrue, value_parser = falsey())]
    new: bool,
    /// The first of the 16 ports where nodes of this machine look for each other [default: 7400]
    #[arg(long, env = "RINGCHAT_PORTS", value_name = "FIRST", value_parser = ports)]
    ports: Option<u16>,
    /// The folder in which this node keeps what must outlive it
    /// [default: ringchat/NAME below $XDG_DATA_HOME or ~/.local/share]
    #[arg(short, long, env = "RINGCHAT_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    /// Keep nothing: when this node ends, what it held is gone, but for the log
    #[arg(short, long, env = "RINGCHAT_MEMORY", action = SetTrue, value_parser = falsey())]
    memory: bool,
    /// How much history to keep: a number of lines, or a time such as 12h or 30d [default: all]
    #[arg(long, env = "RINGCHAT_KEEP_HISTORY", value_name = "N|TIME", value_parser = keep)]
    keep_history: Option<KeepHistory>,
    /// The rest of the ring is lost for good: go on without it, as a new ring with what is kept here
    #[arg(long)]
    force_new_ring: bool,
    /// A file with these options, but for those of input and output: `name = "bob"`, `join = ["10.0.0.1:7400"]` …
    #[arg(short, long, env = "RINGCHAT_CONFIG", value_name = "FILE.toml")]
    config: Option<PathBuf>,
    /// Which node of the ring this is that the file of --config describes
    #[arg(long, env = "RINGCHAT_ID", value_name = "ID")]
    id: Option<String>,
    #[command(flatten)]
    streams: StreamFlags,
    /// For tests: the node's identity and all lots it draws follow from this number. Two nodes of one
    /// ring must never have the same, nor a node that has lost its memory the one it had
    #[arg(long, value_name = "NUMBER", hide = true)]
    seed: Option<u64>,
    /// Also show the log on stderr
    #[arg(short, long, env = "RINGCHAT_VERBOSE", action = SetTrue, value_parser = falsey())]
    verbose: bool,
}

/// How the node comes to a ring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// Join the ring that runs on this machine, or start one.
    Discover,
    /// Start a new ring.
    New,
    /// Join the ring of one of these.
    Join(Vec<SocketAddr>),
    /// As a node of a ring file, of which these are the others: join their ring as soon as there is one.
    /// The first node starts it, once all others are there and none is in one.
    OfFile {
        /// Whether this is the first node.
        is_first: bool,
        /// Where the others are.
        others: Vec<SocketAddr>,
    },
}

/// All options, decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// What the person wants to be called.
    pub name: Name,
    /// Where to listen; none for the next free port of this machine's range.
    pub listen: Option<SocketAddr>,
    /// What others are told; none for where it listens.
    pub advertise: Option<SocketAddr>,
    /// How the node comes to a ring.
    pub way: Way,
    /// Whether it goes on asking where no ring answers.
    pub keep_trying: bool,
    /// The first port of this machine's range.
    pub ports: u16,
    /// Where the node keeps what must outlive it.
    pub place: Place,
    /// How much history it keeps.
    pub keep_history: KeepHistory,
    /// Whether it goes on without the others of its ring, as a new one.
    pub force_new_ring: bool,
    /// What goes to stdout.
    pub output: Format,
    /// What is read from stdin.
    pub input: Input,
    /// What the node's identity and its lots follow from; none to draw it.
    pub seed: Option<u64>,
    /// The node's bounds.
    pub config: Config,
    /// Whether the log is shown on stderr, too.
    pub verbose: bool,
}

/// Why there are no options. Nothing was started.
#[derive(Debug, thiserror::Error)]
pub enum OptionsError {
    /// A flag or a variable, or a call for `--help` or `--version`.
    #[error(transparent)]
    Usage(#[from] clap::Error),
    /// The file.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

impl Options {
    /// Reads the command line, the environment, and the file that they name.
    ///
    /// # Errors
    /// [`OptionsError`], which says what to do instead.
    pub fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Options, OptionsError> {
        let matches = Flags::command().try_get_matches_from(arguments)?;
        let flags = Flags::from_arg_matches(&matches)?;
        let file = match (&flags.config, &flags.id) {
            (Some(path), id) => config_file::read(path)?.of_node(path, id.as_deref())?,
            (None, None) => ConfigFile::default(),
            (None, Some(_)) => return Err(id_without_file().into()),
        };
        Ok(decide(&matches, flags, file)?)
    }
}

fn decide(matches: &ArgMatches, flags: Flags, file: ConfigFile) -> Result<Options, clap::Error> {
    let way = way(matches, &flags, &file)?;
    let place = place(matches, &flags, &file)?;
    // A variable can also say no, as in RINGCHAT_VERBOSE=0, and then the file does not count.
    let yes = |id: &str, flag: bool, in_file: Option<bool>| match source(matches, id, false) {
        Source::Flag | Source::Environment => flag,
        Source::File | Source::Nowhere => in_file.unwrap_or(false),
    };
    let verbose = yes("verbose", flags.verbose, file.verbose);
    let keep_trying = yes("keep_trying", flags.keep_trying, file.keep_trying);
    Ok(Options {
        name: flags.name.or(file.name).unwrap_or_else(login::name),
        listen: flags.listen.or(file.listen),
        advertise: flags.advertise.or(file.advertise),
        way,
        keep_trying,
        ports: flags.ports.or(file.ports).unwrap_or(PORTS_FIRST),
        place,
        keep_history: flags.keep_history.or(file.keep_history).unwrap_or_default(),
        force_new_ring: flags.force_new_ring,
        output: flags.streams.output,
        input: flags.streams.input(),
        seed: flags.seed,
        config: file.config,
        verbose,
    })
}

/// Where an option comes from; the greater one counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Source {
    Nowhere,
    File,
    Environment,
    Flag,
}

fn source(matches: &ArgMatches, id: &str, in_file: bool) -> Source {
    match matches.value_source(id) {
        Some(ValueSource::CommandLine) => Source::Flag,
        Some(ValueSource::EnvVariable) => Source::Environment,
        Some(_) | None if in_file => Source::File,
        Some(_) | None => Source::Nowhere,
    }
}

/// `--new` and `--join` are one question: the greater source answers it, and must not say both.
fn way(matches: &ArgMatches, flags: &Flags, file: &ConfigFile) -> Result<Way, clap::Error> {
    let new_from = source(matches, "new", file.new.is_some());
    let join_from = source(matches, "join", file.join.is_some());
    let new = if new_from == Source::File { file.new == Some(true) } else { flags.new };
    let join = match &file.join {
        Some(join) if join_from == Source::File => join,
        Some(_) | None => &flags.join,
    };
    let joins = !join.is_empty();
    if new && joins && new_from == join_from {
        return Err(Flags::command().error(
            clap::error::ErrorKind::ArgumentConflict,
            "--new starts a ring and --join joins one: give only one of them",
        ));
    }
    let of_file = file.is_first.filter(|_| !new && join_from == Source::File);
    Ok(if let Some(is_first) = of_file {
        Way::OfFile { is_first, others: join.clone() }
    } else if joins && (!new || join_from > new_from) {
        Way::Join(join.clone())
    } else if new {
        Way::New
    } else {
        Way::Discover
    })
}

/// `--memory` and `--data` are one question, too.
fn place(matches: &ArgMatches, flags: &Flags, file: &ConfigFile) -> Result<Place, clap::Error> {
    let memory_from = source(matches, "memory", file.memory.is_some());
    let data_from = source(matches, "data", file.data.is_some());
    let in_file = memory_from == Source::File;
    let memory = if in_file { file.memory == Some(true) } else { flags.memory };
    let data = flags.data.as_ref().or(file.data.as_ref());
    if memory && data.is_some() && memory_from == data_from {
        return Err(Flags::command().error(
            clap::error::ErrorKind::ArgumentConflict,
            "--data keeps what the node holds and --memory keeps nothing: give only one of them",
        ));
    }
    let named = flags.name.is_some() || file.name.is_some();
    Ok(match data {
        Some(folder) if !memory || data_from > memory_from => Place::Folder(folder.clone()),
        Some(_) | None if memory => Place::Memory,
        Some(_) | None if named => Place::OfName,
        Some(_) | None => Place::OfAnyName,
    })
}

fn id_without_file() -> clap::Error {
    Flags::command().error(
        clap::error::ErrorKind::MissingRequiredArgument,
        "--id says which node of a ring file this is: give the file with --config",
    )
}

fn falsey() -> FalseyValueParser {
    FalseyValueParser::new()
}

fn name(text: &str) -> Result<Name, String> {
    Name::new(text).map_err(|error| error.to_string())
}
