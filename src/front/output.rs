//! A thread that prints lines: only it waits for a slow terminal or pipe, never the node.

use std::io;
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

/// How many lines wait for the thread at most.
const LINES_MAX: usize = 1_024;

/// How long the last lines may take at the end.
const FLUSH_TIME: Duration = Duration::from_secs(2);

/// Something that lines can be printed on. It need not buffer: the thread says when to flush.
pub trait Print: Send + 'static {
    /// Prints one line; the line break is not part of it.
    ///
    /// # Errors
    /// As the system says; nothing more is printed then.
    fn print(&mut self, line: &str) -> io::Result<()>;

    /// Nothing more waits: show what was printed.
    ///
    /// # Errors
    /// As the system says; nothing more is printed then.
    fn flush(&mut self) -> io::Result<()>;
}

impl<W: io::Write + Send + 'static> Print for W {
    fn print(&mut self, line: &str) -> io::Result<()> {
        self.write_all(line.as_bytes())?;
        self.write_all(b"\n")
    }

    fn flush(&mut self) -> io::Result<()> {
        io::Write::flush(self)
    }
}

/// The way to the thread. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Output {
    lines: mpsc::Sender<Item>,
}

#[derive(Debug)]
enum Item {
    Line(String),
    End(oneshot::Sender<()>),
}

/// The thread has ended: what it printed on takes no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed;

impl Output {
    /// Starts a thread that prints on `to`.
    pub fn start(to: impl Print) -> Output {
        let (lines, waiting) = mpsc::channel(LINES_MAX);
        thread::spawn(move || {
            // Where nothing can be printed there is nobody to tell; the senders find it closed.
            let _end = run(to, waiting);
        });
        Output { lines }
    }

    /// Waits for room, and then hands over the first of `lines`. May be dropped at any time.
    ///
    /// # Errors
    /// If nothing can be printed any more.
    pub async fn print(
        &self,
        lines: &mut std::collections::VecDeque<String>,
    ) -> Result<(), Closed> {
        let room = self.lines.reserve().await.map_err(|_| Closed)?;
        if let Some(line) = lines.pop_front() {
            room.send(Item::Line(line));
        }
        Ok(())
    }

    /// Hands over a line if there is room. False: it was dropped.
    pub fn try_print(&self, line: String) -> bool {
        match self.lines.try_send(Item::Line(line)) {
            Ok(()) => true,
            Err(TrySendError::Full(_) | TrySendError::Closed(_)) => false,
        }
    }

    /// Waits until all that was handed over is printed, for at most two seconds.
    pub async fn finish(&self) {
        let (done, printed) = oneshot::channel();
        let wait = async {
            if self.lines.send(Item::End(done)).await.is_ok() {
                // An error means that the thread has ended, which is as good.
                let _ended = printed.await;
            }
        };
        let _late = timeout(FLUSH_TIME, wait).await;
    }
}

fn run(mut to: impl Print, mut waiting: mpsc::Receiver<Item>) -> io::Result<()> {
    while let Some(item) = waiting.blocking_recv() {
        let done = match item {
            Item::Line(line) => {
                to.print(&line)?;
                None
            }
            Item::End(done) => Some(done),
        };
        if done.is_some() || waiting.is_empty() {
            to.flush()?;
        }
        if let Some(done) = done {
            // Whoever asked may have given up waiting.
            let _gone = done.send(());
        }
    }
    Ok(())
}
