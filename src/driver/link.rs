//! One link that stands: its reader, its writer, and how both come to an end.

use std::io;
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::proto::input::Disconnect;
use crate::proto::message::Message;
use crate::wire::frame::Decoder;

/// How long what was sent before a link was hung up may take to go out.
pub(super) const FLUSH_TIME: Duration = Duration::from_millis(500);

/// What the driver tells the halves of a link. Without a word (the sender is gone) they stop at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    /// Go on.
    Run,
    /// Nothing can be written any more: read what has come, and stop.
    ReadOut,
    /// The node has hung up: write what waits, within [`FLUSH_TIME`], and stop.
    HangUp,
}

/// The ear of each half for the driver's [`Signal`].
pub(super) type Stop = watch::Receiver<Signal>;

/// The half that reads.
#[derive(Debug)]
pub(super) struct Reader<S> {
    pub(super) half: ReadHalf<S>,
    pub(super) decoder: Decoder,
}

/// The half that writes.
#[derive(Debug)]
pub(super) struct Writer<S> {
    pub(super) half: WriteHalf<S>,
}

/// What one read brought.
#[derive(Debug)]
pub(super) struct Batch {
    /// All messages that it completed, in order; none, if only a part of one has come.
    pub(super) messages: Vec<Message>,
    /// Nothing will come behind them, because of this.
    pub(super) end: Option<Disconnect>,
}

impl Batch {
    fn end(why: Disconnect) -> Batch {
        Batch { messages: Vec::new(), end: Some(why) }
    }
}

/// Reads once, or finds what was read before: messages that are complete, a part of one, or that nothing more
/// will come. `None`: hung up.
pub(super) async fn read<S>(reader: &mut Reader<S>, mut stop: Stop) -> Option<Batch>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let batch = decode(&mut reader.decoder);
    if !batch.messages.is_empty() || batch.end.is_some() {
        return Some(batch);
    }
    // The read comes first: what has arrived before the end is never lost to a signal.
    let read = tokio::select! {
        biased;
        read = reader.half.read_buf(reader.decoder.room()) => read,
        signal = signal(&mut stop, |signal| signal != Signal::Run) => match signal {
            Some(Signal::Run | Signal::ReadOut) => return Some(Batch::end(Disconnect::Reset)),
            Some(Signal::HangUp) => {
                discard(reader).await;
                return None;
            }
            None => return None,
        },
    };
    Some(match read {
        Ok(0) => Batch::end(closed(&reader.decoder)),
        Ok(_) => decode(&mut reader.decoder),
        Err(error) => Batch::end(lost(&error)),
    })
}

/// Waits for the driver to say what `awaited` accepts. None, if it let go of the link.
pub(super) async fn signal(stop: &mut Stop, awaited: fn(Signal) -> bool) -> Option<Signal> {
    stop.wait_for(|signal| awaited(*signal)).await.ok().map(|signal| *signal)
}

/// All messages that are complete by now.
fn decode(decoder: &mut Decoder) -> Batch {
    let mut messages = Vec::new();
    loop {
        match decoder.next_message() {
            Ok(Some(message)) => messages.push(message),
            Ok(None) => return Batch { messages, end: None },
            Err(error) => {
                let end = Some(Disconnect::Malformed(error.to_string()));
                return Batch { messages, end };
            }
        }
    }
}

/// The peer is gone. If that was within a frame, it was most likely killed: no fault of its bytes.
fn closed(decoder: &Decoder) -> Disconnect {
    if let Err(error) = decoder.finish() {
        tracing::debug!(%error, "the peer closed the link");
    }
    Disconnect::Closed
}

/// What an error on a link that stood says of the peer.
pub(super) fn lost(error: &io::Error) -> Disconnect {
    tracing::debug!(%error, "the link broke");
    Disconnect::Reset
}

/// Reads on for a while after hanging up: a socket that is closed with bytes unread resets the
/// connection, and the peer might lose what was written last.
async fn discard<S: AsyncRead + AsyncWrite + Unpin>(reader: &mut Reader<S>) {
    let to_the_end = async {
        let mut scratch = BytesMut::with_capacity(16 << 10);
        while let Ok(1..) = reader.half.read_buf(&mut scratch).await {
            scratch.clear();
        }
    };
    let _late = timeout(FLUSH_TIME, to_the_end).await;
}

/// Writes all of `buffer`. False: the link takes nothing more.
pub(super) async fn write<S>(writer: &mut Writer<S>, buffer: &[u8], mut stop: Stop) -> bool
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let write = writer.half.write_all(buffer);
    tokio::pin!(write);
    let hung_up = tokio::select! {
        biased;
        result = &mut write => return result.is_ok(),
        signal = signal(&mut stop, |signal| signal == Signal::HangUp) => signal.is_some(),
    };
    hung_up && matches!(timeout(FLUSH_TIME, write).await, Ok(Ok(())))
}

/// Writes the last of a link that was hung up, if it can, and tells the peer that nothing follows.
pub(super) async fn farewell<S>(mut writer: Writer<S>, buffer: BytesMut)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let last = async {
        writer.half.write_all(&buffer).await?;
        writer.half.shutdown().await
    };
    if !matches!(timeout(FLUSH_TIME, last).await, Ok(Ok(()))) {
        tracing::debug!(bytes = buffer.len(), "the last bytes of a link were not taken in time");
    }
}
