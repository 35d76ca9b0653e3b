//! What the person, or the machine, is told: news as they come, and how far own lines have got.

use std::time::Duration;

use tokio::time::Instant;

use super::{Console, FINISH_TIME_SIGNAL};
use crate::front::door::News;
use crate::proto::id::Index;

/// How often is asked whether all members have own lines, as long as they have not.
const AT_ALL_TIME: Duration = Duration::from_millis(250);

impl Console {
    pub(super) fn on_news(&mut self, news: News) {
        self.session.on_news(&news);
        let before = self.board.current().cloned();
        self.board.on_news(&news, &self.session);
        let moved = self.board.current() != before.as_ref();
        if let News::Arrived { own: true, .. } | News::Chat { own: true, .. } = &news
            && let Some(who) = self.session.who()
        {
            self.screen.call(who.name.as_str());
        }
        if let Some(place) = own_place(&news) {
            let (_, next) = self.not_at_all.unwrap_or((place, Instant::now() + AT_ALL_TIME));
            self.not_at_all = Some((place, next));
        }
        self.show(news);
        if moved {
            self.tell_where();
        }
    }

    /// Says where lines go from here on.
    pub(super) fn tell_where(&mut self) {
        let text = format!("your lines go to {} now", self.board.where_to());
        self.lines.push_back(self.screen.notice(&text));
    }

    /// A machine reads everything as it is, as long as it reads; a person reads what the screen
    /// makes of it.
    pub(super) fn show(&mut self, news: News) {
        match &self.journal {
            None => self.lines.extend(self.screen.lines(&news)),
            Some(journal) => {
                if journal.news(news).is_err() {
                    self.finish(FINISH_TIME_SIGNAL);
                }
            }
        }
    }

    /// A person sees of an own line that it waits, that it has its place, and that no death of a
    /// minority, or of any node, can take it from the others.
    pub(super) async fn ask_at_all(&mut self) {
        let Some((place, _)) = self.not_at_all else { return };
        match self.session.at_all().await {
            Ok(held) if held >= place => {
                self.not_at_all = None;
                self.show(News::AtAll { place });
            }
            Ok(_) => self.not_at_all = Some((place, Instant::now() + AT_ALL_TIME)),
            // A node that has stopped closes the mailbox.
            Err(_) => self.not_at_all = None,
        }
    }
}

/// The place of a line of this person's.
fn own_place(news: &News) -> Option<Index> {
    if let News::Said { line, own: true, .. } = news {
        return Some(line.place);
    }
    if let News::Private { line, own: true, .. } = news { Some(line.place) } else { None }
}
