//! The packets of RFC 7714 §16 and §17.

use super::*;

const KEY: [u8; 32] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28,
    29, 30, 31,
];
const SALT: [u8; 12] = *b"Quid pro quo";
const RTP: &str =
    "8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e69732064697669736120696e207061727465732074726573";
const RTCP_128: &str = "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbeef";

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn transforms() -> [Transform; 2] {
    let short = Gcm::aes_128(KEY[..16].try_into().unwrap());
    [short, Gcm::aes_256(KEY)].map(|cipher| Transform::gcm(cipher, SALT))
}

#[test]
fn the_srtp_packets_of_rfc_7714() {
    let sealed = [
        "8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833899d7f27be\
         b16a9152cf765ee4390cce",
        "8040f17b8041f8d35501a0b232b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a0276ffae0f1ba63799b87b7aa3db36df\
         ffd6b0f9bb7878d7a76c13",
    ];
    let place = Place { ssrc: 0x5501_A0B2, index: 0xF17B };
    for (transform, sealed) in transforms().iter().zip(sealed) {
        let mut packet = bytes(RTP);
        let len = packet.len();
        packet.resize(len + 16, 0);
        assert_eq!(transform.seal_rtp(&mut packet, 12, len, place), Some(len + 16));
        assert_eq!(packet, bytes(sealed));
        assert_eq!(transform.open_rtp(&mut packet, 12, &Mki::default(), place), Ok(len));
        assert_eq!(packet[..len], bytes(RTP));
    }
}

#[test]
fn the_srtcp_packets_of_rfc_7714() {
    let sealed = [
        "81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded0bb9275bc84aa4\
         5896cf4d2fc5abf87245d9eade800005d4",
        "81c8000d4d617273d50ae4d1f5ce5d304ba297e47d470c282c3ece5dbffe0a50a2eaa5c1110555be8415f658c61de0476f1b6fad1d1eb3\
         0c4446839f57ff6f6cb26ac3be800005d4",
    ];
    for (transform, sealed) in transforms().iter().zip(sealed) {
        let mut packet = bytes(sealed);
        let (place, reports) = transform.place_rtcp(&packet, &Mki::default()).unwrap();
        assert_eq!(reports, Reports::Encrypted);
        assert_eq!((place.ssrc, place.index), (0x4D61_7273, 0x5D4));
        let len = transform.open_rtcp(&mut packet, &Mki::default(), place).unwrap();
        assert_eq!(packet[..len], bytes(RTCP_128));
        assert_eq!(transform.seal_rtcp(&mut packet, len, place), Some(len + 20));
        assert_eq!(packet, bytes(sealed));
    }
}

#[test]
fn the_srtcp_packets_of_rfc_7714_that_are_only_tagged() {
    let tags = ["841dd9683dd78ec92ae58790125f62b3", "91db4afbfeee5a978fab4393ed2615fe"];
    for (transform, tag) in transforms().iter().zip(tags) {
        let sealed = bytes(&format!("{RTCP_128}{tag}000005d4"));
        let mut packet = sealed.clone();
        let (place, reports) = transform.place_rtcp(&packet, &Mki::default()).unwrap();
        assert_eq!((place.ssrc, place.index, reports), (0x4D61_7273, 0x5D4, Reports::Tagged));
        let len = packet.len() - 20;
        assert_eq!(transform.open_tagged(&mut packet, &Mki::default(), place), Ok(len));
        assert_eq!(packet[..len], bytes(RTCP_128));
        assert_eq!(transform.seal_tagged(&mut packet, len, place), Some(len + 20));
        assert_eq!(packet, sealed);
        packet[20] ^= 1;
        let forged = packet.clone();
        let refused = transform.open_tagged(&mut packet, &Mki::default(), place);
        assert_eq!((refused, packet), (Err(SrtpError::Unauthenticated), forged), "and left as it was");
    }
}
