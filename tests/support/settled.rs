//! Whether a group of nodes has settled: the guarantees L1 to L4, as a sentence if one fails.

use std::collections::BTreeSet;

use ringchat::proto::id::NodeId;
use ringchat::proto::status::{Role, Status};

use super::mesh::Mesh;

/// What is still wrong among these hosts; nothing, if they are one ring and have delivered all.
pub fn unsettled(mesh: &Mesh, hosts: &[usize]) -> Option<String> {
    let all: Vec<Status> = hosts.iter().map(|host| mesh.status(*host)).collect();
    let ids: BTreeSet<NodeId> = all.iter().map(|status| status.me.id).collect();
    let leaders: Vec<NodeId> =
        all.iter().filter(|it| it.role == Role::Leader).map(|it| it.me.id).collect();
    if leaders.len() != 1 {
        return Some(format!("L2: the leaders are {leaders:?}"));
    }
    for (host, status) in hosts.iter().zip(&all) {
        let members: BTreeSet<NodeId> = status.view.members.iter().map(|it| it.id).collect();
        let next = status.view.after(status.me.id).next().map(|member| member.id);
        let who = format!("n{host} {:?}", status.role);
        if members != ids {
            return Some(format!("L4: {who} has the view {:?}, alive are {ids:?}", status.view));
        }
        if status.pending_view.is_some() {
            return Some(format!("L2: {who} has a pending view"));
        }
        if status.leading.map(|ballot| ballot.proposer) != Some(leaders[0]) {
            return Some(format!("L2: {who} hears {:?}, not {:?}", status.leading, leaders[0]));
        }
        // In a ring of three each two are neighbours, so a broken link stays in it.
        let may_close = hosts.len() != 3 || mesh.is_connected();
        if may_close && status.successor != next {
            return Some(format!("L1: the successor of {who} is {:?}", status.successor));
        }
        if status.waiting > 0 {
            return Some(format!("L3: {} wait at {who}", status.waiting));
        }
        if status.committed != all[0].committed || !mesh.judge.is_complete(*host) {
            return Some(format!("L3: {who} has delivered up to {}", status.committed));
        }
    }
    None
}
