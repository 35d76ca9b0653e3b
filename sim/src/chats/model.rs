//! The chat's rules once more, as plainly as they can be said: lists that are searched from end to
//! end.

use ringchat::chat::command::{Action, Body};
use ringchat::chat::person::{AccountId, PersonId};
use ringchat::chat::skeleton::skeleton;
use ringchat::chat::state::Chat;
use ringchat::proto::id::{Index, NodeId};

/// A group, with who is in it since when, whoever came first at the front.
#[derive(Clone, Debug)]
pub struct Group {
    /// The place at which it was made; 0 is the lobby.
    pub id: u64,
    /// What it is called.
    pub name: String,
    /// Whose it is.
    pub owner: PersonId,
    /// Who is in it, and since which place.
    pub members: Vec<(PersonId, u64)>,
}

/// A line, and who was in its group when it was said.
#[derive(Clone, Debug)]
pub struct Said {
    /// Its place.
    pub place: u64,
    /// In which group.
    pub group: u64,
    /// Who said it.
    pub author: PersonId,
    /// What.
    pub text: String,
    /// Whether it was taken back.
    pub removed: bool,
    /// Who was in the group by then.
    pub present: Vec<PersonId>,
}

/// What should be the case.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// Who sits at which node.
    pub sits: Vec<(u64, PersonId)>,
    /// Accounts: the person and the skeleton of the name.
    pub accounts: Vec<(PersonId, String)>,
    /// All groups but the lobby.
    pub groups: Vec<Group>,
    /// All lines of groups.
    pub said: Vec<Said>,
    /// What waits: for whom, its place and its text.
    pub mail: Vec<(PersonId, u64, String)>,
}

impl Model {
    /// Who sits there.
    pub fn person(&self, node: u64) -> Option<PersonId> {
        self.sits.iter().find(|(at, _)| *at == node).map(|(_, person)| *person)
    }

    /// A node is there for the first time.
    pub fn arrives(&mut self, node: u64) {
        if self.person(node).is_none() {
            self.sits.push((node, PersonId::Guest(NodeId(node))));
        }
    }

    /// A guest's node lost its name to another.
    pub fn ends(&mut self, node: u64) {
        let Some(person) = self.person(node) else { return };
        self.sits.retain(|(at, _)| *at != node);
        if person.is_guest() {
            self.leave_all(person);
            self.mail.retain(|(to, _, _)| *to != person);
        }
    }

    /// Takes an action at a place, as of the names in `before`. Whether it is carried out.
    pub fn act(&mut self, place: u64, node: u64, action: &Action, before: &Chat) -> bool {
        let Some(me) = self.person(node) else { return false };
        match action {
            Action::Post { group, text, .. } => {
                let group = group.as_ref().map_or("lobby", |name| name.as_str());
                let Some(group) = self.group(group).filter(|id| self.is_in(me, *id)) else {
                    return false;
                };
                let present = self.sits.iter().map(|(_, person)| *person);
                let present = present.chain(self.accounts.iter().map(|(person, _)| *person));
                let present = present.filter(|person| self.is_in(*person, group)).collect();
                let (author, text) = (me, text.clone());
                self.said.push(Said { place, group, author, text, removed: false, present });
            }
            Action::Private { to, body: Body::Plain(text) } => {
                let Some(to) = before.called(to) else { return false };
                self.mail.push((to.person, place, text.clone()));
            }
            Action::Edit { place, text } => {
                let Some(at) = self.own_line(me, place.0) else { return false };
                self.said[at].text.clone_from(text);
            }
            Action::Remove { place } => {
                let Some(at) = self.own_line(me, place.0) else { return false };
                self.said[at].text.clear();
                self.said[at].removed = true;
            }
            Action::Create { group } => {
                return self.group(group.as_str()).is_none()
                    && self.found(place, me, group.as_str());
            }
            Action::Join { group } => match self.group(group.as_str()) {
                None => return self.found(place, me, group.as_str()),
                Some(id) if self.is_in(me, id) => return false,
                Some(id) => {
                    let group = self.groups.iter_mut().find(|group| group.id == id);
                    group.into_iter().for_each(|group| group.members.push((me, place)));
                }
            },
            Action::Part { group } => {
                let Some(id) = self.group(group.as_str()) else { return false };
                if id == 0 || !self.is_in(me, id) {
                    return false;
                }
                self.leave(me, id);
            }
            Action::Delete { group } => {
                let Some(id) = self.group(group.as_str()) else { return false };
                let owned = self.groups.iter().any(|group| group.id == id && group.owner == me);
                self.groups.retain(|group| group.id != id || !owned);
                return owned;
            }
            Action::Topic { .. } | Action::SetLimits(_) | Action::LoginFailed { .. } => {}
            Action::Rename { .. } => return me.is_guest(),
            Action::Register { name, .. } => {
                let taken = before.called(name).is_some_and(|who| who.person != me);
                if !me.is_guest() || taken {
                    return false;
                }
                let account = PersonId::Account(AccountId(Index(place)));
                self.accounts.push((account, skeleton(name.as_str())));
                self.pass(me, account);
                self.sit(node, account);
            }
            Action::Login { account } => {
                let account = PersonId::Account(*account);
                let known = self.accounts.iter().any(|(person, _)| *person == account);
                if !me.is_guest() || !known {
                    return false;
                }
                self.leave_all(me);
                self.mail.iter_mut().filter(|mail| mail.0 == me).for_each(|mail| mail.0 = account);
                self.sit(node, account);
            }
            Action::Logout => {
                if me.is_guest() {
                    return false;
                }
                self.sit(node, PersonId::Guest(NodeId(node)));
            }
            Action::DeleteAccount => {
                if me.is_guest() {
                    return false;
                }
                self.leave_all(me);
                self.accounts.retain(|(person, _)| *person != me);
                self.mail.retain(|(to, _, _)| *to != me);
                for (node, person) in &mut self.sits {
                    if *person == me {
                        *person = PersonId::Guest(NodeId(*node));
                    }
                }
            }
            Action::Seen { up_to } => {
                self.mail.retain(|(to, said, _)| *to != me || *said > up_to.0);
            }
        }
        true
    }

    /// The lines that a person may see: they were there, and have been ever since.
    pub fn visible(&self, person: PersonId) -> Vec<(u64, String)> {
        let since = |said: &Said| self.is_in_since(person, said.group, said.place);
        let lines = self.said.iter().filter(|said| since(said));
        lines.map(|said| (said.place, said.text.clone())).collect()
    }

    /// Whether they are in that group, and have been since before a place.
    pub fn is_in_since(&self, person: PersonId, id: u64, place: u64) -> bool {
        let mut groups = self.groups.iter().filter(|group| group.id == id);
        id == 0
            || groups.any(|group| group.members.iter().any(|(it, at)| *it == person && *at < place))
    }

    fn is_in(&self, person: PersonId, id: u64) -> bool {
        self.is_in_since(person, id, u64::MAX)
    }

    fn group(&self, name: &str) -> Option<u64> {
        let wanted = skeleton(name);
        let lobby = (wanted == skeleton("lobby")).then_some(0);
        let named = self.groups.iter().find(|group| skeleton(&group.name) == wanted);
        lobby.or(named.map(|group| group.id))
    }

    fn found(&mut self, place: u64, owner: PersonId, name: &str) -> bool {
        let members = vec![(owner, place)];
        self.groups.push(Group { id: place, name: name.to_owned(), owner, members });
        true
    }

    fn own_line(&self, me: PersonId, place: u64) -> Option<usize> {
        let at = self.said.iter().position(|said| said.place == place)?;
        let said = &self.said[at];
        let mine = said.author == me && !said.removed;
        (mine && self.is_in_since(me, said.group, place)).then_some(at)
    }

    fn sit(&mut self, node: u64, person: PersonId) {
        self.sits.iter_mut().filter(|(at, _)| *at == node).for_each(|it| it.1 = person);
    }

    /// A guest goes on as an account.
    fn pass(&mut self, from: PersonId, to: PersonId) {
        for group in &mut self.groups {
            group.members.iter_mut().filter(|it| it.0 == from).for_each(|it| it.0 = to);
            if group.owner == from {
                group.owner = to;
            }
        }
        self.mail.iter_mut().filter(|mail| mail.0 == from).for_each(|mail| mail.0 = to);
        for said in &mut self.said {
            said.present.iter_mut().filter(|it| **it == from).for_each(|it| *it = to);
        }
    }

    fn leave_all(&mut self, person: PersonId) {
        let ids: Vec<u64> = self.groups.iter().map(|group| group.id).collect();
        ids.into_iter().for_each(|id| self.leave(person, id));
    }

    fn leave(&mut self, person: PersonId, id: u64) {
        for group in self.groups.iter_mut().filter(|group| group.id == id) {
            group.members.retain(|(it, _)| *it != person);
            if let Some((next, _)) = group.members.first().filter(|_| group.owner == person) {
                group.owner = *next;
            }
        }
        self.groups.retain(|group| !group.members.is_empty());
    }
}
