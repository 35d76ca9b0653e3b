//! The live node: `cargo run --bin node` in three terminals is a chat of three.

use std::io::{self, BufWriter, IsTerminal};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use ringchat::driver::disk::Disk;
use ringchat::driver::run::{Driver, Exit, Settings};
use ringchat::driver::store::Memory;
use ringchat::front::aliases::Aliases;
use ringchat::front::application::ChatApplication;
use ringchat::front::console::{Console, End};
use ringchat::front::journal::{Journal, Recorded, What};
use ringchat::front::log;
use ringchat::front::mailbox::Mailbox;
use ringchat::front::options::{Options, OptionsError};
use ringchat::front::output::Output;
use ringchat::front::prompt::{self, Language};
use ringchat::front::screen::Screen;
use ringchat::front::session::Session;
use ringchat::front::signals::Signals;
use ringchat::front::start::{Begun, begin};
use ringchat::front::storage::{Storage, folder_of};
use ringchat::front::streams::{Format, Input};
use ringchat::front::{plain, subcommand};
use ringchat::net::TokioNet;
use ringchat::proto::config::Config;
use ringchat::proto::node::Start;
use tokio::runtime;

/// Something went wrong, at the start or later.
const FAILED: u8 = 1;
/// Wrong usage, or a bad configuration file.
const USAGE: u8 = 2;
/// So many entries stand in the file behind its snapshot of the chat, at least: then a new one is taken.
const DISK_ENTRIES: u64 = 4_096;
/// Ended by a second signal, as a shell counts SIGINT.
const INTERRUPTED: u8 = 130;

fn main() -> ExitCode {
    if let Some(code) = subcommand::run(std::env::args_os()) {
        return code;
    }
    let options = match Options::read(std::env::args_os()) {
        Ok(options) => options,
        Err(OptionsError::Usage(error)) => error.exit(),
        Err(error @ OptionsError::Config(_)) => return fail(USAGE, &error.to_string()),
    };
    let runtime = match runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(FAILED, &format!("the system gives no event loop: {error}")),
    };
    match runtime.block_on(run(options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure { code, why }) => match why {
            Some(why) => fail(code, &why),
            None => ExitCode::from(code),
        },
    }
}

struct Failure {
    code: u8,
    why: Option<String>,
}

impl Failure {
    fn new(why: impl ToString) -> Failure {
        Failure { code: FAILED, why: Some(why.to_string()) }
    }
}

fn fail(code: u8, why: &str) -> ExitCode {
    eprintln!("error: {why}");
    ExitCode::from(code)
}

async fn run(options: Options) -> Result<(), Failure> {
    let mut signals = Signals::listen().map_err(Failure::new)?;
    let begun = tokio::select! {
        biased;
        () = signals.next() => return Err(Failure { code: INTERRUPTED, why: None }),
        begun = begin(&options) => begun.map_err(Failure::new)?,
    };
    let journal = match options.output {
        Format::Chat => None,
        Format::Jsonl => Some(open_journal(&begun).map_err(Failure::new)?),
    };
    let reads = options.input != Input::Nothing;
    let terminal =
        reads && journal.is_none() && io::stdin().is_terminal() && io::stdout().is_terminal();
    let screen = Screen::for_terminal();
    let prompt = terminal.then(|| prompt::start(Language::CHAT, screen.has_colours()).ok());
    let (prompt, sketch, typings, output, screen) = match prompt.flatten() {
        Some((prompt, typings, above, sketch)) => {
            (Some(prompt), Some(sketch), typings, Output::start(above), screen)
        }
        None => {
            let output = match journal.clone() {
                Some(journal) => Output::start(journal),
                None => Output::start(BufWriter::new(io::stdout())),
            };
            let typings = if reads { plain::start(io::stdin()) } else { plain::start(io::empty()) };
            (None, None, typings, output, Screen::new(false))
        }
    };
    let lamport = Arc::new(AtomicU64::new(0));
    let verbose = verbose(&options, prompt.is_some().then_some(&output));
    let log = log::start(begun.listen.port(), Arc::clone(&lamport), verbose.clone());
    let greeting = greeting(&begun, log);
    let aliases = Aliases::new(begun.files.as_ref().map(|(file, _)| folder_of(file)));

    let news = Mailbox::new();
    let mut application = ChatApplication::new(begun.hello.member, news.clone(), lamport);
    let desk = application.desk();
    let Begun { listener, listen: _, hello, seed, start, files } = begun;
    if let Start::Restore(restart) = &start {
        application = application.coming_back(restart.disk.life);
    }
    if files.is_some() {
        application = application.with_archive();
    }
    let wanted = options.config.disk_entries.unwrap_or(DISK_ENTRIES);
    let disk_entries = files.is_some().then_some(wanted);
    let config = Config { disk_entries, ..options.config };
    let storage = match files {
        Some((file, archive)) => Storage::Disk(Disk::start(file, archive).map_err(Failure::new)?),
        None => Storage::Memory(Memory::default()),
    };
    let settings = Settings { seed, address: hello.member.address, config, start };
    let application = Recorded { application, journal: journal.clone() };
    let (driver, handle) = Driver::with_store(TokioNet, listener, application, storage, settings);
    let session = Session::new(handle, desk, hello.member.id, options.name);
    let console = Console::new(session, news.clone(), typings, output.clone(), screen, signals);
    let console = console.for_machine(journal).with_prompt(sketch).reads(options.input);
    let console = console.greet(&greeting).with_aliases(aliases);
    let result = together(driver, console, news).await;
    if let Some(prompt) = prompt {
        prompt.stop().await;
    }
    output.finish().await;
    if let Some(verbose) = verbose {
        verbose.finish().await;
    }
    result
}

/// Runs the node and its front end until the front end is done.
async fn together(
    driver: Driver<TokioNet, Recorded<ChatApplication>, Storage>,
    mut console: Console,
    news: Mailbox,
) -> Result<(), Failure> {
    let node = async {
        let (_, exit) = driver.run().await;
        news.close();
        exit
    };
    tokio::pin!(node);
    let console = console.run();
    tokio::pin!(console);
    let mut exit = None;
    loop {
        tokio::select! {
            biased;
            ended = &mut node, if exit.is_none() => exit = Some(ended),
            end = &mut console => return judge(end, exit),
        }
    }
}

fn judge(end: End, exit: Option<Exit>) -> Result<(), Failure> {
    match (end, exit) {
        (End::AtOnce, _) => Err(Failure { code: INTERRUPTED, why: None }),
        (_, Some(Exit::Unreadable { index, why })) => Err(Failure::new(format!(
            "the ring sent a state up to {index} that this release cannot read: {why}; the node has \
             left. Run the release that the others run"
        ))),
        (_, Some(Exit::Unwritable { why })) => {
            Err(Failure::new(format!("{why}; the node has left the ring")))
        }
        (End::Gone { lost: 0 }, Some(Exit::Left | Exit::Abandoned) | None) => Ok(()),
        (End::Gone { lost }, Some(Exit::Left | Exit::Abandoned) | None) => {
            Err(Failure::new(match lost {
                1 => "1 line was not ordered before the end; say it again".to_owned(),
                _ => format!("{lost} lines were not ordered before the end; say them again"),
            }))
        }
    }
}

/// Where the log is shown beside its file: above the prompt where stderr is that same terminal.
fn verbose(options: &Options, above: Option<&Output>) -> Option<Output> {
    let on_terminal = io::stderr().is_terminal();
    options.verbose.then(|| match above.filter(|_| on_terminal) {
        Some(above) => above.clone(),
        None => Output::start(io::stderr()),
    })
}

/// The node listens: whoever reads the journal may tell others.
fn open_journal(begun: &Begun) -> io::Result<Journal> {
    let member = begun.hello.member;
    let journal = Journal::on_stdout(member.id)?;
    let what = What::Listening { listen: begun.listen, advertise: member.address };
    journal.write(None, what)?;
    Ok(journal)
}

fn greeting(begun: &Begun, log: Result<std::path::PathBuf, log::LogError>) -> String {
    let (listen, address) = (begun.listen, begun.hello.member.address);
    let reached = if listen == address { String::new() } else { format!(", reached at {address}") };
    let way = match &begun.start {
        Start::Found => "starting a new ring".to_owned(),
        Start::Restore(restart) if restart.alone => "going on alone".to_owned(),
        Start::Restore(restart) => format!("coming back to ring {}", restart.disk.ring),
        Start::Join(contacts) => {
            let contacts: Vec<String> = contacts.iter().map(ToString::to_string).collect();
            format!("joining the ring at {}", contacts.join(" "))
        }
    };
    let log = match log {
        Ok(path) => format!("log: {}", path.display()),
        Err(error) => error.to_string(),
    };
    let kept = match &begun.files {
        Some((file, _)) => format!("kept in {}", folder_of(file).display()),
        None => "nothing is kept".to_owned(),
    };
    let help = "/help shows what you can type";
    format!("listening at {listen}{reached}, {way} · {log} · {kept} · {help}")
}
