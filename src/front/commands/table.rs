//! All commands: how each is typed, what it does, and who reads it.

use super::read::{self, Reads};
use super::read_private;

/// A command as `/help` shows it.
#[derive(Debug)]
pub struct Usage {
    /// The words that mean it, the first being the one to advertise.
    pub words: &'static [&'static str],
    /// How it is typed.
    pub typed: &'static str,
    /// What it does.
    pub does: &'static str,
    /// Understands what stands behind the word.
    pub(super) read: Reads,
}

const fn usage(
    words: &'static [&'static str],
    typed: &'static str,
    does: &'static str,
    read: Reads,
) -> Usage {
    Usage { words, typed, does, read }
}

/// All commands, by what they are about.
pub const COMMANDS: [Usage; 28] = [
    usage(&["/help", "/?"], "/help", "show this", read::help),
    usage(&["/who"], "/who [GROUP]", "who is here, or in a group; owners have a *", read::who),
    usage(&["/me"], "/me TEXT", "say what you do: /me waves", read::me),
    usage(
        &["/msg", "/p", "/pa", "/send", "/tell"],
        "/msg NAME TEXT",
        "say something to one person alone, also to the one at IP:PORT or to \"a b\"; waits if \
         they are away",
        read_private::private,
    ),
    usage(
        &["/deliver"],
        "/deliver",
        "show private lines that you have not seen",
        read_private::deliver,
    ),
    usage(
        &["/alias", "/a"],
        "/alias [ALIAS NAME]",
        "a word of your own for somebody, or for IP:PORT, to use with /msg; alone: show all",
        read_private::alias,
    ),
    usage(&["/unalias"], "/unalias ALIAS", "do without that word again", read_private::unalias),
    usage(&["/edit"], "/edit PLACE TEXT", "change a line of yours", read::edit),
    usage(&["/remove"], "/remove PLACE", "take a line of yours back", read::remove),
    usage(
        &["/join", "/joinroom"],
        "/join GROUP",
        "go into a group, and say your lines there; it is made if there is none",
        read::join,
    ),
    usage(&["/create", "/createroom"], "/create GROUP", "make a group of your own", read::create),
    usage(
        &["/part", "/leave-group", "/leavegroup"],
        "/part [GROUP]",
        "go out of a group; its next owner is who has been there for longest",
        read::part,
    ),
    usage(&["/delete", "/deleteroom"], "/delete GROUP", "end a group of yours", read::delete),
    usage(
        &["/group", "/go"],
        "/group [GROUP]",
        "say your lines in that group of yours, or in the lobby",
        read::enter,
    ),
    usage(&["/groups"], "/groups", "all groups, and who is in yours", read::groups),
    usage(
        &["/topic"],
        "/topic [TEXT]",
        "what this group is about; /topic - takes it back",
        read::topic,
    ),
    usage(
        &["/history"],
        "/history [GROUP] [COUNT] [before PLACE]",
        "what was said before, 20 lines if you say no number, 1,000 at most",
        read::history,
    ),
    usage(
        &["/search"],
        "/search TEXT",
        "lines in the last thousand that hold this text, in all of your groups",
        read::search,
    ),
    usage(
        &["/list", "/ls"],
        "/list [PATTERN]",
        "accounts and groups; * stands for anything, ? for one character",
        read::list,
    ),
    usage(&["/name", "/nick"], "/name NAME", "be called so, as a guest", read::rename),
    usage(
        &["/register"],
        "/register [NAME]",
        "make your name yours for good; a password is asked for",
        read::register,
    ),
    usage(
        &["/login"],
        "/login NAME",
        "go on as this account, here too; its password is asked for",
        read::login,
    ),
    usage(&["/logout"], "/logout", "be a guest again", read::logout),
    usage(
        &["/delete-account"],
        "/delete-account",
        "end your account for good; its password is asked for",
        read::delete_account,
    ),
    usage(
        &["/limits"],
        "/limits [NAME VALUE]",
        "what is allowed in this ring; with a value, set it for all",
        read::limits,
    ),
    usage(
        &["/state"],
        "/state",
        "the ring as a table: order, leader, neighbours, round trips",
        read::state,
    ),
    usage(
        &["/quit", "/leave", "//exit", "/exit"],
        "/quit",
        "leave the ring, once your waiting lines are ordered, and end",
        read::quit,
    ),
    usage(
        &["/alone"],
        "/alone",
        "without a quorum: go on as a new ring with the history (asks back first)",
        read::alone,
    ),
];

/// The words that a person may complete, all of them.
pub fn words() -> impl Iterator<Item = &'static str> {
    COMMANDS.iter().flat_map(|usage| usage.words.iter().copied())
}

/// What `/help` shows, line by line.
pub fn help() -> Vec<String> {
    let mut lines =
        vec!["Type a line and press Enter: it is said to all in your group. Or:".to_owned()];
    let width = COMMANDS.iter().map(|usage| usage.typed.len()).max().unwrap_or_default();
    for Usage { words, typed, does, .. } in &COMMANDS {
        let others = words.get(1..).unwrap_or_default().join(", ");
        let others = if others.is_empty() { others } else { format!(" ({others})") };
        lines.push(format!("  {typed:width$}  {does}{others}"));
    }
    lines.push(format!("  {:width$}  say /text, which is no command", "//text"));
    lines.push(
        "What other systems spell #joinroom, JOINGROUP, send or ls is understood, too; a line that \
         begins with a blank is said as it is."
            .to_owned(),
    );
    lines
}
