//! What a person asks of the chat at this node, answered from its replicated state.

use super::door::News;
use super::parts::{GroupMember, GroupNews, Person, Quoted};
use crate::chat::lines::Line;
use crate::chat::name::Name;
use crate::chat::person::{GroupId, LOBBY, PersonId};
use crate::chat::state::Chat;
use crate::proto::id::NodeId;
use crate::proto::status::Status;

/// A line with the name of its group.
pub(super) fn quoted(chat: &Chat, line: Line) -> Quoted {
    let group = (line.group != LOBBY).then(|| chat.group_name(line.group));
    Quoted { line, group }
}

/// The group of this name, or the lobby.
pub(super) fn group_id(chat: &Chat, name: Option<&Name>) -> Option<GroupId> {
    name.map_or(Some(LOBBY), |name| chat.group_called(name))
}

/// A group with who is in it; none, if there is no such group.
pub(super) fn group(chat: &Chat, me: PersonId, name: &Name, here: &[NodeId]) -> Option<GroupNews> {
    let id = chat.group_called(name)?;
    let members = members(chat, id, here);
    let mine = chat.is_member(me, id);
    let size = if id == LOBBY { here.len() } else { members.len() };
    Some(GroupNews {
        name: chat.group_name(id),
        topic: chat.topic(id).to_owned(),
        mine,
        size,
        members,
    })
}

/// All groups; who is in them is listed of those that are the person's own.
pub(super) fn groups(chat: &Chat, me: PersonId, here: &[NodeId]) -> Vec<GroupNews> {
    let names = chat.groups().map(|(_, group)| group.name().clone());
    let all = std::iter::once(Name::lobby()).chain(names);
    let mut groups: Vec<GroupNews> = all.filter_map(|name| group(chat, me, &name, here)).collect();
    groups.iter_mut().filter(|group| !group.mine).for_each(|group| group.members.clear());
    groups
}

/// Everybody is in the lobby, so nobody is listed there.
fn members(chat: &Chat, id: GroupId, here: &[NodeId]) -> Vec<GroupMember> {
    let Some(group) = chat.group(id) else { return Vec::new() };
    let member = |person: PersonId| {
        let who = chat.who(person)?;
        let nodes = chat.nodes_of(person);
        Some(GroupMember {
            name: who.name,
            registered: !person.is_guest(),
            owner: group.owner() == person,
            here: nodes.iter().any(|node| here.contains(node)),
        })
    };
    group.members().filter_map(member).collect()
}

/// Accounts and groups whose names match a pattern; one without `*` and `?` is looked for anywhere in them.
pub(super) fn list(chat: &Chat, pattern: String) -> News {
    let is_plain = !pattern.contains(['*', '?']);
    let wanted = if is_plain { format!("*{pattern}*") } else { pattern.clone() };
    let fits = |name: &Name| matches(&wanted, name.as_str());
    let accounts = chat.accounts().filter(|(_, account)| fits(account.name()));
    let accounts = accounts.map(|(_, it)| (it.name().clone(), it.sessions().len() > 0)).collect();
    let names = chat.groups().map(|(_, group)| group.name().clone());
    let groups = std::iter::once(Name::lobby()).chain(names).filter(|name| fits(name)).collect();
    News::Found { pattern, accounts, groups }
}

/// The lines at hand that hold a text and that the person may see.
pub(super) fn search(chat: &Chat, me: PersonId, text: String, group: Option<&Name>) -> News {
    let wanted = text.to_ascii_lowercase();
    let only = group.map(|name| chat.group_called(name));
    let fits = |line: &&Line| {
        only.is_none_or(|id| id == Some(line.group))
            && line.text.to_ascii_lowercase().contains(&wanted)
    };
    let lines = chat.visible(me).filter(fits).map(|line| quoted(chat, line.clone())).collect();
    News::Lines { text, lines }
}

/// All who occur in a node's picture of the ring and have a name.
pub(super) fn mentioned(chat: &Chat, status: &Status) -> Vec<Person> {
    let members = status.view.members.iter().map(|member| member.id);
    let others = status.suspects.iter().copied();
    let leader = status.leading.map(|ballot| ballot.proposer);
    let all = members.chain(others).chain([status.me.id, status.promised.proposer]).chain(leader);
    all.filter_map(|id| {
        let who = chat.who_at(id)?;
        Some(Person { id, name: who.name.to_string(), registered: !who.person.is_guest() })
    })
    .collect()
}

/// Whether a text is as a pattern says: `*` stands for anything, `?` for one character, and ASCII letters
/// for both cases.
pub fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.to_ascii_lowercase().chars().collect();
    let text: Vec<char> = text.to_ascii_lowercase().chars().collect();
    // Where the last star stood, and up to where it has taken the text: it takes one more if need be.
    let (mut at, mut read, mut star) = (0, 0, None);
    while read < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, read));
                at += 1;
            }
            Some(wanted) if *wanted == '?' || *wanted == text[read] => {
                at += 1;
                read += 1;
            }
            Some(_) | None => match star {
                Some((stood, taken)) => {
                    star = Some((stood, taken + 1));
                    at = stood + 1;
                    read = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|rest| *rest == '*')
}
