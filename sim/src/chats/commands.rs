//! Which command of the chat a message stands for. It follows from the message alone, so every node and
//! every engine has the same, and no other random stream moves.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use ringchat::chat::command::{Action, Body, Command, Kind};
use ringchat::chat::name::Name;
use ringchat::chat::person::AccountId;
use ringchat::proto::entry::Submission;
use ringchat::proto::id::{Index, NodeId};
use ringchat::proto::sequencer::before_life;

/// Some of them look alike, and are the same name by the rules.
const PEOPLE: [&str; 7] = ["ann", "b0b", "bob", "Ann", "eve", "anna", "guest"];
const GROUPS: [&str; 5] = ["rust", "RUST", "chess", "lobby", "tea"];

/// The command of a message whose index is `place`; `accounts` are those that are there, at their places.
///
/// The first message of a node says its name, as the product does when it comes into a ring.
pub fn command(message: &Submission, place: Index, accounts: &[AccountId]) -> Command {
    let seed = message.origin.0.rotate_left(17) ^ message.seq.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let lots = &mut ChaCha8Rng::seed_from_u64(seed);
    let life = before_life(1);
    if message.seq % life == 1 || lots.random_range(0..12) == 0 {
        return hello(lots, message.origin);
    }
    let action = action(lots, place, accounts);
    Command::Act { second: message.lamport, action }
}

/// Sometimes with a view that knows of nobody: then the names of all others are free.
fn hello(lots: &mut ChaCha8Rng, origin: NodeId) -> Command {
    let alone = lots.random_range(0..4) == 0;
    let view = if alone { u64::MAX } else { 0 };
    Command::Hello { view, present: vec![origin], name: name(lots, &PEOPLE) }
}

/// Anything that a person may do at this place, most of it sensible.
pub fn action(lots: &mut ChaCha8Rng, place: Index, accounts: &[AccountId]) -> Action {
    let earlier = |lots: &mut ChaCha8Rng| Index(lots.random_range(1..=place.0));
    match lots.random_range(0..24) {
        0..=5 => Action::Post {
            group: Some(name(lots, &GROUPS)),
            kind: Kind::Said,
            text: format!("line {place}"),
        },
        6..=8 => Action::Private {
            to: name(lots, &PEOPLE),
            body: Body::Plain(format!("private {place}")),
        },
        9 => Action::Edit { place: earlier(lots), text: "edited".to_owned() },
        10 => Action::Remove { place: earlier(lots) },
        11 => Action::Create { group: name(lots, &GROUPS) },
        12..=14 => Action::Join { group: name(lots, &GROUPS) },
        15 => Action::Part { group: name(lots, &GROUPS) },
        16 => Action::Delete { group: name(lots, &GROUPS) },
        17 => Action::Register { name: name(lots, &PEOPLE), verifier: b"verifier".to_vec() },
        18 | 19 => {
            let known = accounts.get(lots.random_range(0..8)).copied();
            Action::Login { account: known.unwrap_or(AccountId(place)) }
        }
        20 => Action::Logout,
        21 if lots.random_range(0..4) == 0 => Action::DeleteAccount,
        21 | 22 => Action::Seen { up_to: earlier(lots) },
        _ => Action::Topic { group: None, text: format!("topic {place}") },
    }
}

/// One of these. All of them are names.
fn name(lots: &mut ChaCha8Rng, from: &[&str]) -> Name {
    Name::new(from[lots.random_range(0..from.len())]).unwrap_or_else(|_| Name::guest())
}
