//! News as the lines that a person sees, with colours where they are wanted.

use std::env;

use super::door::News;
use super::parts::{Admission, Departure, Past, Person, Quoted, Roster};
use super::state_table::table;
use super::wall_clock::day;
use crate::chat::name::Name;
use crate::chat::private::PrivateLine;
use crate::chat::text::strip;
use crate::proto::status::why_lines_wait;
use crate::trace::describe_refusal;

/// Turns news into lines.
#[derive(Clone, Debug)]
pub struct Screen {
    colours: bool,
    /// What the person here is called, to show them where they are spoken of.
    own_name: String,
}

#[derive(Clone, Copy)]
pub(super) enum Style {
    Faint,
    Own,
    Name,
    Group,
    Alarm,
    Mention,
}

impl Screen {
    /// A screen with or without colours.
    pub fn new(colours: bool) -> Screen {
        Screen { colours, own_name: String::new() }
    }

    /// Colours for a terminal, unless `NO_COLOR` says otherwise (no-color.org).
    pub fn for_terminal() -> Screen {
        let unwanted = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Screen::new(!unwanted)
    }

    /// Whether there are colours.
    pub fn has_colours(&self) -> bool {
        self.colours
    }

    /// What to show, line by line.
    pub fn lines(&self, news: &News) -> Vec<String> {
        let notice = match news {
            News::Said { line, group, who, own } => {
                return vec![self.said(line, group.as_ref(), who, *own)];
            }
            News::Pending { group, to, text } => return vec![self.pending(group, to, text)],
            News::AtAll { place } => {
                return vec![self.paint(Style::Faint, &format!("✓ all members have {place}"))];
            }
            News::Private { line, own, waits } => return self.private_news(line, *own, *waits),
            News::Changed(quoted) => return vec![self.changed(quoted)],
            News::Chat { what, own } => return self.outcome(what, *own),
            News::WhileAway { mail, lines } => return self.while_away(mail, lines),
            News::Mail(mail) => return self.mail(mail),
            News::Group(group) => return self.group(group),
            News::Groups(groups) => {
                return groups.iter().flat_map(|group| self.group(group)).collect();
            }
            News::Found { pattern, accounts, groups } => {
                return self.found(pattern, accounts, groups);
            }
            News::Lines { text, lines } => return self.found_lines(text, lines),
            News::Limits(limits) => return self.limits(limits),
            News::Admitted(admission) => return self.admitted(admission),
            News::State(roster) => return table(roster),
            News::History(past) => return self.past(past),
            News::Members(roster) => here(roster),
            News::NoQuorum { reachable, members } => {
                return vec![self.alarm(&why_lines_wait(*reachable, *members))];
            }
            News::QuorumBack => return vec![self.alarm("quorum is back")],
            News::Evicted => {
                let text = "the ring went on without this node; coming back, lines wait";
                return vec![self.alarm(text)];
            }
            News::Refused { why } => {
                let text = format!("refused: {}; nothing changed", describe_refusal(*why));
                return vec![self.alarm(&text)];
            }
            News::Missed => {
                let text = "lines said meanwhile are not shown: /history has what is kept of them";
                return vec![self.alarm(text)];
            }
            News::Skipped { count } => {
                let text = format!("{count} notices were not shown here: the output was too slow");
                return vec![self.alarm(&text)];
            }
            News::Unreadable { who, why } => {
                return vec![self.alarm(&format!("a message of {who} is not shown: {why}"))];
            }
            News::Arrived { who, wanted, back, own } => {
                arrived(who, wanted.as_deref(), *back, *own)
            }
            News::Went { who, how: Departure::Left } => format!("{who} left"),
            News::Went { who, how: Departure::Evicted } => {
                format!("{who} is gone: it does not answer")
            }
            News::Leader { who, round, own } => {
                let who = if *own { "you lead" } else { &format!("{who} leads") };
                format!("{who} now (ballot {round})")
            }
            News::WentAlone { dropped } => {
                let entries = if *dropped == 1 { "entry" } else { "entries" };
                format!("alone now, in a new ring with the history; {dropped} {entries} given up")
            }
            News::Left => "you have left".to_owned(),
        };
        vec![self.notice(&notice)]
    }

    /// A line about the chat rather than of it.
    pub fn notice(&self, text: &str) -> String {
        self.paint(Style::Faint, &format!("* {text}"))
    }

    /// A line that asks for attention.
    pub fn alarm(&self, text: &str) -> String {
        self.paint(Style::Alarm, &format!("! {text}"))
    }

    fn pending(&self, group: &Option<Name>, to: &Option<Name>, text: &str) -> String {
        let group = group.as_ref().map(|name| format!("#{name} ")).unwrap_or_default();
        let to = to.as_ref().map(|name| format!("→ {name}: ")).unwrap_or_default();
        self.paint(Style::Faint, &format!("… {group}{to}{}", strip(text)))
    }

    fn private_news(&self, line: &PrivateLine, own: bool, waits: bool) -> Vec<String> {
        let mut lines = vec![self.private(line, own)];
        if own && waits {
            let name = &line.to.name;
            lines.push(self.notice(&format!("{name} is not here; the line waits for them")));
        }
        lines
    }

    fn changed(&self, quoted: &Quoted) -> String {
        self.paint(Style::Faint, &format!("~ {}", Screen::new(false).earlier(quoted)))
    }

    /// The name of the person here, from now on.
    pub fn call(&mut self, name: &str) {
        name.clone_into(&mut self.own_name);
    }

    /// A line that speaks of the person here shows where.
    pub(super) fn own_name_in(&self, text: &str) -> String {
        let name = &self.own_name;
        if !self.colours || name.is_empty() {
            return text.to_owned();
        }
        let (wanted, looked_at) = (name.to_ascii_lowercase(), text.to_ascii_lowercase());
        let mut shown = String::new();
        let mut behind = 0;
        for (at, found) in looked_at.match_indices(&wanted) {
            let end = at + found.len();
            let before = text[..at].chars().next_back();
            let after = text[end..].chars().next();
            if before.is_some_and(char::is_alphanumeric) || after.is_some_and(char::is_alphanumeric)
            {
                continue;
            }
            shown.push_str(&text[behind..at]);
            shown.push_str(&self.paint(Style::Mention, &text[at..end]));
            behind = end;
        }
        shown + &text[behind..]
    }

    fn admitted(&self, admission: &Admission) -> Vec<String> {
        let mut lines = Vec::new();
        let size = admission.present.len();
        if admission.back {
            lines.push(self.notice(&format!("back in the ring of {size}")));
        } else if size <= 1 {
            lines.push(self.notice("a ring of one: others can join now"));
        } else {
            lines.push(self.notice(&format!("in the ring, now of {size}")));
        }
        lines.extend(admission.earlier.iter().map(|line| self.earlier(line)));
        if !admission.earlier.is_empty() {
            lines.push(self.notice("(that was said before; times are UTC)"));
        }
        lines
    }

    /// The answer to `/history`: the oldest line first, each day with its date.
    fn past(&self, past: &Past) -> Vec<String> {
        let mut lines = Vec::new();
        let mut date = None;
        for line in &past.lines {
            let of_line = day(line.minute());
            if date.as_ref() != Some(&of_line) {
                lines.push(self.notice(&format!("said on {of_line} (UTC):")));
            }
            date = Some(of_line);
            lines.push(self.earlier(&Quoted { line: line.clone(), group: past.group.clone() }));
        }
        for (place, why) in &past.unreadable {
            lines.push(self.alarm(&format!("the line at {place} is not shown: {why}")));
        }
        for gap in &past.lacking {
            let (first, last) = (gap.first, gap.last);
            let text =
                format!("what was said at {first} to {last} is not here: not yet, or no more");
            lines.push(self.alarm(&text));
        }
        let end = match past.lines.first() {
            _ if past.goes_on && !past.lines.is_empty() => {
                format!("(/history before {} shows what was said before that)", past.looked_at)
            }
            None if past.goes_on => {
                format!("(nothing back to there; /history before {} looks further)", past.looked_at)
            }
            None if past.lacking.is_empty() => "(nothing was said before)".to_owned(),
            None => "(nothing before that is here)".to_owned(),
            Some(_) => "(nothing was said before that)".to_owned(),
        };
        lines.push(self.notice(&end));
        lines
    }

    pub(super) fn paint(&self, style: Style, text: &str) -> String {
        if !self.colours {
            return text.to_owned();
        }
        let code = match style {
            Style::Faint => "2",
            Style::Own => "1;32",
            Style::Name => "1;36",
            Style::Group => "35",
            Style::Alarm => "1;33",
            Style::Mention => "1;7",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}

fn here(roster: &Roster) -> String {
    let me = roster.status.me.id;
    let members = roster.status.view.members.iter().map(|member| {
        let you = if member.id == me { " (you)" } else { "" };
        match roster.person(member.id) {
            Some(guest) if !guest.registered && you.is_empty() => format!("{guest} (guest)"),
            Some(_) | None => format!("{}{you}", roster.name(member.id)),
        }
    });
    format!("here: {}", members.collect::<Vec<_>>().join(", "))
}

fn arrived(who: &Person, wanted: Option<&str>, back: bool, own: bool) -> String {
    let name = &who.to_string();
    match (own, back, wanted) {
        (true, false, None) => format!("you are {name}"),
        (true, false, Some(wanted)) => {
            format!("you are {name}: somebody is called {wanted} already")
        }
        (true, true, _) => format!("you are {name} again"),
        (false, false, _) => format!("{name} joins"),
        (false, true, _) => format!("{name} is back"),
    }
}
