//! What the person at this machine is called, if nobody says otherwise.

use std::process::{Command, Stdio};

use crate::chat::name::Name;

/// The login name: of the environment, else of the system; `guest` if there is none that is a name.
pub fn name() -> Name {
    let of_environment = ["LOGNAME", "USER", "USERNAME"].into_iter();
    let mut found = of_environment.filter_map(|variable| std::env::var(variable).ok());
    found
        .find_map(|text| Name::new(&text).ok())
        .or_else(|| Name::new(&whoami()?).ok())
        .unwrap_or_else(Name::guest)
}

/// What the system's own program for this says.
fn whoami() -> Option<String> {
    let output = Command::new("whoami").stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    String::from_utf8(output.stdout).ok().map(|text| text.trim().to_owned())
}
