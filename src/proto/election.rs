//! Election: Chang and Roberts (1979), on freshness first, then a lap that gathers promises.
//!
//! Lap 1 changes nothing that lasts: it finds the best candidate, and whether a quorum can be met.

use super::bully::Bully;
use super::entry::Committed;
use super::id::{Ballot, NodeId};
use super::message::{Elect, Elected, Freshness, Message, TokenId};

/// What to do with a token of lap 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is better than this node: pass it on, as it is now.
    Pass(Elect),
    /// This node is better: its own token goes on instead.
    Replace(Elect),
    /// A better token is on its way already, or this one went astray.
    Swallow,
    /// It is this node's own: it won lap 1.
    Won(Elect),
}

/// What this node would run with.
#[derive(Clone, Copy, Debug)]
pub struct Candidate {
    /// This node.
    pub id: NodeId,
    /// Whether it is a member by its own log: only such a node is ever a candidate.
    pub eligible: bool,
    /// How fresh its log is.
    pub freshness: Freshness,
    /// The greatest ballot it promised.
    pub promised: Ballot,
    /// The number of the newest view it knows committed.
    pub view: u64,
    /// What it knows committed.
    pub committed: Committed,
}

/// This node's part in elections.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Election {
    /// How many candidacies this node has begun.
    pub attempt: u64,
    /// Whether the current attempt may still win.
    running: bool,
    /// The ballot whose promises are being gathered.
    gathering: Option<Ballot>,
    /// Tokens sent and not acknowledged: sent again to the next, if the successor fails.
    pub unacknowledged: Vec<Token>,
    /// The other way to find the best candidate.
    pub bully: Bully,
    /// By that way: what is to be said to whom, as soon as a link to them stands.
    pub calls: Vec<(NodeId, Token)>,
    /// Who has promised what is being gathered, if the voices come one by one.
    voices: Vec<NodeId>,
}

/// Either token.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Token {
    /// Of lap 1.
    Elect(Elect),
    /// Of lap 2.
    Elected(Elected),
}

impl From<Token> for Message {
    fn from(token: Token) -> Message {
        match token {
            Token::Elect(token) => Message::Elect(Box::new(token)),
            Token::Elected(token) => Message::Elected(token),
        }
    }
}

impl Token {
    /// Where it started, and is to end.
    pub fn home(&self) -> NodeId {
        match self {
            Token::Elect(token) => token.candidate,
            Token::Elected(token) => token.ballot.proposer,
        }
    }

    /// The nodes met.
    pub fn met(&self) -> &[NodeId] {
        match self {
            Token::Elect(token) => &token.met,
            Token::Elected(token) => &token.met,
        }
    }

    /// What its acknowledgement will name.
    pub fn id(&self) -> TokenId {
        match self {
            Token::Elect(token) => TokenId::Elect(token.candidate, token.attempt),
            Token::Elected(token) => TokenId::Elected(token.ballot),
        }
    }
}

impl Election {
    /// Begins a candidacy: lap 1's token, as it leaves this node.
    pub fn start(&mut self, own: Candidate) -> Elect {
        let Candidate { id, freshness, promised, view, committed, .. } = own;
        self.attempt += 1;
        self.running = true;
        self.gathering = None;
        let (attempt, met) = (self.attempt, vec![id]);
        Elect { candidate: id, attempt, freshness, promised, view, committed, met }
    }

    /// Judges a token of lap 1.
    pub fn judge(&mut self, mut token: Elect, own: Candidate) -> Verdict {
        let me = own.id;
        if token.candidate == me {
            // One of an earlier attempt that was held up says nothing of the one under way.
            if !self.running || token.attempt != self.attempt {
                return Verdict::Swallow;
            }
            self.running = false;
            return Verdict::Won(token);
        }
        match token.met.iter().filter(|id| **id == me).count() {
            0 => {}
            1 => {
                // It could not go home straight from where its circle closed.
                token.met.push(me);
                return Verdict::Pass(token);
            }
            // It has been round twice without finding its candidate.
            _ => return Verdict::Swallow,
        }
        if own.eligible && (token.freshness, token.candidate) < (own.freshness, me) {
            if self.running {
                return Verdict::Swallow;
            }
            let promised = own.promised.max(token.promised);
            let committed = own.committed.max(token.committed);
            return Verdict::Replace(self.start(Candidate { promised, committed, ..own }));
        }
        token.promised = token.promised.max(own.promised);
        token.committed = token.committed.max(own.committed);
        token.met.push(me);
        Verdict::Pass(token)
    }

    /// The own token of lap 1 goes on: not all that can be reached were met.
    pub fn resume(&mut self) {
        self.running = true;
    }

    /// Lap 2 begins: promises for `ballot` are gathered.
    pub fn gather(&mut self, ballot: Ballot) {
        self.gathering = Some(ballot);
        self.bully.reset();
        self.calls.clear();
        self.voices.clear();
    }

    /// Voices for the ballot that is being gathered, that come one by one. All that came so far.
    pub fn hear(&mut self, voices: &[NodeId]) -> &[NodeId] {
        let new = voices.iter().filter(|id| !self.voices.contains(id));
        let new: Vec<NodeId> = new.copied().collect();
        self.voices.extend(new);
        &self.voices
    }

    /// Whether promises are being gathered.
    pub fn is_gathering(&self) -> bool {
        self.gathering.is_some()
    }

    /// Whether promises for this ballot are being gathered.
    pub fn gathers(&self, ballot: Ballot) -> bool {
        self.gathering == Some(ballot)
    }

    /// The own token of lap 2 is back with a quorum. Whether it may be counted: once per ballot.
    pub fn decide(&mut self, ballot: Ballot) -> bool {
        self.gathering.take_if(|gathering| *gathering == ballot).is_some()
    }

    /// A leader is heard, or this attempt came to nothing: what was seen counts no more.
    pub fn reset(&mut self) {
        self.running = false;
        self.gathering = None;
        self.unacknowledged.clear();
        self.bully.forget();
        self.calls.clear();
    }

    /// A neighbour has taken a token.
    pub fn acknowledged(&mut self, id: TokenId) {
        self.unacknowledged.retain(|token| token.id() != id);
    }

    /// A token is about to be sent. Only the newest of each lap matters.
    pub fn sending(&mut self, token: Token) {
        let same_lap = |other: &Token| {
            matches!(
                (other, &token),
                (Token::Elect(_), Token::Elect(_)) | (Token::Elected(_), Token::Elected(_))
            )
        };
        self.unacknowledged.retain(|other| !same_lap(other));
        self.unacknowledged.push(token);
    }
}
