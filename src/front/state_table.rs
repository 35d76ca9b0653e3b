//! `/state`: the ring as a table for people.

use std::time::Duration;

use super::parts::Roster;
use crate::proto::id::NodeId;
use crate::proto::status::{Role, why_lines_wait};
use crate::proto::view::Member;

const COLUMNS: [&str; 5] = ["", "name", "address", "round trip", "what it is"];

/// The table, line by line.
pub fn table(roster: &Roster) -> Vec<String> {
    let mut lines = head(roster);
    let mut rows = vec![COLUMNS.map(str::to_owned)];
    rows.extend(roster.status.view.members.iter().map(|member| row(roster, member)));
    let mut widths = [0; COLUMNS.len()];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for row in &rows {
        let cells: Vec<String> =
            row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        lines.push(cells.join("  ").trim_end().to_owned());
    }
    if !roster.status.suspects.is_empty() {
        lines.push("! does not answer this node, and is skipped".to_owned());
    }
    lines
}

/// What holds for the whole ring.
fn head(roster: &Roster) -> Vec<String> {
    let status = &roster.status;
    let name = |id: NodeId| roster.name(id);
    let ring = status.ring.map_or_else(|| "none yet".to_owned(), |ring| ring.to_string());
    let pending = status.pending_view.map(|view| format!(", {view} proposed")).unwrap_or_default();
    let tie_breaker = name(status.view.tie_breaker);
    let ballot = match status.leading {
        Some(ballot) => format!("ballot {} of {}", ballot.round, name(ballot.proposer)),
        None => {
            let promised = status.promised;
            format!("no leader; ballot {} of {} promised", promised.round, name(promised.proposer))
        }
    };
    let mut lines = vec![
        format!("ring {ring} · view {}{pending}, {tie_breaker} breaks ties", status.view.number),
        format!(
            "{ballot} · committed {} of {}, stored by all {}",
            status.committed, status.last, status.stored_by_all
        ),
    ];
    if let Some((reachable, members)) = status.no_quorum {
        lines.push(why_lines_wait(reachable, members));
    }
    if status.waiting > 0 {
        lines.push(format!("{} of your messages wait to be ordered", status.waiting));
    }
    lines
}

fn row(roster: &Roster, member: &Member) -> [String; COLUMNS.len()] {
    let status = &roster.status;
    let id = member.id;
    let suspected = status.suspects.contains(&id);
    let mark = if suspected {
        "!"
    } else if id == status.me.id {
        "*"
    } else {
        ""
    };
    let round_trip = status.round_trips.iter().find(|(peer, _)| *peer == id);
    let round_trip = round_trip.map_or_else(|| "-".to_owned(), |(_, time)| milliseconds(*time));
    let roles = [
        (id == status.me.id, own_role(status.role)),
        (status.leading.is_some_and(|ballot| ballot.proposer == id), "leader"),
        (status.successor == Some(id), "successor"),
        (status.predecessor == Some(id), "predecessor"),
        (suspected, "suspected"),
    ];
    let roles: Vec<&str> =
        roles.into_iter().filter(|(holds, _)| *holds).map(|(_, role)| role).collect();
    [mark.to_owned(), roster.name(id), member.address.to_string(), round_trip, roles.join(", ")]
}

fn own_role(role: Role) -> &'static str {
    match role {
        Role::Learner => "you, not a member",
        Role::Follower | Role::Leader => "you",
        Role::Candidate => "you, without a leader",
        Role::Left => "you, who left",
    }
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1_000.0)
}
