//! L4, healing: evicted, restarted and cut-off nodes are members again, with identical histories.

use ringchat::proto::status::Role;

use super::settled::{Core, FinalPicture};
use super::violation::{Guarantee, Violation};

/// At the end every live node that the quorum side reaches is a member of the newest view, knows
/// that view, and its application holds the same as all others.
///
/// A live node that does not even answer when it is asked what it knows is stuck, wherever it is.
#[derive(Clone, Debug, Default)]
pub struct Healing {
    /// How many nodes were checked.
    pub checked: u64,
}

impl Healing {
    pub(super) fn answers(&mut self, end: &FinalPicture, broken: &mut Vec<Violation>) {
        for node in end.nodes.iter().filter(|node| node.alive && node.status.is_none()) {
            self.checked += 1;
            let (expected, found) = ("a live node to answer", "it says nothing");
            broken.push(Violation::new(Guarantee::L4, end.at, &node.name, expected, found));
        }
    }

    pub(super) fn settle(&mut self, end: &FinalPicture, core: &Core, broken: &mut Vec<Violation>) {
        let mut first = None;
        for (node, status) in &core.nodes {
            self.checked += 1;
            let flag = |expected: String, found: String| {
                Violation::new(Guarantee::L4, end.at, &node.name, expected, found)
            };
            let number = core.view.number;
            if !core.view.contains(node.id) {
                let found = format!("not in that view; its role: {:?}", status.role);
                broken.push(flag(format!("a member of view {number}, the newest"), found));
            } else if status.view != *core.view {
                let found = format!("view {}", status.view.number);
                broken.push(flag(format!("view {number} in force"), found));
            } else if matches!(status.role, Role::Learner | Role::Left) {
                broken.push(flag("a member".to_owned(), format!("role {:?}", status.role)));
            }
            let (like, content) = first.get_or_insert((&node.name, node.content));
            if *content != node.content {
                let expected = format!("the history of {like}, whose hash is {content:016x}");
                let found = format!("another, whose hash is {:016x}", node.content);
                broken.push(flag(expected, found).with(like));
            }
        }
    }
}
