//! Election: Chang and Roberts (1979), on freshness first, then a lap that gathers promises.
//!
//! Lap 1 changes nothing that lasts: it finds the best candidate, and whether a quorum can be met.

use super::id::{Ballot, NodeId};
use super::message::{Elect, Elected, Freshness, TokenId};

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
}

/// This node's part in elections.
#[derive(Debug, Default)]
pub struct Election {
    /// How many candidacies this node has begun.
    pub attempt: u64,
    /// Whether the current attempt may still win.
    running: bool,
    /// The ballot whose promises are being gathered.
    gathering: Option<Ballot>,
    /// Tokens sent and not acknowledged: sent again to the next, if the successor fails.
    pub unacknowledged: Vec<Token>,
}

/// Either token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// Of lap 1.
    Elect(Elect),
    /// Of lap 2.
    Elected(Elected),
}

impl Token {
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
        let Candidate { id, freshness, promised, view, .. } = own;
        self.attempt += 1;
        self.running = true;
        self.gathering = None;
        Elect { candidate: id, attempt: self.attempt, freshness, promised, view, met: vec![id] }
    }

    /// Judges a token of lap 1.
    pub fn judge(&mut self, mut token: Elect, own: Candidate) -> Verdict {
        let me = own.id;
        if token.candidate == me {
            let won = self.running && token.attempt == self.attempt;
            self.running = false;
            return if won { Verdict::Won(token) } else { Verdict::Swallow };
        }
        if token.met.contains(&me) {
            // It has been round without finding its candidate.
            return Verdict::Swallow;
        }
        if own.eligible && (token.freshness, token.candidate) < (own.freshness, me) {
            if self.running {
                return Verdict::Swallow;
            }
            let promised = own.promised.max(token.promised);
            return Verdict::Replace(self.start(Candidate { promised, ..own }));
        }
        token.promised = token.promised.max(own.promised);
        token.met.push(me);
        Verdict::Pass(token)
    }

    /// Lap 2 begins: promises for `ballot` are gathered.
    pub fn gather(&mut self, ballot: Ballot) {
        self.gathering = Some(ballot);
    }

    /// The own token of lap 2 is back. Whether it may be counted: once per ballot.
    pub fn decide(&mut self, ballot: Ballot) -> bool {
        self.gathering.take_if(|gathering| *gathering == ballot).is_some()
    }

    /// A leader is heard, or this attempt came to nothing: what was seen counts no more.
    pub fn reset(&mut self) {
        self.running = false;
        self.gathering = None;
        self.unacknowledged.clear();
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
