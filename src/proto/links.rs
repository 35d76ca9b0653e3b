//! The links of this node: which stand, which are quiet, and how long a round trip takes.

use std::net::SocketAddr;
use std::time::Duration;

use super::id::{LinkId, NodeId, RingId};
use super::message::Hello;
use super::time::Instant;

/// Of so many round trips the shortest tells how far away a peer is: the others may have met one that was
/// busy, or a frame that was lost on the way.
const RECENT: usize = 4;

/// One connection, standing or being dialed.
#[derive(Clone, Debug)]
pub struct Link {
    /// Who is meant to be at the other end; surely known only once it stands.
    pub peer: Option<NodeId>,
    /// Where that is.
    pub address: SocketAddr,
    /// Both sides have said hello.
    pub stands: bool,
    /// The ring that the peer named then; none, if it was in none yet.
    pub ring: Option<RingId>,
    /// When it was dialed, or came to stand.
    pub since: Instant,
    /// When something was last heard on it.
    pub heard_at: Instant,
    /// When a part of something that is not whole yet last came; never, at first.
    pub arrived_at: Instant,
    /// When it was last needed for something.
    pub wanted_at: Instant,
    /// The last round trip measured.
    pub round_trip: Option<Duration>,
    /// It and those measured before it, the newest first.
    recent: [Option<Duration>; RECENT],
    /// The shortest of those, once there is more than one.
    shortest: Option<Duration>,
    /// When this node last asked whether the peer is there.
    pub asked_at: Instant,
}

/// All connections of this node. They are few, and looked through with each input and each tick: so they
/// are sorted lists.
#[derive(Debug, Default)]
pub struct Links {
    all: Vec<(LinkId, Link)>,
    standing: Vec<(NodeId, Vec<LinkId>)>,
    dialed: u64,
}

impl Links {
    /// A new link, which is about to be dialed.
    pub fn dial(&mut self, now: Instant, peer: Option<NodeId>, address: SocketAddr) -> LinkId {
        self.dialed += 1;
        let id = LinkId::Dialed(self.dialed);
        self.insert(id, Link::new(now, peer, address));
        id
    }

    /// A link stands. An older one that the peer itself had dialed is of no use any more, and given.
    pub fn stand(&mut self, now: Instant, id: LinkId, hello: Hello) -> Option<LinkId> {
        let Hello { ring, member: peer } = hello;
        let link = Link { stands: true, ring, ..Link::new(now, Some(peer.id), peer.address) };
        self.insert(id, link);
        let at = place(&self.standing, peer.id).unwrap_or_else(|at| {
            self.standing.insert(at, (peer.id, Vec::new()));
            at
        });
        let (_, to_peer) = &mut self.standing[at];
        let accepted = |link: &LinkId| matches!(link, LinkId::Accepted(_));
        let older = to_peer.iter().copied().find(|other| accepted(other) && accepted(&id));
        to_peer.push(id);
        to_peer.sort_unstable();
        older
    }

    /// A link is gone.
    pub fn remove(&mut self, id: LinkId) -> Option<Link> {
        let (_, link) = place(&self.all, id).ok().map(|at| self.all.remove(at))?;
        if let Some(peer) = link.peer
            && let Ok(at) = place(&self.standing, peer)
        {
            let (_, to_peer) = &mut self.standing[at];
            to_peer.retain(|other| *other != id);
            if to_peer.is_empty() {
                self.standing.remove(at);
            }
        }
        Some(link)
    }

    /// A link, by its id.
    pub fn get(&self, id: LinkId) -> Option<&Link> {
        place(&self.all, id).ok().map(|at| &self.all[at].1)
    }

    /// Who is at the other end of a standing link.
    pub fn peer_of(&self, id: LinkId) -> Option<NodeId> {
        self.get(id).filter(|link| link.stands).and_then(|link| link.peer)
    }

    /// The link to use for a peer, if one stands.
    pub fn to(&self, peer: NodeId) -> Option<LinkId> {
        let at = place(&self.standing, peer).ok()?;
        self.standing[at].1.first().copied()
    }

    /// Whether a dial to this peer is under way.
    pub fn is_dialing(&self, peer: NodeId) -> bool {
        self.iter().any(|(_, link)| !link.stands && link.peer == Some(peer))
    }

    /// Something was heard. From whom, if the link stands.
    pub fn heard(&mut self, now: Instant, id: LinkId) -> Option<NodeId> {
        let link = self.get_mut(id).filter(|link| link.stands)?;
        let peer = link.peer?;
        link.heard_at = now;
        Some(peer)
    }

    /// A part of something has come.
    pub fn arriving(&mut self, now: Instant, id: LinkId) {
        if let Some(link) = self.get_mut(id) {
            link.arrived_at = now;
        }
    }

    /// A round trip was measured.
    pub fn measured(&mut self, id: LinkId, round_trip: Duration) {
        if let Some(link) = self.get_mut(id) {
            link.round_trip = Some(round_trip);
            link.recent.rotate_right(1);
            link.recent[0] = Some(round_trip);
            let measured = link.recent.iter().flatten();
            let shortest = measured.clone().min().copied();
            link.shortest = shortest.filter(|_| measured.count() > 1);
        }
    }

    /// The round trip to the farthest peer, of those that were measured more than once.
    pub fn farthest(&self) -> Option<Duration> {
        let standing = self.iter().filter(|(_, link)| link.stands);
        standing.filter_map(|(_, link)| link.shortest).max()
    }

    /// The link to this peer is needed for something.
    pub fn want(&mut self, now: Instant, peer: NodeId) {
        let Links { all, standing, .. } = self;
        let Ok(at) = place(standing, peer) else { return };
        for id in &standing[at].1 {
            if let Ok(at) = place(all, *id) {
                all[at].1.wanted_at = now;
            }
        }
    }

    /// All links, standing or not.
    pub fn iter(&self) -> impl Iterator<Item = (LinkId, &Link)> {
        self.all.iter().map(|(id, link)| (*id, link))
    }

    /// The same, to be noted in that they were asked.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (LinkId, &mut Link)> {
        self.all.iter_mut().map(|(id, link)| (*id, link))
    }

    /// Everybody to whom a link stands, with the link to use.
    pub fn peers(&self) -> impl Iterator<Item = (NodeId, LinkId)> {
        self.standing.iter().filter_map(|(peer, links)| Some((*peer, *links.first()?)))
    }

    fn get_mut(&mut self, id: LinkId) -> Option<&mut Link> {
        place(&self.all, id).ok().map(|at| &mut self.all[at].1)
    }

    fn insert(&mut self, id: LinkId, link: Link) {
        match place(&self.all, id) {
            Ok(at) => self.all[at].1 = link,
            Err(at) => self.all.insert(at, (id, link)),
        }
    }
}

/// Where this one stands in a sorted list, or would.
fn place<K: Ord + Copy, T>(list: &[(K, T)], key: K) -> Result<usize, usize> {
    list.binary_search_by_key(&key, |(key, _)| *key)
}

impl Link {
    fn new(now: Instant, peer: Option<NodeId>, address: SocketAddr) -> Link {
        Link {
            peer,
            address,
            stands: false,
            ring: None,
            since: now,
            heard_at: now,
            arrived_at: Instant::START,
            wanted_at: now,
            round_trip: None,
            recent: [None; RECENT],
            shortest: None,
            asked_at: Instant::START,
        }
    }
}
