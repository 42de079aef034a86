//! Any bytes as a description: printing is the inverse of parsing, and both roles survive it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use media::sdp::{LocalMedia, LocalSrtp, Origin, Session, SrtpMode, accept_answer, answer, reoffer};
use media::{CodecKind, Direction};

fuzz_target!(|bytes: &[u8]| {
    let Ok(session) = Session::parse(bytes) else { return };
    let printed = session.to_string();
    assert_eq!(Session::parse(printed.as_bytes()).as_ref(), Ok(&session));

    let local = LocalMedia {
        origin: Origin { session_id: 1, version: 1 },
        rtp: ([192, 0, 2, 1], 30_000).into(),
        rtcp: ([192, 0, 2, 1], 30_001).into(),
        codecs: CodecKind::ALL.to_vec(),
        direction: Direction::SendRecv,
        ptime_ms: 20,
        srtp: LocalSrtp::new(SrtpMode::Optional, || [5; 32]),
    };
    if let Ok((text, settled)) = answer(&session, &local) {
        assert_ne!(settled.remote.port(), 0);
        let ours = Session::parse(text.as_bytes()).expect("what we write");
        assert_eq!(ours.media.len(), session.media.len());
        Session::parse(reoffer(&ours, &local).as_bytes()).expect("what we write");
    }
    let _ = accept_answer(&session, &local);
});
