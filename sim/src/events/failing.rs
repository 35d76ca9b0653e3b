//! Disks that fail, are full, lose what they held, or are cut off in the middle of their writes.

use ringchat::proto::input::{Disconnect, Input, WriteId};

use super::Events;
use super::host::Running;
use crate::scenario::NodeIndex;

impl Events {
    /// The process is gone, or its disk fails: of what was begun an unknown part is durable, from none to
    /// all.
    pub(super) fn cut_writes(&mut self, node: NodeIndex) {
        let (image, weather) = (&mut self.hosts[node.0].image, &mut self.weather);
        self.torn += image.is_cut(|| weather.coin((node, node)));
    }

    /// A process that ends by itself writes what it has begun, if it can.
    pub(super) fn finish_writes(&mut self, node: NodeIndex) {
        if self.hosts[node.0].unwritable {
            self.cut_writes(node);
        } else {
            self.hosts[node.0].image.drain();
        }
    }

    /// A write is over. Gives what the node is to be told, if anything: after a failure it learns no more
    /// that anything is durable, and has to leave.
    pub(super) fn written(&mut self, node: NodeIndex, write: WriteId) -> Option<Input> {
        let here = &mut self.hosts[node.0];
        if here.failed {
            return None;
        }
        if here.unwritable {
            here.failed = true;
            here.written.fails();
            self.cut_writes(node);
            return Some(Input::Unwritable);
        }
        here.written.is_done(write);
        here.image.is_done(write);
        Some(Input::Persisted { write })
    }

    /// The machine loses its power in the middle of its writes, of which `keeps` are whole.
    pub(super) fn tear(&mut self, node: NodeIndex, keeps: u64) -> Result<(), String> {
        let image = &mut self.hosts[node.0].image;
        if !image.is_being_written() {
            return Err("writes nothing now".to_owned());
        }
        let mut left = keeps;
        self.torn += image.is_cut(|| {
            let keeps = left > 0;
            left = left.saturating_sub(1);
            keeps
        });
        self.end(node, Running::Off, |_| Disconnect::Closed);
        Ok(())
    }

    /// What the disk held is gone.
    pub(super) fn lose(&mut self, node: NodeIndex) -> Result<(), String> {
        let image = &mut self.hosts[node.0].image;
        if !image.is_kept() {
            return Err("has nothing on its disk".to_owned());
        }
        *image = Default::default();
        Ok(())
    }
}
