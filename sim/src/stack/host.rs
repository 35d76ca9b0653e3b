//! A machine of the simulated network: it runs one incarnation of a node after the other.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use ringchat::driver::handle::Handle;
use ringchat::driver::run::{Driver, Exit, Settings};
use ringchat::net::Net;

use super::disk::Disk;
use super::net::TurmoilNet;
use super::recorder::Recorder;

/// What the world and the software of one machine share.
#[derive(Debug, Default)]
pub(crate) struct Switch(RefCell<Wanted>);

#[derive(Debug, Default)]
struct Wanted {
    /// The incarnation that is to run; none if the process is to be dead.
    lives: Option<Life>,
    /// What the next incarnation needs; taken when it begins.
    birth: Option<(Settings, Recorder)>,
    /// To the running driver.
    handle: Option<Handle>,
    /// Why the last driver ended by itself.
    exit: Option<Exit>,
    waker: Option<Waker>,
}

#[derive(Clone, Copy, Debug)]
struct Life {
    number: u32,
    paused: bool,
}

impl Switch {
    /// An incarnation is to begin. One that runs still dies.
    pub(crate) fn start(&self, settings: Settings, recorder: Recorder) {
        self.change(|wanted| {
            wanted.lives = Some(Life { number: recorder.incarnation.0, paused: false });
            wanted.birth = Some((settings, recorder));
            wanted.handle = None;
            wanted.exit = None;
        });
    }

    /// The process is to die, without another step.
    pub(crate) fn kill(&self) {
        self.change(|wanted| *wanted = Wanted { waker: wanted.waker.take(), ..Wanted::default() });
    }

    /// The process is to stand still, or to go on.
    pub(crate) fn pause(&self, paused: bool) {
        self.change(|wanted| {
            if let Some(life) = &mut wanted.lives {
                life.paused = paused;
            }
        });
    }

    /// A way to the running driver; none before it has begun.
    pub(crate) fn handle(&self) -> Option<Handle> {
        self.0.borrow().handle.clone()
    }

    /// Why the driver ended by itself, if it has since the last call.
    pub(crate) fn take_exit(&self) -> Option<Exit> {
        self.0.borrow_mut().exit.take()
    }

    fn change(&self, change: impl FnOnce(&mut Wanted)) {
        let mut wanted = self.0.borrow_mut();
        change(&mut wanted);
        let waker = wanted.waker.take();
        drop(wanted);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn poll_birth(&self, cx: &mut Context<'_>) -> Poll<(Settings, Recorder)> {
        let mut wanted = self.0.borrow_mut();
        match wanted.birth.take() {
            Some(birth) => Poll::Ready(birth),
            None => {
                wanted.waker = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }

    /// Whether incarnation `number` lives, and whether it is paused. Wakes at the next change.
    fn look(&self, number: u32, cx: &mut Context<'_>) -> Option<Life> {
        let mut wanted = self.0.borrow_mut();
        wanted.waker = Some(cx.waker().clone());
        wanted.lives.filter(|life| life.number == number)
    }
}

/// The software of a machine. Never ends: a machine whose process died still refuses connections.
pub(super) async fn machine(switch: Rc<Switch>, net: TurmoilNet, disk: Disk) -> turmoil::Result {
    loop {
        let (settings, recorder) = poll_fn(|cx| switch.poll_birth(cx)).await;
        let number = recorder.incarnation.0;
        let listener = net.bind(settings.address).await?;
        let (driver, handle) =
            Driver::with_store(net.clone(), listener, recorder, disk.pen(), settings);
        switch.0.borrow_mut().handle = Some(handle);
        let run = Box::pin(driver.run());
        let ended = Process { switch: switch.clone(), number, run }.await;
        if let Some((_, exit)) = ended {
            let mut wanted = switch.0.borrow_mut();
            wanted.handle = None;
            wanted.exit = Some(exit);
        }
    }
}

/// A driver that can be paused and killed. The driver spawns no task, so all of it stands still
/// when it is not polled.
struct Process<F> {
    switch: Rc<Switch>,
    number: u32,
    run: Pin<Box<F>>,
}

impl<F: Future> Future for Process<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(life) = self.switch.look(self.number, cx) else { return Poll::Ready(None) };
        if life.paused { Poll::Pending } else { self.run.as_mut().poll(cx).map(Some) }
    }
}
