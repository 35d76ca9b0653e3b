//! The network as the driver sees it: three verbs, for real TCP here and for turmoil in `sim`.

use std::future::Future;
use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncWrite};

/// Where connections come from.
pub trait Net {
    /// Hands out what peers dialed.
    type Listener;
    /// One connection.
    type Stream: AsyncRead + AsyncWrite + Unpin;

    /// Listens at `address`; port 0 picks a free one.
    ///
    /// # Errors
    /// As the system says, such as `AddrInUse`.
    fn bind(&self, address: SocketAddr) -> impl Future<Output = io::Result<Self::Listener>>;

    /// The next connection that a peer dialed.
    ///
    /// # Errors
    /// As the system says; the listener goes on.
    fn accept(
        &self,
        listener: &Self::Listener,
    ) -> impl Future<Output = io::Result<(Self::Stream, SocketAddr)>>;

    /// Dials a peer.
    ///
    /// # Errors
    /// As the system says, such as `ConnectionRefused`.
    fn connect(&self, address: SocketAddr) -> impl Future<Output = io::Result<Self::Stream>>;
}
