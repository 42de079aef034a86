//! A digit is sent as RFC 4733 says, and comes out once at the other end, whatever the network does.

use std::time::{Duration, Instant};

use media::dtmf::{Digit, EventPacket, EventPayload, Received, Receiver, Sender, Step};
use proptest::prelude::*;

const TIMESTAMP: u32 = 0xFFFF_F000;

fn digit(character: char) -> Digit {
    Digit::try_from(character).expect("a digit")
}

/// Plays everything; each packet with its time since the start.
fn play(sender: &mut Sender, clock: u32, start: Instant) -> Vec<(Duration, EventPacket)> {
    let (mut now, mut packets) = (start, Vec::new());
    loop {
        let elapsed = now - start;
        let ticks = (elapsed.as_micros() * u128::from(clock) / 1_000_000) as u32;
        match sender.poll(now, TIMESTAMP.wrapping_add(ticks)) {
            Step::Send(packet) => packets.push((elapsed, packet)),
            Step::Wait(until) => now = until,
            Step::Done => return packets,
        }
    }
}

fn receive<'a>(
    start: Instant,
    clock: u32,
    packets: impl IntoIterator<Item = &'a (Duration, EventPacket)>,
) -> Vec<Received> {
    let (mut receiver, mut received) = (Receiver::default(), Vec::new());
    for (elapsed, packet) in packets {
        receiver.handle(start + *elapsed, clock, packet.timestamp, &packet.payload);
        received.extend(std::iter::from_fn(|| receiver.poll()));
    }
    if let Some(deadline) = receiver.deadline() {
        receiver.handle_timeout(deadline);
        received.extend(receiver.poll());
    }
    received
}

fn payload(packet: &EventPacket) -> EventPayload {
    EventPayload::parse(&packet.payload).expect("four bytes")
}

#[test]
fn a_digit_is_updated_and_its_end_told_three_times() {
    let start = Instant::now();
    for (clock, tick_ms) in [(8_000, 8), (48_000, 48)] {
        let mut sender = Sender::new(clock);
        sender.push(digit('5'), Duration::from_millis(100)).unwrap();
        let packets = play(&mut sender, clock, start);
        let told: Vec<_> = packets
            .iter()
            .map(|(at, packet)| {
                (at.as_millis(), packet.marker, payload(packet).end, payload(packet).duration / tick_ms)
            })
            .collect();
        assert_eq!(
            told,
            [
                (0, true, false, 20),
                (20, false, false, 40),
                (40, false, false, 60),
                (60, false, false, 80),
                (80, false, true, 100),
                (100, false, true, 100),
                (120, false, true, 100),
            ]
        );
        assert!(packets.iter().all(|(_, packet)| packet.timestamp == TIMESTAMP));
        assert!(sender.is_idle());
    }
}

#[test]
fn digits_follow_one_another_with_a_pause() {
    let start = Instant::now();
    let mut sender = Sender::new(8_000);
    for character in "11#".chars() {
        sender.push(digit(character), Duration::from_millis(80)).unwrap();
    }
    let packets = play(&mut sender, 8_000, start);
    let begun: Vec<_> = packets.iter().filter(|(_, packet)| packet.marker).collect();
    assert_eq!(begun.len(), 3);
    assert!(begun.windows(2).all(|pair| pair[1].0 - pair[0].0 >= Duration::from_millis(80 + 40)));
    let received = receive(start, 8_000, &packets);
    assert_eq!(received.iter().map(|one| one.digit.as_char()).collect::<String>(), "11#");
}

#[test]
fn a_long_digit_is_cut_into_segments_and_joined() {
    let start = Instant::now();
    let mut sender = Sender::new(48_000);
    sender.push(digit('9'), Duration::from_millis(4_000)).unwrap();
    let packets = play(&mut sender, 48_000, start);
    assert_eq!(packets.iter().filter(|(_, packet)| packet.marker).count(), 1);
    let full = packets.iter().filter(|(_, packet)| payload(packet).duration == 0xFFFF);
    assert!(full.clone().all(|(_, packet)| !payload(packet).end));
    assert_eq!(full.count(), 6, "two segments, each told three times");
    let mut timestamps: Vec<_> = packets.iter().map(|(_, packet)| packet.timestamp).collect();
    timestamps.dedup();
    assert_eq!(timestamps, [0, 0xFFFF, 2 * 0xFFFF].map(|ticks| TIMESTAMP.wrapping_add(ticks)));
    let expected = Received { digit: digit('9'), duration: Duration::from_millis(4_000) };
    assert_eq!(receive(start, 48_000, &packets), [expected]);
}

#[test]
fn a_digit_whose_end_is_lost_ends_by_time() {
    let start = Instant::now();
    let mut sender = Sender::new(8_000);
    sender.push(digit('0'), Duration::from_millis(100)).unwrap();
    let packets = play(&mut sender, 8_000, start);
    let mut receiver = Receiver::default();
    for (elapsed, packet) in &packets[..3] {
        receiver.handle(start + *elapsed, 8_000, packet.timestamp, &packet.payload);
    }
    assert_eq!(receiver.poll(), None);
    assert_eq!(receiver.deadline(), Some(start + Duration::from_millis(240)));
    receiver.handle_timeout(start + Duration::from_millis(240));
    let expected = Received { digit: digit('0'), duration: Duration::from_millis(60) };
    assert_eq!(receiver.poll(), Some(expected));
    let (elapsed, packet) = packets[5];
    receiver.handle(start + elapsed, 8_000, packet.timestamp, &packet.payload);
    assert_eq!(receiver.poll(), None, "its end comes after all");
}

#[test]
fn a_new_digit_ends_one_whose_end_is_lost() {
    let start = Instant::now();
    let mut receiver = Receiver::default();
    receiver.handle(start, 8_000, 1_000, &[1, 10, 0, 160]);
    let now = start + Duration::from_millis(150);
    receiver.handle(now, 8_000, 2_200, &[2, 0x8A, 1, 64]);
    let digits: String = std::iter::from_fn(|| receiver.poll()).map(|one| one.digit.as_char()).collect();
    assert_eq!(digits, "12");
}

#[test]
fn what_is_no_digit_is_passed_over() {
    let mut receiver = Receiver::default();
    receiver.handle(Instant::now(), 8_000, 0, &[16, 0x80, 0, 160]);
    receiver.handle(Instant::now(), 8_000, 0, &[1, 0x80, 0]);
    receiver.handle(Instant::now(), 8_000, 0, &[]);
    assert_eq!((receiver.poll(), receiver.deadline()), (None, None));
}

#[test]
fn too_many_digits_are_refused() {
    let mut sender = Sender::new(8_000);
    let taken = (0..1_000).take_while(|_| sender.push(digit('1'), Duration::ZERO).is_ok()).count();
    assert_eq!(taken, 128);
}

proptest! {
    /// Packets are lost, doubled or swapped with one before of the same digit; one of each digit's
    /// ends arrives.
    #[test]
    fn digits_arrive_once_and_in_order(
        digits in "[0-9*#A-D]{1,8}",
        clock in prop_oneof![Just(8_000u32), Just(48_000)],
        fates in proptest::collection::vec(0..4u8, 400),
    ) {
        let start = Instant::now();
        let mut sender = Sender::new(clock);
        for character in digits.chars() {
            sender.push(digit(character), Duration::from_millis(60)).expect("room");
        }
        let sent = play(&mut sender, clock, start);
        let mut arrived = Vec::new();
        for (at, (one, fate)) in sent.iter().zip(fates).enumerate() {
            let is_last_end = payload(&one.1).end && sent.get(at + 1).is_none_or(|next| next.1.marker);
            match fate {
                0 if !is_last_end => {}
                1 => arrived.extend([*one, *one]),
                2 if arrived.last().is_some_and(|last| last.1.timestamp == one.1.timestamp) => {
                    arrived.insert(arrived.len() - 1, *one);
                }
                _ => arrived.push(*one),
            }
        }
        let received = receive(start, clock, &arrived);
        prop_assert_eq!(received.iter().map(|one| one.digit.as_char()).collect::<String>(), digits);
    }

    #[test]
    fn any_payload_is_survived(packets in proptest::collection::vec((any::<u32>(), any::<[u8; 4]>(), 0..500u64), 0..50)) {
        let (mut receiver, mut now) = (Receiver::default(), Instant::now());
        for (timestamp, payload, wait) in packets {
            now += Duration::from_millis(wait);
            receiver.handle(now, 8_000, timestamp, &payload);
            while receiver.poll().is_some() {}
        }
    }
}
