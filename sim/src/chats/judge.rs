//! Plays the chat over a history: after the same messages all chats must be the same.

use std::collections::BTreeMap;

use ringchat::chat::command::Command;
use ringchat::chat::outcome::Outcome;
use ringchat::chat::state::Chat;
use ringchat::proto::entry::Delivered;
use ringchat::proto::event::Event;
use ringchat::proto::id::{Index, NodeId};

use super::commands::command;
use super::compare::{is_as_the_model_says, reaches_whom_it_may};
use super::model::Model;
use crate::history::{Happening, History, Incarnation, NodeName};
use crate::lots::{FNV_START, fnv};

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// How many states were compared.
    pub compared: u64,
    /// How many of them came from a snapshot.
    pub restored: u64,
    /// How many commands were carried out, each counted once.
    pub carried_out: u64,
    /// How many were refused.
    pub refused: u64,
    /// How many lives could not be followed: they got a snapshot, and there are several rings.
    pub lost: u64,
}

/// The chat behind a row of messages, as whoever came first had it.
struct Reference {
    digest: u64,
    snapshot: Vec<u8>,
    model: Model,
}

/// The chat of one life of one node.
struct Life {
    chat: Chat,
    /// Of all messages so far, in order: lives with the same have the same messages.
    row: u64,
}

/// All that is known.
#[derive(Default)]
struct Bench {
    references: BTreeMap<u64, Reference>,
    /// The rows that end at each place.
    ends: BTreeMap<Index, Vec<u64>>,
    judged: Judged,
}

/// Plays the history.
///
/// # Errors
/// Where two chats differ, or one is not what the model says.
pub fn judge(history: &History) -> Result<Judged, String> {
    let mut bench = Bench::default();
    let mut lives: BTreeMap<(NodeName, Incarnation), Option<Life>> = BTreeMap::new();
    for record in history.records() {
        let of = (record.node.clone(), record.incarnation);
        let life =
            lives.entry(of).or_insert_with(|| Some(Life { chat: Chat::new(), row: FNV_START }));
        match &record.what {
            Happening::Event(Event::SnapshotInstalled { index, .. }) => {
                *life = bench.restored(*index)?;
            }
            Happening::Delivered(delivered) => {
                if let Some(life) = life {
                    let words = bench.deliver(life, delivered);
                    words.map_err(|words| format!("at {:?}: {words}", record.at))?;
                }
            }
            _ => {}
        }
    }
    Ok(bench.judged)
}

impl Bench {
    /// The chat that a snapshot up to `index` holds; none, if it cannot be told whose it is.
    fn restored(&mut self, index: Index) -> Result<Option<Life>, String> {
        let Some((_, rows)) = self.ends.range(..=index).next_back() else {
            return Ok(Some(Life { chat: Chat::new(), row: FNV_START }));
        };
        let [row] = rows[..] else {
            self.judged.lost += 1;
            return Ok(None);
        };
        let Some(reference) = self.references.get(&row) else { return Ok(None) };
        let chat = Chat::restore(&reference.snapshot)
            .map_err(|why| format!("the snapshot up to {index} cannot be read: {why}"))?;
        self.judged.restored += 1;
        Ok(Some(Life { chat, row }))
    }

    fn deliver(&mut self, life: &mut Life, delivered: &Delivered) -> Result<(), String> {
        let Delivered { index, message, .. } = delivered;
        let before = life.row;
        let mut mark = message.origin.0.to_le_bytes().to_vec();
        mark.extend(message.seq.to_le_bytes());
        mark.extend(index.0.to_le_bytes());
        life.row = fnv(before, &mark);
        let accounts: Vec<_> = life.chat.accounts().map(|(id, _)| id).collect();
        let command = command(message, *index, &accounts);
        let origin = message.origin;
        // Whoever comes first shows what the model says; the others are compared with it.
        let names = (!self.references.contains_key(&life.row)).then(|| life.chat.clone());
        let told = life.chat.apply(*index, message.lamport, origin, &command.encode());
        let digest = life.chat.digest();
        self.judged.compared += 1;
        let Some(names) = names else {
            let known = self.references.get(&life.row).map(|reference| reference.digest);
            return if known == Some(digest) {
                Ok(())
            } else {
                Err(format!("after the message at {index} two chats differ: {command:?}"))
            };
        };
        let was = self.references.get(&before).map(|reference| reference.model.clone());
        let was = was.unwrap_or_default();
        let mut model = was.clone();
        let refused = told.iter().any(|told| matches!(told.what, Outcome::Refused { .. }));
        match &command {
            Command::Hello { .. } => arrives(&mut model, &life.chat, origin),
            Command::Act { action, .. } => {
                let expected = model.act(index.0, origin.0, action, &names);
                if expected == refused {
                    let is = if refused { "is refused" } else { "is carried out" };
                    return Err(format!("the command at {index} {is}: {action:?}, {told:?}"));
                }
            }
            Command::Say { .. } => {}
        }
        is_as_the_model_says(&life.chat, &model)
            .and_then(|()| reaches_whom_it_may(&life.chat, &told, &was, &model))
            .map_err(|words| format!("after the command at {index}, {command:?}: {words}"))?;
        if refused {
            self.judged.refused += 1;
        } else {
            self.judged.carried_out += 1;
        }
        let snapshot = life.chat.snapshot();
        self.references.insert(life.row, Reference { digest, snapshot, model });
        self.ends.entry(*index).or_default().push(life.row);
        Ok(())
    }
}

/// A node says its name. Guests may lose theirs to it.
fn arrives(model: &mut Model, chat: &Chat, origin: NodeId) {
    let sits: Vec<u64> = model.sits.iter().map(|(node, _)| *node).collect();
    for node in sits {
        if chat.name(NodeId(node)).is_none() {
            model.ends(node);
        }
    }
    model.arrives(origin.0);
}
