//! The programs within the program: `node cluster` and `node evaluate`.

use std::ffi::OsString;
use std::fmt::Display;
use std::io::{self, Write as _};
use std::process::ExitCode;

use super::cluster::console::End;
use super::cluster::{self, options::ClusterOptions};
use super::evaluate::{self, options::EvaluateOptions};

/// Something went wrong.
const FAILED: u8 = 1;

/// Ended by a second signal, as a shell counts SIGINT.
const INTERRUPTED: u8 = 130;

/// Runs such a program to its end, if the command line asks for one.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Option<ExitCode> {
    let mut arguments = arguments.into_iter();
    let program = arguments.next()?;
    let word = arguments.next()?;
    let rest = std::iter::once(program).chain(arguments);
    match word.to_str()? {
        "cluster" => Some(cluster(ClusterOptions::read(rest))),
        "evaluate" => Some(evaluate(EvaluateOptions::read(rest))),
        _ => None,
    }
}

fn cluster(options: Result<ClusterOptions, clap::Error>) -> ExitCode {
    let options = options.unwrap_or_else(|error| error.exit());
    match cluster::run(&options) {
        Ok(End::Left) => ExitCode::SUCCESS,
        Ok(End::AtOnce) => ExitCode::from(INTERRUPTED),
        Ok(End::Killed(1)) => {
            fail("1 server did not leave in time, and was killed; what it had kept is whole")
        }
        Ok(End::Killed(count)) => fail(format!(
            "{count} servers did not leave in time, and were killed; what they had kept is whole"
        )),
        Err(error) => fail(error),
    }
}

fn evaluate(options: Result<EvaluateOptions, clap::Error>) -> ExitCode {
    let options = options.unwrap_or_else(|error| error.exit());
    let (table, out, outcomes) = match evaluate::run(&options, &|news| tell(news)) {
        Ok(done) => done,
        Err(error) => return fail(error),
    };
    // Where nobody reads the table, it is in the file.
    let _unread = write!(io::stdout(), "{table}");
    tell(&format!("the report, the plots and the raw numbers are in {}", out.display()));
    let wrong = outcomes.iter().filter(|it| it.lost() + it.wrong > 0 || !it.same_order).count();
    if wrong > 0 {
        return fail(format!(
            "{wrong} measurements lost lines, doubled them or changed their order"
        ));
    }
    ExitCode::SUCCESS
}

fn tell(news: &str) {
    // Where nobody reads it, nobody wants to know.
    let _unread = writeln!(io::stderr(), "{news}");
}

fn fail(why: impl Display) -> ExitCode {
    tell(&format!("error: {why}"));
    ExitCode::from(FAILED)
}
