//! Sound at the trunk's end of a call: what it hears, by content, and what it says.

use std::f64::consts::TAU;
use std::net::SocketAddr;
use std::time::Duration;

use media::codec::g711::Law;
use tokio::net::UdpSocket;
use tokio::time::timeout;

use crate::gateway::WITHIN;

pub(crate) const RATE: usize = 8_000;
/// Peak of the tones here.
pub(crate) const AMPLITUDE: f64 = 8_000.0;
const RTP_HEADER: usize = 12;
/// Sound that takes longer to come is none.
const SILENCE: Duration = Duration::from_millis(200);

/// A phone that speaks PCMU in plain RTP.
pub(crate) struct Phone {
    socket: UdpSocket,
    pub(crate) port: u16,
}

impl Phone {
    pub(crate) async fn bind() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let port = socket.local_addr().unwrap().port();
        Self { socket, port }
    }

    /// The next so many samples that come.
    pub(crate) async fn hear(&self, samples: usize) -> Vec<i16> {
        let mut heard = Vec::new();
        while heard.len() < samples {
            heard.extend(timeout(WITHIN, self.packet()).await.expect("sound in time"));
        }
        heard
    }

    /// What still comes, until nothing does, or for two seconds.
    pub(crate) async fn hear_out(&self) -> Vec<i16> {
        let mut heard = Vec::new();
        while let (true, Ok(sound)) = (heard.len() < 2 * RATE, timeout(SILENCE, self.packet()).await) {
            heard.extend(sound);
        }
        heard
    }

    async fn packet(&self) -> Vec<i16> {
        let mut buffer = [0; 2_000];
        let (len, _) = self.socket.recv_from(&mut buffer).await.unwrap();
        let payload = buffer[..len].get(RTP_HEADER..).unwrap_or_default();
        // Payload type 0 is PCMU (RFC 3551); what else comes is no sound.
        if buffer[1] & 0x7f == 0 {
            payload.iter().map(|byte| Law::Mu.expand(*byte)).collect()
        } else {
            Vec::new()
        }
    }

    /// Says tones together, or silence, in packets of 20 ms, as fast as a real phone does.
    pub(crate) async fn say(&self, gateway: SocketAddr, hertz: &[f64], packets: std::ops::Range<u16>) {
        let mut beat = tokio::time::interval(Duration::from_millis(20));
        for number in packets {
            beat.tick().await;
            let at = usize::from(number) * 160;
            let mut packet = vec![0x80, 0];
            packet.extend(number.to_be_bytes());
            packet.extend((at as u32).to_be_bytes());
            packet.extend(7u32.to_be_bytes());
            let tones = hertz.iter().map(|hertz| tone(*hertz, at..at + 160));
            let mixed = tones
                .fold(vec![0; 160], |sum: Vec<i16>, tone| sum.iter().zip(tone).map(|(a, b)| a + b).collect());
            packet.extend(mixed.into_iter().map(|sample| Law::Mu.compress(sample)));
            self.socket.send_to(&packet, gateway).await.unwrap();
        }
    }
}

/// Where an INVITE's description wants its sound.
pub(crate) fn rtp_of(invite: &str) -> SocketAddr {
    let media = invite.lines().find_map(|line| line.strip_prefix("m=audio ")).unwrap();
    let port = media.split(' ').next().unwrap().parse().unwrap();
    SocketAddr::from(([127, 0, 0, 1], port))
}

/// A sine.
pub(crate) fn tone(hertz: f64, samples: std::ops::Range<usize>) -> Vec<i16> {
    let sample = |at: usize| (AMPLITUDE * (TAU * hertz * at as f64 / RATE as f64).sin()).round() as i16;
    samples.map(sample).collect()
}

/// The tone's peak (Goertzel).
pub(crate) fn peak(pcm: &[i16], hertz: f64) -> f64 {
    let coefficient = 2.0 * (TAU * hertz / RATE as f64).cos();
    let (mut first, mut second) = (0.0, 0.0);
    for sample in pcm {
        let next = f64::from(*sample) + coefficient * first - second;
        (second, first) = (first, next);
    }
    let power = first * first + second * second - coefficient * first * second;
    2.0 * power.max(0.0).sqrt() / pcm.len().max(1) as f64
}

/// Asserts that this is the tone at its level, within 1.5 dB.
pub(crate) fn assert_tone(pcm: &[i16], hertz: f64) {
    let db = 20.0 * (peak(pcm, hertz) / AMPLITUDE).log10();
    assert!(db.abs() < 1.5, "{hertz} Hz at {db:.1} dB of {} samples", pcm.len());
}
