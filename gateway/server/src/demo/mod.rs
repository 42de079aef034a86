//! The demo phone: a SIP user agent of its own in the same binary, reached only by real SIP and RTP.
//!
//! It answers `600` to `606`; see [`number::Number`]. It shares no state with the gateway.

mod audio;
mod number;
mod phone;
mod sound;

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::time::Instant;

use bytes::Bytes;
use media::sdp::{self, LocalMedia, LocalSrtp, Negotiated, Origin, Session};
use media::{CodecKind, Direction};
use sip_stack::endpoint::{Config, Output};
use sip_stack::transport::{Listener, Transport};
use sip_stack::ua::{Body, Invite, InviteId, Respond};
use sip_stack::{Answer, Endpoint};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tracing::{debug, warn};

use audio::Audio;
use number::Number;
use phone::{Deed, Phone};

/// Digits of one call that may wait for its sound task.
const DIGITS_WAITING_MAX: usize = 32;
const DATAGRAM_MAX: usize = 65_536;

/// Where the phone listens and whom it calls back.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The phone's own SIP address.
    pub listen: SocketAddr,
    /// The gateway's SIP address.
    pub gateway: SocketAddr,
    /// The user that `603` calls back.
    pub user: String,
}

/// Binds the phone's SIP port; fails when it is taken.
pub async fn bind(settings: &Settings) -> io::Result<UdpSocket> {
    UdpSocket::bind(settings.listen).await
}

/// Runs the phone until its socket fails.
pub async fn run(settings: Settings, socket: UdpSocket, seed: [u8; 32]) -> io::Result<()> {
    let local = socket.local_addr()?;
    let listener = Listener { transport: Transport::Udp, local, advertised: None };
    let endpoint = Endpoint::new(Config::new(vec![listener]), seed, Instant::now());
    let phone = Phone::new(settings.gateway, settings.user);
    Driver { socket, local, endpoint, phone, calls: HashMap::new() }.run().await
}

/// The sound of one call.
struct Sound {
    /// What was answered or offered, for a second response or the peer's answer.
    description: Body,
    media: LocalMedia,
    state: SoundState,
}

enum SoundState {
    /// We offered; the socket waits for the answer.
    Offered(UdpSocket),
    /// The call is answered.
    Playing { _task: Task, digits: mpsc::Sender<char> },
}

/// A call's sound ends with the call.
struct Task(JoinHandle<io::Result<()>>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

struct Driver {
    socket: UdpSocket,
    local: SocketAddr,
    endpoint: Endpoint,
    phone: Phone,
    calls: HashMap<InviteId, Sound>,
}

impl Driver {
    async fn run(mut self) -> io::Result<()> {
        let mut buffer = vec![0; DATAGRAM_MAX];
        loop {
            let stack = self.drain().await?;
            let deadline = self.phone.deadline().map_or(stack, |at| at.min(stack));
            tokio::select! {
                received = self.socket.recv_from(&mut buffer) => {
                    let Ok((len, from)) = received else { continue };
                    let payload = Bytes::copy_from_slice(&buffer[..len]);
                    self.endpoint.handle_datagram(Instant::now(), self.local, from, payload);
                }
                () = tokio::time::sleep_until(deadline.into()) => {
                    let now = Instant::now();
                    self.endpoint.handle_timeout(now);
                    for deed in self.phone.due(now) {
                        self.act(deed).await;
                    }
                }
            }
        }
    }

    async fn drain(&mut self) -> io::Result<Instant> {
        loop {
            match self.endpoint.poll_output() {
                Output::Datagram { remote, payload, .. } => {
                    if let Err(error) = self.socket.send_to(&payload, remote).await {
                        debug!(%error, "the demo phone cannot send");
                    }
                }
                Output::Event(event) => {
                    for deed in self.phone.handle(Instant::now(), event) {
                        self.act(deed).await;
                    }
                }
                Output::Resolve { query, .. } => {
                    self.endpoint.handle_dns(Instant::now(), query, Answer::Failure);
                }
                Output::Timeout(at) => return Ok(at),
                // It has no stream listener, so there are no streams.
                Output::StreamData { .. } | Output::Connect { .. } | Output::Close { .. } => {}
            }
        }
    }

    async fn act(&mut self, deed: Deed) {
        if let Err(error) = self.try_act(deed).await {
            warn!(%error, "the demo phone gives up on a step of a call");
        }
    }

    async fn try_act(&mut self, deed: Deed) -> io::Result<()> {
        let now = Instant::now();
        match deed {
            Deed::Respond(id, respond) => self.endpoint.respond(now, id, respond).map_err(io::Error::other),
            Deed::Sound { id, number, offer, code } => self.answer(id, number, &offer, code).await,
            Deed::AnswerAgain(id) => self.answer_again(id),
            Deed::Digit(id, digit) => {
                if let Some(Sound { state: SoundState::Playing { digits, .. }, .. }) = self.calls.get(&id) {
                    // A full queue means more digits than anyone can hear.
                    let _ = digits.try_send(digit);
                }
                Ok(())
            }
            Deed::HangUp(id, hangup) => {
                self.calls.remove(&id);
                self.endpoint.hangup(now, id, hangup).map_err(io::Error::other)
            }
            Deed::Invite(id, invite) => self.invite(id, *invite).await,
            Deed::Answered { id, answer } => self.play_answered(id, &answer),
            Deed::Forget(id) => {
                self.calls.remove(&id);
                Ok(())
            }
        }
    }

    async fn answer(&mut self, id: InviteId, number: Number, offer: &Body, code: u16) -> io::Result<()> {
        let (socket, media) = self.open().await?;
        let answered = Session::parse(&offer.content)
            .map_err(io::Error::other)
            .and_then(|offer| sdp::answer(&offer, &media).map_err(io::Error::other));
        let (description, peer) = match answered {
            Ok(answered) => answered,
            Err(error) => {
                debug!(%error, "the demo phone refuses an offer");
                let respond = Respond { code: 488, reason: None, headers: Vec::new(), body: None };
                return self.endpoint.respond(Instant::now(), id, respond).map_err(io::Error::other);
            }
        };
        let description = Body::sdp(description);
        let state = play(socket, peer, number)?;
        self.calls.insert(id, Sound { description: description.clone(), media, state });
        let respond = Respond { code, reason: None, headers: Vec::new(), body: Some(description) };
        self.endpoint.respond(Instant::now(), id, respond).map_err(io::Error::other)
    }

    /// The second response of early media, or the answer to a session refresh: the description stands.
    fn answer_again(&mut self, id: InviteId) -> io::Result<()> {
        let Some(sound) = self.calls.get(&id) else { return Ok(()) };
        let (now, body) = (Instant::now(), Some(sound.description.clone()));
        let respond = Respond { code: 200, reason: None, headers: Vec::new(), body: body.clone() };
        let answered = self.endpoint.respond(now, id, respond);
        answered.or_else(|_| self.endpoint.answer_reoffer(now, id, 200, body)).map_err(io::Error::other)
    }

    async fn invite(&mut self, id: InviteId, mut invite: Invite) -> io::Result<()> {
        let (socket, media) = self.open().await?;
        let description = Body::sdp(sdp::offer(&media));
        invite.body = Some(description.clone());
        self.calls.insert(id, Sound { description, media, state: SoundState::Offered(socket) });
        self.endpoint.invite(Instant::now(), id, invite).map_err(io::Error::other)
    }

    fn play_answered(&mut self, id: InviteId, answer: &Body) -> io::Result<()> {
        let Some(mut sound) = self.calls.remove(&id) else { return Ok(()) };
        let answer = Session::parse(&answer.content).map_err(io::Error::other)?;
        let peer = sdp::accept_answer(&answer, &sound.media).map_err(io::Error::other)?;
        sound.state = match sound.state {
            SoundState::Offered(socket) => play(socket, peer, Number::Tune)?,
            playing @ SoundState::Playing { .. } => playing,
        };
        self.calls.insert(id, sound);
        Ok(())
    }

    async fn open(&self) -> io::Result<(UdpSocket, LocalMedia)> {
        let socket = UdpSocket::bind((self.local.ip(), 0)).await?;
        let rtp = socket.local_addr()?;
        let media = LocalMedia {
            origin: Origin { session_id: u64::from(rtp.port()), version: 1 },
            rtp,
            rtcp: SocketAddr::new(rtp.ip(), rtp.port().wrapping_add(1)),
            codecs: vec![CodecKind::Pcmu, CodecKind::Pcma],
            direction: Direction::SendRecv,
            ptime_ms: 20,
            srtp: LocalSrtp::default(),
        };
        Ok((socket, media))
    }
}

fn play(socket: UdpSocket, peer: Negotiated, number: Number) -> io::Result<SoundState> {
    let (digits, received) = mpsc::channel(DIGITS_WAITING_MAX);
    let audio = Audio::new(socket, peer, number, received)?;
    Ok(SoundState::Playing { _task: Task(tokio::spawn(audio.run())), digits })
}
