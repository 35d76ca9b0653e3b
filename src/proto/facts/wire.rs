//! Facts on the wire: a list of what each node holds and has seen.

use std::fmt;

use serde::de::{Error, SeqAccess, Visitor};
use serde::ser::SerializeSeq;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Facts;
use crate::proto::set::NODES_MAX;

impl Serialize for Facts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut facts = serializer.serialize_seq(Some(self.len()))?;
        self.iter().try_for_each(|fact| facts.serialize_element(&fact))?;
        facts.end()
    }
}

impl<'de> Deserialize<'de> for Facts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Facts, D::Error> {
        deserializer.deserialize_seq(Reader)
    }
}

/// Reads facts off the wire.
struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Facts;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "facts of at most {NODES_MAX} nodes")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Facts, A::Error> {
        let announced = list.size_hint().unwrap_or(0);
        if announced > NODES_MAX {
            return Err(A::Error::invalid_length(announced, &self));
        }
        let mut facts = Vec::with_capacity(announced);
        while let Some(fact) = list.next_element()? {
            if facts.len() == NODES_MAX {
                return Err(A::Error::invalid_length(facts.len() + 1, &self));
            }
            facts.push(fact);
        }
        Ok(facts.into_iter().collect())
    }
}
