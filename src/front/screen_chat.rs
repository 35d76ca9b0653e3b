//! The chat's own news as lines that a person sees: groups, accounts, private lines, answers.

use super::parts::{GroupMember, GroupNews, Person, Quoted};
use super::screen::{Screen, Style};
use super::wall_clock::{day, time_of_day};
use crate::chat::command::{Body, Kind};
use crate::chat::limits::{FIELDS, Limits};
use crate::chat::lines::{Line, Revision};
use crate::chat::name::Name;
use crate::chat::outcome::{Becoming, Outcome};
use crate::chat::person::Who;
use crate::chat::private::PrivateLine;
use crate::chat::text::strip;

/// How many names are listed at most.
const NAMES_MAX: usize = 100;

impl Screen {
    /// `#rust @ann[12·7]: hi`: the group, if it is not the lobby; an account has an `@`.
    pub(super) fn said(
        &self,
        line: &Line,
        group: Option<&Name>,
        who: &Person,
        own: bool,
    ) -> String {
        let style = if own { Style::Own } else { Style::Name };
        let at = if who.registered { "@" } else { "" };
        let name = self.paint(style, &format!("{at}{}", strip(&who.name)));
        let place = self.paint(Style::Faint, &format!("[{}·{}]", line.place, line.lamport));
        let group = group.map(|name| self.paint(Style::Group, &format!("#{name} ")));
        let text = match line.revision {
            Revision::Removed(_) => self.paint(Style::Faint, "(taken back)"),
            Revision::Original => self.own_name_in(&strip(&line.text)),
            Revision::Edited(_) => {
                format!("{} {}", strip(&line.text), self.paint(Style::Faint, "(edited)"))
            }
        };
        let between = match (line.kind, line.revision) {
            (Kind::Does, Revision::Original | Revision::Edited(_)) => "",
            (Kind::Said, _) | (Kind::Does, Revision::Removed(_)) => ":",
        };
        format!("{}{name}{place}{between} {text}", group.unwrap_or_default())
    }

    /// A line that was said before, with its time.
    pub(super) fn earlier(&self, quoted: &Quoted) -> String {
        let line = &quoted.line;
        let name = line.name.as_ref().map_or("somebody", |name| name.as_str()).to_owned();
        let who = Person { id: line.origin, name, registered: !line.person.is_guest() };
        let said = self.said(line, quoted.group.as_ref(), &who, false);
        format!("{} {said}", self.paint(Style::Faint, &time_of_day(line.minute())))
    }

    /// `ann → bob[12·7]: psst`.
    pub(super) fn private(&self, line: &PrivateLine, own: bool) -> String {
        let style = if own { Style::Own } else { Style::Alarm };
        let Body::Plain(text) = &line.body;
        let names = format!("{} → {}", called(&line.from), called(&line.to));
        let place = self.paint(Style::Faint, &format!("[{}·{}]", line.place, line.lamport));
        format!("{}{place}: {}", self.paint(style, &names), strip(text))
    }

    pub(super) fn while_away(&self, mail: &[PrivateLine], lines: &[Quoted]) -> Vec<String> {
        let mut shown: Vec<String> = lines.iter().map(|line| self.earlier(line)).collect();
        if !lines.is_empty() {
            shown.push(self.notice("(that was said while you were away; times are UTC)"));
        }
        shown.extend(mail.iter().map(|line| self.missed(line)));
        if !mail.is_empty() {
            shown.push(self.notice("(that was said to you alone while you were away)"));
        }
        shown
    }

    pub(super) fn mail(&self, mail: &[PrivateLine]) -> Vec<String> {
        if mail.is_empty() {
            return vec![self.notice("no private lines wait for you")];
        }
        mail.iter().map(|line| self.missed(line)).collect()
    }

    /// A private line that was said before.
    fn missed(&self, line: &PrivateLine) -> String {
        let minute = line.second / 60;
        let time = format!("{} {}", day(minute), time_of_day(minute));
        format!("{} {}", self.paint(Style::Faint, &time), self.private(line, false))
    }

    /// What happened in the chat.
    pub(super) fn outcome(&self, what: &Outcome, own: bool) -> Vec<String> {
        let text = match what {
            Outcome::Created { group, .. } => format!("#{group} is a new group, and yours"),
            Outcome::Joined { group, .. } if own => format!("you are in #{group}"),
            Outcome::Joined { group, who } => format!("{} joins #{group}", called(who)),
            Outcome::Parted { group, .. } if own => format!("you have left #{group}"),
            Outcome::Parted { group, who } => format!("{} left #{group}", called(who)),
            Outcome::OwnedBy { group, .. } if own => format!("#{group} is yours now"),
            Outcome::OwnedBy { group, owner } => format!("#{group} is {}'s now", called(owner)),
            Outcome::Deleted { group, by: Some(by) } => {
                format!("#{group} is deleted by {}; whoever was in it is in the lobby", called(by))
            }
            Outcome::Deleted { group, by: None } => {
                format!("#{group} is no more: you were the last one in it")
            }
            Outcome::Topic { group, by, text } if text.is_empty() => {
                format!("#{group} is about nothing now, says {}", called(by))
            }
            Outcome::Topic { group, by, text } => {
                format!("#{group} is about: {}, says {}", strip(text), called(by))
            }
            Outcome::Became { before, who, how, .. } => became(before, who, *how, own),
            Outcome::Limits { by, .. } => {
                format!("{} has set what is allowed: /limits shows it", called(by))
            }
            Outcome::LoginFailed { name, .. } if own => {
                return vec![self.alarm(&format!("wrong password for {name}; nothing was done"))];
            }
            Outcome::LoginFailed { name, .. } => {
                let text = format!("a wrong password for {name} was typed at another node");
                return vec![self.alarm(&text)];
            }
            Outcome::Refused { why, .. } => return vec![self.alarm(&strip(&why.to_string()))],
            // These come as news of their own.
            Outcome::Said(_)
            | Outcome::Private(_)
            | Outcome::Edited(_)
            | Outcome::Removed(_)
            | Outcome::Arrived { .. }
            | Outcome::HandedOut(_)
            | Outcome::Seen { .. }
            | Outcome::Unreadable { .. } => return Vec::new(),
        };
        vec![self.notice(&text)]
    }

    /// Who is in a group: the owner with a `*`, those who are away in brackets.
    pub(super) fn group(&self, group: &GroupNews) -> Vec<String> {
        let members: Vec<String> = group.members.iter().map(member).collect();
        let mut lines = vec![match members.is_empty() {
            true => self.notice(&format!("#{}: {} people", group.name, group.size)),
            false => self.notice(&format!("#{}: {}", group.name, members.join(", "))),
        }];
        if !group.topic.is_empty() {
            lines.push(self.notice(&format!("#{} is about: {}", group.name, strip(&group.topic))));
        }
        lines
    }

    pub(super) fn found(
        &self,
        pattern: &str,
        accounts: &[(Name, bool)],
        groups: &[Name],
    ) -> Vec<String> {
        let account = |(name, here): &(Name, bool)| {
            if *here { format!("@{name}") } else { format!("@{name} (logged out)") }
        };
        let accounts: Vec<String> = accounts.iter().map(account).collect();
        let groups: Vec<String> = groups.iter().map(|name| format!("#{name}")).collect();
        let none = |what: &str| match pattern {
            "*" => format!("there are no {what}s"),
            _ => format!("no {what} is called {}", strip(pattern)),
        };
        let list = |what: &str, found: Vec<String>| {
            let more = found.len().saturating_sub(NAMES_MAX);
            let listed = found[..found.len() - more].join(", ");
            match (found.is_empty(), more) {
                (true, _) => self.notice(&none(what)),
                (false, 0) => self.notice(&format!("{what}s: {listed}")),
                (false, more) => self.notice(&format!("{what}s: {listed} and {more} more")),
            }
        };
        vec![list("account", accounts), list("group", groups)]
    }

    pub(super) fn found_lines(&self, text: &str, lines: &[Quoted]) -> Vec<String> {
        let mut shown: Vec<String> = lines.iter().map(|line| self.earlier(line)).collect();
        let count = lines.len();
        shown.push(self.notice(&format!("({count} of the last lines hold {:?})", strip(text))));
        shown
    }

    pub(super) fn limits(&self, limits: &Limits) -> Vec<String> {
        let rows = FIELDS.iter().zip(limits.values());
        rows.map(|(field, value)| format!("  {:18} {value:>9}  {}", field.name, field.about))
            .collect()
    }
}

/// Accounts have an `@`, which no name of a guest can claim to mean the same.
fn called(who: &Who) -> String {
    let at = if who.person.is_guest() { "" } else { "@" };
    format!("{at}{}", strip(who.name.as_str()))
}

fn member(member: &GroupMember) -> String {
    let guest = if member.registered { "" } else { " (guest)" };
    let owner = if member.owner { "*" } else { "" };
    let name = format!("{}{owner}{guest}", member.name);
    if member.here { name } else { format!("[{name}]") }
}

fn became(before: &Name, who: &Who, how: Becoming, own: bool) -> String {
    let now = called(who);
    match (how, own) {
        (Becoming::Renamed, true) => format!("you are {now} now"),
        (Becoming::Renamed, false) => format!("{before} is called {now} now"),
        (Becoming::Registered, true) => {
            format!("{now} is yours for good: /login {} works at every node", who.name)
        }
        (Becoming::Registered, false) => format!("{before} is {now} now, who has an account"),
        (Becoming::LoggedIn { .. }, true) => format!("you are logged in as {now}"),
        (Becoming::LoggedIn { .. }, false) => format!("{before} is logged in as {now}"),
        (Becoming::LoggedOut, true) => format!("you are logged out, and a guest: {now}"),
        (Becoming::LoggedOut, false) => format!("@{before} is logged out, and a guest: {now}"),
        (Becoming::AccountDeleted, true) => {
            format!("the account {before} is deleted; you are a guest: {now}")
        }
        (Becoming::AccountDeleted, false) => {
            format!("the account {before} is deleted; whoever had it is a guest: {now}")
        }
    }
}
