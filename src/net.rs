//! The network as the driver sees it: three verbs, for real TCP here and for turmoil in `sim`.

use std::future::Future;
use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};

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

/// Real TCP.
#[derive(Clone, Copy, Debug, Default)]
pub struct TokioNet;

impl Net for TokioNet {
    type Listener = TcpListener;
    type Stream = TcpStream;

    /// The port of a node that was killed a moment ago is free at once: where connections of the
    /// dead linger on a port, tokio sets `SO_REUSEADDR`.
    async fn bind(&self, address: SocketAddr) -> io::Result<TcpListener> {
        TcpListener::bind(address).await
    }

    async fn accept(&self, listener: &TcpListener) -> io::Result<(TcpStream, SocketAddr)> {
        let (stream, peer) = listener.accept().await?;
        stream.set_nodelay(true)?;
        Ok((stream, peer))
    }

    /// A port that nobody listens on can be lent to the very socket that dials it, which is then
    /// connected to itself, and would keep the port from a node that restarts. That is refused.
    async fn connect(&self, address: SocketAddr) -> io::Result<TcpStream> {
        let stream = TcpStream::connect(address).await?;
        if stream.local_addr()? == stream.peer_addr()? {
            return Err(io::ErrorKind::ConnectionRefused.into());
        }
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}
