//! How a connection becomes a link: accepted or dialed, then introduced.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split};
use tokio::time::{sleep, timeout};

use super::link::{Reader, Writer, lost};
use crate::net::Net;
use crate::proto::input::Disconnect;
use crate::proto::message::Hello;
use crate::wire::frame::{Decoder, encode_hello};
use crate::wire::preamble::{LENGTH, check, preamble};

/// How long a peer may take to introduce itself, even if it sends a byte a second.
pub(super) const INTRODUCTION_TIME: Duration = Duration::from_secs(2);

/// How long the driver waits after a failed accept, such as for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How long a peer that was turned away may take to read why.
const TURN_AWAY_TIME: Duration = Duration::from_millis(200);

/// A connection over which both ends have said who they are.
#[derive(Debug)]
pub(super) struct Introduced<S> {
    pub(super) reader: Reader<S>,
    pub(super) writer: Writer<S>,
    pub(super) hello: Hello,
}

/// The next connection that a peer dialed. An error is logged, and the listener goes on.
pub(super) async fn accept<N: Net>(net: &N, listener: &N::Listener) -> (N::Stream, SocketAddr) {
    loop {
        match net.accept(listener).await {
            Ok(accepted) => return accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted; listening goes on");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Dials a peer.
pub(super) async fn connect<N: Net>(net: &N, address: SocketAddr) -> Result<N::Stream, Disconnect> {
    net.connect(address).await.map_err(|error| {
        tracing::debug!(%address, %error, "a dial failed");
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Disconnect::Refused,
            // Every other error of a dial says that there is no way at the moment.
            _ => Disconnect::Unreachable,
        }
    })
}

/// Says this node's preamble and hello, and hears the peer's, within [`INTRODUCTION_TIME`].
pub(super) async fn introduce<S>(stream: S, hello: Hello) -> Result<Introduced<S>, Disconnect>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let (reader, writer) = split(stream);
    let mut reader = Reader { half: reader, decoder: Decoder::new() };
    let mut writer = Writer { half: writer };
    let spoken = timeout(INTRODUCTION_TIME, async {
        speak(&mut writer, &hello).await?;
        hear(&mut reader).await
    });
    let heard = spoken.await.unwrap_or(Err(Disconnect::Unreachable));
    match heard {
        Ok(hello) => Ok(Introduced { reader, writer, hello }),
        Err(why) => {
            if matches!(why, Disconnect::Malformed(_)) {
                turn_away(reader, writer).await;
            }
            Err(why)
        }
    }
}

async fn speak<S>(writer: &mut Writer<S>, hello: &Hello) -> Result<(), Disconnect>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut bytes = BytesMut::from(&preamble()[..]);
    encode_hello(hello, &mut bytes).map_err(|error| Disconnect::Malformed(error.to_string()))?;
    writer.half.write_all(&bytes).await.map_err(|error| lost(&error))
}

async fn hear<S>(reader: &mut Reader<S>) -> Result<Hello, Disconnect>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let decoder = &mut reader.decoder;
    let mut preamble_is_right = false;
    loop {
        if !preamble_is_right {
            preamble_is_right = check(decoder.pending()).map_err(malformed)?;
            if preamble_is_right {
                decoder.skip(LENGTH);
            }
        }
        if preamble_is_right && let Some(hello) = decoder.next_hello().map_err(malformed)? {
            return Ok(hello);
        }
        match reader.half.read_buf(decoder.small_room()).await {
            Ok(0) => return Err(Disconnect::Closed),
            Ok(_) => {}
            Err(error) => return Err(lost(&error)),
        }
    }
}

fn malformed(error: impl std::error::Error) -> Disconnect {
    Disconnect::Malformed(error.to_string())
}

/// Lets a peer of another version read this node's preamble: a socket closed with bytes unread
/// would reset the connection, and the peer might never learn the version.
async fn turn_away<S>(mut reader: Reader<S>, mut writer: Writer<S>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let last = async {
        writer.half.shutdown().await?;
        let mut scratch = BytesMut::with_capacity(4 << 10);
        while reader.half.read_buf(&mut scratch).await? > 0 {
            scratch.clear();
        }
        Ok::<(), io::Error>(())
    };
    let _late = timeout(TURN_AWAY_TIME, last).await;
}
