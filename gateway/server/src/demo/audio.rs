//! One call's sound on the demo phone: a task with an RTP socket and a 20 ms clock.

use std::io;
use std::time::Duration;

use media::codec::{self, Encoder};
use media::dtmf::{Digit, EventPayload};
use media::rtp::{Header, Packet};
use media::sdp::Negotiated;
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval};

use super::number::Number;
use super::sound::{self, FRAME, Player};

const PACKET_MAX: usize = 1_500;
/// Quiet before the first word: a call that is answered at once would lose it, as the browser still connects.
const LEAD_IN_MS: usize = 1_000;

/// Speaks and listens until it is dropped.
pub(super) struct Audio {
    socket: UdpSocket,
    peer: Negotiated,
    number: Number,
    player: Player,
    encoder: Box<dyn Encoder>,
    header: Header,
    /// The timestamp of the last RFC 4733 event, which names it.
    last_event: Option<u32>,
    /// Digits that came by SIP INFO.
    digits: mpsc::Receiver<char>,
}

impl Audio {
    pub(super) fn new(
        socket: UdpSocket,
        peer: Negotiated,
        number: Number,
        digits: mpsc::Receiver<char>,
    ) -> io::Result<Self> {
        let encoder = codec::encoder(peer.codec, 8_000).map_err(io::Error::other)?;
        let ssrc = u32::from(socket.local_addr()?.port()) << 16 | 0x600;
        let header =
            Header { marker: true, payload_type: peer.payload_type, sequence: 0, timestamp: 0, ssrc };
        let player = match number {
            Number::Tune => Player::looping(sound::tune()),
            Number::EarlyMedia => Player::looping(sound::ringing()),
            Number::ReadBack => {
                let mut player = Player::default();
                player.say(sound::pause(LEAD_IN_MS));
                player.say(sound::press());
                player
            }
            Number::Echo | Number::CallBack | Number::Busy | Number::NoAnswer => Player::default(),
        };
        Ok(Self { socket, peer, number, player, encoder, header, last_event: None, digits })
    }

    /// Runs the call's sound; ends only with an error of the socket.
    pub(super) async fn run(mut self) -> io::Result<()> {
        // Only the described peer is heard.
        self.socket.connect(self.peer.remote).await?;
        let mut clock = interval(Duration::from_millis(20));
        clock.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut buffer = [0; PACKET_MAX];
        loop {
            tokio::select! {
                _ = clock.tick(), if self.number != Number::Echo => self.speak().await,
                Some(digit) = self.digits.recv() => self.read_back(digit),
                received = self.socket.recv(&mut buffer) => match received {
                    Ok(len) => self.heard(&buffer[..len]).await,
                    // The peer's port is gone for now (ICMP); the call decides when it is over.
                    Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
                    Err(error) => return Err(error),
                },
            }
        }
    }

    async fn speak(&mut self) {
        let mut payload = [0; FRAME];
        let Ok(len) = self.encoder.encode(&self.player.frame(), &mut payload) else { return };
        self.transmit(&payload[..len]).await;
        self.header.timestamp = self.header.timestamp.wrapping_add(FRAME as u32);
    }

    async fn heard(&mut self, bytes: &[u8]) {
        let Ok(packet) = Packet::parse(bytes) else { return };
        let (header, payload) = (packet.header, packet.payload);
        if self.peer.receive_events.iter().any(|&(pt, _)| pt == header.payload_type) {
            self.event(header.timestamp, payload);
        } else if self.number == Number::Echo {
            let back = payload.to_vec();
            self.header.timestamp = header.timestamp;
            self.transmit(&back).await;
        }
    }

    fn event(&mut self, timestamp: u32, payload: &[u8]) {
        let Some(event) = EventPayload::parse(payload) else { return };
        let is_new = self.last_event != Some(timestamp);
        if event.end && is_new {
            self.last_event = Some(timestamp);
            if let Ok(digit) = Digit::from_code(event.event) {
                self.read_back(digit.as_char());
            }
        }
    }

    fn read_back(&mut self, digit: char) {
        if self.number == Number::ReadBack {
            sound::spoken(digit).into_iter().for_each(|word| self.player.say(word));
        }
    }

    async fn transmit(&mut self, payload: &[u8]) {
        let mut bytes = [0; PACKET_MAX];
        let packet = Packet { header: self.header, payload };
        let Ok(len) = packet.write(&mut bytes) else { return };
        // Sound that cannot be sent is lost, as on any network.
        let _ = self.socket.send(&bytes[..len]).await;
        self.header.sequence = self.header.sequence.wrapping_add(1);
        self.header.marker = false;
    }
}
