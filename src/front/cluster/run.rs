//! Runs a cluster from a command line to an exit code.

use std::io::{self, BufWriter, IsTerminal};

use tokio::runtime;

use super::commands::LANGUAGE;
use super::console::{Console, End};
use super::error::ClusterError;
use super::options::ClusterOptions;
use super::site::Site;
use crate::front::output::Output;
use crate::front::screen::Screen;
use crate::front::signals::Signals;
use crate::front::{plain, prompt};

/// Runs a cluster until its servers are gone. No process of it is left then.
///
/// # Errors
/// [`ClusterError`]: no process is left either.
pub fn run(options: &ClusterOptions) -> Result<End, ClusterError> {
    let mut builder = runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().build().map_err(ClusterError::System)?;
    runtime.block_on(async {
        let signals = Signals::listen().map_err(ClusterError::System)?;
        let site = Site::new(usize::from(options.nodes), options.data.as_deref())?;
        let terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
        let colours = Screen::for_terminal().has_colours();
        let prompt = terminal.then(|| prompt::start(LANGUAGE, colours).ok()).flatten();
        let (prompt, typings, output) = match prompt {
            Some((prompt, typings, above, sketch)) => {
                let servers = site.0.servers.iter().map(|server| server.name.clone());
                sketch.name(servers.collect(), Vec::new());
                (Some(prompt), typings, Output::start(above))
            }
            None => {
                let output = Output::start(BufWriter::new(io::stdout()));
                (None, plain::start(io::stdin()), output)
            }
        };
        let is_script = prompt.is_none();
        let mut console = Console::new(site, typings, output.clone(), signals, is_script);
        let end = console.run().await;
        // The servers that are left are killed with it, and whoever takes what is typed is gone.
        drop(console);
        if let Some(prompt) = prompt {
            prompt.stop().await;
        }
        output.finish().await;
        end
    })
}
