/// Bytes of one event's payload.
pub const EVENT_LEN: usize = 4;

/// The payload of RFC 4733 §2.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventPayload {
    /// Which event; 0 to 15 are the DTMF digits.
    pub event: u8,
    /// The end of the event, or of its last segment.
    pub end: bool,
    /// Power, -dBm0, 0 to 63.
    pub volume: u8,
    /// Since the packet's timestamp, in ticks of the event's clock.
    pub duration: u16,
}

impl EventPayload {
    /// Reads the first event of a payload; `None` when too short. Further events are not looked at:
    /// nobody is seen to send them.
    pub fn parse(payload: &[u8]) -> Option<Self> {
        let [event, flags, high, low] = *payload.first_chunk::<EVENT_LEN>()?;
        let duration = u16::from_be_bytes([high, low]);
        Some(Self { event, end: flags & 0x80 != 0, volume: flags & 0x3F, duration })
    }

    /// The payload's bytes.
    pub fn to_bytes(self) -> [u8; EVENT_LEN] {
        let [high, low] = self.duration.to_be_bytes();
        [self.event, u8::from(self.end) << 7 | self.volume & 0x3F, high, low]
    }
}
