//! `state`: users, ring order, leader, and each server with its status, lines and round.

use super::server::{Phase, Server};
use super::site::Site;
use crate::proto::id::NodeId;
use crate::proto::status::{Role, Status, why_lines_wait};

const COLUMNS: [&str; 7] = ["server", "user", "status", "lines", "round", "committed", "address"];

/// The table, line by line, from what the servers answered last.
pub fn table(site: &Site) -> Vec<String> {
    let mut lines = rings(site);
    let mut rows = vec![COLUMNS.map(str::to_owned)];
    rows.extend(site.servers.iter().map(row));
    let mut widths = [0; COLUMNS.len()];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for row in &rows {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        lines.push(cells.collect::<Vec<_>>().join("  ").trim_end().to_owned());
    }
    let cuts = site
        .cuts
        .iter()
        .map(|(from, to)| format!("{} to {}", site.servers[*from].name, site.servers[*to].name));
    let cuts: Vec<String> = cuts.collect();
    if !cuts.is_empty() {
        lines.push(format!("cut: {}", cuts.join(", ")));
    }
    lines
}

/// One line for each picture of the ring, with the servers that have it: they are one if all is well.
fn rings(site: &Site) -> Vec<String> {
    let mut pictures: Vec<(String, Vec<&str>)> = Vec::new();
    for server in &site.servers {
        let Some(status) = status(server) else { continue };
        let picture = ring(site, status);
        match pictures.iter_mut().find(|(known, _)| *known == picture) {
            Some((_, of)) => of.push(&server.name),
            None => pictures.push((picture, vec![&server.name])),
        }
    }
    if pictures.is_empty() {
        return vec!["no server answers".to_owned()];
    }
    let one = pictures.len() == 1;
    let line = |(picture, of): (String, Vec<&str>)| {
        if one { picture } else { format!("{}: {picture}", of.join(" ")) }
    };
    pictures.into_iter().map(line).collect()
}

fn ring(site: &Site, status: &Status) -> String {
    let name = |id: NodeId| site.name_of(id);
    let Some(ring) = status.ring else { return "in no ring yet".to_owned() };
    let order: Vec<String> = status.view.members.iter().map(|member| name(member.id)).collect();
    let first = order.first().cloned().unwrap_or_default();
    let leader = match (status.leading, status.no_quorum) {
        (Some(ballot), _) => format!("leader {}, round {}", name(ballot.proposer), ballot.round),
        (None, Some((reachable, members))) => why_lines_wait(reachable, members),
        (None, None) => "no leader".to_owned(),
    };
    let order = format!("{} → {first}", order.join(" → "));
    format!("ring {ring} · view {}: {order} · {leader}", status.view.number)
}

fn row(server: &Server) -> [String; COLUMNS.len()] {
    let person = server.person.clone().unwrap_or_else(|| "-".to_owned());
    let state = status(server).and(server.state.as_ref());
    let of = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    let round = state.map(|it| it.status.leading.unwrap_or(it.status.promised).round.to_string());
    [
        server.name.clone(),
        person,
        phase(server),
        of(state.map(|state| state.lines.to_string())),
        of(round),
        of(state.map(|state| state.status.committed.to_string())),
        server.address.to_string(),
    ]
}

/// What it knows, if it runs: what it knew before it stood still may have changed.
fn status(server: &Server) -> Option<&Status> {
    let runs = matches!(server.phase, Phase::Runs | Phase::Leaves);
    server.state.as_ref().filter(|_| runs).map(|state| &state.status)
}

fn phase(server: &Server) -> String {
    match &server.phase {
        Phase::Starts => "starts".to_owned(),
        Phase::Paused => "paused".to_owned(),
        Phase::Leaves => "leaves".to_owned(),
        Phase::Ended(how) => how.clone(),
        Phase::Runs => match server.state.as_ref().map(|state| state.status.role) {
            None => "does not answer".to_owned(),
            Some(Role::Learner) => "on its way in".to_owned(),
            Some(Role::Follower) => "member".to_owned(),
            Some(Role::Candidate) => "without a leader".to_owned(),
            Some(Role::Leader) => "leader".to_owned(),
            Some(Role::Left) => "has left".to_owned(),
        },
    }
}
