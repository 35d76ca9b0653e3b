//! Runs an evaluation, and writes what comes of it.

use std::fs;
use std::path::{Path, PathBuf};

use tokio::runtime;
use tokio::time::Instant;

use super::case::{cases, sizes};
use super::error::EvaluateError;
use super::machine;
use super::measure::{Outcome, measure};
use super::options::EvaluateOptions;
use super::plot::{Plot, draw, plots};
use super::report::{Circumstances, RAW, REPORT, raw, report, table};
use super::ring::Ring;
use crate::front::cluster::place::Folder;

/// Runs an evaluation: `tell` is told how it goes. Gives the table, and where everything is.
///
/// # Errors
/// [`EvaluateError`].
pub fn run(
    options: &EvaluateOptions,
    tell: &dyn Fn(&str),
) -> Result<(String, PathBuf, Vec<Outcome>), EvaluateError> {
    let failed = |error| EvaluateError::Write { path: options.out.clone(), error };
    fs::create_dir_all(&options.out).map_err(failed)?;
    let out = fs::canonicalize(&options.out).map_err(failed)?;
    let (begun, load) = (Instant::now(), machine::load());
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let mut outcomes = Vec::new();
    for size in sizes(options.quick) {
        // On the same disk as the report: the system's temporary folder is in memory on some machines.
        let folder = match options.memory {
            true => None,
            false => Some(Folder::within(&out, &[]).map_err(failed)?),
        };
        let folder = folder.as_ref().map(Folder::path);
        runtime.block_on(evaluate(size, options.quick, folder, tell, &mut outcomes))?;
    }
    let file_system = (!options.memory).then(|| machine::file_system(&out));
    let about = Circumstances { file_system, load, time: begun.elapsed() };
    let plots = plots(&outcomes);
    write(&out.join(REPORT), &report(&outcomes, &about, &plots))?;
    write(&out.join(RAW), &raw(&outcomes))?;
    for plot in &plots {
        write_plot(&out, plot)?;
    }
    Ok((table(&outcomes), out, outcomes))
}

/// All measurements of one ring.
async fn evaluate(
    size: usize,
    quick: bool,
    folder: Option<&Path>,
    tell: &dyn Fn(&str),
    outcomes: &mut Vec<Outcome>,
) -> Result<(), EvaluateError> {
    let mut ring = Ring::form(size, folder).await?;
    for case in cases(quick) {
        let outcome = measure(&mut ring, case).await?;
        let (lines, lost) = (outcome.samples.len(), outcome.lost());
        let seconds = outcome.time.as_secs_f64();
        tell(&format!(
            "{size} members, {} lines of {} bytes: {lines} in {seconds:.2} s, {lost} lost",
            case.load, case.bytes
        ));
        outcomes.push(outcome);
    }
    ring.end();
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<(), EvaluateError> {
    fs::write(path, text).map_err(|error| EvaluateError::Write { path: path.to_owned(), error })
}

fn write_plot(out: &Path, plot: &Plot) -> Result<(), EvaluateError> {
    let path = out.join(plot.file);
    let text = draw(plot).map_err(|why| EvaluateError::Plot { path: path.clone(), why })?;
    write(&path, &text)
}
