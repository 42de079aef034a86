//! One audio stream is settled by RFC 3264, whatever else the peer offers.

use media::CodecKind::{G722, Opus, Pcma, Pcmu};
use media::Direction::{Inactive, RecvOnly, SendOnly, SendRecv};
use media::sdp::{
    LocalMedia, LocalSrtp, Negotiated, NegotiationError, Origin, Session, accept_answer, answer, offer,
    reoffer,
};

fn local() -> LocalMedia {
    LocalMedia {
        origin: Origin { session_id: 7, version: 1 },
        rtp: "192.0.2.1:30000".parse().expect("an address"),
        rtcp: "192.0.2.1:30001".parse().expect("an address"),
        codecs: vec![G722, Pcmu, Pcma, Opus],
        direction: SendRecv,
        ptime_ms: 20,
        srtp: LocalSrtp::default(),
    }
}

fn parse(text: &str) -> Session {
    Session::parse(text.as_bytes()).expect("a usable description")
}

/// A peer's description with these lines after the session part.
fn remote(tail: &str) -> Session {
    parse(&format!("v=0\r\no=bob 1 1 IN IP4 198.51.100.9\r\ns=-\r\nc=IN IP4 198.51.100.9\r\nt=0 0\r\n{tail}"))
}

fn answered(tail: &str) -> (String, Negotiated) {
    answer(&remote(tail), &local()).expect("a usable description")
}

#[test]
fn an_offer_lists_codecs_and_digits() {
    let expected = "v=0\r\no=- 7 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
        m=audio 30000 RTP/AVP 9 0 8 111 101 110\r\n\
        a=rtpmap:9 G722/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n\
        a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n\
        a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n\
        a=rtpmap:110 telephone-event/48000\r\na=fmtp:110 0-15\r\n\
        a=ptime:20\r\na=rtcp:30001\r\na=sendrecv\r\n";
    assert_eq!(offer(&local()), expected);
}

#[test]
fn an_offer_without_opus_has_no_48_khz_digits() {
    let text = offer(&LocalMedia { codecs: vec![Pcma], ..local() });
    assert!(text.contains("m=audio 30000 RTP/AVP 8 101\r\n"), "{text}");
}

#[test]
fn an_ipv6_offer_says_so() {
    let rtp = "[2001:db8::1]:30000".parse().unwrap();
    let text = offer(&LocalMedia { rtp, rtcp: "[2001:db8::2]:7".parse().unwrap(), ..local() });
    assert!(text.contains("c=IN IP6 2001:db8::1\r\n"), "{text}");
    assert!(text.contains("a=rtcp:7 IN IP6 2001:db8::2\r\n"), "{text}");
}

#[test]
fn an_answer_keeps_the_offers_payload_types() {
    let (text, settled) = answered(
        "m=audio 4000 RTP/AVP 18 96 0 97\r\na=rtpmap:18 G729/8000\r\na=rtpmap:96 OPUS/48000/2\r\n\
         a=rtpmap:97 telephone-event/48000\r\na=ptime:40\r\n",
    );
    assert!(text.contains("m=audio 30000 RTP/AVP 96 97\r\na=rtpmap:96 opus/48000/2\r\n"), "{text}");
    assert_eq!((settled.codec, settled.payload_type), (Opus, 96));
    assert_eq!(settled.telephone_event, Some((97, 48_000)));
    assert_eq!(settled.receive, [(96, Opus)]);
    assert_eq!(settled.receive_events, [(97, 48_000)]);
    assert_eq!(settled.remote, "198.51.100.9:4000".parse().unwrap());
    assert_eq!(settled.remote_rtcp, "198.51.100.9:4001".parse().unwrap());
    assert_eq!(settled.ptime_ms, 40);
}

#[test]
fn digits_on_another_clock_are_better_than_none() {
    let (_, settled) = answered(
        "m=audio 4000 RTP/AVP 96 101\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:101 telephone-event/8000\r\n",
    );
    assert_eq!(settled.telephone_event, Some((101, 8_000)));
    let (text, settled) = answered("m=audio 4000 RTP/AVP 0\r\n");
    assert_eq!(settled.telephone_event, None);
    assert!(!text.contains("telephone-event"), "{text}");
}

#[test]
fn other_streams_are_rejected_in_their_places() {
    let (text, settled) = answered(
        "m=audio 4000 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n\
         m=video 4002 RTP/AVP 99\r\na=rtpmap:99 H264/90000\r\n\
         m=audio 0 RTP/AVP 8\r\nm=audio 4004/2 RTP/AVP 8\r\nc=IN IP4 203.0.113.5\r\n\
         m=image 4006 udptl t38\r\na=T38FaxVersion:0\r\n",
    );
    let lines: Vec<_> = text.lines().filter(|line| line.starts_with("m=")).collect();
    assert_eq!(
        lines,
        [
            "m=audio 0 RTP/SAVP 0",
            "m=video 0 RTP/AVP 99",
            "m=audio 0 RTP/AVP 8",
            "m=audio 30000 RTP/AVP 8",
            "m=image 0 udptl t38",
        ]
    );
    assert_eq!(settled.remote, "203.0.113.5:4004".parse().unwrap());
}

#[test]
fn directions_are_mirrored() {
    for (offered, ours, written) in [
        ("a=sendrecv", SendRecv, "a=sendrecv\r\n"),
        ("a=sendonly", RecvOnly, "a=recvonly\r\n"),
        ("a=recvonly", SendOnly, "a=sendonly\r\n"),
        ("a=inactive", Inactive, "a=inactive\r\n"),
        ("a=ptime:20", SendRecv, "a=sendrecv\r\n"),
        ("c=IN IP4 0.0.0.0", RecvOnly, "a=recvonly\r\n"),
    ] {
        let (text, settled) = answered(&format!("m=audio 4000 RTP/AVP 0\r\n{offered}\r\n"));
        assert_eq!(settled.direction, ours, "{offered}");
        assert!(text.ends_with(written), "{offered}: {text}");
    }
    let (_, settled) = answered("a=inactive\r\nm=audio 4000 RTP/AVP 0\r\na=sendonly\r\n");
    assert_eq!(settled.direction, RecvOnly, "the stream's word overrules the session's");
    let (_, settled) = answered("a=inactive\r\nm=audio 4000 RTP/AVP 0\r\n");
    assert_eq!(settled.direction, Inactive);
}

#[test]
fn a_hold_of_ours_narrows_the_answer() {
    let held = LocalMedia { direction: SendOnly, ..local() };
    let (text, settled) = answer(&remote("m=audio 4000 RTP/AVP 0\r\n"), &held).unwrap();
    assert_eq!(settled.direction, SendOnly);
    assert!(text.ends_with("a=sendonly\r\n"), "{text}");
}

#[test]
fn rtcp_goes_where_the_peer_says() {
    let rtcp = |line: &str| answered(&format!("m=audio 4000 RTP/AVP 0\r\n{line}\r\n")).1.remote_rtcp;
    assert_eq!(rtcp("a=rtcp:53020"), "198.51.100.9:53020".parse().unwrap());
    assert_eq!(rtcp("a=rtcp:53020 IN IP4 203.0.113.7"), "203.0.113.7:53020".parse().unwrap());
    assert_eq!(rtcp("a=rtcp:what"), "198.51.100.9:4001".parse().unwrap());
}

#[test]
fn what_cannot_be_used_is_refused() {
    let refused = |tail: &str| answer(&remote(tail), &local()).unwrap_err();
    assert_eq!(refused(""), NegotiationError::NoAudio);
    assert_eq!(refused("m=audio 0 RTP/AVP 0\r\n"), NegotiationError::NoAudio);
    assert_eq!(refused("m=audio 4 RTP/SAVP 0\r\n"), NegotiationError::NoAudio);
    assert_eq!(refused("m=audio 4 RTP/AVP 18 101\r\n"), NegotiationError::NoCommonCodec);
    assert_eq!(refused("m=audio 4 RTP/AVP\r\n"), NegotiationError::NoCommonCodec);
    for address in ["phone.example.com", "224.2.17.12/127", "224.2.17.12", "255.255.255.255", "ff02::1"] {
        let tail = format!("m=audio 4 RTP/AVP 0\r\nc=IN IP4 {address}\r\n");
        assert_eq!(refused(&tail), NegotiationError::NoAddress, "{address}");
    }
    let without = parse("v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nm=audio 4 RTP/AVP 0\r\n");
    assert_eq!(answer(&without, &local()).unwrap_err(), NegotiationError::NoAddress);
}

#[test]
fn an_answer_says_what_to_send_and_what_may_come() {
    let settled = accept_answer(
        &remote("m=audio 4000 RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=recvonly\r\n"),
        &local(),
    )
    .unwrap();
    assert_eq!((settled.codec, settled.payload_type), (Pcma, 8));
    assert_eq!(settled.receive, [(0, Pcmu), (8, Pcma)]);
    assert_eq!(settled.telephone_event, Some((101, 8_000)));
    assert_eq!(settled.direction, SendOnly);
}

#[test]
fn an_answer_may_renumber() {
    let settled = accept_answer(
        &remote(
            "m=audio 4000 RTP/AVP 96 97\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:97 telephone-event/48000\r\n",
        ),
        &local(),
    )
    .unwrap();
    assert_eq!((settled.codec, settled.payload_type), (Opus, 96));
    assert_eq!(settled.receive, [(111, Opus), (96, Opus)]);
    assert_eq!(settled.telephone_event, Some((97, 48_000)));
    assert_eq!(settled.receive_events, [(110, 48_000), (97, 48_000)]);
}

#[test]
fn an_answer_without_rtpmap_means_our_numbers() {
    let settled = accept_answer(&remote("m=audio 4000 RTP/AVP 111 110\r\n"), &local()).unwrap();
    assert_eq!((settled.codec, settled.payload_type), (Opus, 111));
    assert_eq!(settled.telephone_event, Some((110, 48_000)));
}

#[test]
fn an_answer_with_what_was_not_offered_is_refused() {
    let pcma_only = LocalMedia { codecs: vec![Pcma], ..local() };
    let refused = accept_answer(&remote("m=audio 4000 RTP/AVP 0\r\n"), &pcma_only);
    assert_eq!(refused, Err(NegotiationError::NoCommonCodec));
    let refused = accept_answer(&remote("m=audio 0 RTP/AVP 8\r\n"), &pcma_only);
    assert_eq!(refused, Err(NegotiationError::NoAudio));
}

#[test]
fn a_later_offer_keeps_places_and_raises_the_version() {
    let (ours, _) = answered("m=video 4002 RTP/AVP 99\r\nm=audio 4000 RTP/AVP 0\r\n");
    let next = LocalMedia { origin: local().origin.next(), codecs: vec![Pcmu], ..local() };
    let text = reoffer(&parse(&ours), &next);
    assert!(text.contains("o=- 7 2 IN IP4 192.0.2.1\r\n"), "{text}");
    let lines: Vec<_> = text.lines().filter(|line| line.starts_with("m=")).collect();
    assert_eq!(lines, ["m=video 0 RTP/AVP 99", "m=audio 30000 RTP/AVP 0 101"]);
}

#[test]
fn both_ends_of_ours_agree() {
    let theirs = LocalMedia { rtp: "192.0.2.2:4000".parse().unwrap(), codecs: vec![Opus, Pcmu], ..local() };
    let (text, at_callee) = answer(&parse(&offer(&theirs)), &local()).unwrap();
    let at_caller = accept_answer(&parse(&text), &theirs).unwrap();
    assert_eq!(at_caller.codec, at_callee.codec);
    assert_eq!(at_caller.receive, at_callee.receive);
    assert_eq!(at_caller.telephone_event, at_callee.telephone_event);
    assert_eq!(at_caller.remote, local().rtp);
}
