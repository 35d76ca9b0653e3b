//! The faults of chaos: each only where it leaves a quorum.

use std::collections::BTreeSet;

use rand::RngExt;
use ringchat::proto::id::NodeId;
use ringchat::proto::input::Command;
use ringchat::proto::node::Start;
use ringchat::proto::view::View;

use super::Chaos;
use crate::support::mesh::address;

impl Chaos {
    pub(super) fn fault(&mut self, struck: Option<usize>) {
        let other = self.any();
        let host = struck.unwrap_or_else(|| self.any());
        match self.lots.random_range(0..24) {
            0..3 => self.kill(&[host]),
            3 => {
                let third = self.any();
                self.kill(&[host, other, third]);
            }
            4..7 => self.revive(other),
            7 if host != other => {
                self.note(&format!("cut n{host} n{other}"));
                self.mesh.cut(host, other);
            }
            8 | 9 if host != other => {
                self.note(&format!("cut one way n{host} n{other}"));
                self.mesh.cut_one_way(host, other);
            }
            10 => self.isolate(host),
            11 => self.part(),
            12 | 13 => {
                self.note("heal");
                self.mesh.heal();
            }
            14 | 15 => self.pause_or_resume(host),
            16 => {
                self.note(&format!("reset at n{host}"));
                if self.mesh.hosts[host].alive && !self.mesh.hosts[host].paused {
                    self.mesh.reset_one(host);
                }
            }
            17 => self.slow(host, other),
            18 if self.mesh.hosts.len() < 12 => {
                let start = Start::Join((0..13).map(address).collect());
                let host = self.mesh.start(start);
                self.note(&format!("n{host} joins"));
            }
            19 => self.leave(host),
            20 => {
                // Behind narrow windows and far away this takes as long as ten times as many here.
                let swift = *self.mesh.weather.latency.end() <= 2_000;
                let count = self.lots.random_range(100..400) / if swift { 1 } else { 10 };
                self.say(host, count);
            }
            _ => {
                let count = self.lots.random_range(1..12);
                self.say(host, count);
            }
        }
    }

    pub(super) fn say(&mut self, host: usize, count: u64) {
        if self.mesh.hosts[host].alive && !self.mesh.hosts[host].paused {
            self.note(&format!("n{host} says {count}"));
            for _ in 0..count {
                self.said += 1;
                let text = format!("{host}/{}", self.said);
                self.mesh.say(host, &text);
            }
        }
    }

    /// Whether every view that counts keeps a quorum without these.
    pub(super) fn can_lose(&self, lost: &[usize]) -> bool {
        let hosts = &self.mesh.hosts;
        let stays = |host: &usize| {
            hosts[*host].alive && !self.leaving.contains(host) && !lost.contains(host)
        };
        let left: Vec<usize> = (0..hosts.len()).filter(stays).collect();
        let ids: BTreeSet<NodeId> = left.iter().map(|host| self.id(*host)).collect();
        let views = self.mesh.judge.views_that_count(&left);
        let survives = |view: &View| view.is_election_quorum(|id| ids.contains(&id));
        views.is_some_and(|views| views.iter().all(survives))
    }

    pub(super) fn id(&self, host: usize) -> NodeId {
        self.mesh.hosts[host].node.hello().member.id
    }

    pub(super) fn kill(&mut self, hosts: &[usize]) {
        if !self.can_lose(hosts) {
            return;
        }
        for host in hosts {
            if self.mesh.hosts[*host].alive {
                self.note(&format!("kill n{host}"));
                if self.lots.random_bool(0.5) {
                    self.mesh.vanish(*host)
                } else {
                    self.mesh.kill(*host)
                }
            }
        }
    }

    pub(super) fn revive(&mut self, host: usize) {
        if !self.mesh.hosts[host].alive {
            self.note(&format!("revive n{host}"));
            self.leaving.remove(&host);
            self.mesh.revive(host);
        }
    }

    pub(super) fn isolate(&mut self, host: usize) {
        self.note(&format!("isolate n{host}"));
        for other in (0..self.mesh.hosts.len()).filter(|other| *other != host) {
            self.mesh.cut(host, other);
        }
    }

    pub(super) fn part(&mut self) {
        let count = self.mesh.hosts.len();
        let side: Vec<bool> = (0..count).map(|_| self.lots.random_bool(0.5)).collect();
        self.note(&format!("part {side:?}"));
        for a in 0..count {
            for b in (0..a).filter(|b| side[a] != side[*b]) {
                self.mesh.cut(a, b);
            }
        }
    }

    pub(super) fn pause_or_resume(&mut self, host: usize) {
        if !self.mesh.hosts[host].alive {
            return;
        }
        self.note(&format!("pause or resume n{host}"));
        if self.mesh.hosts[host].paused { self.mesh.resume(host) } else { self.mesh.pause(host) }
    }

    pub(super) fn slow(&mut self, from: usize, to: usize) {
        self.note(&format!("slow n{from} n{to}"));
        if self.lots.random_bool(0.5) {
            let busy = self.lots.random_range(100..10_000);
            self.mesh.weather.slow.insert((from, to), busy);
        } else {
            let most = self.lots.random_range(1_000..50_000);
            self.mesh.weather.distant.insert((from, to), most / 2..=most);
        }
    }

    pub(super) fn leave(&mut self, host: usize) {
        if self.mesh.hosts[host].alive && !self.mesh.hosts[host].paused && self.can_lose(&[host]) {
            self.note(&format!("n{host} leaves"));
            self.leaving.insert(host);
            self.mesh.command(host, Command::Leave);
        }
    }
}
