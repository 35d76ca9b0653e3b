//! What can be asked of a chat, without changing it.

use super::accounts::Account;
use super::groups::Group;
use super::limits::Limits;
use super::lines::Line;
use super::name::Name;
use super::outcome::Audience;
use super::person::{AccountId, GroupId, LOBBY, LOBBY_NAME, PersonId, Who};
use super::private::PrivateLine;
use super::sessions::Sits;
use super::skeleton::skeleton;
use super::state::Chat;
use crate::proto::id::{Index, NodeId};

impl Chat {
    /// What the person at a node is called; none, if it has not said so.
    pub fn name(&self, node: NodeId) -> Option<&Name> {
        match &self.sessions.get(&node)?.sits {
            Sits::Guest(name) => Some(name),
            Sits::Account(id) => self.accounts.get(id).map(Account::name),
        }
    }

    /// Who sits at a node.
    pub fn who_at(&self, node: NodeId) -> Option<Who> {
        let person = match &self.sessions.get(&node)?.sits {
            Sits::Guest(_) => PersonId::Guest(node),
            Sits::Account(id) => PersonId::Account(*id),
        };
        Some(Who { person, name: self.name(node)?.clone() })
    }

    /// What a person is called; none, if they are gone.
    pub fn name_of(&self, person: PersonId) -> Option<Name> {
        match person {
            PersonId::Account(id) => self.accounts.get(&id).map(|account| account.name.clone()),
            PersonId::Guest(node) => match &self.sessions.get(&node)?.sits {
                Sits::Guest(name) => Some(name.clone()),
                Sits::Account(_) => None,
            },
        }
    }

    /// A person with their name; none, if they are gone.
    pub fn who(&self, person: PersonId) -> Option<Who> {
        Some(Who { person, name: self.name_of(person)? })
    }

    /// Whoever is called so, or so that people would take it for that.
    pub fn called(&self, name: &Name) -> Option<Who> {
        self.who(*self.names.get(&name.skeleton())?)
    }

    /// The nodes at which a person sits.
    pub fn nodes_of(&self, person: PersonId) -> Vec<NodeId> {
        match person {
            PersonId::Guest(node) => vec![node],
            PersonId::Account(id) => {
                let account = self.accounts.get(&id);
                account.map_or_else(Vec::new, |account| account.sessions.iter().copied().collect())
            }
        }
    }

    /// All accounts, in the order in which they were registered.
    pub fn accounts(&self) -> impl Iterator<Item = (AccountId, &Account)> {
        self.accounts.iter().map(|(id, account)| (*id, account))
    }

    /// The account of this name.
    pub fn account(&self, name: &Name) -> Option<(AccountId, &Account)> {
        match self.names.get(&name.skeleton())? {
            PersonId::Account(id) => self.accounts.get(id).map(|account| (*id, account)),
            PersonId::Guest(_) => None,
        }
    }

    /// All groups but the lobby, in the order in which they were created.
    pub fn groups(&self) -> impl Iterator<Item = (GroupId, &Group)> {
        self.groups.iter().map(|(id, group)| (*id, group))
    }

    /// A group; none for the lobby, and if it is gone.
    pub fn group(&self, id: GroupId) -> Option<&Group> {
        self.groups.get(&id)
    }

    /// The group of this name.
    pub fn group_called(&self, name: &Name) -> Option<GroupId> {
        let wanted = name.skeleton();
        if wanted == skeleton(LOBBY_NAME) {
            Some(LOBBY)
        } else {
            self.group_names.get(&wanted).copied()
        }
    }

    /// What a group is called.
    pub fn group_name(&self, id: GroupId) -> Name {
        let lobby = || Name::lobby();
        self.groups.get(&id).map_or_else(lobby, |group| group.name.clone())
    }

    /// What a group is about; nothing, if nobody has said so.
    pub fn topic(&self, id: GroupId) -> &str {
        self.groups.get(&id).map_or(self.topic.as_str(), |group| group.topic.as_str())
    }

    /// The groups that a person is in beside the lobby.
    pub fn groups_of(&self, person: PersonId) -> impl Iterator<Item = GroupId> {
        self.people.get(&person).into_iter().flat_map(|person| person.groups.keys().copied())
    }

    /// Whether a person is in a group.
    pub fn is_member(&self, person: PersonId, group: GroupId) -> bool {
        group == LOBBY
            || self.people.get(&person).is_some_and(|person| person.groups.contains_key(&group))
    }

    /// Whether a person is in a group, and was before this place.
    pub fn is_in_since(&self, person: PersonId, group: GroupId, before: Index) -> bool {
        let since = || self.people.get(&person)?.groups.get(&group).copied();
        group == LOBBY || since().is_some_and(|since| since < before)
    }

    /// Whether whoever sits at a node belongs to an audience. To be asked right behind the command.
    pub fn reaches(&self, audience: &Audience, node: NodeId) -> bool {
        let person = || self.who_at(node).map_or(PersonId::Guest(node), |who| who.person);
        match audience {
            Audience::Everybody => true,
            Audience::Group { group, before, and } => {
                let person = person();
                self.is_in_since(person, *group, *before) || *and == Some(person)
            }
            Audience::People(people) => people.contains(&person()),
            Audience::Nodes(nodes) => nodes.contains(&node),
        }
    }

    /// The lines that are remembered, the oldest first.
    pub fn history(&self) -> impl DoubleEndedIterator<Item = &Line> + ExactSizeIterator {
        self.history.iter()
    }

    /// What a person may see of the lines that are remembered, the oldest first.
    pub fn visible(&self, person: PersonId) -> impl DoubleEndedIterator<Item = &Line> {
        self.history.iter().filter(move |line| self.may_see(person, line))
    }

    /// The place of the last line that is not remembered any more; 0 if all are.
    pub fn forgotten(&self) -> Index {
        self.forgotten
    }

    /// The private lines that a person has not seen, in order.
    pub fn mail(&self, person: PersonId) -> impl ExactSizeIterator<Item = &PrivateLine> {
        static NONE: std::collections::VecDeque<PrivateLine> = std::collections::VecDeque::new();
        self.people.get(&person).map_or(&NONE, |person| &person.mail).iter()
    }

    /// Up to where a person has seen what was said.
    pub fn seen(&self, person: PersonId) -> Index {
        self.people.get(&person).map_or(Index::ZERO, |person| person.seen)
    }

    /// What is allowed.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }
}

impl Account {
    /// What it is called.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// What a password is checked against.
    pub fn verifier(&self) -> &[u8] {
        &self.verifier
    }

    /// The nodes at which somebody is logged in.
    pub fn sessions(&self) -> impl ExactSizeIterator<Item = NodeId> {
        self.sessions.iter().copied()
    }
}

impl Group {
    /// What it is called.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// Whose it is.
    pub fn owner(&self) -> PersonId {
        self.owner
    }

    /// Who is in it, whoever has been for longest first.
    pub fn members(&self) -> impl ExactSizeIterator<Item = PersonId> {
        self.members.values().copied()
    }
}
