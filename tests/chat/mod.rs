//! A chat to try commands on: one place after the other, and what each node is told.

#![allow(dead_code, reason = "each test file uses its part of this")]

use ringchat::chat::command::{Action, Body, Command, Kind};
use ringchat::chat::name::Name;
use ringchat::chat::outcome::{Outcome, Told};
use ringchat::chat::person::PersonId;
use ringchat::chat::refusal::Refusal;
use ringchat::chat::state::Chat;
use ringchat::proto::id::{Index, NodeId};

/// A name.
pub fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

pub fn post(group: &str, text: &str) -> Action {
    let group = (group != "lobby").then(|| name(group));
    Action::Post { group, kind: Kind::Said, text: text.to_owned() }
}

pub fn private(to: &str, text: &str) -> Action {
    Action::Private { to: name(to), body: Body::Plain(text.to_owned()) }
}

pub fn join(group: &str) -> Action {
    Action::Join { group: name(group) }
}

pub fn part(group: &str) -> Action {
    Action::Part { group: name(group) }
}

pub fn create(group: &str) -> Action {
    Action::Create { group: name(group) }
}

pub fn delete(group: &str) -> Action {
    Action::Delete { group: name(group) }
}

pub fn register(as_name: &str) -> Action {
    Action::Register { name: name(as_name), verifier: b"verifier".to_vec() }
}

pub fn edit(place: u64, text: &str) -> Action {
    Action::Edit { place: Index(place), text: text.to_owned() }
}

pub fn remove(place: u64) -> Action {
    Action::Remove { place: Index(place) }
}

pub fn seen(up_to: u64) -> Action {
    Action::Seen { up_to: Index(up_to) }
}

/// A chat, the place of its last command, and the nodes that are in the ring.
#[derive(Default)]
pub struct Bench {
    pub chat: Chat,
    pub place: u64,
    pub present: Vec<NodeId>,
    /// What the last command led to.
    pub told: Vec<Told>,
}

impl Bench {
    /// Nodes 1, 2, … are in the ring, and their people are called so.
    pub fn with(names: &[&str]) -> Bench {
        let mut bench = Bench::default();
        for (node, name) in (1..).zip(names) {
            bench.hello(node, name);
        }
        bench
    }

    /// The next command; a chat restored from its snapshot is the same.
    pub fn apply(&mut self, node: u64, command: &Command) -> &[Told] {
        self.place += 1;
        let bytes = command.encode();
        assert_eq!(Command::decode(&bytes).as_ref(), Ok(command));
        self.told = self.chat.apply(Index(self.place), 10 * self.place, NodeId(node), &bytes);
        let restored = Chat::restore(&self.chat.snapshot()).unwrap();
        assert!(restored == self.chat, "{restored:#?}\n{:#?}", self.chat);
        assert_eq!(restored.digest(), self.chat.digest());
        &self.told
    }

    pub fn hello(&mut self, node: u64, wanted: &str) -> String {
        if !self.present.contains(&NodeId(node)) {
            self.present.push(NodeId(node));
        }
        let (view, present) = (self.place + 1, self.present.clone());
        self.apply(node, &Command::Hello { view, present, name: name(wanted) });
        self.chat.name(NodeId(node)).unwrap().to_string()
    }

    /// A node is not in the ring any more.
    pub fn gone(&mut self, node: u64) {
        self.present.retain(|id| *id != NodeId(node));
    }

    pub fn act(&mut self, node: u64, action: Action) -> &[Told] {
        self.apply(node, &Command::Act { second: 60 * self.place, action })
    }

    /// Does it, and it is not refused. Its place.
    pub fn do_it(&mut self, node: u64, action: Action) -> u64 {
        let told = self.act(node, action.clone()).to_vec();
        let refused = told.iter().any(|told| matches!(told.what, Outcome::Refused { .. }));
        assert!(!refused, "{action:?}: {told:?}");
        self.place
    }

    /// Tries it, and it is refused, to the origin alone, and changes nothing.
    pub fn refusal(&mut self, node: u64, action: Action) -> Refusal {
        let before = self.chat.snapshot();
        let told = self.act(node, action.clone()).to_vec();
        assert!(self.chat.snapshot() == before, "{action:?} changed something");
        match &told[..] {
            [Told { what: Outcome::Refused { origin, why }, .. }] => {
                assert_eq!(*origin, NodeId(node));
                assert!(self.told_to(node).len() == 1);
                let others = self.present.iter().filter(|id| id.0 != node);
                others.for_each(|id| assert!(self.told_to(id.0).is_empty()));
                why.clone()
            }
            other => panic!("expected a refusal of {action:?}, found {other:?}"),
        }
    }

    /// What of the last command a node is told.
    pub fn told_to(&self, node: u64) -> Vec<Outcome> {
        let mine = self.told.iter().filter(|told| self.chat.reaches(&told.to, NodeId(node)));
        mine.map(|told| told.what.clone()).collect()
    }

    /// Which of the nodes are told something.
    pub fn reached(&self) -> Vec<u64> {
        let reached = self.present.iter().filter(|id| !self.told_to(id.0).is_empty());
        reached.map(|id| id.0).collect()
    }

    pub fn person(&self, node: u64) -> PersonId {
        self.chat.who_at(NodeId(node)).unwrap().person
    }

    pub fn name_at(&self, node: u64) -> String {
        self.chat.name(NodeId(node)).unwrap().to_string()
    }

    /// Logs a node in to the account of this name, as whoever has shown its password.
    pub fn login(&mut self, node: u64, account: &str) -> u64 {
        let (account, _) = self.chat.account(&name(account)).unwrap();
        self.do_it(node, Action::Login { account })
    }

    /// Who is in a group, whoever has been for longest first; the owner is marked.
    pub fn members(&self, group: &str) -> Vec<String> {
        let id = self.chat.group_called(&name(group)).unwrap();
        let group = self.chat.group(id).unwrap();
        let mark = |person| if group.owner() == person { "*" } else { "" };
        let called = |person| self.chat.name_of(person).unwrap();
        group.members().map(|person| format!("{}{}", called(person), mark(person))).collect()
    }

    /// The texts that wait for the person at a node.
    pub fn mail(&self, node: u64) -> Vec<String> {
        let text = |body: &Body| match body {
            Body::Plain(text) => text.clone(),
        };
        self.chat.mail(self.person(node)).map(|line| text(&line.body)).collect()
    }

    /// The texts of the history that the person at a node may see.
    pub fn visible(&self, node: u64) -> Vec<String> {
        self.chat.visible(self.person(node)).map(|line| line.text.clone()).collect()
    }
}
