//! The load: many calls at once, each with speech both ways, every packet's delay taken.

use std::io;
use std::time::{Duration, Instant};

use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token};
use std::os::fd::AsRawFd;

use crate::browser::Browser;
use crate::phone::Phone;
use crate::speech::Clip;

const FRAME: Duration = Duration::from_millis(20);

/// What the gateway has to do for a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// Opus at the browser, PCMU at the phone. The browser sends narrowband, as Offhook asks it to.
    Transcode,
    /// The same with a browser that sends full band whatever it is asked.
    TranscodeFullband,
    /// PCMU at both.
    Relay,
}

impl Work {
    /// How its figures' names begin.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Transcode => "transcode",
            Self::TranscodeFullband => "transcode_fullband",
            Self::Relay => "relay",
        }
    }

    /// What goes through the gateway.
    pub(crate) const fn sound(self) -> &'static str {
        match self {
            Self::Transcode => "one call, both ways, narrowband Opus",
            Self::TranscodeFullband => "one call, both ways, full-band Opus",
            Self::Relay => "one call, both ways, PCMU",
        }
    }
}

/// An audio packet that came back out.
#[derive(Clone, Copy)]
pub(crate) struct Arrival {
    pub(crate) at: Instant,
    pub(crate) sequence: u16,
}

/// One way of one call: when it last sent, what arrived at the other end.
#[derive(Default)]
struct Way {
    last_sent: Option<Instant>,
    sent: u64,
    received: u64,
    last_sequence: Option<u16>,
    disorder: u64,
}

/// A browser and a phone joined by the gateway.
pub(crate) struct Call {
    pub(crate) browser: Browser,
    pub(crate) phone: Phone,
    up: Way,
    down: Way,
    next_frame: Instant,
    frame: usize,
}

impl Call {
    pub(crate) fn new(browser: Browser, phone: Phone, now: Instant) -> Self {
        Self { browser, phone, up: Way::default(), down: Way::default(), next_frame: now, frame: 0 }
    }
}

/// What a measured stretch gave.
pub(crate) struct Measured {
    /// Packet in to packet out, both ways, sorted. A packet-driven gateway's is its own cost; one that waits longer
    /// than a frame shows as anything up to 20 ms.
    pub(crate) delays: Vec<Duration>,
    pub(crate) sent: u64,
    pub(crate) received: u64,
    pub(crate) disorder: u64,
}

impl Measured {
    /// The delay that a share of the packets stays below, in ms.
    pub(crate) fn delay_ms(&self, share: f64) -> f64 {
        let at = ((self.delays.len() as f64 * share) as usize).min(self.delays.len().saturating_sub(1));
        self.delays.get(at).map_or(f64::NAN, |delay| delay.as_secs_f64() * 1000.0)
    }

    /// Packets that never came out, as a share.
    pub(crate) fn lost(&self) -> f64 {
        1.0 - self.received as f64 / self.sent.max(1) as f64
    }
}

/// All calls of a run, on one thread.
pub(crate) struct Load {
    calls: Vec<Call>,
    poll: Poll,
    work: Work,
}

impl Load {
    pub(crate) fn new(work: Work) -> io::Result<Self> {
        Ok(Self { calls: Vec::new(), poll: Poll::new()?, work })
    }

    /// Takes over a call whose descriptions are exchanged.
    pub(crate) fn add(&mut self, call: Call) -> io::Result<()> {
        let index = self.calls.len();
        for (socket, token) in [(&call.browser.socket, index * 2), (&call.phone.socket, index * 2 + 1)] {
            let fd = socket.as_raw_fd();
            self.poll.registry().register(&mut SourceFd(&fd), Token(token), Interest::READABLE)?;
        }
        self.calls.push(call);
        Ok(())
    }

    /// Finishes ICE and DTLS of all calls.
    pub(crate) fn connect(&mut self, limit: Duration) -> io::Result<()> {
        let end = Instant::now() + limit;
        while self.calls.iter().any(|call| !call.browser.connected) {
            if Instant::now() > end {
                let waiting = self.calls.iter().filter(|call| !call.browser.connected).count();
                return Err(io::Error::other(format!("{waiting} calls did not connect")));
            }
            self.turn(Instant::now() + Duration::from_millis(5))?;
        }
        Ok(())
    }

    /// Speaks both ways for a while and takes every packet's delay.
    pub(crate) fn speak(&mut self, clip: &Clip, time: Duration) -> io::Result<Measured> {
        let start = Instant::now();
        let count = self.calls.len() as u32;
        for (index, call) in self.calls.iter_mut().enumerate() {
            call.next_frame = start + FRAME * index as u32 / count;
            (call.up, call.down) = (Way::default(), Way::default());
            call.browser.arrivals.clear();
            call.phone.arrivals.clear();
        }
        let mut delays = Vec::new();
        while start.elapsed() < time {
            let next = self.calls.iter().map(|call| call.next_frame).min().unwrap_or(start);
            self.turn(next)?;
            self.send_due(clip)?;
            self.take_arrivals(&mut delays);
        }
        delays.sort_unstable();
        let ways = || self.calls.iter().flat_map(|call| [&call.up, &call.down]);
        Ok(Measured {
            sent: ways().map(|way| way.sent).sum(),
            received: ways().map(|way| way.received).sum(),
            disorder: ways().map(|way| way.disorder).sum(),
            delays,
        })
    }

    /// Waits for packets until `deadline` and handles them.
    fn turn(&mut self, deadline: Instant) -> io::Result<()> {
        let mut events = Events::with_capacity(1024);
        self.poll.poll(&mut events, Some(deadline.saturating_duration_since(Instant::now())))?;
        for event in &events {
            let (index, is_phone) = (event.token().0 / 2, event.token().0 % 2 == 1);
            let call = &mut self.calls[index];
            let now = Instant::now();
            if is_phone {
                call.phone.receive(now);
            } else {
                call.browser.receive(now)?;
            }
        }
        let now = Instant::now();
        for call in &mut self.calls {
            if call.browser.deadline <= now {
                call.browser.tick(now)?;
            }
        }
        Ok(())
    }

    fn send_due(&mut self, clip: &Clip) -> io::Result<()> {
        for call in &mut self.calls {
            let now = Instant::now();
            if call.next_frame > now {
                continue;
            }
            let pcmu = &clip.pcmu[call.frame % clip.pcmu.len()];
            let frames = clip.of(self.work);
            call.browser.send(&frames[call.frame % frames.len()], now)?;
            call.up.sent_at(now);
            let now = Instant::now();
            call.phone.send(pcmu);
            call.down.sent_at(now);
            call.frame += 1;
            call.next_frame += FRAME;
        }
        Ok(())
    }

    fn take_arrivals(&mut self, delays: &mut Vec<Duration>) {
        for call in &mut self.calls {
            call.phone.arrivals.drain(..).for_each(|arrival| call.up.arrived(arrival, delays));
            call.browser.arrivals.drain(..).for_each(|arrival| call.down.arrived(arrival, delays));
        }
    }
}

impl Way {
    fn sent_at(&mut self, now: Instant) {
        self.last_sent = Some(now);
        self.sent += 1;
    }

    fn arrived(&mut self, arrival: Arrival, delays: &mut Vec<Duration>) {
        let Some(sent) = self.last_sent else { return };
        delays.push(arrival.at.saturating_duration_since(sent));
        self.received += 1;
        if self.last_sequence.is_some_and(|last| arrival.sequence != last.wrapping_add(1)) {
            self.disorder += 1;
        }
        self.last_sequence = Some(arrival.sequence);
    }
}
