//! What the driver's one future is made of: jobs, polled side by side, each with one result.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncWrite};

use super::arrival::{self, Introduced};
use super::link::{self, Batch, Reader, Signal, Stop, Writer, signal};
use crate::proto::id::LinkId;
use crate::proto::input::Disconnect;
use crate::proto::message::Hello;

/// One thing under way. It owns what it works on, and gives it back in its result.
pub(super) type Job<S> = Pin<Box<dyn Future<Output = Done<S>>>>;

/// What came of a job.
#[derive(Debug)]
pub(super) enum Done<S> {
    /// A peer has dialed.
    Accepted { stream: S, peer: SocketAddr },
    /// A dial came to an end.
    Dialed { link: LinkId, result: Result<S, Disconnect> },
    /// An introduction came to an end.
    Introduced { link: LinkId, result: Result<Introduced<S>, Disconnect> },
    /// Something was read; without a batch the link was hung up meanwhile.
    Read { link: LinkId, reader: Reader<S>, batch: Option<Batch> },
    /// All was written, or the link takes nothing more.
    Wrote { link: LinkId, writer: Writer<S>, buffer: BytesMut, all: bool },
    /// Nothing follows from it: a farewell was said, or the job was stopped.
    Over,
}

/// Reads the next batch of a link.
pub(super) fn read<S>(link: LinkId, mut reader: Reader<S>, stop: Stop) -> Job<S>
where
    S: AsyncRead + AsyncWrite + Unpin + 'static,
{
    Box::pin(async move {
        let batch = link::read(&mut reader, stop).await;
        Done::Read { link, reader, batch }
    })
}

/// Writes everything that waited for a link.
pub(super) fn write<S>(link: LinkId, mut writer: Writer<S>, buffer: BytesMut, stop: Stop) -> Job<S>
where
    S: AsyncRead + AsyncWrite + Unpin + 'static,
{
    Box::pin(async move {
        let all = link::write(&mut writer, &buffer, stop).await;
        Done::Wrote { link, writer, buffer, all }
    })
}

/// Writes the last of a link.
pub(super) fn farewell<S>(writer: Writer<S>, buffer: BytesMut) -> Job<S>
where
    S: AsyncRead + AsyncWrite + Unpin + 'static,
{
    Box::pin(async move {
        link::farewell(writer, buffer).await;
        Done::Over
    })
}

/// Introduces both ends of a connection to each other.
pub(super) fn introduce<S>(link: LinkId, stream: S, hello: Hello, stop: Stop) -> Job<S>
where
    S: AsyncRead + AsyncWrite + Unpin + 'static,
{
    unless_stopped(stop, async move {
        let result = arrival::introduce(stream, hello).await;
        Done::Introduced { link, result }
    })
}

/// Does the work, unless the driver says or drops anything meanwhile.
pub(super) fn unless_stopped<S: 'static>(
    mut stop: Stop,
    work: impl Future<Output = Done<S>> + 'static,
) -> Job<S> {
    Box::pin(async move {
        tokio::select! {
            biased;
            done = work => done,
            _stopped = signal(&mut stop, |signal| signal != Signal::Run) => Done::Over,
        }
    })
}
