//! Names of nodes and their roles, as a scenario file writes them.

use std::ops::Range;

use super::error::{ScenarioError, Source};
use super::fields::{Value, list, mismatch, number, text};
use super::{NodeIndex, Target, numbered};

/// The most nodes a scenario may have, those that join later included. More would only be slow:
/// every node asks for some time of every simulated moment.
pub const NODES_MAX: usize = 128;

/// The words that stand for whoever has a role.
const ROLES: [&str; 8] = [
    "leader",
    "tie-breaker",
    "any follower",
    "successor of …",
    "predecessor of …",
    "killed",
    "paused",
    "rest",
];

/// All names, and the text they come from.
#[derive(Clone, Debug)]
pub(super) struct Names<'s> {
    pub(super) source: Source<'s>,
    pub(super) names: Vec<String>,
}

impl<'s> Names<'s> {
    /// `nodes = 5` names them n1 to n5; `nodes = ["ann", "bob"]` names them itself.
    pub(super) fn of(source: Source<'s>, value: &Value<'_>) -> Result<Names<'s>, ScenarioError> {
        let mut names = Names { source, names: Vec::new() };
        if value.get_ref().is_integer() {
            let count = number(source, value, (1, NODES_MAX as u64))?;
            names.names = numbered(usize::try_from(count).unwrap_or(NODES_MAX)).collect();
            return Ok(names);
        }
        if !value.get_ref().is_array() {
            return Err(mismatch(source, value, "how many nodes there are, or a list of names"));
        }
        for value in list(value) {
            names.add(value)?;
        }
        if names.names.is_empty() {
            return Err(source.error(value.span(), "expected at least one node, found none"));
        }
        Ok(names)
    }

    /// One more name, of a node that was not there yet.
    pub(super) fn add(&mut self, value: &Value<'_>) -> Result<NodeIndex, ScenarioError> {
        let name = text(self.source, value, "the name of a node")?;
        let wrong = |message: String| Err(self.source.error(value.span(), message));
        let fits = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
        if name.is_empty() || name.len() > 12 || !name.chars().all(fits) {
            return wrong(format!(
                "expected a name of at most 12 letters, digits and `-`, found \"{name}\""
            ));
        }
        if ROLES.contains(&name) {
            return wrong(format!("\"{name}\" is the word for a role, and cannot name a node"));
        }
        if self.names.iter().any(|other| other == name) {
            return wrong(format!("there is a node \"{name}\" already"));
        }
        if self.names.len() == NODES_MAX {
            return wrong(format!("expected at most {NODES_MAX} nodes, this is one more"));
        }
        self.names.push(name.to_owned());
        Ok(NodeIndex(self.names.len() - 1))
    }

    /// A node by its name.
    pub(super) fn node(&self, value: &Value<'_>) -> Result<NodeIndex, ScenarioError> {
        let name = text(self.source, value, "the name of a node")?;
        self.find(name).ok_or_else(|| self.unknown(value.span(), name, &[]))
    }

    /// Nodes by their names, none twice.
    pub(super) fn nodes(&self, value: &Value<'_>) -> Result<Vec<NodeIndex>, ScenarioError> {
        let mut nodes = Vec::new();
        for value in list(value) {
            let node = self.node(value)?;
            if nodes.contains(&node) {
                let name = &self.names[node.0];
                return Err(self.source.error(value.span(), format!("\"{name}\" is here twice")));
            }
            nodes.push(node);
        }
        Ok(nodes)
    }

    /// Nodes by name or role: one, or a list without repetition.
    pub(super) fn targets(&self, value: &Value<'_>) -> Result<Vec<Target>, ScenarioError> {
        let mut targets = Vec::new();
        for value in list(value) {
            let target = self.target(value)?;
            if targets.contains(&target) {
                return Err(self.source.error(value.span(), "this is here twice"));
            }
            targets.push(target);
        }
        if targets.is_empty() {
            return Err(self.source.error(value.span(), "expected at least one node, found none"));
        }
        Ok(targets)
    }

    /// Exactly one node, by name or role.
    pub(super) fn single(&self, value: &Value<'_>) -> Result<Target, ScenarioError> {
        let target = self.target(value)?;
        match target {
            Target::Killed | Target::Paused | Target::Rest => Err(self
                .source
                .error(value.span(), "expected exactly one node, this may stand for several")),
            Target::Node(_)
            | Target::Leader
            | Target::TieBreaker
            | Target::AnyFollower
            | Target::Successor(_)
            | Target::Predecessor(_) => Ok(target),
        }
    }

    /// Two different nodes.
    pub(super) fn pair(&self, value: &Value<'_>) -> Result<(Target, Target), ScenarioError> {
        let ends = list(value);
        let [a, b] = ends.as_slice() else {
            return Err(self.source.error(
                value.span(),
                format!("expected the two ends of a link, found {}", ends.len()),
            ));
        };
        let (first, second) = (self.single(a)?, self.single(b)?);
        if first == second {
            return Err(self.source.error(b.span(), "a node has no link to itself"));
        }
        Ok((first, second))
    }

    /// A name or a role.
    fn target(&self, value: &Value<'_>) -> Result<Target, ScenarioError> {
        let text = text(self.source, value, "the name of a node or a role")?;
        self.parse(text).ok_or_else(|| self.unknown(value.span(), text, &ROLES))
    }

    fn parse(&self, text: &str) -> Option<Target> {
        let nested = |inner: &str| self.parse(inner.trim()).map(Box::new);
        if let Some(of) = text.strip_prefix("successor of ") {
            return nested(of).map(Target::Successor);
        }
        if let Some(of) = text.strip_prefix("predecessor of ") {
            return nested(of).map(Target::Predecessor);
        }
        match text {
            "leader" => Some(Target::Leader),
            "tie-breaker" => Some(Target::TieBreaker),
            "any follower" => Some(Target::AnyFollower),
            "killed" => Some(Target::Killed),
            "paused" => Some(Target::Paused),
            "rest" => Some(Target::Rest),
            name => self.find(name).map(Target::Node),
        }
    }

    fn find(&self, name: &str) -> Option<NodeIndex> {
        self.names.iter().position(|known| known == name).map(NodeIndex)
    }

    fn unknown(&self, span: Range<usize>, name: &str, roles: &[&str]) -> ScenarioError {
        let known: Vec<&str> =
            self.names.iter().map(String::as_str).chain(roles.iter().copied()).collect();
        self.source.error(span, format!("there is no node \"{name}\"")).nearest(name, &known)
    }
}
