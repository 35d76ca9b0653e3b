//! Three nodes on three machines, as far as a kernel can tell: a network namespace for each, and a bridge.
//!
//! A proxy is not a network. Here the kernel itself loses what is sent: segments are sent again, later
//! and later, connections stand that nobody hears of, and dials hang. It needs the right to make
//! namespaces, and `ip` and `tc` of iproute2. Where something is missing, the test says so and asks nothing.
//! Nothing outside the namespaces is touched, and they vanish with the test, however it ends.

mod node;

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use node::{Running, assert_same_order, command_through, folder};

/// Who lives in which namespace, from 10.77.0.1 on.
const NAMES: [&str; 3] = ["ann", "bob", "eve"];

static NETWORKS: AtomicU32 = AtomicU32::new(0);

/// A network of three machines. Its namespaces are removed when this is dropped, after whoever runs in them.
struct Network {
    prefix: String,
    made: Vec<String>,
}

/// Runs `ip`, or another program of that family.
fn run(program: &str, arguments: &str) -> Result<(), String> {
    let output = Command::new(program).args(arguments.split_whitespace()).output();
    let output = output.map_err(|error| format!("no `{program}`: {error}"))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(format!(
            "`{program} {arguments}`: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        )),
    }
}

impl Network {
    /// None where rights or tools are missing; that is said.
    fn new() -> Option<Network> {
        let number = NETWORKS.fetch_add(1, Ordering::Relaxed);
        let prefix = format!("ringchat-{}-{number}", std::process::id());
        let mut network = Network { prefix, made: Vec::new() };
        match network.build() {
            Ok(()) => Some(network),
            Err(why) => {
                println!("skipped: network namespaces cannot be made here: {why}");
                None
            }
        }
    }

    fn build(&mut self) -> Result<(), String> {
        let hub = format!("{}-hub", self.prefix);
        run("ip", &format!("netns add {hub}"))?;
        self.made.push(hub.clone());
        run("ip", &format!("-n {hub} link add bridge0 type bridge"))?;
        run("ip", &format!("-n {hub} link set bridge0 up"))?;
        for at in 0..NAMES.len() {
            let machine = self.machine(at);
            run("ip", &format!("netns add {machine}"))?;
            self.made.push(machine.clone());
            let ends = format!("link add eth0 netns {machine} type veth peer port{at} netns {hub}");
            run("ip", &ends)?;
            run("ip", &format!("-n {hub} link set port{at} master bridge0 up"))?;
            run("ip", &format!("-n {machine} link set eth0 address {} up", hardware(at)))?;
            run("ip", &format!("-n {machine} link set lo up"))?;
            run("ip", &format!("-n {machine} address add {}/24 dev eth0", address(at)))?;
        }
        self.ways().into_iter().try_for_each(|way| self.lead(way, &hardware(way.1)))
    }

    fn machine(&self, at: usize) -> String {
        format!("{}-{}", self.prefix, NAMES[at])
    }

    fn ways(&self) -> Vec<(usize, usize)> {
        let all = (0..NAMES.len()).flat_map(|from| (0..NAMES.len()).map(move |to| (from, to)));
        all.filter(|(from, to)| from != to).collect()
    }

    /// What the one sends to the other goes to this hardware.
    fn lead(&self, (from, to): (usize, usize), hardware: &str) -> Result<(), String> {
        let machine = self.machine(from);
        let neighbour = format!("{} lladdr {hardware} dev eth0 nud permanent", address(to));
        run("ip", &format!("-n {machine} neighbour replace {neighbour}"))
    }

    /// From now on nothing arrives that the one sends to the other: it goes to a card that nobody has.
    fn cut(&self, from: usize, to: usize) {
        self.lead((from, to), "02:77:00:00:00:ff").unwrap();
    }

    fn heal(&self) {
        for way in self.ways() {
            self.lead(way, &hardware(way.1)).unwrap();
        }
    }

    fn start(&self, folder: &Path, at: usize, way: &str) -> Running {
        let machine = self.machine(at);
        let mut command = command_through(&["ip", "netns", "exec", &machine], folder);
        let listen = format!("{}:7400", address(at));
        let data = folder.join(NAMES[at]);
        command.args(["--name", NAMES[at], "--listen", &listen, "--data"]).arg(data);
        command.args(way.split_whitespace());
        let node = Running::spawn(&mut command, folder).listening();
        node.wait_for(&format!("* you are {}", NAMES[at]));
        node
    }

    fn three(&self, folder: &Path) -> [Running; 3] {
        // Each machine has its own files: all three listen at the same port.
        let folders = NAMES.map(|name| folder.join(name));
        folders.iter().for_each(|folder| std::fs::create_dir(folder).unwrap());
        let ann = self.start(&folders[0], 0, "--new");
        let bob = self.start(&folders[1], 1, "--join 10.77.0.1:7400");
        let eve = self.start(&folders[2], 2, "--join 10.77.0.1:7400");
        [ann, bob, eve]
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        for namespace in &self.made {
            let removed = run("ip", &format!("netns delete {namespace}"));
            assert!(removed.is_ok() || std::thread::panicking(), "{removed:?}");
        }
    }
}

fn address(at: usize) -> String {
    format!("10.77.0.{}", at + 1)
}

fn hardware(at: usize) -> String {
    format!("02:77:00:00:00:0{}", at + 1)
}

/// Each says a line, and all show all of them in one order.
fn all_talk(nodes: &mut [Running; 3], when: &str, before: usize) -> usize {
    for (at, node) in nodes.iter_mut().enumerate() {
        node.type_line(&format!("{when}, from {}", NAMES[at]));
    }
    assert_same_order(&nodes.each_ref(), before + 3);
    before + 3
}

#[test]
fn a_leader_behind_a_partition_waits_and_after_the_heal_all_hold_the_same_lines() {
    let Some(network) = Network::new() else { return };
    let folder = folder();
    let mut nodes = network.three(folder.path());
    let count = all_talk(&mut nodes, "before", 0);
    for other in [1, 2] {
        network.cut(0, other);
        network.cut(other, 0);
    }
    nodes[0].type_line("in the minority");
    nodes[0].wait_for("… in the minority");
    nodes[0].wait_for("! no quorum");
    nodes[1].type_line("in the majority");
    for node in &nodes[1..] {
        node.wait_for("]: in the majority");
        assert!(!node.said().iter().any(|line| line.ends_with("in the minority")));
    }
    network.heal();
    assert_same_order(&nodes.each_ref(), count + 2);
    all_talk(&mut nodes, "after", count + 2);
}

#[test]
fn a_leader_that_hears_nobody_is_replaced_and_nothing_is_lost() {
    let Some(network) = Network::new() else { return };
    let folder = folder();
    let mut nodes = network.three(folder.path());
    let count = all_talk(&mut nodes, "before", 0);
    // What ann sends arrives; what is sent to her does not.
    network.cut(1, 0);
    network.cut(2, 0);
    nodes[0].type_line("from the deaf one");
    nodes[2].type_line("past the deaf one");
    for node in &nodes[1..] {
        node.wait_for("]: past the deaf one");
        // She cannot know who follows her, so another leads.
        node.wait_for("(ballot 2)");
    }
    network.heal();
    assert_same_order(&nodes.each_ref(), count + 2);
    all_talk(&mut nodes, "after", count + 2);
}

#[test]
fn one_way_between_two_members_may_be_lost_and_all_three_go_on() {
    let Some(network) = Network::new() else { return };
    let folder = folder();
    let mut nodes = network.three(folder.path());
    let count = all_talk(&mut nodes, "before", 0);
    network.cut(1, 2);
    // Nothing is healed: the ring goes round that way.
    let count = all_talk(&mut nodes, "meanwhile", count);
    let count = all_talk(&mut nodes, "still", count);
    network.heal();
    all_talk(&mut nodes, "after", count);
}

#[test]
fn over_links_of_100_milliseconds_a_ring_talks_without_electing_and_replaces_a_dead_leader() {
    let Some(network) = Network::new() else { return };
    for at in 0..NAMES.len() {
        let delay = format!("-n {} qdisc add dev eth0 root netem delay 100ms", network.machine(at));
        if let Err(why) = run("tc", &delay) {
            println!("skipped: this kernel does not delay what it sends: {why}");
            return;
        }
    }
    let folder = folder();
    let mut nodes = network.three(folder.path());
    let mut count = 0;
    for round in 0..5 {
        count = all_talk(&mut nodes, &format!("round {round}"), count);
    }
    for node in &nodes {
        let lines = node.lines();
        assert!(!lines.iter().any(|line| line.contains("(ballot 2)")), "{lines:#?}");
    }
    nodes[0].kill_9();
    nodes[1].type_line("without ann");
    assert_same_order(&[&nodes[1], &nodes[2]], count + 1);
}
