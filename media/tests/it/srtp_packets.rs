//! SRTP from one side to the other: every suite, for hours, whatever is lost, copied or forged on the way.

use media::rtp::{Header, Packet};
use media::srtp::{EXPANSION_MAX, Keying, MasterKey, Mki, Protector, SrtpError, Suite, Unprotector};

use crate::srtp_trunk::key;

fn keying(master: MasterKey) -> Keying {
    Keying { master, mki: Mki::default() }
}

fn plain(sequence: u64) -> Vec<u8> {
    let header =
        Header { marker: false, payload_type: 0, sequence: sequence as u16, timestamp: 160, ssrc: 0xCAFE };
    let mut bytes = vec![0; 12 + 160];
    Packet { header, payload: &[0x5A; 160] }.write(&mut bytes).unwrap();
    bytes
}

fn sealed(protector: &mut Protector, sequence: u64) -> Vec<u8> {
    let mut packet = plain(sequence);
    let len = packet.len();
    packet.resize(len + EXPANSION_MAX, 0);
    let len = protector.protect_rtp(&mut packet, len, sequence).unwrap();
    packet.truncate(len);
    packet
}

fn opened(unprotector: &mut Unprotector, mut packet: Vec<u8>) -> Result<Vec<u8>, SrtpError> {
    let len = unprotector.unprotect_rtp(&mut packet)?;
    packet.truncate(len);
    Ok(packet)
}

fn pair(suite: Suite) -> (Protector, Unprotector) {
    (Protector::new(key(suite)), Unprotector::new(keying(key(suite))))
}

#[test]
fn every_suite_goes_on_over_hours_of_sequence() {
    for suite in Suite::ALL {
        let (mut protector, mut unprotector) = pair(suite);
        // A day at 50 packets a second, of which one in 9,999 comes.
        for sequence in (30_000..4_320_000).step_by(9_999) {
            let packet = sealed(&mut protector, sequence);
            assert!(!packet.windows(8).any(|bytes| bytes == [0x5A; 8]), "{suite:?} hides the sound");
            assert_eq!(opened(&mut unprotector, packet), Ok(plain(sequence)), "{suite:?} at {sequence}");
        }
    }
}

#[test]
fn a_packet_is_taken_once_and_late_ones_in_any_order() {
    for suite in Suite::ALL {
        let (mut protector, mut unprotector) = pair(suite);
        let packets: Vec<_> = (65_500..65_600).map(|sequence| sealed(&mut protector, sequence)).collect();
        for packet in packets.iter().step_by(2).chain(packets.iter().skip(1).step_by(2).rev()) {
            assert!(opened(&mut unprotector, packet.clone()).is_ok(), "{suite:?}");
        }
        for packet in packets {
            assert_eq!(opened(&mut unprotector, packet), Err(SrtpError::Replayed), "{suite:?}");
        }
    }
}

#[test]
fn a_stream_heard_from_after_its_first_roll_over_is_understood() {
    let (mut protector, mut unprotector) = pair(Suite::Aes128CmSha1_80);
    sealed(&mut protector, 65_530);
    let later = sealed(&mut protector, 65_540);
    assert_eq!(opened(&mut unprotector, later), Ok(plain(65_540)));
}

#[test]
fn what_was_changed_on_the_way_is_refused() {
    for suite in Suite::ALL {
        let (mut protector, mut unprotector) = pair(suite);
        let packet = sealed(&mut protector, 7);
        for at in [1, 3, 5, 9, 12, 100, packet.len() - 1] {
            let mut changed = packet.clone();
            changed[at] ^= 1;
            assert_eq!(
                opened(&mut unprotector, changed),
                Err(SrtpError::Unauthenticated),
                "{suite:?} at {at}"
            );
        }
        for len in 0..packet.len() {
            assert!(opened(&mut unprotector, packet[..len].to_vec()).is_err(), "{suite:?} cut to {len}");
        }
        assert_eq!(opened(&mut unprotector, packet), Ok(plain(7)), "{suite:?}");
    }
}

#[test]
fn control_packets_are_hidden_and_taken_once() {
    for suite in Suite::ALL {
        let (mut protector, mut unprotector) = pair(suite);
        let report = [&[0x80, 201, 0, 1, 0, 0, 0xCA, 0xFE], &[0x81; 20][..]].concat();
        for _ in 0..3 {
            let mut packet = report.clone();
            packet.resize(report.len() + EXPANSION_MAX, 0);
            let len = protector.protect_rtcp(&mut packet, report.len()).unwrap();
            packet.truncate(len);
            assert!(packet[8..28] != report[8..], "{suite:?}");
            let mut copy = packet.clone();
            let mut forged = packet.clone();
            forged[10] ^= 1;
            assert_eq!(unprotector.unprotect_rtcp(&mut forged), Err(SrtpError::Unauthenticated));
            assert_eq!(unprotector.unprotect_rtcp(&mut packet), Ok(report.len()), "{suite:?}");
            assert_eq!(packet[..report.len()], report);
            assert_eq!(unprotector.unprotect_rtcp(&mut copy), Err(SrtpError::Replayed));
        }
        for len in 0..20 {
            assert!(unprotector.unprotect_rtcp(&mut vec![0x80; len]).is_err());
        }
    }
}

#[test]
fn a_named_key_is_looked_past() {
    for (suite, tag) in [(Suite::Aes128CmSha1_80, 10), (Suite::AeadAes128Gcm, 0)] {
        let mki = Mki::new(0x0102, 2).unwrap();
        let mut protector = Protector::new(key(suite));
        let mut unprotector = Unprotector::new(Keying { master: key(suite), mki });
        let mut packet = sealed(&mut protector, 9);
        let at = packet.len() - tag;
        packet.splice(at..at, [1, 2]);
        assert_eq!(opened(&mut unprotector, packet), Ok(plain(9)), "{suite:?}");
    }
}

/// After other keys some peers go on counting, as they should, and some begin anew.
#[test]
fn keys_change_in_the_fourth_hour() {
    let next = MasterKey::from_random(Suite::Aes128CmSha1_80, [[8; 32]; 2]);
    for begins_anew in [false, true] {
        let (mut protector, mut unprotector) = pair(Suite::AeadAes256Gcm);
        for sequence in (0..720_000).step_by(20_000) {
            assert!(opened(&mut unprotector, sealed(&mut protector, sequence)).is_ok());
        }
        let late = sealed(&mut protector, 720_001);
        unprotector.rekey(keying(next));
        if begins_anew {
            protector = Protector::new(next);
        } else {
            protector.rekey(next);
        }
        for sequence in 720_002..720_020 {
            assert_eq!(opened(&mut unprotector, sealed(&mut protector, sequence)), Ok(plain(sequence)));
        }
        assert_eq!(opened(&mut unprotector, late), Ok(plain(720_001)), "under way when the keys changed");
        for sequence in 720_020..720_100 {
            assert!(opened(&mut unprotector, sealed(&mut protector, sequence)).is_ok());
        }
        let mut former = Protector::new(key(Suite::AeadAes256Gcm));
        let forged = sealed(&mut former, 720_200);
        assert_eq!(opened(&mut unprotector, forged), Err(SrtpError::Unauthenticated), "the old key is done");
    }
}
