//! Digits as telephone events (RFC 4733 §2.3).

use std::time::Duration;

/// Clock of telephone events beside 8 kHz audio.
pub(super) const CLOCK_HZ: u32 = 8_000;
/// The keys in the order of their event numbers (RFC 4733 §3.2).
const KEYS: &str = "0123456789*#ABCD";
/// Power level of the digits sent, in -dBm0.
const VOLUME: u8 = 10;

/// One key press as it was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digit {
    /// The key.
    pub key: char,
    /// How long it was held.
    pub held: Duration,
    /// How many packets said that it has ended.
    pub ends: usize,
}

/// Event number of a key.
pub(super) fn event_of(key: char) -> Option<u8> {
    KEYS.find(key).map(|index| index as u8)
}

/// The four bytes of an event packet.
pub(super) fn payload(event: u8, end: End, duration: u16) -> [u8; 4] {
    let [high, low] = duration.to_be_bytes();
    let flag = match end {
        End::Not => 0,
        End::Yes => 0x80,
    };
    [event, flag | VOLUME, high, low]
}

/// Whether a packet ends its event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Not,
    Yes,
}

/// Gathers event packets (`(RTP timestamp, payload)`, in order of arrival) into key presses.
pub(super) fn gather<'a>(packets: impl Iterator<Item = (u32, &'a [u8])>) -> Vec<Digit> {
    let mut digits: Vec<(u32, Digit)> = Vec::new();
    for (timestamp, payload) in packets {
        let [event, flags, high, low, ..] = *payload else {
            continue;
        };
        let ticks = u32::from(u16::from_be_bytes([high, low]));
        let held = Duration::from_secs(1) * ticks / CLOCK_HZ;
        let key = KEYS.chars().nth(usize::from(event)).unwrap_or('?');
        let ends = usize::from(flags & 0x80 != 0);
        match digits.iter_mut().find(|(known, digit)| *known == timestamp && digit.key == key) {
            Some((_, digit)) => {
                digit.held = digit.held.max(held);
                digit.ends += ends;
            }
            None => digits.push((timestamp, Digit { key, held, ends })),
        }
    }
    digits.into_iter().map(|(_, digit)| digit).collect()
}

#[cfg(test)]
mod tests {
    use super::{End, gather, payload};

    #[test]
    fn packets_of_one_press_are_one_digit_and_a_second_press_is_another() {
        let press = [
            (100, payload(5, End::Not, 160)),
            (100, payload(5, End::Not, 320)),
            (100, payload(5, End::Yes, 800)),
            (100, payload(5, End::Yes, 800)),
            (2_000, payload(5, End::Yes, 800)),
        ];
        let digits = gather(press.iter().map(|(timestamp, bytes)| (*timestamp, &bytes[..])));
        let seen: Vec<_> =
            digits.iter().map(|digit| (digit.key, digit.held.as_millis(), digit.ends)).collect();
        assert_eq!(seen, [('5', 100, 2), ('5', 100, 1)]);
    }
}
