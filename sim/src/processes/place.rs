//! Where the binary is that a run is of.

use std::path::PathBuf;

/// The binary `node` that was built beside this program.
///
/// # Errors
/// Where it was looked for, and how to build it.
pub fn binary() -> Result<PathBuf, String> {
    let here = std::env::current_exe()
        .map_err(|error| format!("the system does not say where this program is: {error}"))?;
    // Tests stand one folder deeper than the binaries.
    let mut beside = here.ancestors().skip(1).take(2).map(|folder| folder.join("node"));
    beside.find(|path| path.is_file()).ok_or_else(|| {
        format!(
            "no binary `node` beside {}, and nothing was started\n\
             hint: build it in the same way: cargo build --bin node",
            here.display()
        )
    })
}
