//! What the switch is told once.

use std::net::IpAddr;
use std::time::Duration;

use media::CodecKind;

/// How many calls at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallLimits {
    /// On the node.
    pub node: u32,
    /// Of one user.
    pub user: u32,
    /// Of one session.
    pub session: u32,
}

/// The settings of a [`Switch`](super::Switch).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SwitchConfig {
    /// How long a phone rings.
    pub ring_timeout: Duration,
    /// How long an accepted browser may take to connect before the trunk is answered all the same: a person has
    /// picked up, and the caller's own ring time-out or voicemail must not win against late connectivity checks.
    pub answer_wait: Duration,
    /// How long an answered browser may take to connect before the call fails.
    pub connect_timeout: Duration,
    /// How long a browser in an answered call may be without its connection before the call ends; longer than the
    /// loss of its signalling takes to show.
    pub reconnect_timeout: Duration,
    /// How long a trunk may send nothing, while it does not hold, before it counts as dead.
    pub silence_max: Duration,
    /// How long one recording may last, its pauses included.
    pub recording_max: Duration,
    /// How many calls.
    pub limits: CallLimits,
    /// How many sessions are known at one time.
    pub sessions_max: usize,
    /// How many ended calls are kept for [`Switch::call`](super::Switch::call).
    pub ended_max: usize,
    /// How many media workers there are; at least one.
    pub workers: u16,
    /// The address of RTP towards trunks.
    pub media_ip: IpAddr,
    /// Codecs for browsers, best first.
    pub browser_codecs: Vec<CodecKind>,
}

impl SwitchConfig {
    /// Sensible settings for a node whose RTP address is `media_ip`.
    pub fn new(media_ip: IpAddr) -> Self {
        Self {
            ring_timeout: Duration::from_secs(60),
            answer_wait: Duration::from_secs(2),
            connect_timeout: Duration::from_secs(15),
            reconnect_timeout: Duration::from_secs(30),
            silence_max: Duration::from_secs(30),
            recording_max: Duration::from_secs(4 * 3600),
            limits: CallLimits { node: 1000, user: 20, session: 4 },
            sessions_max: 10_000,
            ended_max: 1000,
            workers: 1,
            media_ip,
            browser_codecs: vec![CodecKind::Opus, CodecKind::G722, CodecKind::Pcmu, CodecKind::Pcma],
        }
    }
}
