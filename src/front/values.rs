//! Values that a flag and the configuration file take alike.

use std::net::SocketAddr;

use super::options::PORTS_COUNT;
use super::ring_file::PRIORITY_MAX;

/// An address at which somebody can be reached.
pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr = text.trim().parse().map_err(|_| {
        "expected an IP address and a port, such as 127.0.0.1:7400 or [::1]:7400".to_owned()
    })?;
    if address.ip().is_unspecified() || address.ip().is_multicast() {
        return Err(format!(
            "{} is no address of one machine: give the one at which others reach it, such as \
             127.0.0.1:{}",
            address.ip(),
            address.port()
        ));
    }
    Ok(address)
}

/// A first port that leaves room for the others.
pub(super) fn ports(text: &str) -> Result<u16, String> {
    let most = u16::MAX - PORTS_COUNT + 1;
    match text.trim().parse() {
        Ok(first) if (1..=most).contains(&first) => Ok(first),
        Ok(_) | Err(_) => Err(format!("expected a port from 1 to {most}")),
    }
}

/// What a node counts in elections by priority.
pub(super) fn priority(number: i64) -> Result<u16, String> {
    let found = u16::try_from(number).ok().filter(|number| *number <= PRIORITY_MAX);
    found.ok_or_else(|| {
        format!("expected a priority, the greater one being to lead: a whole number from 0 to {PRIORITY_MAX}")
    })
}
