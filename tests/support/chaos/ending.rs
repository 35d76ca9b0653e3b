//! How chaos ends: healed, or all but one thing; then everything must settle and stay quiet.

use std::collections::BTreeSet;
use std::time::Duration;

use rand::RngExt;
use ringchat::proto::id::NodeId;
use ringchat::proto::time::Instant;
use ringchat::proto::view::View;

use super::Chaos;
use crate::support::settled::unsettled;

impl Chaos {
    /// Everything is healed, or all but one thing; then the ring must close and be quiet.
    pub(super) fn settle(&mut self) {
        for host in 0..self.mesh.hosts.len() {
            if self.mesh.hosts[host].paused && self.mesh.hosts[host].alive {
                self.mesh.resume(host);
            }
        }
        self.mesh.heal();
        self.mesh.weather.slow.clear();
        self.mesh.weather.distant.clear();
        self.note("healed");
        let excluded = self.standing_fault();
        let start = self.mesh.now;
        let handled = self.mesh.handled;
        let drained_at = self.mesh.drained_at();
        let mut since: Option<Instant> = None;
        // Links that broke silently are noticed a little later.
        while since.is_none_or(|at| self.mesh.now.since(at) < Duration::from_secs(2)) {
            self.mesh.run(50);
            let hosts = self.counting(excluded);
            let gone = self.leaving.iter().all(|host| !self.mesh.hosts[*host].alive);
            let drained = self.mesh.now >= drained_at;
            let wrong = unsettled(&self.mesh, &hosts)
                .or((!gone).then(|| "still leaving".into()))
                .or((!drained).then(|| "what slow links hold is still coming in".into()));
            let Some(wrong) = wrong else {
                since = since.or(Some(self.mesh.now));
                continue;
            };
            since = None;
            if self.mesh.now.since(start) >= Duration::from_secs(20) {
                // Members that died while a view was being proposed may take it along for good.
                assert!(self.is_doomed(&hosts), "{}", self.picture(&wrong));
                *self.mesh.judge.counts.entry("doomed").or_default() += 1;
                return;
            }
        }
        let took = since.unwrap_or(start).since(start);
        self.quiet(excluded);
        self.check_pace(handled, start);
        let name = match took.as_millis() {
            0..2_000 => "settled within 2 s",
            2_000..5_000 => "settled within 5 s",
            5_000..10_000 => "settled within 10 s",
            _ => "settled later",
        };
        *self.mesh.judge.counts.entry(name).or_default() += 1;
    }

    pub(super) fn counting(&self, excluded: Option<usize>) -> Vec<usize> {
        let alive = |host: &usize| self.mesh.hosts[*host].alive && Some(*host) != excluded;
        (0..self.mesh.hosts.len()).filter(alive).collect()
    }

    /// Whether the view in force, or one that a live node holds as proposed, has lost its quorum for
    /// good: it was shrunk around members that failed just then.
    pub(super) fn is_doomed(&self, hosts: &[usize]) -> bool {
        let ids: BTreeSet<NodeId> = hosts.iter().map(|host| self.id(*host)).collect();
        let pending: BTreeSet<u64> =
            hosts.iter().filter_map(|host| self.mesh.status(*host).pending_view).collect();
        let lost = |view: &View| !view.is_election_quorum(|id| ids.contains(&id));
        let views = self.mesh.judge.views_that_count(hosts).unwrap_or_default();
        let mut proposed = self.mesh.judge.proposals.iter().map(|(.., view)| view);
        views.first().is_none_or(lost)
            || proposed.any(|view| pending.contains(&view.number) && lost(view))
    }

    pub(super) fn quiet(&mut self, excluded: Option<usize>) {
        let hosts = self.counting(excluded);
        let quiet_from = self.mesh.now;
        self.note("quiet");
        self.mesh.run(5_000);
        let judge = &self.mesh.judge;
        let elected =
            judge.elections.iter().find(|(at, host)| *at > quiet_from && hosts.contains(host));
        let proposed = judge.proposals.iter().find(|it| it.0 > quiet_from && hosts.contains(&it.1));
        assert!(elected.is_none(), "{}", self.picture(&format!("L5: election {elected:?}")));
        assert!(proposed.is_none(), "{}", self.picture(&format!("L5: view {proposed:?}")));
        hosts.iter().for_each(|host| self.say(*host, 2));
        self.mesh.run(2_000);
        let wrong = unsettled(&self.mesh, &hosts);
        assert!(wrong.is_none(), "{}", self.picture(&format!("at last {wrong:?}")));
    }

    /// In a third of the runs one fault stays. Gives the host that is out of it.
    pub(super) fn standing_fault(&mut self) -> Option<usize> {
        let mut hosts = self.counting(None);
        hosts.retain(|host| !self.leaving.contains(host));
        let host = hosts[self.lots.random_range(0..hosts.len())];
        let other = hosts[self.lots.random_range(0..hosts.len())];
        match self.lots.random_range(0..15) {
            0 => self.kill(&[host]),
            1 if host != other && self.members(&hosts) >= 3 => {
                self.note(&format!("for good: cut n{host} n{other}"));
                self.mesh.cut(host, other);
            }
            2 if host != other && self.members(&hosts) >= 3 => {
                self.note(&format!("for good: cut one way n{host} n{other}"));
                self.mesh.cut_one_way(host, other);
            }
            3 if self.can_lose(&[host]) => {
                self.note("for good:");
                self.isolate(host);
                return Some(host);
            }
            4 if self.can_lose(&[host]) => {
                self.note(&format!("for good: n{host} is deaf"));
                let all = 0..self.mesh.hosts.len();
                all.filter(|from| *from != host).for_each(|from| self.mesh.cut_one_way(from, host));
                return Some(host);
            }
            _ => {}
        }
        None
    }

    /// How many of these are members of every view that counts.
    pub(super) fn members(&self, hosts: &[usize]) -> usize {
        let views = self.mesh.judge.views_that_count(hosts).unwrap_or_default();
        let live = |view: &View| hosts.iter().filter(|it| view.contains(self.id(**it))).count();
        views.iter().map(live).min().unwrap_or(0)
    }
}
