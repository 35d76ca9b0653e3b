//! The prompt of a terminal: a line editor in a thread of its own, that others print above.

use std::borrow::Cow;
use std::io;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rustyline::completion::Completer;
use rustyline::config::Configurer;
use rustyline::error::{ReadlineError, Signal as EditorSignal};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::history::MemHistory;
use rustyline::{ColorMode, Config, Context, Editor, ExternalPrinter, Helper, Hinter, Validator};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::commands::{For, ends, wants_password, words};
use super::output::Print;
use super::plain::Typing;
use super::secret::Secret;

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

/// What the prompt shows and completes. Whoever knows draws it, and the editor looks at it before
/// each line.
#[derive(Clone, Debug, Default)]
pub struct Sketch(Arc<Mutex<Drawn>>);

#[derive(Debug, Default)]
struct Drawn {
    prompt: String,
    people: Vec<String>,
    groups: Vec<String>,
}

impl Sketch {
    /// Draws it anew: the prompt, and the names of people and groups that can be completed.
    pub fn draw(&self, prompt: String, people: Vec<String>, groups: Vec<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Drawn { prompt, people, groups };
    }

    /// Draws the prompt alone anew.
    pub fn draw_prompt(&self, prompt: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).prompt = prompt;
    }

    fn prompt(&self) -> String {
        let drawn = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if drawn.prompt.is_empty() { "> ".to_owned() } else { drawn.prompt.clone() }
    }

    /// Where the word begins that is being typed, and how it may go on: commands at the beginning
    /// of a line, and names anywhere; groups alone behind a `#`, people alone behind an `@`.
    pub fn complete(&self, typed: &str) -> (usize, Vec<String>) {
        if typed.starts_with('/') && !typed.contains(' ') {
            let fitting = words().filter(|word| word.starts_with(&typed.to_ascii_lowercase()));
            return (0, with_blank(fitting.map(str::to_owned).collect()));
        }
        let start = typed.rfind(' ').map_or(0, |blank| blank + 1);
        let word = &typed[start..];
        let (start, word) = match word.strip_prefix(['#', '@']) {
            Some(rest) => (start + 1, rest),
            None => (start, word),
        };
        let drawn = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (people, groups): (&[String], &[String]) = match typed[..start].chars().next_back() {
            Some('#') => (&[], &drawn.groups),
            Some('@') => (&drawn.people, &[]),
            Some(_) | None => (&drawn.people, &drawn.groups),
        };
        let begins = |name: &&String| {
            !word.is_empty()
                && name.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word))
        };
        (start, with_blank(people.iter().chain(groups).filter(begins).cloned().collect()))
    }
}

/// Where only one word fits, the next may be typed at once.
fn with_blank(mut words: Vec<String>) -> Vec<String> {
    if let [only] = &mut words[..] {
        only.push(' ');
    }
    words
}

#[derive(Helper, Hinter, Validator)]
struct Typist {
    sketch: Sketch,
    /// What is typed is a password: nothing of it is shown.
    hidden: bool,
}

impl Highlighter for Typist {
    fn highlight<'l>(&self, line: &'l str, _position: usize) -> Cow<'l, str> {
        if self.hidden { Cow::Owned(" ".repeat(line.chars().count())) } else { Cow::Borrowed(line) }
    }

    fn highlight_char(&self, _line: &str, _position: usize, kind: CmdKind) -> bool {
        match kind {
            CmdKind::MoveCursor => false,
            CmdKind::Other | CmdKind::ForcedRefresh => self.hidden,
        }
    }
}

impl Completer for Typist {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _context: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        Ok(if self.hidden { (0, Vec::new()) } else { self.sketch.complete(&line[..position]) })
    }
}

/// How the editor ends, and what it shows.
type Started<P> = (Prompt, mpsc::Receiver<Typing>, P, Sketch);

/// Starts the editor. Gives the prompt, what is typed at it, and a way to print above the line being typed.
///
/// # Errors
/// If this terminal cannot do that; plain lines still work.
pub fn start() -> Result<Started<impl Print>, ReadlineError> {
    let config = Config::builder().max_history_size(HISTORY)?.auto_add_history(true).build();
    let mut editor: Editor<Typist, MemHistory> = Editor::with_history(config, MemHistory::new())?;
    let sketch = Sketch::default();
    editor.set_helper(Some(Typist { sketch: sketch.clone(), hidden: false }));
    let printer = Above(editor.create_external_printer()?);
    let (sender, typings) = mpsc::channel(1);
    let (end, ended) = oneshot::channel();
    let editing = Arc::new(AtomicBool::new(true));
    let still_editing = Arc::clone(&editing);
    let drawn = sketch.clone();
    thread::spawn(move || {
        edit(editor, &drawn, &sender);
        still_editing.store(false, Ordering::SeqCst);
        // Nobody may wait for it.
        let _gone = end.send(());
    });
    Ok((Prompt { ended, editing }, typings, printer, sketch))
}

/// Asks for lines until one ends the program. The terminal is as it was when this returns.
fn edit(mut editor: Editor<Typist, MemHistory>, sketch: &Sketch, typings: &mpsc::Sender<Typing>) {
    loop {
        let typing = match editor.readline(&sketch.prompt()) {
            Ok(line) => Typing::Line(line),
            Err(ReadlineError::Interrupted | ReadlineError::Signal(EditorSignal::Interrupt)) => {
                Typing::Interrupt
            }
            Err(ReadlineError::Signal(EditorSignal::Resize)) => continue,
            Err(_) => Typing::End,
        };
        let (last, password) = match &typing {
            Typing::Line(line) => (ends(line), wants_password(line)),
            Typing::TooLong { .. } | Typing::Password(_) => (false, None),
            Typing::Interrupt | Typing::End => (true, None),
        };
        if typings.blocking_send(typing).is_err() || last {
            return;
        }
        if let Some(what) = password {
            let typed = Typing::Password(hidden(&mut editor, &what));
            if typings.blocking_send(typed).is_err() {
                return;
            }
        }
    }
}

/// Asks for a password: nothing of it is shown, and the arrow keys do not bring it back.
fn hidden(editor: &mut Editor<Typist, MemHistory>, what: &For) -> Option<Secret> {
    hide(editor, true);
    let first = editor.readline("password (nothing is shown): ").ok();
    let typed = match what {
        // A slip of the finger would lock the person out of a new account.
        For::Register(_) => first
            .filter(|first| editor.readline("the same again: ").is_ok_and(|again| again == *first)),
        For::Login(_) | For::DeleteAccount => first,
    };
    hide(editor, false);
    typed.map(Secret::new)
}

fn hide(editor: &mut Editor<Typist, MemHistory>, hidden: bool) {
    editor.set_auto_add_history(!hidden);
    // Colours are how the editor hides a line, also where nobody wants to see any.
    editor.set_color_mode(if hidden { ColorMode::Forced } else { ColorMode::Enabled });
    if let Some(typist) = editor.helper_mut() {
        typist.hidden = hidden;
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
