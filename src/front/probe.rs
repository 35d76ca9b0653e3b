//! Looks who is at an address, and answers those who look here: before the node itself runs.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::net::{Net, TokioNet};
use crate::proto::id::RingId;
use crate::proto::message::Hello;
use crate::wire::frame::{Decoder, encode_hello};
use crate::wire::preamble::{LENGTH, check, preamble};

/// How long somebody may take to say who they are. Even a busy machine needs less; and a process
/// that was stopped, which takes connections and says nothing, must not hold up others for long.
const PROBE_TIME: Duration = Duration::from_secs(1);

/// Who is at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A node of this ring.
    Ring(RingId),
    /// A node that is in no ring yet.
    Ringless,
    /// Nobody listens there.
    Nobody,
    /// No answer in time, or no way there.
    Silent(String),
    /// The connection was closed before a word: a node that starts or ends just now, perhaps.
    Closed,
    /// Another program, or another version. The text says what was expected and found.
    Stranger(String),
}

/// Looks who is at `address`, and says who looks.
pub async fn probe(address: SocketAddr, own: &Hello) -> Found {
    let look = async {
        let mut stream = match TokioNet.connect(address).await {
            Ok(stream) => stream,
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => return Found::Nobody,
            Err(error) => return Found::Silent(error.to_string()),
        };
        if speak(&mut stream, own).await.is_err() {
            return Found::Closed;
        }
        match hear(&mut stream).await {
            Ok(Hello { ring: Some(ring), .. }) => Found::Ring(ring),
            Ok(Hello { ring: None, .. }) => Found::Ringless,
            Err(Unheard::Closed) => Found::Closed,
            Err(Unheard::Stranger(why)) => Found::Stranger(why),
        }
    };
    let late = || format!("it did not answer within {} s", PROBE_TIME.as_secs());
    timeout(PROBE_TIME, look).await.unwrap_or_else(|_| Found::Silent(late()))
}

/// Hears who looks here, tells `heard`, and only then says who is here: so whoever got an answer
/// knows that this node knows of it.
pub async fn answer(mut stream: TcpStream, own: &Hello, heard: impl Fn(Hello)) {
    let exchange = async {
        if let Ok(hello) = hear(&mut stream).await {
            heard(hello);
            // Whoever is gone again looks again, if it still wants to know.
            let _gone = speak(&mut stream, own).await;
        } else {
            // A node of another version should learn of this one's.
            let _gone = stream.write_all(&preamble()).await;
        }
    };
    let _late = timeout(PROBE_TIME, exchange).await;
}

enum Unheard {
    Closed,
    Stranger(String),
}

async fn speak(stream: &mut TcpStream, own: &Hello) -> io::Result<()> {
    let mut bytes = BytesMut::from(&preamble()[..]);
    encode_hello(own, &mut bytes).map_err(io::Error::other)?;
    stream.write_all(&bytes).await
}

async fn hear(stream: &mut TcpStream) -> Result<Hello, Unheard> {
    let stranger = |why: String| Unheard::Stranger(why);
    let mut decoder = Decoder::new();
    let mut is_ours = false;
    loop {
        if !is_ours {
            is_ours = check(decoder.pending()).map_err(|error| stranger(error.to_string()))?;
            if is_ours {
                decoder.skip(LENGTH);
            }
        }
        if is_ours {
            let hello = decoder.next_hello().map_err(|error| stranger(error.to_string()))?;
            if let Some(hello) = hello {
                return Ok(hello);
            }
        }
        match stream.read_buf(decoder.small_room()).await {
            Ok(0) | Err(_) => return Err(Unheard::Closed),
            Ok(_) => {}
        }
    }
}
