//! The prompt of a terminal: a line editor in a thread of its own, that others print above.

use std::io;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rustyline::completion::Completer;
use rustyline::error::{ReadlineError, Signal as EditorSignal};
use rustyline::history::MemHistory;
use rustyline::{Config, Context, Editor, ExternalPrinter, Helper, Highlighter, Hinter, Validator};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::commands::{ends, words};
use super::output::Print;
use super::plain::Typing;

const PROMPT: &str = "> ";

/// How many lines the arrow keys bring back.
const HISTORY: usize = 1_000;

/// How long the editor may take to give the terminal back.
const STOP_TIME: Duration = Duration::from_millis(500);

/// A prompt that runs.
#[derive(Debug)]
pub struct Prompt {
    ended: oneshot::Receiver<()>,
    editing: Arc<AtomicBool>,
}

#[derive(Helper, Highlighter, Hinter, Validator)]
struct Commands;

impl Completer for Commands {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _context: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let typed = &line[..position];
        let fitting = words().filter(|word| typed.starts_with('/') && word.starts_with(typed));
        Ok((0, fitting.map(str::to_owned).collect()))
    }
}

/// Starts the editor. Gives the prompt, what is typed at it, and a way to print above the line being typed.
///
/// # Errors
/// If this terminal cannot do that; plain lines still work.
pub fn start() -> Result<(Prompt, mpsc::Receiver<Typing>, impl Print), ReadlineError> {
    let config = Config::builder().max_history_size(HISTORY)?.auto_add_history(true).build();
    let mut editor: Editor<Commands, MemHistory> = Editor::with_history(config, MemHistory::new())?;
    editor.set_helper(Some(Commands));
    let printer = Above(editor.create_external_printer()?);
    let (sender, typings) = mpsc::channel(1);
    let (end, ended) = oneshot::channel();
    let editing = Arc::new(AtomicBool::new(true));
    let still_editing = Arc::clone(&editing);
    thread::spawn(move || {
        edit(editor, &sender);
        still_editing.store(false, Ordering::SeqCst);
        // Nobody may wait for it.
        let _gone = end.send(());
    });
    Ok((Prompt { ended, editing }, typings, printer))
}

/// Asks for lines until one ends the program. The terminal is as it was when this returns.
fn edit(mut editor: Editor<Commands, MemHistory>, typings: &mpsc::Sender<Typing>) {
    loop {
        let typing = match editor.readline(PROMPT) {
            Ok(line) => Typing::Line(line),
            Err(ReadlineError::Interrupted | ReadlineError::Signal(EditorSignal::Interrupt)) => {
                Typing::Interrupt
            }
            Err(ReadlineError::Signal(EditorSignal::Resize)) => continue,
            Err(_) => Typing::End,
        };
        let last = match &typing {
            Typing::Line(line) => ends(line),
            Typing::TooLong { .. } => false,
            Typing::Interrupt | Typing::End => true,
        };
        if typings.blocking_send(typing).is_err() || last {
            return;
        }
    }
}

impl Prompt {
    /// Ends the editor, if it still runs, and waits until the terminal is as it was. Whoever takes
    /// what is typed must be gone by then.
    pub async fn stop(self) {
        let Prompt { ended, editing } = self;
        if editing.load(Ordering::SeqCst) {
            // The editor watches for this signal, and there is no other way to interrupt it.
            let own = Pid::from_raw(process::id().try_into().unwrap_or_default());
            if own.as_raw() > 0 {
                // It can only fail where the process may not signal itself; then it just ends.
                let _refused = kill(own, Signal::SIGINT);
            }
        }
        let _late = timeout(STOP_TIME, ended).await;
    }
}

/// Prints above the line being typed.
struct Above<P>(P);

impl<P: ExternalPrinter + Send + 'static> Print for Above<P> {
    fn print(&mut self, line: &str) -> io::Result<()> {
        self.0.print(format!("{line}\n")).map_err(io::Error::other)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
