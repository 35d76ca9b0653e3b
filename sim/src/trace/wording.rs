//! Messages in words, with the names of those of whom they speak.

use ringchat::proto::entry::Submission;
use ringchat::proto::id::{Ballot, NodeId};
use ringchat::proto::message::{Append, AppendAck, Message, Request, Stored, TokenId};

use super::names::Names;

/// What stands for a message where people read.
#[derive(Clone, Copy, Debug)]
pub struct Wording<'a> {
    /// What nodes are called.
    pub names: &'a Names,
}

impl Wording<'_> {
    fn id(&self, id: NodeId) -> String {
        self.names.id(id)
    }

    fn ids(&self, ids: &[NodeId]) -> String {
        let names: Vec<String> = ids.iter().map(|id| self.id(*id)).collect();
        if names.is_empty() { "nobody".to_owned() } else { names.join(" ") }
    }

    fn ballot(&self, ballot: Ballot) -> String {
        format!("{} of {}", ballot.round, self.id(ballot.proposer))
    }

    /// What it says, and of the ring's own frames also who holds how much, at which pulse.
    pub fn in_full(&self, message: &Message) -> String {
        let mut words = self.message(message);
        let facts = match message {
            Message::Append(append) => &append.stored,
            Message::AppendAck(ack) => &ack.stored,
            _ => return words,
        };
        for (place, held) in facts.iter().enumerate() {
            let Stored { id, index, pulse } = held;
            words.push_str(if place == 0 { "; held by " } else { ", " });
            words.push_str(&format!("{} up to {index} at pulse {pulse}", self.id(id)));
        }
        words
    }

    /// What it says.
    pub fn message(&self, message: &Message) -> String {
        match message {
            Message::Ping { leading: Some((ballot, pulse)), .. } => {
                format!("ping, pulse {pulse} under ballot {}", self.ballot(*ballot))
            }
            Message::Ping { leading: None, .. } => "ping".to_owned(),
            Message::Pong { .. } => "pong".to_owned(),
            Message::Append(append) => self.append(append),
            Message::AppendAck(ack) => self.append_ack(ack),
            Message::Elect(it) => format!(
                "token of {}, attempt {}, log {} up to {}, met {}",
                self.id(it.candidate),
                it.attempt,
                it.freshness.ballot.round,
                it.freshness.index,
                self.ids(&it.met)
            ),
            Message::Elected(it) => format!(
                "asks for promises of ballot {}, has those of {}",
                self.ballot(it.ballot),
                self.ids(&it.promised_by)
            ),
            Message::TokenAck { token: TokenId::Elect(candidate, attempt) } => {
                format!("has token {attempt} of {}", self.id(*candidate))
            }
            Message::TokenAck { token: TokenId::Elected(ballot) } => {
                format!("has the token of ballot {}", self.ballot(*ballot))
            }
            Message::Answer(it) => format!(
                "answers attempt {}: log {} up to {}, priority {}",
                it.attempt, it.freshness.ballot.round, it.freshness.index, it.priority
            ),
            Message::Nominate { promised } => {
                format!("names the other, {} was promised", self.ballot(*promised))
            }
            Message::LeaderAlive { ballot } => {
                format!("still hears the leader of ballot {}", self.ballot(*ballot))
            }
            Message::TooFew { met, .. } => format!("too few for a quorum: {}", self.ids(met)),
            Message::Join { committed } => {
                format!("asks to be let in, knows {} committed", committed.index)
            }
            Message::Welcome { view, sponsored, .. } => {
                let served = if *sponsored { ", serves its log" } else { "" };
                format!("the ring has view {}{served}", view.number)
            }
            Message::ToLeader { request, .. } => {
                format!("to the leader: {}", self.request(request))
            }
            Message::SnapshotChunk(it) => format!(
                "snapshot up to {}, {} bytes from {} of {}",
                it.index, it.bytes.length, it.offset, it.total
            ),
            Message::SnapshotAck { index, received } => {
                format!("has {received} bytes of the snapshot up to {index}")
            }
            Message::TakeOver { ballot } => {
                format!("asks it to lead after ballot {}", self.ballot(*ballot))
            }
            Message::ArchiveAsk(ask) => {
                format!("asks for the lines of {} to {}", ask.stretch.first, ask.stretch.last)
            }
            Message::ArchivePart(part) => {
                let (first, last) = (part.stretch.first, part.stretch.last);
                let has = if part.lacks { "lacks" } else { "has" };
                format!("{has} the lines of {first} to {last}, sends {}", part.lines.len())
            }
        }
    }

    fn append(&self, append: &Append) -> String {
        let Append { ballot, pulse, previous, commit, entries, .. } = append;
        let last = previous.0 + entries.len() as u64;
        let entries = match entries.len() {
            0 => format!("nothing behind {previous}"),
            1 => format!("entry {last}"),
            _ => format!("entries {} to {last}", previous.next()),
        };
        let ballot = self.ballot(*ballot);
        format!("append under ballot {ballot}, pulse {pulse}: {entries}, committed {commit}")
    }

    fn append_ack(&self, ack: &AppendAck) -> String {
        if ack.promised > ack.ballot {
            return format!(
                "refuses the append, has promised ballot {}",
                self.ballot(ack.promised)
            );
        }
        let AppendAck { verified, commit, .. } = ack;
        let asks = if ack.mismatch { ", needs what is behind it" } else { "" };
        format!("ack up to {verified}{asks}, committed {commit}")
    }

    fn request(&self, request: &Request) -> String {
        match request {
            Request::Submit(all) => {
                let each = |it: &Submission| format!("the {}. of {}", it.seq, self.id(it.origin));
                format!("order {}", all.iter().map(each).collect::<Vec<_>>().join(", "))
            }
            Request::Admit { member, sponsor } => {
                format!("admit {} behind {}", self.id(member.id), self.id(*sponsor))
            }
            Request::Leave { id } => format!("let {} go", self.id(*id)),
            Request::Accuse { by, skipped } => {
                format!("{} had to skip {}", self.id(*by), self.ids(skipped))
            }
            Request::Claim { by, priority } => {
                format!("{} holds all, and has priority {priority}", self.id(*by))
            }
            Request::Outpromised { promised } => {
                format!("somebody has promised ballot {}", self.ballot(*promised))
            }
        }
    }
}
