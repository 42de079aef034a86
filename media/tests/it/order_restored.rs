//! Packets come out in order, at once where they can, and gaps are told.

use std::time::{Duration, Instant};

use media::jitter::{Arrival, Reorder, ReorderConfig};
use media::rtp::{Header, Packet};
use proptest::prelude::*;

fn header(sequence: u16) -> Header {
    Header { marker: false, payload_type: 0, sequence, timestamp: u32::from(sequence) * 160, ssrc: 5 }
}

struct Line {
    reorder: Reorder,
    now: Instant,
    /// Sequence number, and how many were missing before it.
    out: Vec<(u16, u32)>,
}

impl Line {
    fn new(packets: usize) -> Self {
        let config = ReorderConfig { packets, wait: Duration::from_millis(60) };
        Self { reorder: Reorder::new(config), now: Instant::now(), out: Vec::new() }
    }

    fn arrive(&mut self, sequence: u16) -> Arrival {
        let payload = sequence.to_be_bytes();
        let arrival = self.reorder.insert(self.now, &Packet { header: header(sequence), payload: &payload });
        if matches!(arrival, Arrival::Deliver | Arrival::Restart) {
            self.out.push((sequence, 0));
        }
        self.drain();
        arrival
    }

    fn drain(&mut self) {
        while let Some(released) = self.reorder.pop(self.now) {
            assert_eq!(released.payload, released.header.sequence.to_be_bytes());
            self.out.push((released.header.sequence, released.missing));
        }
    }

    fn pass(&mut self, milliseconds: u64) {
        self.now += Duration::from_millis(milliseconds);
        self.drain();
    }
}

#[test]
fn what_is_in_order_is_not_held() {
    let mut line = Line::new(2);
    assert_eq!(line.arrive(0xFFFE), Arrival::Restart);
    for sequence in [0xFFFF, 0, 1] {
        assert_eq!(line.arrive(sequence), Arrival::Deliver);
    }
    assert_eq!(line.out, [(0xFFFE, 0), (0xFFFF, 0), (0, 0), (1, 0)]);
    assert_eq!(line.reorder.deadline(), None);
}

#[test]
fn a_swap_is_undone() {
    let mut line = Line::new(2);
    for sequence in [1, 3, 2, 4] {
        let _ = line.arrive(sequence);
    }
    assert_eq!(line.out, [(1, 0), (2, 0), (3, 0), (4, 0)]);
}

#[test]
fn a_loss_is_told_when_enough_have_come_after() {
    let mut line = Line::new(2);
    for sequence in [1, 3] {
        let _ = line.arrive(sequence);
    }
    assert_eq!(line.out, [(1, 0)]);
    let _ = line.arrive(4);
    assert_eq!(line.out, [(1, 0), (3, 1), (4, 0)]);
    assert_eq!(line.arrive(2), Arrival::Stale);
}

#[test]
fn a_loss_is_told_at_once_where_nothing_is_to_wait() {
    let mut line = Line::new(1);
    for sequence in [1, 4] {
        let _ = line.arrive(sequence);
    }
    assert_eq!(line.out, [(1, 0), (4, 2)]);
}

#[test]
fn a_loss_before_silence_is_told_by_time() {
    let mut line = Line::new(3);
    for sequence in [1, 3] {
        let _ = line.arrive(sequence);
    }
    assert_eq!(line.reorder.deadline(), Some(line.now + Duration::from_millis(60)));
    line.pass(59);
    assert_eq!(line.out, [(1, 0)]);
    line.pass(1);
    assert_eq!(line.out, [(1, 0), (3, 1)]);
}

#[test]
fn a_doubled_packet_comes_out_once() {
    let mut line = Line::new(3);
    for sequence in [1, 1, 3, 3, 2] {
        let _ = line.arrive(sequence);
    }
    assert_eq!(line.out, [(1, 0), (2, 0), (3, 0)]);
}

#[test]
fn a_jump_or_another_source_begins_anew() {
    let mut line = Line::new(2);
    let _ = line.arrive(1);
    assert_eq!(line.arrive(9_000), Arrival::Restart);
    assert_eq!(line.arrive(9_001), Arrival::Deliver);
    let other = Header { ssrc: 6, ..header(9_002) };
    assert_eq!(line.reorder.insert(line.now, &Packet { header: other, payload: b"" }), Arrival::Restart);
}

proptest! {
    /// In order, none twice, and every one that was not lost or hopelessly late comes out.
    #[test]
    fn any_network(first in any::<u16>(), fates in proptest::collection::vec(0..8u8, 1..200)) {
        let mut line = Line::new(3);
        let _ = line.arrive(first);
        let mut sent: Vec<u16> = (1u16..).take(fates.len()).map(|n| first.wrapping_add(n)).collect();
        for (at, fate) in fates.iter().enumerate() {
            if *fate == 0 && at + 2 < sent.len() {
                sent.swap(at, at + 2);
            }
        }
        let arriving = sent.iter().zip(&fates).filter(|(_, fate)| **fate != 1);
        let mut count = 1;
        for (sequence, _) in arriving {
            line.now += Duration::from_millis(20);
            count += usize::from(line.arrive(*sequence) != Arrival::Stale);
        }
        line.pass(60);
        prop_assert_eq!(line.out.len(), count);
        let steps = line.out.windows(2).map(|pair| (pair[1].0.wrapping_sub(pair[0].0), pair[1].1));
        for (step, missing) in steps {
            prop_assert_eq!(u32::from(step), missing + 1);
        }
    }
}
