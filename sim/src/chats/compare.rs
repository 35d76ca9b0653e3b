//! Is a chat what the naive model says? And was anybody told what they may not know?

use std::collections::BTreeSet;

use ringchat::chat::command::Body;
use ringchat::chat::outcome::{Outcome, Told};
use ringchat::chat::person::PersonId;
use ringchat::chat::state::Chat;
use ringchat::proto::id::NodeId;

use super::model::Model;

/// No name is owned twice; and sessions, groups, mailboxes, and what each person may see, are as they should be.
///
/// # Errors
/// The first difference.
pub fn is_as_the_model_says(chat: &Chat, model: &Model) -> Result<(), String> {
    let mut names = BTreeSet::new();
    for (_, account) in chat.accounts() {
        if !names.insert(account.name().skeleton()) {
            return Err(format!("the name {} is owned twice", account.name()));
        }
    }
    for (node, person) in &model.sits {
        let who = chat.who_at(NodeId(*node)).ok_or(format!("nobody sits at node {node}"))?;
        if who.person != *person {
            return Err(format!("at node {node} sits {:?}, expected {person:?}", who.person));
        }
        if who.person.is_guest() && !names.insert(who.name.skeleton()) {
            return Err(format!("the name {} is owned twice", who.name));
        }
        let visible = chat.visible(*person).map(|line| (line.place.0, line.text.clone()));
        let (found, expected) = (visible.collect::<Vec<_>>(), model.visible(*person));
        if found != expected {
            return Err(format!("{} may see {found:?}, expected {expected:?}", who.name));
        }
    }
    let people = model.sits.iter().map(|(_, person)| *person);
    for person in people.chain(model.accounts.iter().map(|(person, _)| *person)) {
        mailbox(chat, model, person)?;
    }
    groups(chat, model)
}

/// Nothing in it is lost or doubled.
fn mailbox(chat: &Chat, model: &Model, person: PersonId) -> Result<(), String> {
    let kept = chat.mail(person).map(|line| {
        let Body::Plain(text) = &line.body;
        (line.place.0, text.clone())
    });
    let kept: Vec<(u64, String)> = kept.collect();
    if !kept.is_sorted() {
        return Err(format!("the mail of {person:?} is out of order: {kept:?}"));
    }
    let waits = model.mail.iter().filter(|(to, _, _)| *to == person);
    let mut waits: Vec<_> = waits.map(|(_, place, text)| (*place, text.clone())).collect();
    waits.sort();
    if kept == waits {
        Ok(())
    } else {
        Err(format!("for {person:?} {kept:?} waits, expected {waits:?}"))
    }
}

fn groups(chat: &Chat, model: &Model) -> Result<(), String> {
    let mut found: Vec<_> = chat
        .groups()
        .map(|(id, group)| (id.0.0, group.owner(), group.members().collect::<Vec<PersonId>>()))
        .collect();
    found.sort();
    let expected = model.groups.iter().map(|group| {
        (group.id, group.owner, group.members.iter().map(|(person, _)| *person).collect())
    });
    let mut expected: Vec<_> = expected.collect();
    expected.sort();
    if found == expected {
        Ok(())
    } else {
        Err(format!("the groups are {found:?}, expected {expected:?}"))
    }
}

/// Who is told of a line was in its group when it was said; of a private one, is one of the two. `before` is
/// the model before the command, `after` the one behind it.
///
/// # Errors
/// Who is told what they may not know, or not told what they should.
pub fn reaches_whom_it_may(
    chat: &Chat,
    told: &[Told],
    before: &Model,
    after: &Model,
) -> Result<(), String> {
    for told in told {
        for (node, person) in &after.sits {
            let mine = chat.reaches(&told.to, NodeId(*node));
            let fits = match &told.what {
                Outcome::Said(line) | Outcome::Edited(line) | Outcome::Removed(line) => {
                    let place = line.place.0;
                    after.said.iter().find(|said| said.place == place).is_some_and(|said| {
                        let there = said.group == 0 || said.present.contains(person);
                        (!mine || there) && mine == after.is_in_since(*person, said.group, place)
                    })
                }
                Outcome::Private(line) => {
                    mine == [line.from.person, line.to.person].contains(person)
                }
                Outcome::HandedOut(lines) => {
                    let was = before.person(*node);
                    let of_mine = lines.iter().all(|line| Some(line.to.person) == was);
                    !mine || of_mine || lines.iter().any(|line| line.to.person.is_guest())
                }
                Outcome::Refused { origin, .. } => mine == (origin.0 == *node),
                Outcome::Arrived { .. }
                | Outcome::Became { .. }
                | Outcome::LoginFailed { .. }
                | Outcome::Created { .. }
                | Outcome::Joined { .. }
                | Outcome::Parted { .. }
                | Outcome::OwnedBy { .. }
                | Outcome::Deleted { .. }
                | Outcome::Topic { .. }
                | Outcome::Seen { .. }
                | Outcome::Limits { .. }
                | Outcome::Unreadable { .. } => true,
            };
            if !fits {
                let is = if mine { "is" } else { "is not" };
                return Err(format!("node {node}, where {person:?} sits, {is} told {told:?}"));
            }
        }
    }
    Ok(())
}
