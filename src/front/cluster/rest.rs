//! Whether the ring is at rest: whatever a command led to has happened.

use super::server::{Phase, Server};
use super::site::Site;
use crate::proto::id::{Ballot, Index};
use crate::proto::status::Status;

/// What each server knows, as far as it changes when something happens in the ring.
pub type Picture = Vec<Option<(Option<Ballot>, u64, Index, Option<(usize, usize)>)>>;

/// The picture of a ring in which nothing has to happen any more, by what the servers answered last.
/// None, if something has.
pub fn at_rest(site: &Site) -> Option<Picture> {
    site.servers.iter().map(|server| rests(site, server)).collect()
}

fn rests(site: &Site, server: &Server) -> Option<<Picture as IntoIterator>::Item> {
    match server.phase {
        Phase::Paused | Phase::Ended(_) => return Some(None),
        Phase::Starts | Phase::Leaves => return None,
        Phase::Runs => {}
    }
    let status = &server.state.as_ref()?.status;
    let rests = server.has_said_all()
        && (status.no_quorum.is_some() || (status.waiting == 0 && follows(site, status)));
    rests.then_some(Some((status.leading, status.view.number, status.committed, status.no_quorum)))
}

/// Whether it has a leader, and whoever should be a member is one, and nobody else.
fn follows(site: &Site, status: &Status) -> bool {
    let member =
        |server: &Server| status.view.members.iter().any(|member| Some(member.id) == server.node);
    let runs = |server: &Server| server.phase == Phase::Runs;
    let leads = status.leading.is_some_and(|ballot| {
        site.servers.iter().any(|server| runs(server) && server.node == Some(ballot.proposer))
    });
    // Where links are cut, nobody can tell beforehand who will be a member.
    let all = site.servers.iter().all(|server| {
        if site.cuts.is_empty() {
            member(server) == runs(server)
        } else {
            runs(server) || !member(server)
        }
    });
    leads && all && status.pending_view.is_none() && status.committed == status.last
}
