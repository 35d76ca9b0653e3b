//! The prompt of a terminal: a line editor in a thread of its own, that others print above.
//!
//! [`sketch`] is what the prompt shows; `typist` draws it for the editor.

use std::io;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rustyline::config::Configurer;
use rustyline::error::{ReadlineError, Signal as EditorSignal};
use rustyline::history::MemHistory;
use rustyline::{ColorMode, Config, Editor, ExternalPrinter};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use self::sketch::Sketch;
use self::typist::Typist;
use super::commands::{self, For};
use super::output::Print;
use super::plain::Typing;
use super::secret::Secret;

pub mod sketch;
mod typist;

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

/// What is typed at a prompt, as far as the editor must understand it.
#[derive(Clone, Copy, Debug)]
pub struct Language {
    /// Where the word begins that is being typed, and how it may go on.
    pub complete: fn(&Sketch, &str) -> (usize, Vec<String>),
    /// Whether a line ends the program, so that no further one is to be asked for.
    pub ends: fn(&str) -> bool,
    /// What a password must be typed for behind a line, if it wants one.
    pub wants_password: fn(&str) -> Option<For>,
}

impl Language {
    /// What is typed at a node.
    pub const CHAT: Language = Language {
        complete: Sketch::complete,
        ends: commands::ends,
        wants_password: commands::wants_password,
    };
}

/// How the editor ends, and what it shows.
type Started<P> = (Prompt, mpsc::Receiver<Typing>, P, Sketch);

/// Starts the editor. Gives the prompt, what is typed at it, and a way to print above the line being typed.
///
/// # Errors
/// If this terminal cannot do that; plain lines still work.
pub fn start(language: Language, colours: bool) -> Result<Started<impl Print>, ReadlineError> {
    // What the editor calls colours is how it asks the typist to draw, also where nobody wants any.
    let config = Config::builder().max_history_size(HISTORY)?.auto_add_history(true);
    let config = config.color_mode(ColorMode::Forced).build();
    let mut editor: Editor<Typist, MemHistory> = Editor::with_history(config, MemHistory::new())?;
    let sketch = Sketch::default();
    editor.set_helper(Some(Typist {
        sketch: sketch.clone(),
        language,
        colours,
        hidden: false,
        place: String::new(),
        prompt_width: 0,
        columns: 0,
    }));
    let printer = Above(editor.create_external_printer()?);
    let (sender, typings) = mpsc::channel(1);
    let (end, ended) = oneshot::channel();
    let editing = Arc::new(AtomicBool::new(true));
    let still_editing = Arc::clone(&editing);
    let drawn = sketch.clone();
    thread::spawn(move || {
        edit(editor, language, &drawn, &sender);
        still_editing.store(false, Ordering::SeqCst);
        // Nobody may wait for it.
        let _gone = end.send(());
    });
    Ok((Prompt { ended, editing }, typings, printer, sketch))
}

/// Asks for lines until one ends the program. The terminal is as it was when this returns.
fn edit(
    mut editor: Editor<Typist, MemHistory>,
    language: Language,
    sketch: &Sketch,
    typings: &mpsc::Sender<Typing>,
) {
    loop {
        let prompt = draw(&mut editor, sketch);
        let last = match editor.readline(&prompt) {
            Ok(text) => {
                if hand_over(&mut editor, language, &text, typings) {
                    continue;
                }
                return;
            }
            Err(ReadlineError::Signal(EditorSignal::Resize)) => continue,
            Err(ReadlineError::Interrupted | ReadlineError::Signal(EditorSignal::Interrupt)) => {
                Typing::Interrupt
            }
            Err(_) => Typing::End,
        };
        // Whoever took what is typed may be gone.
        let _gone = typings.blocking_send(last);
        return;
    }
}

/// Hands over what was typed: one line, or several that were pasted at once. Whether to ask for more.
fn hand_over(
    editor: &mut Editor<Typist, MemHistory>,
    language: Language,
    text: &str,
    typings: &mpsc::Sender<Typing>,
) -> bool {
    let text = text.trim_end_matches('\n');
    for line in text.split('\n') {
        if typings.blocking_send(Typing::Line(line.to_owned())).is_err() || (language.ends)(line) {
            return false;
        }
    }
    let last = text.rsplit('\n').next().unwrap_or_default();
    match (language.wants_password)(last) {
        Some(what) => typings.blocking_send(Typing::Password(hidden(editor, &what))).is_ok(),
        None => true,
    }
}

/// The prompt with the place where lines are said now. What changes while a line is typed stands
/// behind that line, since the editor cannot move it.
fn draw(editor: &mut Editor<Typist, MemHistory>, sketch: &Sketch) -> String {
    let place = sketch.place();
    let prompt = format!("{place}> ");
    let columns = editor.dimensions().map_or(0, |(columns, _)| usize::from(columns));
    if let Some(typist) = editor.helper_mut() {
        typist.prompt_width = prompt.chars().count();
        (typist.place, typist.columns) = (place, columns);
    }
    prompt
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
