//! RFC 3665 §3.3: 401 and 407 on INVITE and inside the call.

use sip_stack::{Target, Transport, UaEvent};

use crate::call::{ANSWER, CALL, credentials, hangup, invite};
use crate::lone::{Lone, PEER, header, response};

const CHALLENGE: &str = "Proxy-Authenticate: Digest realm=\"x\", nonce=\"n1\", qop=\"auth\"\n";
const CONTACT: &str = "Contact: <sip:bob@192.0.2.9>\nContent-Type: application/sdp\n";

fn challenged() -> (Lone, String, String) {
    let mut lone = Lone::new();
    let mut call = invite(Transport::Udp);
    call.target = Target::new(Transport::Udp, PEER.parse().unwrap()).into();
    call.credentials = Some(credentials());
    lone.endpoint.invite(lone.now, CALL, call).unwrap();
    lone.drain();
    let first = lone.take_one();
    lone.hear(&response(407, &first, "p", CHALLENGE, ""));
    let ack = lone.sent.remove(0).1;
    assert!(ack.starts_with("ACK "), "{ack}");
    assert_eq!(header(&ack, "Via"), header(&first, "Via"));
    let second = lone.take_one();
    (lone, first, second)
}

#[test]
fn a_challenged_invite_is_sent_again_with_an_answer() {
    let (mut lone, first, second) = challenged();
    assert_eq!(header(&second, "Call-ID"), header(&first, "Call-ID"));
    assert_eq!(header(&second, "From"), header(&first, "From"));
    assert_eq!(header(&second, "CSeq"), "2 INVITE");
    assert_ne!(header(&second, "Via"), header(&first, "Via"));
    assert!(header(&second, "Proxy-Authorization").contains("nc=00000001"));
    lone.hear(&response(200, &second, "b", CONTACT, ANSWER));
    let ack = lone.take_one();
    assert_eq!(header(&ack, "CSeq"), "2 ACK");
    assert_eq!(header(&ack, "Proxy-Authorization"), header(&second, "Proxy-Authorization"));
    assert!(matches!(lone.events.as_slice(), [UaEvent::Answered { .. }]));
}

#[test]
fn a_refused_answer_fails_the_call() {
    let (mut lone, _, second) = challenged();
    lone.hear(&response(407, &second, "p", &CHALLENGE.replace("n1", "n2"), ""));
    assert!(matches!(lone.events.as_slice(), [UaEvent::Failed { code: 407, .. }]), "{:?}", lone.events);
}

#[test]
fn a_bye_answers_before_it_is_asked_and_again_when_the_nonce_is_stale() {
    let (mut lone, _, second) = challenged();
    lone.hear(&response(200, &second, "b", CONTACT, ANSWER));
    lone.take_lines();
    lone.endpoint.hangup(lone.now, CALL, hangup(0)).unwrap();
    lone.drain();
    let bye = lone.take_one();
    assert!(header(&bye, "Proxy-Authorization").contains("nc=00000002"), "the nonce is used again");
    let stale = CHALLENGE.replace("n1", "n2").replace("qop", "stale=true, qop");
    lone.hear(&response(407, &bye, "", &stale, ""));
    let again = lone.take_one();
    assert_eq!(header(&again, "CSeq"), "4 BYE");
    assert!(header(&again, "Proxy-Authorization").contains("nonce=\"n2\""), "{again}");
    lone.hear(&response(200, &again, "", "", ""));
    assert!(matches!(lone.events.last(), Some(UaEvent::Ended { .. })));
}
