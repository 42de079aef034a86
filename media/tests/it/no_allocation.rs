//! Once warm, a packet on its way costs no allocation.

use std::time::{Duration, Instant};

use allocation_counter::measure;
use media::CodecKind::{self, G722, Opus, Pcma, Pcmu};
use media::codec::{decoder, encoder};
use media::dtmf::Detector;
use media::jitter::{Reception, Reorder, ReorderConfig};
use media::rtp::{HEADER_LEN, Header, Packet};

fn check(what: &str, kind: CodecKind, rate: u32, mut run: impl FnMut()) {
    // The first packets make tables and change modes.
    (0..50).for_each(|_| run());
    let count = measure(|| (0..50).for_each(|_| run())).count_total;
    assert_eq!(count, 0, "{what} {kind:?} at {rate}");
}

#[test]
fn codecs() {
    for (kind, rate) in [(Pcmu, 8_000), (Pcma, 8_000), (G722, 16_000), (Opus, 8_000), (Opus, 16_000)] {
        let (mut encoder, mut decoder) = (encoder(kind, rate).unwrap(), decoder(kind, rate).unwrap());
        let samples = rate as usize / 50;
        let pcm: Vec<i16> = (0..samples as i32).map(|n| (n * 7_919 % 9_001 - 4_500) as i16).collect();
        let (mut packet, mut heard, mut len) = ([0; 1_500], vec![0; samples], 0);
        check("encode", kind, rate, || len = encoder.encode(&pcm, &mut packet).unwrap());
        check("decode", kind, rate, || {
            decoder.decode(&packet[..len], &mut heard).unwrap();
        });
        check("conceal", kind, rate, || {
            decoder.conceal(&mut heard);
            decoder.decode(&packet[..len], &mut heard).unwrap();
        });
    }
}

#[test]
fn digits_in_sound() {
    let pcm: Vec<_> = (0..160).map(|n| ((n * 31 % 97) * 100) as i16).collect();
    let mut detector = Detector::new(8_000);
    check("listen to", Pcmu, 8_000, || detector.handle(&pcm));
}

#[test]
fn packets_in_and_out_of_order() {
    let now = Instant::now();
    let mut reorder = Reorder::new(ReorderConfig::default());
    let mut reception = Reception::new(8_000);
    let mut wire = [0; HEADER_LEN + 160];
    let mut count = 0;
    let counted = measure(|| {
        for at in 0..100u16 {
            // Each pair is swapped.
            let sequence = at ^ 1;
            let header = Header {
                marker: false,
                payload_type: 0,
                sequence,
                timestamp: u32::from(sequence) * 160,
                ssrc: 1,
            };
            Packet { header, payload: &[7; 160] }.write(&mut wire).unwrap();
            let packet = Packet::parse(&wire).unwrap();
            let now = now + Duration::from_millis(20) * u32::from(at);
            reception.record(now, &packet.header);
            let _ = reorder.insert(now, &packet);
            while let Some(released) = reorder.pop(now) {
                count += released.payload.len();
            }
        }
    });
    assert_eq!(counted.count_total, 0);
    assert!(count > 40 * 160, "some were held");
}
