//! What was done to the wires, by which step, and whether anything was said over them since.

use std::collections::BTreeMap;

use crate::engine::{Engine, Tamper, Way};

/// What was done to a way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Harm {
    /// Nothing arrives.
    Cut,
    /// Frames take long, both ways; stands at the way from the lower to the higher node.
    Slow,
    /// Few bytes a second pass, both ways; stands at the way from the lower to the higher node.
    Limited,
}

/// The harm done to all wires.
#[derive(Debug, Default)]
pub(super) struct Wires {
    harmed: BTreeMap<(Harm, Way), Fault>,
}

/// What had been said over a way when it was harmed, and by which step.
#[derive(Clone, Copy, Debug)]
struct Fault {
    cause: Cause,
    said: u64,
}

/// Which step did something to the wires, and whether the quiet phase leaves it so.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cause {
    pub(super) step: usize,
    pub(super) standing: bool,
}

impl Wires {
    /// Cuts these ways, as far as they are whole. Tells whether any was.
    pub(super) fn cut(&mut self, engine: &mut dyn Engine, cause: Cause, ways: &[Way]) -> bool {
        let mut any = false;
        for way in ways.iter().filter(|(from, to)| from != to) {
            if let Some(known) = self.harmed.get_mut(&(Harm::Cut, *way)) {
                // What is to stand stands, though it was cut before; and what is lost from now on is its doing.
                if cause.standing && !known.cause.standing {
                    *known = Fault { cause, said: engine.said(*way) };
                    any = true;
                }
            } else {
                self.harm(engine, Harm::Cut, cause, *way);
                engine.cut(*way);
                any = true;
            }
        }
        any
    }

    /// Notes that a way was harmed.
    pub(super) fn harm(&mut self, engine: &dyn Engine, harm: Harm, cause: Cause, way: Way) {
        let way = match harm {
            Harm::Cut => way,
            Harm::Slow | Harm::Limited => sorted(way),
        };
        self.harmed.insert((harm, way), Fault { cause, said: engine.said(way) });
    }

    /// Undoes what was done to the ways that `which` picks; it is told whether they are to stand.
    /// Gives each such way, the step that had harmed it, and whether anything was sent over it since.
    pub(super) fn heal(
        &mut self,
        engine: &mut dyn Engine,
        which: impl Fn(Way, bool) -> bool,
    ) -> Vec<(Way, (usize, bool))> {
        let picks = |(place, fault): (&(Harm, Way), &Fault)| {
            which(place.1, fault.cause.standing).then_some((*place, *fault))
        };
        let picked: Vec<_> = self.harmed.iter().filter_map(picks).collect();
        let mut undone = Vec::new();
        for ((harm, way), fault) in picked {
            self.harmed.remove(&(harm, way));
            let (a, b) = way;
            match harm {
                Harm::Cut => engine.mend(way),
                Harm::Slow => engine.slow(a, b, None),
                // What was limited can be unlimited.
                Harm::Limited => drop(engine.tamper(Tamper::Limit(a, b, None))),
            }
            undone.push((way, (fault.cause.step, fault.crossed(engine, way))));
        }
        undone
    }

    /// The steps whose faults stand, and whether anything has crossed since.
    pub(super) fn standing(&self, engine: &dyn Engine) -> Vec<(usize, bool)> {
        let crossed = |((_, way), fault): (&(Harm, Way), &Fault)| {
            (fault.cause.step, fault.crossed(engine, *way))
        };
        self.harmed.iter().map(crossed).collect()
    }

    /// Whether nothing is harmed.
    pub(super) fn is_whole(&self) -> bool {
        self.harmed.is_empty()
    }

    /// The ways on which frames are lost.
    pub(super) fn cut_ways(&self) -> impl Iterator<Item = Way> {
        // Cuts stand before all other harm.
        let harmed = self.harmed.keys().take_while(|(harm, _)| *harm == Harm::Cut);
        harmed.map(|(_, way)| *way)
    }
}

impl Fault {
    fn crossed(&self, engine: &dyn Engine, way: Way) -> bool {
        engine.said(way) > self.said
    }
}

fn sorted((a, b): Way) -> Way {
    if a <= b { (a, b) } else { (b, a) }
}
