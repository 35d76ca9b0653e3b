//! Groups: who is in which, since when, and whose each is.
//!
//! Everybody is in the lobby, always. A person sees of another group what is said behind the place at
//! which they came in.

use std::collections::BTreeMap;

use super::name::Name;
use super::outcome::{Audience, Outcome, Told};
use super::person::{GroupId, LOBBY, LOBBY_NAME, PersonId, Who};
use super::refusal::{Refusal, TooMuch};
use super::skeleton::skeleton;
use super::state::{Chat, Stamp, Verdict};
use crate::proto::id::Index;

/// A group other than the lobby. It has members as long as it is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What it is called.
    pub(super) name: Name,
    /// What it is about.
    pub(super) topic: String,
    /// Whose it is: one of its members.
    pub(super) owner: PersonId,
    /// Who is in it, by the place at which they came in.
    pub(super) members: BTreeMap<Index, PersonId>,
}

impl Group {
    /// Somebody goes on as somebody else.
    pub(super) fn pass(&mut self, since: Index, from: PersonId, to: PersonId) {
        self.members.insert(since, to);
        if self.owner == from {
            self.owner = to;
        }
    }
}

impl Chat {
    pub(super) fn create(&mut self, stamp: Stamp, who: Who, name: Name) -> Verdict {
        let skeleton = name.skeleton();
        if skeleton == self::skeleton(LOBBY_NAME) || self.group_names.contains_key(&skeleton) {
            return Err(Refusal::Taken { name });
        }
        let most = usize::try_from(self.limits.name_chars).unwrap_or(usize::MAX);
        name.is_strict(most).map_err(Refusal::Name)?;
        self.within(TooMuch::Groups, self.groups.len() + 1, self.limits.groups)?;
        self.has_room_for_group(who.person)?;
        let id = GroupId(stamp.place);
        let members = BTreeMap::from([(stamp.place, who.person)]);
        let owner = who.person;
        let group = Group { name: name.clone(), topic: String::new(), owner, members };
        self.groups.insert(id, group);
        self.group_names.insert(skeleton, id);
        self.note_group(who.person, id, stamp.place);
        let what = Outcome::Created { group: name, by: who };
        Ok(vec![Told { to: Audience::People(vec![owner]), what }])
    }

    pub(super) fn join(&mut self, stamp: Stamp, who: Who, name: Name) -> Verdict {
        let Some(id) = self.group_called(&name) else { return self.create(stamp, who, name) };
        if id == LOBBY || self.is_member(who.person, id) {
            return Err(Refusal::AlreadyMember { group: name });
        }
        self.has_room_for_group(who.person)?;
        let Some(group) = self.groups.get_mut(&id) else {
            return Err(Refusal::UnknownGroup { group: name });
        };
        group.members.insert(stamp.place, who.person);
        let (group, person) = (group.name.clone(), who.person);
        self.note_group(person, id, stamp.place);
        Ok(vec![Told::group_and(id, stamp.place, person, Outcome::Joined { group, who })])
    }

    pub(super) fn part(&mut self, stamp: Stamp, who: &Who, name: &Name) -> Verdict {
        let id = self.own_group(who, name)?;
        if id == LOBBY {
            return Err(Refusal::Lobby);
        }
        Ok(self.part_one(stamp, who, id))
    }

    pub(super) fn delete(&mut self, who: Who, name: &Name) -> Verdict {
        let id = self.own_group(&who, name)?;
        let Some(group) = self.groups.get(&id) else { return Err(Refusal::Lobby) };
        if group.owner != who.person {
            let owner = self.name_of(group.owner).unwrap_or_else(Name::guest);
            return Err(Refusal::NotOwner { group: group.name.clone(), owner });
        }
        let people = group.members.values().copied().collect();
        let group = self.end_group(id).unwrap_or_else(|| name.clone());
        let what = Outcome::Deleted { group, by: Some(who) };
        Ok(vec![Told { to: Audience::People(people), what }])
    }

    /// Any member may say what a group is about: the others are told who did.
    pub(super) fn set_topic(
        &mut self,
        stamp: Stamp,
        by: Who,
        name: Option<Name>,
        text: String,
    ) -> Verdict {
        let id = self.group_of(&by, name)?;
        self.within(TooMuch::TopicBytes, text.len(), self.limits.topic_bytes)?;
        let topic = match self.groups.get_mut(&id) {
            Some(group) => &mut group.topic,
            None => &mut self.topic,
        };
        topic.clone_from(&text);
        let group = self.group_name(id);
        Ok(vec![Told::group_and(id, stamp.place, by.person, Outcome::Topic { group, by, text })])
    }

    /// Takes somebody out of all groups.
    pub(super) fn part_all(&mut self, stamp: Stamp, person: PersonId) -> Vec<Told> {
        let Some(name) = self.name_of(person) else { return Vec::new() };
        let who = Who { person, name };
        let groups: Vec<GroupId> = match self.people.get(&person) {
            Some(person) => person.groups.keys().copied().collect(),
            None => Vec::new(),
        };
        groups.into_iter().flat_map(|group| self.part_one(stamp, &who, group)).collect()
    }

    /// The owner's place goes to whoever has been in the group for longest; the last one out ends it.
    fn part_one(&mut self, stamp: Stamp, who: &Who, id: GroupId) -> Vec<Told> {
        let person = self.people.get_mut(&who.person);
        let since = person.and_then(|person| person.groups.remove(&id));
        let Some((since, group)) = since.zip(self.groups.get_mut(&id)) else { return Vec::new() };
        group.members.remove(&since);
        let name = group.name.clone();
        let parted = Outcome::Parted { group: name.clone(), who: who.clone() };
        let mut told = vec![Told::group_and(id, stamp.place, who.person, parted)];
        match group.members.values().next().copied() {
            None => {
                self.end_group(id);
                let what = Outcome::Deleted { group: name, by: None };
                told = vec![Told { to: Audience::People(vec![who.person]), what }];
            }
            Some(next) if group.owner == who.person => {
                group.owner = next;
                let owner =
                    Who { person: next, name: self.name_of(next).unwrap_or_else(Name::guest) };
                let what = Outcome::OwnedBy { group: name, owner };
                told.push(Told::group(id, stamp.place, what));
            }
            Some(_) => {}
        }
        told
    }

    fn end_group(&mut self, id: GroupId) -> Option<Name> {
        let group = self.groups.remove(&id)?;
        self.group_names.remove(&group.name.skeleton());
        for person in group.members.values() {
            if let Some(person) = self.people.get_mut(person) {
                person.groups.remove(&id);
            }
        }
        Some(group.name)
    }

    /// The group of this name, or the lobby: it must be there, and the person in it.
    pub(super) fn group_of(&self, who: &Who, name: Option<Name>) -> Result<GroupId, Refusal> {
        name.map_or(Ok(LOBBY), |name| self.own_group(who, &name))
    }

    fn own_group(&self, who: &Who, name: &Name) -> Result<GroupId, Refusal> {
        let unknown = || Refusal::UnknownGroup { group: name.clone() };
        let id = self.group_called(name).ok_or_else(unknown)?;
        if self.is_member(who.person, id) {
            Ok(id)
        } else {
            Err(Refusal::NotMember { group: self.group_name(id) })
        }
    }

    fn note_group(&mut self, person: PersonId, group: GroupId, since: Index) {
        if let Some(person) = self.people.get_mut(&person) {
            person.groups.insert(group, since);
        }
    }

    fn has_room_for_group(&self, person: PersonId) -> Result<(), Refusal> {
        let found = self.people.get(&person).map_or(0, |person| person.groups.len());
        self.within(TooMuch::GroupsOfPerson, found + 1, self.limits.groups_per_person)
    }
}
