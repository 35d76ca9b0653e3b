//! Finds the ring that runs on this machine; also when several nodes start in the same instant.
//!
//! Every node binds its port first, and answers on it that it is in no ring yet. Then it looks at
//! all ports of the range. A ring at any of them is joined: the node at the first port may have been
//! killed. Else the ringless node with the lowest port founds, and the others wait for it.
//!
//! Two can only both found if neither knows of the other. The lower one looks at the higher one's
//! port, which is bound: so either it hears of a ring there, or the higher one has heard of it before
//! it answered, and waits. (A node that does not answer within a second is as good as none.)

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::pending;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream::FuturesUnordered;
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep};

use super::options::PORTS_COUNT;
use super::probe::{Found, answer, probe};
use crate::net::{Net, TokioNet};
use crate::proto::id::RingId;
use crate::proto::message::Hello;

/// How long a node waits for others that are in no ring themselves.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long it waits before it looks again.
const PAUSE: Duration = Duration::from_millis(50);

/// Whoever looked here this long ago, and was in no ring, may still be there.
const RIVAL_TIME: Duration = Duration::from_secs(2);

/// What was found where.
pub type Findings = Vec<(SocketAddr, Found)>;

/// A node that is bound and looks around.
#[derive(Debug)]
pub struct Lookout<'a> {
    listener: &'a TcpListener,
    own: Hello,
    first_port: u16,
    /// The ringless nodes that looked here, and when they did last.
    rivals: RefCell<BTreeMap<SocketAddr, Instant>>,
}

impl<'a> Lookout<'a> {
    /// A lookout that listens already; `own` names no ring.
    pub fn new(listener: &'a TcpListener, own: Hello, first_port: u16) -> Lookout<'a> {
        Lookout { listener, own, first_port, rivals: RefCell::default() }
    }

    /// The nodes of this machine's ring; none if this node is to found one.
    pub async fn discover(&self) -> Option<Vec<SocketAddr>> {
        tokio::select! {
            biased;
            () = self.answer_all() => None,
            found = self.search() => found,
        }
    }

    /// Looks at these addresses until one of them is of a ring, or none can come to be. The last
    /// findings, in the order of the addresses.
    pub async fn look_for_ring(&self, addresses: &[SocketAddr]) -> Findings {
        let look = async {
            let give_up = Instant::now() + PATIENCE;
            loop {
                let found = self.look(addresses).await;
                let is_ring = |found: &Found| matches!(found, Found::Ring(_));
                let may_become = |found: &Found| matches!(found, Found::Ringless | Found::Closed);
                let done = found.iter().any(|(_, found)| is_ring(found))
                    || !found.iter().any(|(_, found)| may_become(found))
                    || Instant::now() >= give_up;
                if done {
                    return found;
                }
                sleep(PAUSE).await;
            }
        };
        tokio::select! {
            biased;
            () = self.answer_all() => Findings::new(),
            found = look => found,
        }
    }

    /// For a node of a ring file: the nodes of the ring, once one of these others is in one. None, if this
    /// is the first node of the file and is to found it, since it has met all others, and none is in a
    /// ring.
    ///
    /// It waits for whoever does not answer: there may be a ring that was switched off, and another must
    /// not begin beside it.
    pub async fn gather(&self, is_first: bool, others: &[SocketAddr]) -> Option<Vec<SocketAddr>> {
        tokio::select! {
            biased;
            () = self.answer_all() => None,
            found = self.meet(is_first, others) => found,
        }
    }

    async fn meet(&self, is_first: bool, others: &[SocketAddr]) -> Option<Vec<SocketAddr>> {
        let mut told = None;
        loop {
            let found = self.look(others).await;
            if let Some(nodes) = nodes_of_first_ring(&found) {
                return Some(nodes);
            }
            let absent = found.iter().filter(|(_, found)| *found != Found::Ringless);
            let absent: Vec<String> = absent.map(|(address, _)| address.to_string()).collect();
            if is_first && absent.is_empty() {
                return None;
            }
            let text = if is_first {
                format!(
                    "waiting until {} run: this first node of the ring file founds the ring once it has \
                     met all others (--new founds it without them)",
                    absent.join(", ")
                )
            } else {
                "waiting for the first node of the ring file, which founds the ring once it has met all \
                 others"
                    .to_owned()
            };
            if told.as_ref() != Some(&text) {
                // Nothing but chat goes to stdout. Where nobody reads this, the node waits all the same.
                let _unread = writeln!(io::stderr(), "{text}");
                told = Some(text);
            }
            sleep(PAUSE).await;
        }
    }

    async fn look(&self, addresses: &[SocketAddr]) -> Findings {
        let probes = addresses.iter().map(|address| async {
            let found = probe(*address, &self.own).await;
            (*address, found)
        });
        join_all(probes).await
    }

    async fn search(&self) -> Option<Vec<SocketAddr>> {
        let own = self.own.member.address;
        let ports = self.first_port..self.first_port.saturating_add(PORTS_COUNT);
        let others: Vec<SocketAddr> = ports
            .map(|port| SocketAddr::new(own.ip(), port))
            .filter(|address| *address != own)
            .collect();
        let give_up = Instant::now() + PATIENCE;
        loop {
            let found = self.look(&others).await;
            for (address, found) in &found {
                if let Found::Stranger(why) = found {
                    tracing::info!("skipped {address}: {why}");
                }
            }
            if let Some(nodes) = nodes_of_first_ring(&found) {
                return Some(nodes);
            }
            // A connection closed without a word may be a node that becomes a ring just now.
            let waits = found.iter().any(|(address, found)| match found {
                Found::Ringless => self.rank(*address) < self.rank(own),
                Found::Closed => true,
                Found::Ring(_) | Found::Nobody | Found::Silent(_) | Found::Stranger(_) => false,
            });
            if Instant::now() >= give_up || !(waits || self.has_lower_rival()) {
                return None;
            }
            sleep(PAUSE).await;
        }
    }

    /// Answers everybody who looks here, many at once.
    async fn answer_all(&self) {
        let mut answers = FuturesUnordered::new();
        loop {
            tokio::select! {
                biased;
                accepted = TokioNet.accept(self.listener) => match accepted {
                    Ok((stream, _)) => {
                        answers.push(answer(stream, &self.own, |hello| self.note_rival(&hello)));
                    }
                    Err(_) => sleep(PAUSE).await,
                },
                () = async {
                    if answers.next().await.is_none() {
                        pending::<()>().await;
                    }
                } => {}
            }
        }
    }

    fn note_rival(&self, hello: &Hello) {
        if hello.ring.is_none() {
            self.rivals.borrow_mut().insert(hello.member.address, Instant::now());
        }
    }

    /// Whether a ringless node below this one looked here lately.
    fn has_lower_rival(&self) -> bool {
        let own = self.rank(self.own.member.address);
        let mut rivals = self.rivals.borrow_mut();
        rivals.retain(|_, seen| seen.elapsed() < RIVAL_TIME);
        rivals.keys().any(|address| self.rank(*address) < own)
    }

    /// Who founds before whom: those within the range first, which all look at.
    fn rank(&self, address: SocketAddr) -> (bool, SocketAddr) {
        let last = self.first_port.saturating_add(PORTS_COUNT - 1);
        let is_outside = !(self.first_port..=last).contains(&address.port());
        (is_outside, address)
    }
}

/// All nodes of the ring at the first address that is of one.
fn nodes_of_first_ring(found: &Findings) -> Option<Vec<SocketAddr>> {
    let ring_of = |found: &Found| -> Option<RingId> {
        match found {
            Found::Ring(ring) => Some(*ring),
            Found::Ringless
            | Found::Nobody
            | Found::Silent(_)
            | Found::Closed
            | Found::Stranger(_) => None,
        }
    };
    let first = found.iter().find_map(|(_, found)| ring_of(found))?;
    let of_first = found.iter().filter(|(_, found)| ring_of(found) == Some(first));
    Some(of_first.map(|(address, _)| *address).collect())
}
