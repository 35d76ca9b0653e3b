//! The person's own words for others: used, shown and changed.

use super::Console;
use crate::chat::command::{Action, Body};
use crate::chat::name::Name;
use crate::chat::text::strip;
use crate::front::aliases::{AliasError, Aliases};
use crate::front::door::Request;

impl Console {
    /// The same with these aliases; what is wrong with their file is said at once.
    pub fn with_aliases(mut self, aliases: Aliases) -> Console {
        self.aliases = aliases;
        self.look_at_aliases();
        self
    }

    /// The file may have been changed by hand.
    fn look_at_aliases(&mut self) {
        for fault in self.aliases.look() {
            self.complain(&strip(&fault.to_string()));
        }
        self.board.name_aliases(self.aliases.all().map(|(alias, _)| alias.to_string()).collect());
    }

    /// Says something to somebody alone, who may be meant by an alias.
    pub(super) async fn tell_alone(&mut self, to: Name, text: String) {
        self.look_at_aliases();
        let to = self.aliases.of(&to).cloned().unwrap_or(to);
        self.ask(Request::Act(Action::Private { to, body: Body::Plain(text) })).await;
    }

    pub(super) fn show_aliases(&mut self) {
        self.look_at_aliases();
        let all = self.aliases.all().map(|(alias, of)| format!("{alias} means {of}"));
        let mut texts: Vec<String> = all.collect();
        if texts.is_empty() {
            texts.push("there are no aliases: /alias ALIAS NAME makes one".to_owned());
        }
        if let Some(path) = self.aliases.path() {
            texts.push(format!("(they are kept in {})", path.display()));
        }
        for text in texts {
            self.lines.push_back(self.screen.notice(&text));
        }
    }

    pub(super) fn set_alias(&mut self, alias: &Name, of: &Name) {
        self.look_at_aliases();
        let changed = self.aliases.set(alias, of);
        let until = if self.aliases.path().is_some() { "" } else { ", as long as this node runs" };
        self.tell_change(changed, &format!("{alias} means {of} now{until}"));
    }

    pub(super) fn remove_alias(&mut self, alias: &Name) {
        self.look_at_aliases();
        let changed = self.aliases.remove(alias);
        self.tell_change(changed, &format!("{alias} is no alias any more"));
    }

    fn tell_change(&mut self, changed: Result<(), AliasError>, text: &str) {
        match changed {
            Ok(()) => self.lines.push_back(self.screen.notice(text)),
            Err(error) => self.complain(&strip(&error.to_string())),
        }
        self.look_at_aliases();
    }
}
