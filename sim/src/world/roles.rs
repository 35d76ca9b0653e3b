//! Who is meant: looks up the roles of a step among those who can answer at that moment.

use rand::RngExt;
use ringchat::proto::status::{Role, Status};
use ringchat::proto::view::View;

use super::World;
use super::machine::{Machine, Phase};
use crate::scenario::{NodeIndex, Target};

impl World {
    /// All nodes that these stand for, each once.
    ///
    /// # Errors
    /// If a role stands for nobody, or two of them for the same node.
    pub(super) fn resolve(&mut self, targets: &[Target]) -> Result<Vec<NodeIndex>, String> {
        let mut nodes = Vec::new();
        for target in targets {
            for node in self.resolve_one(target)? {
                if nodes.contains(&node) {
                    let name = self.scenario.name_of(node);
                    return Err(format!("{name} is meant twice, by name and by role"));
                }
                nodes.push(node);
            }
        }
        Ok(nodes)
    }

    /// Exactly one node.
    pub(super) fn resolve_single(&mut self, target: &Target) -> Result<NodeIndex, String> {
        let nodes = self.resolve_one(target)?;
        nodes.first().copied().ok_or_else(|| "nobody is meant".to_owned())
    }

    fn resolve_one(&mut self, target: &Target) -> Result<Vec<NodeIndex>, String> {
        let one = |found: Option<NodeIndex>, role: &str| {
            found.map(|node| vec![node]).ok_or_else(|| format!("nobody is {role} now"))
        };
        match target {
            Target::Node(node) => Ok(vec![*node]),
            Target::Leader => one(self.leader(), "the leader"),
            Target::TieBreaker => {
                one(self.newest_view().and_then(|view| self.whose(view.tie_breaker)), "tie-breaker")
            }
            Target::AnyFollower => self.any_follower().map(|node| vec![node]),
            Target::Successor(of) => {
                let of = self.resolve_single(of)?;
                one(self.beside(of, false), "its successor")
            }
            Target::Predecessor(of) => {
                let of = self.resolve_single(of)?;
                one(self.beside(of, true), "its predecessor")
            }
            Target::Killed => self.all_in(&[Phase::Killed, Phase::Off], "dead"),
            Target::Paused => self.all_in(&[Phase::Paused], "paused"),
            // A partition puts those into it that no other set holds.
            Target::Rest => Ok(Vec::new()),
        }
    }

    fn all_in(&self, phases: &[Phase], word: &str) -> Result<Vec<NodeIndex>, String> {
        let machines = self.machines.iter().enumerate();
        let found: Vec<NodeIndex> = machines
            .filter(|(_, machine)| phases.contains(&machine.phase))
            .map(|(index, _)| NodeIndex(index))
            .collect();
        if found.is_empty() { Err(format!("nobody is {word} now")) } else { Ok(found) }
    }

    /// What all nodes that answered know.
    pub fn statuses(&self) -> impl Iterator<Item = (NodeIndex, &Status)> {
        let answered = |(index, machine): (usize, &'_ Machine)| {
            machine.status.as_ref().map(|_| NodeIndex(index))
        };
        let nodes: Vec<NodeIndex> = self.machines.iter().enumerate().filter_map(answered).collect();
        nodes.into_iter().filter_map(|node| Some((node, self.machines[node.0].status.as_deref()?)))
    }

    /// Who leads, under the greatest ballot.
    pub fn leader(&self) -> Option<NodeIndex> {
        self.statuses()
            .filter(|(_, status)| status.role == Role::Leader)
            .max_by_key(|(_, status)| status.leading)
            .map(|(node, _)| node)
    }

    fn newest_view(&self) -> Option<&View> {
        self.statuses().map(|(_, status)| &status.view).max_by_key(|view| view.number)
    }

    pub(super) fn beside(&self, node: NodeIndex, before: bool) -> Option<NodeIndex> {
        let id = self.machines[node.0].id;
        let view = self.newest_view().filter(|view| view.contains(id))?;
        let others = view.after(id);
        let member = if before { others.last() } else { others.into_iter().next() }?;
        self.whose(member.id)
    }

    fn any_follower(&mut self) -> Result<NodeIndex, String> {
        let followers: Vec<NodeIndex> = self
            .statuses()
            .filter(|(_, status)| status.role == Role::Follower)
            .map(|(node, _)| node)
            .collect();
        if followers.is_empty() {
            return Err("nobody follows a leader now".to_owned());
        }
        Ok(followers[self.fates.random_range(0..followers.len())])
    }
}
