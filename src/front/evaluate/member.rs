//! A node that is measured: the product's own driver, wire code, node and files, without a chat on top.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::mpsc::channel;
use std::thread::{self, JoinHandle};

use bytes::Bytes;
use tokio::runtime;
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::Instant;

use super::error::EvaluateError;
use crate::driver::application::Application;
use crate::driver::disk::Disk;
use crate::driver::handle::Handle;
use crate::driver::run::{Driver, Exit, Settings};
use crate::driver::store::Memory;
use crate::front::keep_history::KeepHistory;
use crate::front::lots::seed;
use crate::front::storage::{PlaceError, Storage, open_archive};
use crate::net::{Net, TokioNet};
use crate::proto::config::Config;
use crate::proto::entry::Delivered;
use crate::proto::event::Event;
use crate::proto::id::Index;
use crate::proto::node::{Node, Start};
use crate::proto::time;
use crate::store::database::Store;

/// As of the live node: see there.
const DISK_ENTRIES: u64 = 4_096;

/// What a member saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sight {
    /// It was given a line; unaltered, or not.
    Line {
        /// The line's number.
        number: u64,
        /// When.
        at: Instant,
        /// Whether it says what was said.
        whole: bool,
    },
    /// It installed a view of so many members.
    View(usize),
    /// It leads now.
    Leads,
    /// Its driver has ended, for this reason.
    Ended(String),
}

/// A sight, and whose it is.
pub type Seen = (usize, Sight);

/// A line of this many bytes: its number, and then the same byte again and again.
pub fn line(number: u64, bytes: usize) -> Bytes {
    let mut line = vec![filler(number); bytes.max(8)];
    line[..8].copy_from_slice(&number.to_le_bytes());
    line.into()
}

fn filler(number: u64) -> u8 {
    number.to_le_bytes()[0]
}

/// Tells what is delivered. Its state is the numbers of all that was.
struct Meter {
    member: usize,
    delivered: Vec<u64>,
    sights: UnboundedSender<Seen>,
}

impl Meter {
    fn tell(&self, sight: Sight) {
        // Where nobody looks any more, the evaluation is over.
        let _over = self.sights.send((self.member, sight));
    }
}

impl Application for Meter {
    fn deliver(&mut self, _: time::Instant, delivered: &Delivered) {
        let at = Instant::now();
        let bytes = &delivered.message.payload.bytes;
        let Some((head, rest)) = bytes.split_first_chunk() else { return };
        let number = u64::from_le_bytes(*head);
        let whole = rest.iter().all(|byte| *byte == filler(number));
        self.delivered.push(number);
        self.tell(Sight::Line { number, at, whole });
    }

    fn snapshot(&self) -> Bytes {
        self.delivered.iter().flat_map(|number| number.to_le_bytes()).collect()
    }

    /// Whoever gets the state has its lines from then on.
    fn install(&mut self, _: time::Instant, _: Index, state: &Bytes) -> Result<(), String> {
        let at = Instant::now();
        let (numbers, rest) = state.as_chunks();
        if !rest.is_empty() {
            return Err(format!("expected numbers of 8 bytes each, found {} bytes", state.len()));
        }
        let had = self.delivered.len();
        self.delivered = numbers.iter().copied().map(u64::from_le_bytes).collect();
        for number in self.delivered.iter().skip(had) {
            self.tell(Sight::Line { number: *number, at, whole: true });
        }
        Ok(())
    }

    fn event(&mut self, _: time::Instant, event: &Event) {
        match event {
            Event::ViewInstalled { view, .. } => self.tell(Sight::View(view.members.len())),
            Event::Leads { .. } => self.tell(Sight::Leads),
            _measures_nothing => {}
        }
    }
}

/// A member that runs, in a thread and an event loop of its own.
#[derive(Debug)]
pub struct Member {
    /// The way to it.
    pub handle: Handle,
    /// Where it listens.
    pub address: SocketAddr,
    thread: JoinHandle<()>,
}

/// What a member is started with.
#[derive(Debug)]
pub struct Plan {
    /// Its number, from 0.
    pub member: usize,
    /// Whose ring it joins; none to found one.
    pub contact: Option<SocketAddr>,
    /// Where it keeps what must outlive it; none, if it keeps nothing.
    pub folder: Option<PathBuf>,
}

impl Member {
    /// Starts a member, which listens when this is over.
    ///
    /// # Errors
    /// [`EvaluateError`]; it does not run then.
    pub fn start(plan: Plan, sights: UnboundedSender<Seen>) -> Result<Member, EvaluateError> {
        let (tell, told) = channel();
        let work = move || {
            let member = plan.member;
            let runtime = runtime::Builder::new_current_thread().enable_all().build();
            let exit = runtime.map_err(EvaluateError::from);
            match exit.and_then(|runtime| runtime.block_on(live(plan, sights.clone(), &tell))) {
                // Where nobody looks any more, the evaluation is over.
                Ok(exit) => drop(sights.send((member, Sight::Ended(format!("{exit:?}"))))),
                // Whoever started this waits for it.
                Err(error) => drop(tell.send(Err(error))),
            }
        };
        let thread = thread::Builder::new().name("member".to_owned()).spawn(work)?;
        let gone = |_| EvaluateError::System(std::io::ErrorKind::BrokenPipe.into());
        let (handle, address) = told.recv().map_err(gone)??;
        Ok(Member { handle, address, thread })
    }

    /// Ends it, and waits until it has.
    pub fn end(self) {
        drop(self.handle);
        // A panic there has said itself what it was.
        let _panicked = self.thread.join();
    }
}

type Begun = Result<(Handle, SocketAddr), EvaluateError>;

/// Runs a member to its end. An error means that it has never run.
async fn live(
    plan: Plan,
    sights: UnboundedSender<Seen>,
    tell: &std::sync::mpsc::Sender<Begun>,
) -> Result<Exit, EvaluateError> {
    let listener = TokioNet.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
    let address = listener.local_addr()?;
    let seed = seed();
    let storage = match &plan.folder {
        None => Storage::Memory(Memory::default()),
        Some(folder) => {
            let failed = PlaceError::from;
            let mut file = Store::open(folder).map_err(failed)?;
            file.give_to(Node::identity(seed), address).map_err(failed)?;
            let archive = open_archive(&file, KeepHistory::default(), None)?;
            Storage::Disk(Disk::start(file, archive)?)
        }
    };
    let disk_entries = plan.folder.is_some().then_some(DISK_ENTRIES);
    let config = Config { disk_entries, ..Config::default() };
    let start = plan.contact.map_or(Start::Found, |contact| Start::Join(vec![contact]));
    let settings = Settings { seed, address, config, start };
    let meter = Meter { member: plan.member, delivered: Vec::new(), sights };
    let (driver, handle) = Driver::with_store(TokioNet, listener, meter, storage, settings);
    // Whoever started this waits for it.
    let _waits = tell.send(Ok((handle, address)));
    Ok(driver.run().await.1)
}
