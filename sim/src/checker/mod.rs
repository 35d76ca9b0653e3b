//! The checkers: every guarantee of `protocol.md`, held against everything that happens.

pub mod actor;
pub mod deed;
pub mod l1_ring_closure;
pub mod l2_one_leader;
pub mod l3_progress;
pub mod l4_healing;
pub mod l5_quiet;
pub mod picture;
pub mod ring;
pub mod s10_uniformity;
pub mod s1_total_order;
pub mod s2_no_loss;
pub mod s3_no_duplication;
pub mod s4_no_creation;
pub mod s5_fifo;
pub mod s6_causal;
pub mod s7_one_leader;
pub mod s8_leader_completeness;
pub mod s9_view_agreement;
pub mod seen;
pub mod settled;
pub mod violation;

use self::deed::Deed;
use self::picture::Picture;
use self::settled::FinalPicture;
use self::violation::{Guarantee, Violation};
use crate::history::Record;

/// All checkers of one run. They cannot be switched off.
#[derive(Clone, Debug, Default)]
pub struct Checkers {
    picture: Picture,
    s1: s1_total_order::TotalOrder,
    s2: s2_no_loss::NoLoss,
    s3: s3_no_duplication::NoDuplication,
    s4: s4_no_creation::NoCreation,
    s5: s5_fifo::Fifo,
    s6: s6_causal::Causal,
    s7: s7_one_leader::OneLeader,
    s8: s8_leader_completeness::LeaderCompleteness,
    s9: s9_view_agreement::ViewAgreement,
    end: End,
}

/// The checkers of how things stand in the end.
#[derive(Clone, Debug, Default)]
struct End {
    s10: s10_uniformity::Uniformity,
    l1: l1_ring_closure::RingClosure,
    l2: l2_one_leader::AgreedLeader,
    l3: l3_progress::Progress,
    l4: l4_healing::Healing,
    l5: l5_quiet::Quiet,
}

impl End {
    fn settle(&mut self, end: &FinalPicture, picture: &Picture) -> Vec<Violation> {
        let mut broken = Vec::new();
        self.l4.answers(end, &mut broken);
        for core in end.cores(picture) {
            self.s10.settle(end, &core, picture, &mut broken);
            self.l1.settle(end, &core, &mut broken);
            self.l2.settle(end, &core, &mut broken);
            self.l3.settle(end, &core, picture, &mut broken);
            self.l4.settle(end, &core, &mut broken);
            self.l5.settle(end, &core, &mut broken);
        }
        broken
    }
}

impl Checkers {
    /// Checkers for a run that has not begun.
    pub fn new() -> Checkers {
        Checkers::default()
    }

    /// Holds one more record against S1 to S9. To be called with every record, in order.
    ///
    /// # Errors
    /// The first guarantee that it breaks. The record is not taken in then: end the run, since what
    /// follows would be measured against a picture that is not true any more.
    ///
    /// # Panics
    /// If an incarnation's first record is not `Started`.
    pub fn observe(&mut self, record: &Record) -> Result<(), Violation> {
        let deed = Deed::from(&record.what);
        if let Deed::Other = deed {
            return Ok(());
        }
        self.picture.place(record, deed);
        let seen = self.picture.seen(record, deed);
        // The particular before the general: a loss or a repetition breaks the total order too.
        self.s4.observe(&seen)?;
        self.s3.observe(&seen)?;
        self.s2.observe(&seen)?;
        self.s1.observe(&seen)?;
        self.s5.observe(&seen)?;
        self.s6.observe(&seen)?;
        self.s7.observe(&seen)?;
        self.s8.observe(&seen)?;
        self.s9.observe(&seen)?;
        self.end.l5.observe(&seen);
        self.picture.apply(record, deed);
        Ok(())
    }

    /// Holds the end of the run against S10 and L1 to L5. Everything that is broken is returned.
    pub fn settle(&mut self, end: &FinalPicture) -> Vec<Violation> {
        self.end.settle(end, &self.picture)
    }

    /// What [`Self::settle`] would say if this were the end. Nothing counts as checked.
    pub fn judge(&self, moment: &FinalPicture) -> Vec<Violation> {
        self.end.clone().settle(moment, &self.picture)
    }

    /// Whether somebody owes liveness, and L1 and L2 hold of all who do. Nothing counts as checked.
    pub fn is_closed(&self, moment: &FinalPicture) -> bool {
        let cores = moment.cores(&self.picture);
        let mut broken = Vec::new();
        for core in &cores {
            l1_ring_closure::RingClosure::default().settle(moment, core, &mut broken);
            l2_one_leader::AgreedLeader::default().settle(moment, core, &mut broken);
        }
        !cores.is_empty() && broken.is_empty()
    }

    /// How often each guarantee was checked. One that was never checked has not been shown to hold.
    pub fn counts(&self) -> [(Guarantee, u64); 15] {
        let counts = [
            self.s1.checked,
            self.s2.checked,
            self.s3.checked,
            self.s4.checked,
            self.s5.checked,
            self.s6.checked,
            self.s7.checked,
            self.s8.checked,
            self.s9.checked,
            self.end.s10.checked,
            self.end.l1.checked,
            self.end.l2.checked,
            self.end.l3.checked,
            self.end.l4.checked,
            self.end.l5.checked,
        ];
        let mut of = Guarantee::ALL.into_iter().zip(counts);
        std::array::from_fn(|_| of.next().unwrap_or((Guarantee::S1, 0)))
    }

    /// What the checkers know of the run: who is in which ring, and what its order is.
    pub fn picture(&self) -> &Picture {
        &self.picture
    }
}
