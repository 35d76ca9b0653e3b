//! News as the lines that a person sees, with colours where they are wanted.

use std::env;

use super::door::{Admission, Departure, News, Past, Person};
use super::state_table::table;
use super::wall_clock::{day, time_of_day};
use crate::chat::lines::Line;
use crate::chat::text::strip;
use crate::proto::status::why_lines_wait;
use crate::trace::describe_refusal;

/// Turns news into lines.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    colours: bool,
}

#[derive(Clone, Copy)]
enum Style {
    Faint,
    Own,
    Name,
    Alarm,
}

impl Screen {
    /// A screen with or without colours.
    pub fn new(colours: bool) -> Screen {
        Screen { colours }
    }

    /// Colours for a terminal, unless `NO_COLOR` says otherwise (no-color.org).
    pub fn for_terminal() -> Screen {
        let unwanted = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Screen { colours: !unwanted }
    }

    /// What to show, line by line.
    pub fn lines(&self, news: &News) -> Vec<String> {
        let notice = match news {
            News::Said { line, who, own } => return vec![self.said(line, who, *own)],
            News::Pending { text } => {
                return vec![self.paint(Style::Faint, &format!("… {}", strip(text)))];
            }
            News::Admitted(admission) => return self.admitted(admission),
            News::State(roster) => return table(roster),
            News::History(past) => return self.past(past),
            News::Members(roster) => {
                let me = roster.status.me.id;
                let members = roster.status.view.members.iter().map(|member| {
                    let you = if member.id == me { " (you)" } else { "" };
                    format!("{}{you}", roster.name(member.id))
                });
                format!("here: {}", members.collect::<Vec<_>>().join(", "))
            }
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
                return vec![self.alarm(&format!("a message of {} is not shown: {why}", who.name))];
            }
            News::Arrived { who, wanted, back, own } => {
                arrived(who, wanted.as_deref(), *back, *own)
            }
            News::Went { who, how: Departure::Left } => format!("{} left", who.name),
            News::Went { who, how: Departure::Evicted } => {
                format!("{} is gone: it does not answer", who.name)
            }
            News::Leader { who, round, own } => {
                let who = if *own { "you lead" } else { &format!("{} leads", who.name) };
                format!("{who} now (ballot {round})")
            }
            News::WentAlone { dropped } => {
                format!("alone now, in a new ring with the history; {dropped} entries given up")
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

    fn said(&self, line: &Line, who: &Person, own: bool) -> String {
        let style = if own { Style::Own } else { Style::Name };
        let name = self.paint(style, &strip(&who.name));
        let place = self.paint(Style::Faint, &format!("[{}·{}]", line.place, line.lamport));
        format!("{name}{place}: {}", strip(&line.text))
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

    /// A line that was said before, with its time.
    fn earlier(&self, line: &Line) -> String {
        let name = line.name.as_ref().map_or("somebody", |name| name.as_str()).to_owned();
        let said = self.said(line, &Person { id: line.origin, name }, false);
        format!("{} {said}", self.paint(Style::Faint, &time_of_day(line.minute())))
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
            lines.push(self.earlier(line));
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
            None if past.lacking.is_empty() => "(nothing was said before)".to_owned(),
            None => "(nothing before that is here)".to_owned(),
            Some(first) if past.goes_on => {
                format!("(/history before {} shows what was said before that)", first.place)
            }
            Some(_) => "(nothing was said before that)".to_owned(),
        };
        lines.push(self.notice(&end));
        lines
    }

    fn paint(&self, style: Style, text: &str) -> String {
        if !self.colours {
            return text.to_owned();
        }
        let code = match style {
            Style::Faint => "2",
            Style::Own => "1;32",
            Style::Name => "1;36",
            Style::Alarm => "1;33",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}

fn arrived(who: &Person, wanted: Option<&str>, back: bool, own: bool) -> String {
    let name = &who.name;
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
