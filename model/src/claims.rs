//! What must hold in every state, and what must happen in some.

use std::collections::BTreeSet;

use ringchat::proto::entry::{Body, Entry};
use ringchat::proto::id::{Index, NodeId};
use ringchat::proto::view::View;
use stateright::Property;

use crate::peer::Peer;
use crate::store::Disk;
use crate::truth::Broken;
use crate::walk::{State, Walk};

/// Every claim.
pub fn all() -> Vec<Property<Walk>> {
    vec![
        Property::always("S1, S9: one entry at one index", |_: &Walk, state: &State| {
            state.truth.broken != Some(Broken::TwoChosen)
        }),
        Property::always("S7: one leader, once per ballot", |_: &Walk, state: &State| {
            state.truth.broken != Some(Broken::LedTwice)
        }),
        Property::always("S2: what is committed is not cut off", |_: &Walk, state: &State| {
            state.truth.broken != Some(Broken::CommittedCut)
        }),
        Property::always("the store follows the memory", |_: &Walk, state: &State| {
            state.truth.broken != Some(Broken::StoreDiffers)
        }),
        Property::always("S8: a leader holds what was committed before", leaders_are_complete),
        Property::always("S9: views follow each other", views_follow),
        Property::always("equal index and ballot mean equal logs", logs_match),
        Property::always("what is verified is the leader's", verified_is_the_leaders),
        Property::always("what counts as durable is on disk", durable_is_on_disk),
        Property::always("a node stays within its bounds", nodes_are_sound),
        Property::sometimes("entries of two leaders are committed", |_: &Walk, state: &State| {
            let chosen = state.truth.chosen.iter();
            chosen.map(|(entry, _)| entry.ballot.proposer).collect::<BTreeSet<_>>().len() > 1
        }),
        Property::sometimes("two views are committed", |_: &Walk, state: &State| {
            views(state).len() > 1
        }),
        Property::sometimes(
            "a node leads with a view pending that another proposed",
            |_: &Walk, state: &State| {
                leaders(state).any(|peer| {
                    let pending = peer.membership.pending();
                    let ballot = pending.and_then(|(at, _)| peer.durable.log().ballot_at(*at));
                    ballot.is_some_and(|ballot| ballot < peer.current)
                })
            },
        ),
        Property::sometimes(
            "half of a view may elect, with the tie-breaker",
            |_: &Walk, state: &State| {
                let mut tokens = state.said.elected.values();
                tokens.any(|token| {
                    let mut peers = state.peers.iter();
                    peers.any(|peer| {
                        let (base, newest) = (peer.membership.base(), peer.membership.newest());
                        peer.me == token.ballot.proposer
                            && peer.is_quorum(&token.promised_by, None)
                            && [base, newest].iter().any(|view| is_half(view, &token.promised_by))
                    })
                })
            },
        ),
        Property::sometimes("a tail is to be cut off", |_: &Walk, state: &State| {
            state.peers.iter().any(|peer| {
                let mut heard = state.said.logs.range(peer.durable.promised()..);
                heard.any(|(_, log)| differs_at(peer, log).is_some())
            })
        }),
    ]
}

fn leaders(state: &State) -> impl Iterator<Item = &Peer> {
    state.peers.iter().map(|peer| &**peer).filter(|peer| peer.leads)
}

/// Where a node holds another entry than a leader, behind a common beginning.
fn differs_at(peer: &Peer, log: &[Entry]) -> Option<Index> {
    let own = peer.durable.log();
    let mut pairs =
        (1..).map(Index).zip(log).map_while(|(at, entry)| Some((at, own.get(at)?, entry)));
    pairs.find(|(_, own, entry)| own != entry).map(|(at, ..)| at)
}

/// The committed views, in order.
fn views(state: &State) -> Vec<(Index, &View)> {
    let chosen = (1..).map(Index).zip(&state.truth.chosen);
    chosen
        .filter_map(|(at, (entry, _))| match &entry.body {
            Body::View(view) => Some((at, view)),
            Body::Empty | Body::Message(_) => None,
        })
        .collect()
}

fn is_half(view: &View, voices: &[NodeId]) -> bool {
    let votes = view.members.iter().filter(|member| voices.contains(&member.id)).count();
    2 * votes == view.members.len()
}

fn leaders_are_complete(_: &Walk, state: &State) -> bool {
    leaders(state).all(|peer| {
        let chosen = (1..).map(Index).zip(&state.truth.chosen);
        let mut before = chosen.filter(|(_, (_, under))| *under < peer.current);
        before.all(|(at, (entry, _))| peer.durable.log().get(at) == Some(entry))
    })
}

fn views_follow(_: &Walk, state: &State) -> bool {
    let views = views(state);
    let numbers_follow = (2..).zip(&views).all(|(number, (_, view))| view.number == number);
    let installed = state.peers.iter().all(|peer| {
        let newest = views.iter().rev().find(|(at, _)| *at <= peer.committed);
        match newest {
            Some((_, view)) => peer.membership.base() == *view,
            None => peer.membership.base().number == 1,
        }
    });
    numbers_follow && installed
}

fn logs_match(_: &Walk, state: &State) -> bool {
    let [a, b, c] = state.peers.each_ref().map(|peer| peer.durable.log());
    [(a, b), (b, c), (a, c)].iter().all(|(one, other)| {
        let mut equal = true;
        (1..=one.last().min(other.last()).0).map(Index).all(|at| {
            equal &= one.get(at) == other.get(at);
            equal || one.ballot_at(at) != other.ballot_at(at)
        })
    })
}

fn verified_is_the_leaders(_: &Walk, state: &State) -> bool {
    state.peers.iter().all(|peer| {
        let forwards = peer.durable.promised() == peer.current;
        let Some(log) = state.said.logs.get(&peer.current).filter(|_| forwards) else {
            return true;
        };
        let mut verified = (1..=peer.verified.0).map(Index);
        verified.all(|at| peer.durable.log().get(at) == log.get(at.0 as usize - 1))
    })
}

fn durable_is_on_disk(_: &Walk, state: &State) -> bool {
    let on_disk = |peer: &Peer, disk: &Disk| {
        let mut durable = (1..=peer.durable.index().0).map(Index);
        durable.all(|at| disk.entries.get(at.0 as usize - 1) == peer.durable.log().get(at))
    };
    state.peers.iter().all(|peer| peer.disk.as_ref().is_none_or(|disk| on_disk(peer, disk)))
}

/// What the product's node asserts after every input.
fn nodes_are_sound(_: &Walk, state: &State) -> bool {
    state.peers.iter().all(|peer| {
        let promised = peer.durable.promised();
        let leads_as_itself = peer.current == promised && peer.current.proposer == peer.me;
        peer.committed <= peer.verified
            && peer.verified <= peer.durable.log().last()
            && peer.current <= promised
            && (!peer.leads || leads_as_itself)
    })
}
