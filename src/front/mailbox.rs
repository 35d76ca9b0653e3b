//! A bounded queue from the node to one front end; a full one drops, and counts what it drops.
//!
//! The node must not wait for a screen: a terminal that was stopped would stop the ring.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use tokio::sync::Notify;

use super::door::News;
use super::parts::Quoted;

/// How many news wait before lines are dropped. News of the ring itself, which are few and on which
/// the front end acts, have as much room again.
pub const NEWS_MAX: usize = 65_536;

/// How many bytes of lines wait at most, if they are more than one line.
pub const BYTES_MAX: usize = 16 << 20;

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<News>,
    bytes: usize,
    skipped: u64,
    closed: bool,
}

/// Both ends of the queue. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Mailbox {
    queue: Rc<RefCell<Queue>>,
    filled: Rc<Notify>,
}

impl Mailbox {
    /// An empty one.
    pub fn new() -> Mailbox {
        Mailbox::default()
    }

    /// Adds news, or counts them as skipped if the queue is full. Never waits.
    pub fn post(&self, news: News) {
        let mut queue = self.queue.borrow_mut();
        let is_line = is_line(&news);
        let most = if is_line { NEWS_MAX } else { 2 * NEWS_MAX };
        let bytes = queue.bytes + weight(&news);
        let full = queue.waiting.len() >= most || (is_line && bytes > BYTES_MAX && queue.bytes > 0);
        if full {
            queue.skipped += 1;
            return;
        }
        if queue.skipped > 0 {
            let count = std::mem::take(&mut queue.skipped);
            queue.waiting.push_back(News::Skipped { count });
        }
        queue.bytes = bytes;
        queue.waiting.push_back(news);
        self.filled.notify_one();
    }

    /// The next news; waits for some. None once the queue is closed and empty.
    pub async fn next(&self) -> Option<News> {
        loop {
            if let Some(news) = self.take() {
                return Some(news);
            }
            if self.queue.borrow().closed {
                return None;
            }
            self.filled.notified().await;
        }
    }

    /// The next news, if there are some.
    pub fn take(&self) -> Option<News> {
        let mut queue = self.queue.borrow_mut();
        let Some(news) = queue.waiting.pop_front() else {
            let count = std::mem::take(&mut queue.skipped);
            return (count > 0).then_some(News::Skipped { count });
        };
        queue.bytes -= weight(&news);
        Some(news)
    }

    /// Nothing will be posted any more.
    pub fn close(&self) {
        self.queue.borrow_mut().closed = true;
        self.filled.notify_one();
    }
}

/// Whether there can be so many of these that some must be dropped.
fn is_line(news: &News) -> bool {
    match news {
        News::Said { .. }
        | News::Pending { .. }
        | News::Unreadable { .. }
        | News::Changed(_)
        | News::Chat { .. } => true,
        News::Admitted(_)
        | News::Arrived { .. }
        | News::Went { .. }
        | News::Leader { .. }
        | News::NoQuorum { .. }
        | News::QuorumBack
        | News::Evicted
        | News::WentAlone { .. }
        | News::Left
        | News::Refused { .. }
        | News::Missed
        | News::Skipped { .. }
        | News::Members(_)
        | News::State(_)
        | News::History(_)
        // Private lines are few, and the order forgets them once they are shown.
        | News::Private { .. }
        | News::WhileAway { .. }
        | News::AtAll { .. }
        | News::Mail(_)
        | News::Group(_)
        | News::Groups(_)
        | News::Found { .. }
        | News::Lines { .. }
        | News::Limits(_) => false,
    }
}

/// What news cost: only lines are large.
fn weight(news: &News) -> usize {
    match news {
        News::Said { line, .. } => line.text.len(),
        News::Pending { text, .. } => text.len(),
        News::Private { line, .. } => line.body.length(),
        News::Changed(quoted) => quoted.line.text.len(),
        News::Admitted(admission) => quoted_bytes(&admission.earlier),
        News::WhileAway { mail, lines } => {
            quoted_bytes(lines) + mail.iter().map(|line| line.body.length()).sum::<usize>()
        }
        News::Arrived { .. }
        | News::Went { .. }
        | News::Leader { .. }
        | News::NoQuorum { .. }
        | News::QuorumBack
        | News::Evicted
        | News::WentAlone { .. }
        | News::Left
        | News::Refused { .. }
        | News::Unreadable { .. }
        | News::Missed
        | News::Skipped { .. }
        | News::Members(_)
        | News::State(_)
        | News::History(_)
        | News::Chat { .. }
        | News::AtAll { .. }
        | News::Mail(_)
        | News::Group(_)
        | News::Groups(_)
        | News::Found { .. }
        | News::Lines { .. }
        | News::Limits(_) => 0,
    }
}

fn quoted_bytes(lines: &[Quoted]) -> usize {
    lines.iter().map(|quoted| quoted.line.text.len()).sum()
}
