//! Hand-made ends of runs, and a table of them against what the checkers must say.

use std::collections::BTreeSet;
use std::sync::Arc;

use ringchat::proto::id::{Index, NodeId, RingId};
use ringchat::proto::status::{Role, Status};
use ringchat::proto::time::Instant;
use ringchat::proto::view::View;
use ringchat_sim::checker::settled::{FinalNode, FinalPicture};

use super::{Step, accepted, ballot, follow, install, lead, member, name, start, view};

/// The picture in words, what happened after the ring stood, the picture, and what it breaks: each
/// guarantee with the node that shows it, such as `L1 n2`, sorted; nothing if the end is legal.
pub type End = (&'static str, Vec<Step>, FinalPicture, &'static [&'static str]);

/// Nodes 1 to `count` are the members of view 1, in that order, and node 1 leads under ballot 1.
pub fn stands(count: u32) -> Vec<Step> {
    let ids: Vec<u64> = (1..=u64::from(count)).collect();
    let mut steps: Vec<Step> = (1..=count).map(start).collect();
    steps.push(lead(1, ballot(1, 1), 0, &[]));
    steps.extend((2..=count).map(|node| follow(node, ballot(1, 1))));
    steps.extend((1..=count).map(|node| install(node, 1, view(1, &ids, &[]))));
    steps
}

/// How a ring with this view should end, all members alive and led by the first of them.
pub fn ends(view: &View) -> FinalPicture {
    let nodes = view.members.iter().map(|member| {
        let number = u32::try_from(member.id.0).expect("a small number");
        let successor = view.after(member.id).next().map(|next| next.id);
        let role = if member.id == view.members[0].id { Role::Leader } else { Role::Follower };
        node(number, Status { successor, ..status(member.id.0, view, role) })
    });
    let at = Instant::from_micros(60_000_000);
    FinalPicture { at, nodes: nodes.collect(), ..FinalPicture::default() }
}

/// The end of a ring of nodes 1 to `count` that nothing happened to, but for `change`.
pub fn ends_but(count: u64, change: impl FnOnce(&mut FinalPicture)) -> FinalPicture {
    let ids: Vec<u64> = (1..=count).collect();
    let mut end = ends(&view(1, &ids, &[]));
    change(&mut end);
    end
}

/// A live node, in the same part of the network as all others.
pub fn node(number: u32, status: Status) -> FinalNode {
    FinalNode {
        name: name(number),
        id: status.me.id,
        alive: true,
        component: 0,
        impaired: false,
        status: Some(status.into()),
        content: 7,
    }
}

/// What a node knows that has `view` and hears its first member lead under ballot 1.
pub fn status(id: u64, view: &View, role: Role) -> Status {
    let leader = view.members.first().map_or(0, |first| first.id.0);
    Status {
        me: member(id),
        ring: Some(RingId(1)),
        role,
        promised: ballot(1, leader),
        leading: Some(ballot(1, leader)),
        view: view.clone(),
        pending_view: None,
        pending_ballot: None,
        last: Index(1),
        committed: Index(1),
        stored_by_all: Index(1),
        successor: None,
        predecessor: None,
        suspects: Vec::new(),
        round_trips: Vec::new(),
        waiting: 0,
        no_quorum: None,
    }
}

/// The node in the picture.
pub fn at(end: &mut FinalPicture, number: u32) -> &mut FinalNode {
    let found = end.nodes.iter_mut().find(|node| node.name == name(number));
    found.expect("a node of the picture")
}

/// What the node in the picture knows.
pub fn knows(end: &mut FinalPicture, number: u32) -> &mut Status {
    Arc::make_mut(at(end, number).status.as_mut().expect("a node that answers"))
}

/// The node has this successor.
pub fn links(end: &mut FinalPicture, number: u32, successor: u64) {
    knows(end, number).successor = Some(NodeId(successor));
}

/// The nodes are dead.
pub fn kill(end: &mut FinalPicture, numbers: &[u32]) {
    for number in numbers {
        let node = at(end, *number);
        (node.alive, node.status) = (false, None);
    }
}

/// The nodes are in a part of the network of their own.
pub fn cut_off(end: &mut FinalPicture, numbers: &[u32]) {
    numbers.iter().for_each(|number| at(end, *number).component = 1);
}

/// A ring of `count` stands, then the steps of each case happen, then its picture is taken.
pub fn judge_ends(count: u32, cases: Vec<End>) {
    for (words, steps, end, expected) in cases {
        let steps: Vec<Step> = stands(count).into_iter().chain(steps).collect();
        let broken = accepted(&steps).settle(&end);
        let found: BTreeSet<String> =
            broken.iter().map(|broke| format!("{} {}", broke.guarantee, broke.nodes[0])).collect();
        let found: Vec<&str> = found.iter().map(String::as_str).collect();
        assert_eq!(found, expected, "{words}: {broken:#?}");
    }
}
