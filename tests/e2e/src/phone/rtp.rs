//! An RTP socket of the test's own: the ear and the mouth of a SIPp phone.

use super::codec::{Codec, Mouthpiece};
use super::digit::{self, CLOCK_HZ, Digit, End};
use super::sdp::MediaAddress;
use super::tape::Tape;
use crate::tone::{Sound, Tone};
use crate::{port, wait};
use anyhow::{Context, Result};
use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

/// Payload type of telephone events in the SDP that the scenarios write.
pub(super) const EVENT_PAYLOAD_TYPE: u8 = 101;

const FRAME: Duration = Duration::from_millis(20);
const FRAME_TICKS: u32 = CLOCK_HZ / 50;
const SSRC: u32 = 0x0ff4_0043;
/// Packets of a pressed key: 100 ms, then three that say it has ended (RFC 4733 §2.5.1.4).
const PRESS_FRAMES: u16 = 5;
const END_PACKETS: usize = 3;
/// Frames of silence on the event stream between two keys.
const PAUSE_FRAMES: usize = 4;

#[derive(Debug, Default)]
struct Shared {
    tape: Tape,
    remote: Option<SocketAddr>,
    tone: Option<Tone>,
    event_type: u8,
    keys: VecDeque<u8>,
}

type State = Arc<Mutex<Shared>>;

/// A phone's media: records what comes, sends a tone and digits once it knows where to.
#[derive(Debug)]
pub struct RtpPhone {
    port: u16,
    codec: Codec,
    state: State,
    tasks: [JoinHandle<()>; 2],
}

impl RtpPhone {
    /// Opens the socket on a free port of 127.0.0.1; silent until [`Self::speak`].
    ///
    /// # Errors
    /// No port is free.
    pub async fn open(codec: Codec) -> Result<Self> {
        let port = port::free(2)?;
        let socket = Arc::new(UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).await?);
        let shared = Shared { event_type: EVENT_PAYLOAD_TYPE, ..Shared::default() };
        let state = Arc::new(Mutex::new(shared));
        let tasks = [
            tokio::spawn(listen(socket.clone(), state.clone())),
            tokio::spawn(talk(socket, state.clone(), Mouth::new(codec)?)),
        ];
        Ok(Self { port, codec, state, tasks })
    }

    /// The port to write into an SDP.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The codec it speaks and hears.
    #[must_use]
    pub const fn codec(&self) -> Codec {
        self.codec
    }

    /// Speaks a tone from now on, to where its peer was heard from or [`Self::aim`] pointed.
    pub fn speak(&self, tone: Tone) {
        lock(&self.state).tone = Some(tone);
    }

    /// Stops sending anything but digits.
    pub fn hush(&self) {
        lock(&self.state).tone = None;
    }

    /// Sends to the address and with the payload types that the peer's SDP names.
    pub fn aim(&self, peer: &MediaAddress) {
        let mut state = lock(&self.state);
        state.remote = Some(peer.address);
        state.event_type = peer.event_type.unwrap_or(EVENT_PAYLOAD_TYPE);
    }

    /// Presses keys one after the other, 100 ms each.
    ///
    /// # Errors
    /// A character is not on a telephone's pad.
    pub fn press(&self, keys: &str) -> Result<()> {
        let events = keys.chars().map(|key| digit::event_of(key).with_context(|| format!("no key {key}")));
        let events = events.collect::<Result<Vec<_>>>()?;
        lock(&self.state).keys.extend(events);
        Ok(())
    }

    /// The sound heard so far, as a phone with a jitter buffer would have played it.
    ///
    /// # Errors
    /// There is no decoder for the codec.
    pub fn heard(&self) -> Result<Sound> {
        Ok(lock(&self.state).tape.sound(self.codec)?)
    }

    /// The keys heard so far.
    #[must_use]
    pub fn digits(&self) -> Vec<Digit> {
        lock(&self.state).tape.digits(EVENT_PAYLOAD_TYPE)
    }

    /// How many audio packets came so far.
    #[must_use]
    pub fn packets(&self) -> usize {
        lock(&self.state).tape.count(self.codec.payload_type())
    }

    /// How many RTP sources spoke so far.
    #[must_use]
    pub fn sources(&self) -> usize {
        lock(&self.state).tape.sources()
    }

    /// Waits for `length` of sound and returns all of it.
    ///
    /// # Errors
    /// There is less after twice `length` and five seconds.
    pub async fn hear(&self, length: Duration) -> Result<Sound> {
        let frames = (length.as_secs_f64() / FRAME.as_secs_f64()) as usize;
        let limit = length * 2 + Duration::from_secs(5);
        let what = format!("{length:?} of sound at the phone");
        let enough = || (self.packets() >= frames).then_some(());
        wait::until(&what, limit, enough, || format!("{} packets came", self.packets())).await?;
        self.heard()
    }

    /// Waits until the keys heard and ended are `keys`, and a little longer for unwanted ones.
    ///
    /// # Errors
    /// Other keys were heard, or fewer within ten seconds.
    pub async fn hear_digits(&self, keys: &str) -> Result<Vec<Digit>> {
        let ended = || self.digits().iter().filter(|digit| digit.ends > 0).count();
        let limit = Duration::from_secs(10);
        let enough = || (ended() >= keys.len()).then_some(());
        let seen = || format!("heard {:?}", self.digits());
        wait::until(&format!("digits {keys} at the phone"), limit, enough, seen).await?;
        tokio::time::sleep(Duration::from_millis(500)).await;
        let digits = self.digits();
        let heard: String = digits.iter().map(|digit| digit.key).collect();
        anyhow::ensure!(heard == keys, "pressed {keys}, the phone heard {digits:?}");
        Ok(digits)
    }
}

impl Drop for RtpPhone {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

fn lock(state: &State) -> MutexGuard<'_, Shared> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn listen(socket: Arc<UdpSocket>, state: State) {
    let mut buffer = [0; 2_048];
    // A refused send of ours surfaces as an error here; the next packet may still come.
    loop {
        let Ok((length, from)) = socket.recv_from(&mut buffer).await else {
            continue;
        };
        let mut shared = lock(&state);
        if shared.tape.record(Instant::now(), &buffer[..length]) {
            shared.remote.get_or_insert(from);
        }
    }
}

async fn talk(socket: Arc<UdpSocket>, state: State, mut mouth: Mouth) {
    let mut ticks = interval(FRAME);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    loop {
        ticks.tick().await;
        let (packets, remote) = {
            let mut shared = lock(&state);
            (mouth.frame(&mut shared), shared.remote)
        };
        let Some(remote) = remote else { continue };
        for packet in packets {
            // The gateway may have closed its port already: what it hears is judged elsewhere.
            let _ = socket.send_to(&packet, remote).await;
        }
    }
}

/// Makes the packets of each 20 ms.
struct Mouth {
    codec: Codec,
    encoder: Mouthpiece,
    sequence: u16,
    ticks: u32,
    samples: u64,
    press: Option<Press>,
    pause: usize,
}

/// A key being held since `start` (clock ticks).
struct Press {
    event: u8,
    start: u32,
    frames: u16,
}

impl Mouth {
    fn new(codec: Codec) -> Result<Self> {
        let encoder = codec.mouthpiece()?;
        Ok(Self { codec, encoder, sequence: 1, ticks: 160, samples: 0, press: None, pause: 0 })
    }

    fn frame(&mut self, shared: &mut Shared) -> Vec<Vec<u8>> {
        if self.press.is_none() && self.pause == 0 {
            let start = self.ticks;
            self.press = shared.keys.pop_front().map(|event| Press { event, start, frames: 0 });
        }
        self.pause = self.pause.saturating_sub(1);
        let packets = match (self.press.take(), shared.tone) {
            (Some(press), _) => self.hold(press, shared.event_type),
            (None, Some(tone)) => vec![self.audio(tone)],
            (None, None) => Vec::new(),
        };
        self.ticks = self.ticks.wrapping_add(FRAME_TICKS);
        packets
    }

    fn audio(&mut self, tone: Tone) -> Vec<u8> {
        let rate = self.codec.rate();
        let count = u64::from(rate / 50);
        let pcm: Vec<i16> =
            (self.samples..self.samples + count).map(|index| tone.sample(index, rate)).collect();
        self.samples += count;
        let payload = self.encoder.encode(&pcm);
        self.packet(self.codec.payload_type(), self.ticks, &payload)
    }

    fn hold(&mut self, press: Press, event_type: u8) -> Vec<Vec<u8>> {
        let frames = press.frames + 1;
        let duration = frames * FRAME_TICKS as u16;
        if frames < PRESS_FRAMES {
            let payload = digit::payload(press.event, End::Not, duration);
            let packet = self.packet(event_type, press.start, &payload);
            self.press = Some(Press { frames, ..press });
            return vec![packet];
        }
        self.pause = PAUSE_FRAMES;
        let payload = digit::payload(press.event, End::Yes, duration);
        (0..END_PACKETS).map(|_| self.packet(event_type, press.start, &payload)).collect()
    }

    fn packet(&mut self, payload_type: u8, timestamp: u32, payload: &[u8]) -> Vec<u8> {
        let mut packet = vec![0x80, payload_type];
        packet.extend_from_slice(&self.sequence.to_be_bytes());
        packet.extend_from_slice(&timestamp.to_be_bytes());
        packet.extend_from_slice(&SSRC.to_be_bytes());
        packet.extend_from_slice(payload);
        self.sequence = self.sequence.wrapping_add(1);
        packet
    }
}
