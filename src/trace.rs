//! Events as text, one line each: for the log file, and for anybody else who follows a node.

use std::fmt::{self, Display, Formatter};

use crate::proto::event::{Event, LinkLoss, LogSummary, Refusal};
use crate::proto::id::{Ballot, NodeId};
use crate::proto::input::Disconnect;
use crate::proto::status::why_lines_wait;
use crate::proto::view::{Change, View};

/// How much of a message is shown, in bytes.
const PAYLOAD_SHOWN: usize = 80;

/// An event as one line, with nodes called by `name`. Never ends in a line break, and holds no
/// control characters.
pub fn describe(event: &Event, name: &dyn Fn(NodeId) -> String) -> String {
    Described { event, name }.to_string()
}

struct Described<'a> {
    event: &'a Event,
    name: &'a dyn Fn(NodeId) -> String,
}

/// Every event is listed here, under the group that words it: so a new one does not compile until it
/// has its words, though a group passes over the events of the others.
impl Display for Described<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.event {
            Event::LinkUp { .. }
            | Event::LinkDown { .. }
            | Event::Suspected { .. }
            | Event::Cleared { .. }
            | Event::Successor { .. }
            | Event::Ignored { .. } => self.link(f),
            Event::Joining { .. }
            | Event::Sponsors { .. }
            | Event::CaughtUp { .. }
            | Event::SnapshotSent { .. }
            | Event::SnapshotInstalled { .. }
            | Event::Restored { .. }
            | Event::HistoryLacks { .. }
            | Event::HistoryWhole
            | Event::Left
            | Event::Evicted { .. }
            | Event::WentAlone { .. } => self.membership(f),
            Event::ElectionStarted { .. }
            | Event::TokenReplaced { .. }
            | Event::TokenSwallowed { .. }
            | Event::TokenStopped { .. }
            | Event::ElectionWon { .. }
            | Event::Promised { .. }
            | Event::PromiseWithheld { .. }
            | Event::Leads { .. }
            | Event::Follows { .. }
            | Event::SteppedDown { .. }
            | Event::HandedOver { .. }
            | Event::NoQuorum { .. }
            | Event::QuorumBack => self.election(f),
            Event::ViewProposed { .. }
            | Event::ViewInstalled { .. }
            | Event::Truncated { .. }
            | Event::Submitted { .. }
            | Event::Refused { .. }
            | Event::Resubmitted { .. }
            | Event::DuplicateSuppressed { .. }
            | Event::GapRefused { .. } => self.order(f),
        }
    }
}

impl Described<'_> {
    fn name(&self, id: NodeId) -> String {
        (self.name)(id)
    }

    fn ballot(&self, ballot: Ballot) -> String {
        format!("{} of {}", ballot.round, self.name(ballot.proposer))
    }

    fn link(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.event {
            Event::LinkUp { link, peer } => {
                write!(f, "link {link} to {} stands", self.name(*peer))
            }
            Event::LinkDown { link, peer, why } => {
                let peer = peer.map_or_else(|| "an unknown peer".to_owned(), |id| self.name(id));
                write!(f, "link {link} to {peer} is gone: {}", describe_loss(why))
            }
            Event::Suspected { peer } => {
                write!(f, "{} cannot be reached, and is skipped", self.name(*peer))
            }
            Event::Cleared { peer } => write!(f, "{} answers again", self.name(*peer)),
            Event::Successor { peer: Some(peer) } => {
                write!(f, "the successor is {}", self.name(*peer))
            }
            Event::Successor { peer: None } => write!(f, "there is no successor"),
            Event::Ignored { from, why } => {
                let from = from.map_or_else(|| "an unknown peer".to_owned(), |id| self.name(id));
                write!(f, "ignored {from}: {}", flat(why))
            }
            _other_group => Ok(()),
        }
    }

    fn membership(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.event {
            Event::Joining { contact } => write!(f, "asks {contact} to let it in"),
            Event::Sponsors { learner } => write!(f, "serves its log to {}", self.name(*learner)),
            Event::CaughtUp { learner } => {
                write!(f, "{} has caught up; asks the leader to admit it", self.name(*learner))
            }
            Event::SnapshotSent { to, index } => {
                write!(f, "sends {} a snapshot up to {index}", self.name(*to))
            }
            Event::SnapshotInstalled { index, view } => {
                write!(f, "installed a snapshot up to {index}, with {}", self.view(view))
            }
            Event::Restored { index, last, .. } => {
                write!(f, "is back, with what is committed up to {index}, and a log up to {last}")
            }
            Event::HistoryLacks { first, last } => {
                write!(f, "lacks lines of the past between {first} and {last}, and asks for them")
            }
            Event::HistoryWhole => write!(f, "has all lines of the past that it is to keep"),
            Event::Left => write!(f, "has left the ring"),
            Event::Evicted { view } => {
                write!(f, "was evicted: view {view} is without this node; asks to come back")
            }
            Event::WentAlone { ring, dropped } => {
                write!(f, "goes on alone as ring {ring}; {dropped} uncommitted entries given up")
            }
            _other_group => Ok(()),
        }
    }

    fn election(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.event {
            Event::ElectionStarted { attempt } => write!(f, "starts an election, its {attempt}."),
            Event::TokenReplaced { candidate } => {
                write!(f, "replaced the token of {} by its own", self.name(*candidate))
            }
            Event::TokenSwallowed { candidate } => {
                write!(f, "swallowed the token of {}", self.name(*candidate))
            }
            Event::TokenStopped { candidate } => {
                write!(f, "stopped the token of {}: hears the leader", self.name(*candidate))
            }
            Event::ElectionWon { ballot } => {
                write!(f, "its token is back; asks for promises of ballot {}", self.ballot(*ballot))
            }
            Event::Promised { ballot } => write!(f, "promised ballot {}", self.ballot(*ballot)),
            Event::PromiseWithheld { ballot } => {
                write!(
                    f,
                    "gives ballot {} no promise: its own log is fresher",
                    self.ballot(*ballot)
                )
            }
            Event::Leads { ballot, log, .. } => {
                let log = describe_log(log);
                write!(f, "leads under ballot {}; log {log}", self.ballot(*ballot))
            }
            Event::Follows { ballot } => {
                write!(f, "follows {} under ballot {}", self.name(ballot.proposer), ballot.round)
            }
            Event::SteppedDown { ballot, .. } => {
                write!(f, "leads no more under ballot {}", self.ballot(*ballot))
            }
            Event::HandedOver { to } => write!(f, "asks {} to lead", self.name(*to)),
            Event::NoQuorum { reachable, members } => {
                f.write_str(&why_lines_wait(*reachable, *members))
            }
            Event::QuorumBack => write!(f, "quorum is back"),
            _other_group => Ok(()),
        }
    }

    fn order(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.event {
            Event::ViewProposed { index, view } => {
                write!(f, "proposes at {index} {}", self.view(view))
            }
            Event::ViewInstalled { index, view } => {
                write!(f, "installed at {index} {}", self.view(view))
            }
            Event::Truncated { from, to } => {
                write!(f, "dropped its entries {from} to {to}: the leader's log has others")
            }
            Event::Submitted { seq, lamport, payload, .. } => {
                let size = payload.len();
                write!(f, "submits its {seq}. message, Lamport {lamport}, {size} bytes")
            }
            Event::Refused { why } => write!(f, "refused: {}", describe_refusal(*why)),
            Event::Resubmitted { count } => write!(f, "sent {count} messages again"),
            Event::DuplicateSuppressed { origin, seq } => {
                write!(f, "dropped the {seq}. message of {}: known already", self.name(*origin))
            }
            Event::GapRefused { origin, seq } => {
                write!(f, "dropped the {seq}. message of {}: one is missing", self.name(*origin))
            }
            _other_group => Ok(()),
        }
    }

    fn view(&self, view: &View) -> String {
        let members: Vec<String> = view.members.iter().map(|member| self.name(member.id)).collect();
        let changes: Vec<String> = view
            .changes
            .iter()
            .map(|change| match change {
                Change::Founded(id) => format!("{} founded", self.name(*id)),
                Change::Joined(id) => format!("{} joined", self.name(*id)),
                Change::Left(id) => format!("{} left", self.name(*id)),
                Change::Evicted(id) => format!("{} evicted", self.name(*id)),
                Change::Moved(id) => format!("{} moved", self.name(*id)),
                Change::TieBreaker(id) => format!("{} breaks ties", self.name(*id)),
            })
            .collect();
        format!("view {}: {} ({})", view.number, members.join(" "), changes.join(", "))
    }
}

/// Why a link is gone.
pub fn describe_loss(why: &LinkLoss) -> String {
    match why {
        LinkLoss::Lost(Disconnect::Closed) => "closed by the peer".to_owned(),
        LinkLoss::Lost(Disconnect::Reset) => "reset".to_owned(),
        LinkLoss::Lost(Disconnect::Refused) => "refused, nobody listens there".to_owned(),
        LinkLoss::Lost(Disconnect::Unreachable) => "unreachable".to_owned(),
        LinkLoss::Lost(Disconnect::Malformed(why)) => flat(why),
        LinkLoss::Lost(Disconnect::Overflow) => "the peer takes less than it is sent".to_owned(),
        LinkLoss::Silent => "nothing was heard for too long".to_owned(),
        LinkLoss::DialTimeout => "no answer in time".to_owned(),
        LinkLoss::OtherRing(ring) => format!("the peer belongs to another ring, {ring}"),
        LinkLoss::Itself => "the peer is this node itself".to_owned(),
        LinkLoss::Replaced => "another link takes its place".to_owned(),
    }
}

/// Why a command was refused.
pub fn describe_refusal(why: Refusal) -> &'static str {
    match why {
        Refusal::Full => "as many messages as this node keeps wait already",
        Refusal::HasQuorum => "there is a quorum: nobody needs to go on alone",
        Refusal::NoRing => "this node is in no ring",
        Refusal::Leaving => "this node is leaving",
        Refusal::TooLarge => "the message is larger than a frame may be",
    }
}

fn describe_log(log: &LogSummary) -> String {
    let runs: Vec<String> =
        log.runs.iter().map(|(ballot, last)| format!("{}:{last}", ballot.round)).collect();
    format!("from {} [{}]", log.compacted.next(), runs.join(" "))
}

/// A peer's words without control characters, and not too many of them.
fn flat(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .map(|character| if character.is_control() { '\u{fffd}' } else { character })
        .take(4 * PAYLOAD_SHOWN)
        .collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
