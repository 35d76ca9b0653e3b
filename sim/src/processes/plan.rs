//! How a life of a node is started: the command line of its process.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};

use ringchat::front::cluster::process::Process;
use ringchat::proto::node::Start;

/// Everything that one life of a node is started with.
#[derive(Debug)]
pub(crate) struct Plan<'a> {
    pub(crate) binary: &'a Path,
    /// Its working folder, the same in all its lives.
    pub(crate) folder: &'a Path,
    pub(crate) name: &'a str,
    pub(crate) listen: SocketAddr,
    pub(crate) advertise: SocketAddr,
    pub(crate) seed: u64,
    pub(crate) start: &'a Start,
    /// The file with its bounds.
    pub(crate) config: &'a Path,
    /// Where it keeps what must outlive it; none, if it keeps nothing.
    pub(crate) data: Option<&'a Path>,
}

impl Plan<'_> {
    /// Starts it, with `output` as its standard output.
    pub(crate) fn start(&self, output: Stdio) -> io::Result<Process> {
        Process::start(&mut self.command(), output, &self.folder.join("stderr"))
    }

    /// The command that starts it.
    fn command(&self) -> Command {
        let mut command = Command::new(self.binary);
        command.current_dir(self.folder);
        // What is set for a person's node must not speak to these.
        let ours = std::env::vars_os().map(|(name, _)| name);
        for variable in ours.filter(|name| name.to_string_lossy().starts_with("RINGCHAT_")) {
            command.env_remove(variable);
        }
        let option = |name: &str, value: &dyn ToString| [name.to_owned(), value.to_string()];
        command.args(["--output", "jsonl"]);
        command.args(option("--name", &self.name));
        command.args(option("--listen", &self.listen));
        command.args(option("--advertise", &self.advertise));
        command.args(option("--seed", &self.seed));
        command.arg("--config").arg(self.config);
        match self.data {
            Some(folder) => command.arg("--data").arg(folder),
            None => command.arg("--memory"),
        };
        let contacts = match self.start {
            Start::Found => {
                command.arg("--new");
                return command;
            }
            Start::Join(contacts) => contacts,
            // What it was it finds in its folder.
            Start::Restore(restart) => &restart.contacts,
        };
        if !contacts.is_empty() {
            command.arg("--keep-trying").arg("--join");
            command.args(contacts.iter().map(ToString::to_string));
        }
        command
    }
}
