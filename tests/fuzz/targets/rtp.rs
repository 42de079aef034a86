//! Any bytes as what comes in on a media port, cut into datagrams: parsed, ordered, decoded.
#![no_main]

use std::time::{Duration, Instant};

use libfuzzer_sys::fuzz_target;
use media::CodecKind;
use media::codec::{Decoder, decoder};
use media::dtmf::Receiver;
use media::jitter::{Reception, Reorder, ReorderConfig};
use media::rtcp::{Compound, Packet as Rtcp};
use media::rtp::{HEADER_LEN, Packet, is_rtcp};

fuzz_target!(|bytes: &[u8]| {
    let mut now = Instant::now();
    let mut reorder = Reorder::new(ReorderConfig::default());
    let mut reception = Reception::new(8_000);
    let mut digits = Receiver::default();
    let mut opus = decoder(CodecKind::Opus, 8_000).expect("a rate of Opus");
    let mut g722 = decoder(CodecKind::G722, 16_000).expect("the rate of G722");
    let mut pcm = [0; 1_920];
    for datagram in datagrams(bytes) {
        now += Duration::from_millis(20);
        if is_rtcp(datagram) {
            read_reports(datagram, &mut reception, now);
            continue;
        }
        let Ok(packet) = Packet::parse(datagram) else { continue };
        assert_same_when_printed(&packet);
        reception.record(now, &packet.header);
        digits.handle(now, 8_000, packet.header.timestamp, packet.payload);
        while digits.poll().is_some() {}
        let _ = reorder.insert(now, &packet);
        while let Some(released) = reorder.pop(now) {
            hear(&mut *opus, released.payload, &mut pcm);
            hear(&mut *g722, released.payload, &mut pcm);
        }
    }
    let _ = reception.take_report_block(now);
});

/// Each begins with its length in one byte.
fn datagrams(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (len, after) = rest.split_first()?;
        let (datagram, after) = after.split_at(usize::from(*len).min(after.len()));
        rest = after;
        Some(datagram)
    })
}

/// Padding, extensions and contributing sources are left out when a packet goes on.
fn assert_same_when_printed(packet: &Packet) {
    let mut printed = vec![0; HEADER_LEN + packet.payload.len()];
    let len = packet.write(&mut printed).expect("room for it");
    let again = Packet::parse(&printed[..len]).expect("what we write");
    assert_eq!((again.header, again.payload), (packet.header, packet.payload));
}

fn read_reports(datagram: &[u8], reception: &mut Reception, now: Instant) {
    let Ok(compound) = Compound::parse(datagram) else { return };
    for packet in compound {
        if let Rtcp::SenderReport { ssrc, info, blocks } = packet {
            reception.record_sender_report(now, ssrc, &info);
            for block in blocks {
                let _ = info.ntp.round_trip(block.last_sr, block.delay_since_last_sr);
            }
        }
    }
}

fn hear(decoder: &mut dyn Decoder, payload: &[u8], pcm: &mut [i16]) {
    let lost = decoder.rate() as usize / 50;
    let _ = decoder.decode_fec(payload, &mut pcm[..lost]);
    if let Ok(samples) = decoder.decode(payload, pcm) {
        assert_eq!(decoder.samples(payload), Ok(samples));
    }
}
