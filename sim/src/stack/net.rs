//! The simulated network as the product's driver sees it, with a counter on every wire.

use std::future::pending;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};

use ringchat::net::Net;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use turmoil::net::{TcpListener, TcpStream};

use super::traffic::{Tap, Traffic};
use crate::engine::Way;
use crate::scenario::NodeIndex;

/// turmoil's TCP, for one node.
#[derive(Clone, Debug)]
pub struct TurmoilNet {
    me: NodeIndex,
    traffic: Traffic,
}

impl TurmoilNet {
    /// The network as node `me` sees it.
    pub fn new(me: NodeIndex, traffic: Traffic) -> TurmoilNet {
        TurmoilNet { me, traffic }
    }

    fn stream(&self, inner: TcpStream, peer: SocketAddr) -> Stream {
        let way = self.traffic.host(peer.ip()).map(|peer| (self.me, peer));
        let tap = way.and_then(|way| self.traffic.tap(way));
        Stream { inner, way, traffic: self.traffic.clone(), tap }
    }
}

impl Net for TurmoilNet {
    type Listener = TcpListener;
    type Stream = Stream;

    /// A host has one address, and turmoil listens at the unspecified one only.
    async fn bind(&self, address: SocketAddr) -> io::Result<TcpListener> {
        TcpListener::bind((Ipv4Addr::UNSPECIFIED, address.port())).await
    }

    async fn accept(&self, listener: &TcpListener) -> io::Result<(Stream, SocketAddr)> {
        let (stream, peer) = listener.accept().await?;
        Ok((self.stream(stream, peer), peer))
    }

    /// Where a frame is lost, a dial hangs: turmoil would refuse it at once, which tells a node
    /// that nobody listens there, and no real network can know that across a cut.
    async fn connect(&self, address: SocketAddr) -> io::Result<Stream> {
        if let Some(peer) = self.traffic.host(address.ip()) {
            self.traffic.say((self.me, peer));
            if self.traffic.is_cut((self.me, peer)) {
                return pending().await;
            }
            if self.traffic.is_cut((peer, self.me)) {
                // The answer to the dial is lost, and that counts as crossing, too.
                self.traffic.say((peer, self.me));
                return pending().await;
            }
        }
        let stream = TcpStream::connect(address).await?;
        Ok(self.stream(stream, address))
    }
}

/// One end of a simulated connection.
#[derive(Debug)]
pub struct Stream {
    inner: TcpStream,
    /// None if the other end is no node of the scenario.
    way: Option<Way>,
    traffic: Traffic,
    tap: Option<Tap>,
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buf)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        // Garbage has the length of what it stands for.
        let garbled = self.way.is_some_and(|way| self.traffic.is_garbled(way));
        let garbage = garbled.then(|| vec![0xff; buf.len()]);
        let buf = garbage.as_deref().unwrap_or(buf);
        let wrote = Pin::new(&mut self.inner).poll_write(cx, buf);
        if let (Poll::Ready(Ok(count)), Some(way)) = (&wrote, self.way) {
            self.traffic.say(way);
            if garbled {
                self.traffic.was_garbled(way);
            }
            let Stream { tap, traffic, .. } = &mut *self;
            if let Some(tap) = tap {
                tap.hear(&buf[..*count], traffic);
            }
        }
        wrote
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
