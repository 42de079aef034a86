//! The SIP parser beside `httparse`, which cuts the same header lines and looks at none of them: the floor.

use std::hint::black_box;
use std::time::Instant;

use bytes::Bytes;
use sip_stack::message::header::{CSeq, CallId, Contact, From, To, Via};
use sip_stack::message::{Headers, Message};

use crate::report::{Report, Row};

const ROUNDS: usize = 200;
const PARSES_PER_ROUND: u32 = 500;
const LINES_MAX: usize = 64;

/// As a carrier's session border controller sends it.
const INVITE: &str = concat!(
    "INVITE sip:+441632960960@sbc.carrier.example:5060;transport=udp;user=phone SIP/2.0\r\n",
    "Via: SIP/2.0/UDP 198.51.100.7:5060;branch=z9hG4bK3c1d8e7a-5b2f-4f4e-9c61-0f3f6c1d7a20;rport\r\n",
    "Via: SIP/2.0/UDP 10.20.30.40:5062;received=203.0.113.9;branch=z9hG4bK-d8754z-1f2e3d4c5b6a7988\r\n",
    "Record-Route: <sip:198.51.100.7;lr;ftag=8f7e6d5c>\r\n",
    "Max-Forwards: 69\r\n",
    "From: \"Alice Example\" <sip:+441632960123@pbx.example.com;user=phone>;tag=8f7e6d5c4b3a2910\r\n",
    "To: <sip:+441632960960@sbc.carrier.example;user=phone>\r\n",
    "Call-ID: 7d1f0c9a-4b7e-4d0c-8a55-2f9f3e1b6c88@198.51.100.7\r\n",
    "CSeq: 20461 INVITE\r\n",
    "Contact: <sip:+441632960123@198.51.100.7:5060;transport=udp>;",
    "+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000a95a0e128>\"\r\n",
    "Date: Sat, 13 Nov 2010 23:29:00 GMT\r\n",
    "User-Agent: Example-SBC/7.2.4 (build 20461)\r\n",
    "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, PRACK, UPDATE, INFO, REFER, NOTIFY\r\n",
    "Supported: timer, 100rel, replaces, histinfo\r\n",
    "Session-Expires: 1800;refresher=uac\r\n",
    "Min-SE: 90\r\n",
    "P-Asserted-Identity: \"Alice Example\" <sip:+441632960123@pbx.example.com;user=phone>\r\n",
    "Privacy: none\r\n",
    "X-Correlation-Id: 4f1c7a52-9a0e-4c9e-b7c1-6b0d5a3e2f10\r\n",
    "Content-Type: application/sdp\r\n",
    "Content-Disposition: session\r\n",
    "Content-Length: 356\r\n",
    "\r\n",
    "v=0\r\no=- 3747 3747 IN IP4 198.51.100.7\r\ns=-\r\nc=IN IP4 198.51.100.7\r\nt=0 0\r\n",
    "m=audio 31246 RTP/AVP 9 8 0 96 101\r\na=rtpmap:9 G722/8000\r\na=rtpmap:8 PCMA/8000\r\n",
    "a=rtpmap:0 PCMU/8000\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1;maxplaybackrate=16000\r\n",
    "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=maxptime:40\r\na=sendrecv\r\n",
    "a=rtcp:31247\r\n",
);

pub(crate) fn measure(report: &mut Report) {
    let wire = Bytes::from_static(INVITE.as_bytes());
    let lines = INVITE.split_once("\r\n").map_or("", |(_, lines)| lines);
    let floor = fastest_us(|| cut_lines(lines.as_bytes()));
    let parse = || {
        Message::parse(black_box(wire.clone())).is_ok_and(|message| black_box(message).body().len() == 356)
    };
    let typed = || Message::parse(black_box(wire.clone())).is_ok_and(|message| type_six(message.headers()));
    assert!(parse() && typed() && cut_lines(lines.as_bytes()), "the INVITE is well-formed");
    report.add(row("sip_parse_us", fastest_us(parse), floor));
    report.add(row("sip_parse_six_typed_us", fastest_us(typed), floor));
}

fn row(name: &'static str, us: f64, floor: f64) -> Row {
    let against = format!("httparse {floor:.3} us, header lines alone");
    Row { name: name.into(), value: Some(us), unit: "us", against, ratio: Some(us / floor) }
}

/// The fastest round: whatever else the machine does can only slow a round down.
fn fastest_us(mut work: impl FnMut() -> bool) -> f64 {
    let mut round = || {
        let start = Instant::now();
        for _ in 0..PARSES_PER_ROUND {
            black_box(work());
        }
        start.elapsed() / PARSES_PER_ROUND
    };
    let fastest = (0..ROUNDS).map(|_| round()).min().unwrap_or_default();
    fastest.as_nanos() as f64 / 1e3
}

fn cut_lines(lines: &[u8]) -> bool {
    let mut headers = [httparse::EMPTY_HEADER; LINES_MAX];
    httparse::parse_headers(black_box(lines), &mut headers)
        .is_ok_and(|parsed| black_box(parsed).is_complete())
}

/// What a call needs of a request.
fn type_six(headers: &Headers) -> bool {
    headers.typed::<Via>().is_ok_and(|via| black_box(via).is_some())
        && headers.typed::<From>().is_ok_and(|from| black_box(from).is_some())
        && headers.typed::<To>().is_ok_and(|to| black_box(to).is_some())
        && headers.typed::<CSeq>().is_ok_and(|cseq| black_box(cseq).is_some())
        && headers.typed::<CallId>().is_ok_and(|id| black_box(id).is_some())
        && headers.typed::<Contact>().is_ok_and(|contact| black_box(contact).is_some())
}
