//! Links on real sockets: introductions, and peers that do not behave.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use ringchat::driver::application::Application;
use ringchat::driver::handle::Handle;
use ringchat::driver::run::{Driver, Exit, Settings};
use ringchat::net::{Net, TokioNet};
use ringchat::proto::config::Config;
use ringchat::proto::entry::Delivered;
use ringchat::proto::event::Event;
use ringchat::proto::id::{Index, NodeId};
use ringchat::proto::message::Hello;
use ringchat::proto::node::Start;
use ringchat::proto::view::Member;
use ringchat::wire::frame::{Decoder, encode_hello};
use ringchat::wire::preamble::{LENGTH, VERSION, preamble, with_version};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::{JoinHandle, LocalSet};

/// An application that keeps nothing.
struct Nothing;

impl Application for Nothing {
    fn deliver(&mut self, _: ringchat::proto::time::Instant, _: &Delivered) {}
    fn snapshot(&self) -> Bytes {
        Bytes::new()
    }
    fn install(
        &mut self,
        _: ringchat::proto::time::Instant,
        _: Index,
        _: &Bytes,
    ) -> Result<(), String> {
        Ok(())
    }
    fn event(&mut self, _: ringchat::proto::time::Instant, _: &Event) {}
}

/// What a peer says that belongs to no ring.
fn hello() -> Hello {
    let address = "127.0.0.1:1".parse().expect("an address");
    Hello { ring: None, member: Member { id: NodeId(99), address } }
}

/// A node alone in its ring, its address, and what its driver comes back with.
async fn founder() -> (SocketAddr, Handle, JoinHandle<Exit>) {
    let any = "127.0.0.1:0".parse().expect("an address");
    let listener = TokioNet.bind(any).await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    let settings = Settings { seed: 5, address, config: Config::default(), start: Start::Found };
    let (driver, handle) = Driver::new(TokioNet, listener, Nothing, settings);
    let running = tokio::task::spawn_local(async move { driver.run().await.1 });
    (address, handle, running)
}

/// Runs the test beside the nodes that it starts.
fn on_loopback(test: impl Future<Output = ()>) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    LocalSet::new().block_on(&runtime, test);
}

/// Says these bytes, and hears until the end: what came, and after how long the end did.
async fn conversation(address: SocketAddr, say: &[u8]) -> (Vec<u8>, Duration) {
    let begin = Instant::now();
    let mut stream = TcpStream::connect(address).await.expect("the node listens");
    stream.write_all(say).await.expect("the node takes a few bytes");
    let mut heard = Vec::new();
    let end = stream.read_to_end(&mut heard).await;
    assert!(end.is_ok(), "closed, not reset: {end:?}");
    (heard, begin.elapsed())
}

/// Introduces itself properly; the connection, and the node's own hello was heard.
async fn introduced(address: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.expect("the node listens");
    let mut bytes = BytesMut::from(&preamble()[..]);
    encode_hello(&hello(), &mut bytes).expect("small");
    stream.write_all(&bytes).await.expect("the node takes a few bytes");
    let mut heard = [0; LENGTH];
    stream.read_exact(&mut heard).await.expect("the node's preamble");
    assert_eq!(heard, preamble());
    let mut decoder = Decoder::new();
    loop {
        if let Some(hello) = decoder.next_hello().expect("a hello") {
            assert_eq!(hello.member.address, address);
            return stream;
        }
        let read = stream.read_buf(decoder.small_room()).await.expect("more of the hello");
        assert!(read > 0, "the node closed the link");
    }
}

/// Whether the node closes this connection within a second.
async fn is_closed(stream: &mut TcpStream) -> bool {
    let mut rest = Vec::new();
    let end = tokio::time::timeout(Duration::from_secs(1), stream.read_to_end(&mut rest)).await;
    match end {
        Ok(Ok(_)) => true,
        Ok(Err(error)) => error.kind() == io::ErrorKind::ConnectionReset,
        Err(_still_open) => false,
    }
}

#[test]
fn both_ends_speak_at_once_and_a_known_peer_stays_connected() {
    on_loopback(async {
        let (address, _handle, _) = founder().await;
        introduced(address).await;
    });
}

#[test]
fn another_program_is_turned_away() {
    on_loopback(async {
        let (address, _handle, _) = founder().await;
        let (heard, after) = conversation(address, b"GET / HTTP/1.1\r\n\r\n").await;
        assert!(heard.starts_with(&preamble()), "{heard:?}");
        assert!(after < Duration::from_secs(1), "{after:?}");
        introduced(address).await;
    });
}

// Answers F14 of docs/features.md.
#[test]
fn a_node_of_another_version_is_turned_away_and_told_this_version() {
    on_loopback(async {
        let (address, _handle, _) = founder().await;
        let (heard, after) = conversation(address, &with_version(VERSION + 1)).await;
        assert!(heard.starts_with(&preamble()), "{heard:?}");
        assert!(after < Duration::from_secs(1), "{after:?}");
    });
}

#[test]
fn a_peer_that_sends_a_byte_a_second_is_turned_away_after_two() {
    on_loopback(async {
        let (address, _handle, _) = founder().await;
        let begin = Instant::now();
        let stream = TcpStream::connect(address).await.expect("the node listens");
        let (mut reader, mut writer) = stream.into_split();
        let slowly = async {
            for byte in preamble() {
                tokio::time::sleep(Duration::from_secs(1)).await;
                if writer.write_all(&[byte]).await.is_err() {
                    return;
                }
            }
        };
        let mut heard = Vec::new();
        tokio::select! {
            biased;
            _end = reader.read_to_end(&mut heard) => {}
            () = slowly => panic!("the node listened to all of it"),
        }
        assert!(begin.elapsed() < Duration::from_secs(4), "{:?}", begin.elapsed());
    });
}

#[test]
fn garbage_behind_the_introduction_closes_that_link_only() {
    on_loopback(async {
        let (address, _handle, _) = founder().await;
        let mut good = introduced(address).await;
        for garbage in
            [&[0xff; 64][..], &[0, 0, 0, 0], &[9, 0, 0, 0, 5, 0, 0, 0, 99, 99, 99, 99, 99]]
        {
            let mut bad = introduced(address).await;
            bad.write_all(garbage).await.expect("the node takes a few bytes");
            assert!(is_closed(&mut bad).await, "{garbage:?}");
        }
        let still_open = good.try_read(&mut [0; 1]);
        assert!(still_open.is_ok() || is_would_block(&still_open), "{still_open:?}");
        good.write_all(&[0; 2]).await.expect("still open");
    });
}

fn is_would_block<T>(result: &io::Result<T>) -> bool {
    matches!(result, Err(error) if error.kind() == io::ErrorKind::WouldBlock)
}

#[test]
fn silent_connections_do_not_keep_others_out() {
    on_loopback(async {
        let (address, _handle, _) = founder().await;
        let mut silent = Vec::new();
        for _ in 0..300 {
            silent.push(TcpStream::connect(address).await.expect("the backlog takes it"));
        }
        // Once the first ones are turned away, there is place again.
        let late = tokio::time::timeout(Duration::from_secs(6), introduced(address)).await;
        assert!(late.is_ok());
    });
}

#[test]
fn a_driver_without_handles_ends_and_its_port_is_free_at_once() {
    on_loopback(async {
        let (address, handle, running) = founder().await;
        let _open = introduced(address).await;
        drop(handle);
        assert_eq!(running.await.expect("no panic"), Exit::Abandoned);
        TokioNet.bind(address).await.expect("the port is free again");
    });
}

#[test]
fn a_stopped_node_says_so() {
    on_loopback(async {
        let (_, handle, running) = founder().await;
        running.abort();
        let _aborted = running.await;
        let error = handle.submit(Bytes::from_static(b"too late")).await.expect_err("stopped");
        assert_eq!(error.to_string(), "the node has stopped; nothing was sent");
        assert!(handle.leave().await.is_err());
        assert!(handle.status().await.is_err());
    });
}

#[test]
fn nobody_listens_where_a_socket_would_dial_itself() {
    on_loopback(async {
        let any = "127.0.0.1:0".parse().expect("an address");
        let listener = TokioNet.bind(any).await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        drop(listener);
        let error = TokioNet.connect(address).await.expect_err("nobody there");
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
    });
}
