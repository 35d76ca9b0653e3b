//! The log file `chat_PORT.log`: one line for each thing that happened, led by its Lamport time.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, Writer};
use tracing_subscriber::fmt::{FmtContext, MakeWriter};
use tracing_subscriber::registry::LookupSpan;

use super::output::Output;
use super::wall_clock::stamp;

/// A log that is longer is put aside, as `chat_PORT.log.old`.
pub const LOG_BYTES_MAX: u64 = 16 << 20;

/// Where the log of the node at this port goes, in the current folder.
pub fn path(port: u16) -> PathBuf {
    PathBuf::from(format!("chat_{port}.log"))
}

/// Opens the log file and sends everything that is logged there; with `verbose` also to that output.
///
/// # Errors
/// If the file cannot be written; then nothing is logged to a file.
pub fn start(
    port: u16,
    lamport: Arc<AtomicU64>,
    verbose: Option<Output>,
) -> Result<PathBuf, LogError> {
    let path = path(port);
    let opened = LogFile::open(path.clone()).and_then(|mut log| {
        let version = env!("CARGO_PKG_VERSION");
        let first = format!("{:>8} {} ---- ringchat {version}, a new session ----\n", 0, stamp());
        log.append(first.as_bytes())?;
        Ok(log)
    });
    let (file, error) = match opened {
        Ok(file) => (Some(file), None),
        Err(error) => (None, Some(error)),
    };
    let tee = Tee(Arc::new(Mutex::new(Sinks { file, verbose })));
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::INFO)
        .event_format(Format { lamport })
        .with_writer(tee)
        .finish();
    // It fails if there is one already, as where several nodes live in one process: that one stays.
    let _second = tracing::subscriber::set_global_default(subscriber);
    match error {
        None => Ok(path),
        Some(error) => Err(LogError { path, error }),
    }
}

/// The log file cannot be written. The node runs all the same.
#[derive(Debug, thiserror::Error)]
#[error(
    "the log file {} cannot be written: {error}; the chat goes on without it. To have one, start the \
     node in a folder that can be written",
    path.display()
)]
pub struct LogError {
    /// The file.
    pub path: PathBuf,
    /// What the system says.
    #[source]
    pub error: io::Error,
}

struct Format {
    lamport: Arc<AtomicU64>,
}

impl<S, N> FormatEvent<S, N> for Format
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut text = String::new();
        context.field_format().format_fields(Writer::new(&mut text), event)?;
        let mut writer = writer;
        let lamport = self.lamport.load(Ordering::Relaxed);
        write!(writer, "{lamport:>8} {} ", stamp())?;
        let level = *event.metadata().level();
        if level <= tracing::Level::WARN {
            write!(writer, "{} ", level.as_str().to_ascii_lowercase())?;
        }
        // What a peer sent may stand in it, and one thing is one line.
        for character in text.chars() {
            writer.write_char(if character.is_control() { ' ' } else { character })?;
        }
        writeln!(writer)
    }
}

/// A file that is put aside when it is long: the one before it goes then.
#[derive(Debug)]
pub struct LogFile {
    path: PathBuf,
    file: File,
    length: u64,
}

impl LogFile {
    /// Opens it, to go on behind what it holds.
    ///
    /// # Errors
    /// What the system says.
    pub fn open(path: PathBuf) -> io::Result<LogFile> {
        let file = OpenOptions::new().create(true).append(true).open(&path)?;
        let length = file.metadata()?.len();
        Ok(LogFile { path, file, length })
    }

    /// Appends a line, with its end.
    ///
    /// # Errors
    /// What the system says.
    pub fn append(&mut self, line: &[u8]) -> io::Result<()> {
        if self.length > 0 && self.length + line.len() as u64 > LOG_BYTES_MAX {
            // Where it cannot be put aside, it goes on.
            let aside = fs::rename(&self.path, self.path.with_extension("log.old"));
            if let Ok(fresh) = aside.and_then(|()| LogFile::open(self.path.clone())) {
                *self = fresh;
            }
        }
        self.length += line.len() as u64;
        self.file.write_all(line)
    }
}

struct Sinks {
    file: Option<LogFile>,
    verbose: Option<Output>,
}

/// Writes to all sinks; of each line the subscriber makes one write.
#[derive(Clone)]
struct Tee(Arc<Mutex<Sinks>>);

impl<'a> MakeWriter<'a> for Tee {
    type Writer = Tee;

    fn make_writer(&'a self) -> Tee {
        self.clone()
    }
}

impl io::Write for Tee {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut sinks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(output) = &sinks.verbose {
            // A slow stderr must not hold up the node; the file has every line.
            let _dropped = output.try_print(String::from_utf8_lossy(line).trim_end().to_owned());
        }
        if let Some(file) = &mut sinks.file {
            file.append(line)?;
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
