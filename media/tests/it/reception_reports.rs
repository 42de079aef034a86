//! Loss and jitter are counted as RFC 3550 says, and reports go there and back.

use std::time::{Duration, Instant};

use media::jitter::Reception;
use media::rtcp::{Compound, CompoundWriter, Ntp, Packet, ReportBlock, RtcpError, SenderInfo};
use media::rtp::{self, Header};
use proptest::prelude::*;

fn header(sequence: u16, ssrc: u32) -> Header {
    Header { marker: false, payload_type: 0, sequence, timestamp: u32::from(sequence) * 160, ssrc }
}

#[test]
fn loss_is_counted_over_the_edge_and_since_the_last_report() {
    let (mut reception, now) = (Reception::new(8_000), Instant::now());
    assert_eq!(reception.take_report_block(now), None);
    for sequence in [0xFFFE, 0xFFFF, 1, 2] {
        reception.record(now, &header(sequence, 5));
    }
    let block = reception.take_report_block(now).unwrap();
    assert_eq!((block.cumulative_lost, block.fraction_lost), (1, 51));
    assert_eq!(block.highest_sequence, 0x1_0002);
    for sequence in [3, 4] {
        reception.record(now, &header(sequence, 5));
    }
    let block = reception.take_report_block(now).unwrap();
    assert_eq!((block.cumulative_lost, block.fraction_lost), (1, 0));
    assert_eq!((reception.received(), reception.lost()), (6, 1));
}

#[test]
fn duplicates_make_the_loss_negative() {
    let (mut reception, now) = (Reception::new(8_000), Instant::now());
    for sequence in [1, 1, 1] {
        reception.record(now, &header(sequence, 5));
    }
    let block = reception.take_report_block(now).unwrap();
    assert_eq!((block.cumulative_lost, block.fraction_lost), (-2, 0));
    assert_eq!(reception.lost(), 0);
}

#[test]
fn a_new_source_keeps_the_totals() {
    let (mut reception, now) = (Reception::new(8_000), Instant::now());
    for (sequence, ssrc) in [(1, 5), (3, 5), (700, 6), (702, 6)] {
        reception.record(now, &header(sequence, ssrc));
    }
    assert_eq!((reception.received(), reception.lost()), (4, 2));
    assert_eq!(
        reception.take_report_block(now).map(|block| (block.ssrc, block.cumulative_lost)),
        Some((6, 1))
    );
}

#[test]
fn jitter_converges_to_the_mean_deviation() {
    let (mut reception, start) = (Reception::new(8_000), Instant::now());
    for sequence in 0..1_000u16 {
        let late = if sequence % 2 == 0 { 0 } else { 5 };
        let at = start + Duration::from_millis(u64::from(sequence) * 20 + late);
        reception.record(at, &header(sequence, 5));
    }
    let jitter = reception.jitter().as_secs_f64();
    assert!((jitter - 0.005).abs() < 0.000_2, "{jitter}");
    assert!(reception.take_report_block(start).unwrap().jitter.abs_diff(40) <= 1);
}

#[test]
fn a_digits_updates_are_no_jitter() {
    let (mut reception, start) = (Reception::new(8_000), Instant::now());
    for sequence in 0..10u16 {
        let digit = Header { timestamp: 7, ..header(sequence, 5) };
        reception.record(start + Duration::from_millis(20) * u32::from(sequence), &digit);
    }
    assert_eq!(reception.jitter(), Duration::ZERO);
}

#[test]
fn a_report_answers_the_senders() {
    let (mut reception, start) = (Reception::new(8_000), Instant::now());
    reception.record(start, &header(1, 5));
    let sent = Ntp::after(Duration::from_secs(100));
    reception.record_sender_report(start, 5, &SenderInfo { ntp: sent, ..SenderInfo::default() });
    let block = reception.take_report_block(start + Duration::from_millis(500)).unwrap();
    assert_eq!((block.last_sr, block.delay_since_last_sr), (100 << 16, 0x8000));
    let back = Ntp::after(Duration::from_millis(100_540));
    let round_trip = back.round_trip(block.last_sr, block.delay_since_last_sr).unwrap();
    assert!(round_trip.abs_diff(Duration::from_millis(40)) < Duration::from_micros(50));
}

#[test]
fn a_compound_is_read_as_written() {
    let info = SenderInfo { ntp: Ntp(0x0102_0304_0506_0708), rtp_timestamp: 9, packets: 10, octets: 11 };
    let block = ReportBlock {
        ssrc: 1,
        fraction_lost: 2,
        cumulative_lost: -3,
        highest_sequence: 4,
        jitter: 5,
        last_sr: 6,
        delay_since_last_sr: 7,
    };
    let mut out = [0xAA; 200];
    let mut writer = CompoundWriter::new(&mut out);
    writer.report(77, Some(&info), &[block, block]).unwrap().cname(77, "name").unwrap().bye(77).unwrap();
    let len = writer.len();
    assert_eq!(len % 4, 0);
    assert!(rtp::is_rtcp(&out));
    let packets: Vec<_> = Compound::parse(&out[..len]).unwrap().collect();
    let Packet::SenderReport { ssrc: 77, info: read, blocks } = packets[0] else { panic!("{packets:?}") };
    assert_eq!(read, info);
    assert_eq!(blocks.collect::<Vec<_>>(), [block, block]);
    assert_eq!(
        packets[1..],
        [Packet::SourceDescription { ssrc: 77, cname: Some(b"name") }, Packet::Bye { ssrc: 77 },]
    );
}

#[test]
fn what_does_not_fit_is_refused() {
    let mut out = [0; 30];
    assert_eq!(
        CompoundWriter::new(&mut out).report(1, None, &[ReportBlock::default()]).err(),
        Some(RtcpError::BufferTooSmall)
    );
    assert_eq!(
        CompoundWriter::new(&mut out).cname(1, &"x".repeat(256)).err(),
        Some(RtcpError::BufferTooSmall)
    );
    assert_eq!(Compound::parse(&[]).err(), Some(RtcpError::TooShort));
    assert_eq!(Compound::parse(&[0x80, 201, 0, 1, 0, 0, 0]).err(), Some(RtcpError::TooShort));
    assert_eq!(Compound::parse(&[0x40, 201, 0, 0]).err(), Some(RtcpError::Version));
    assert_eq!(Compound::parse(&[0xA0, 201, 0, 0]).err(), Some(RtcpError::Padding));
}

#[test]
fn a_report_that_lies_about_its_blocks_is_passed_over() {
    let packets: Vec<_> = Compound::parse(&[0x81, 201, 0, 1, 0, 0, 0, 1]).unwrap().collect();
    assert_eq!(packets, [Packet::Other { packet_type: 201 }]);
}

proptest! {
    #[test]
    fn any_rtcp_is_survived(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(compound) = Compound::parse(&bytes) {
            for packet in compound {
                if let Packet::SenderReport { blocks, .. } | Packet::ReceiverReport { blocks, .. } = packet {
                    blocks.for_each(drop);
                }
            }
        }
    }

    #[test]
    fn any_rtp_is_survived(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
        if let Ok(packet) = rtp::Packet::parse(&bytes) {
            prop_assert!(packet.payload.len() + rtp::HEADER_LEN <= bytes.len());
        }
    }

    #[test]
    fn rtp_is_read_as_written(
        marker in any::<bool>(), payload_type in 0..128u8, sequence in any::<u16>(), timestamp in any::<u32>(),
        ssrc in any::<u32>(), payload in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let packet = rtp::Packet { header: Header { marker, payload_type, sequence, timestamp, ssrc }, payload: &payload };
        let mut out = [0xFF; 300];
        let len = packet.write(&mut out).expect("room");
        prop_assert_eq!(rtp::Packet::parse(&out[..len]), Ok(packet));
    }

    #[test]
    fn blocks_are_read_as_written(
        ssrc in any::<u32>(), fraction_lost in any::<u8>(), cumulative_lost in -0x80_0000..0x80_0000i32,
        highest_sequence in any::<u32>(), jitter in any::<u32>(), last_sr in any::<u32>(), delay_since_last_sr in any::<u32>(),
    ) {
        let block = ReportBlock { ssrc, fraction_lost, cumulative_lost, highest_sequence, jitter, last_sr, delay_since_last_sr };
        let mut out = [0; 64];
        let len = CompoundWriter::new(&mut out).report(1, None, &[block]).expect("room").len();
        let read = Compound::parse(&out[..len]).expect("ours").next();
        let Some(Packet::ReceiverReport { ssrc: 1, mut blocks }) = read else { panic!("{read:?}") };
        prop_assert_eq!(blocks.next(), Some(block));
    }
}
