//! What must hold between any two inputs.

use super::Node;

impl Node {
    /// What must hold between any two inputs, whatever came.
    pub(super) fn check(&self) {
        let last = self.durable.log().last();
        assert!(self.committed <= self.verified, "committed what is not the leader's");
        assert!(self.verified <= last, "verified {} beyond the log's {last}", self.verified);
        assert!(self.current <= self.durable.promised(), "follows below its promise");
        assert!(self.durable.log().compacted() <= self.committed, "compacted what may change");
        if let Some(leading) = &self.leading {
            assert!(leading.ballot == self.current && leading.ballot.proposer == self.me.id);
            assert!(leading.ballot == self.durable.promised(), "leads below its promise");
        }
    }
}
