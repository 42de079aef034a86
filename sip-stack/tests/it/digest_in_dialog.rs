//! Digests inside a call: INFO and re-INVITE answer before they are asked, and when they are.

use sip_stack::{Body, Credentials, Target, Transport, UaEvent};

use crate::call::{ANSWER, CALL, OFFER, invite};
use crate::lone::{Lone, PEER, header, response};

const CHALLENGE: &str = "WWW-Authenticate: Digest realm=\"x\", nonce=\"n1\", qop=\"auth,auth-int\"\n";
const CONTACT: &str = "Contact: <sip:bob@192.0.2.9>\nContent-Type: application/sdp\n";

#[derive(Clone, Copy, PartialEq, Eq)]
enum First {
    Challenged,
    Taken,
}

/// A call whose INVITE was challenged, or was not.
fn talking(first: First) -> Lone {
    let mut lone = Lone::new();
    let mut call = invite(Transport::Udp);
    call.target = Target::new(Transport::Udp, PEER.parse().unwrap()).into();
    call.credentials = Some(Credentials::password(Some("x".to_owned()), "alice", "secret"));
    lone.endpoint.invite(lone.now, CALL, call).unwrap();
    lone.drain();
    let mut sent = lone.take_one();
    if first == First::Challenged {
        lone.hear(&response(401, &sent, "p", CHALLENGE, ""));
        sent = lone.sent.pop().unwrap().1;
    }
    lone.hear(&response(200, &sent, "b", CONTACT, ANSWER));
    lone.take_lines();
    lone.events.clear();
    lone
}

fn info(lone: &mut Lone) -> String {
    let body = Body { content_type: "application/dtmf-relay".to_owned(), content: "Signal=1".into() };
    lone.endpoint.info(lone.now, CALL, body).unwrap();
    lone.drain();
    lone.take_one()
}

#[test]
fn an_info_answers_what_the_invite_was_asked() {
    let mut lone = talking(First::Challenged);
    let first = info(&mut lone);
    assert!(header(&first, "Authorization").contains("nc=00000002"), "{first}");
    lone.hear(&response(200, &first, "", "", ""));
    assert!(header(&info(&mut lone), "Authorization").contains("nc=00000003"));
}

#[test]
fn an_info_is_sent_again_when_only_it_is_challenged() {
    let mut lone = talking(First::Taken);
    let first = info(&mut lone);
    assert!(!first.contains("Authorization:"));
    lone.hear(&response(401, &first, "", CHALLENGE, ""));
    let again = lone.take_one();
    assert!(header(&again, "Authorization").contains("realm=\"x\""));
    assert!(again.ends_with("\r\n\r\nSignal=1"), "{again}");
    lone.hear(&response(401, &again, "", &CHALLENGE.replace("n1", "n2"), ""));
    assert!(lone.sent.is_empty(), "the password was refused");
}

#[test]
fn a_reoffer_answers_and_is_sent_again_when_its_nonce_is_stale() {
    let mut lone = talking(First::Challenged);
    lone.endpoint.reoffer(lone.now, CALL, Body::sdp(OFFER)).unwrap();
    lone.drain();
    let first = lone.take_one();
    assert!(header(&first, "Authorization").contains("nc=00000002"), "{first}");
    let stale = CHALLENGE.replace("n1", "n2").replace("qop", "stale=TRUE, qop");
    lone.hear(&response(401, &first, "", &stale, ""));
    let again = lone.sent.pop().unwrap().1;
    assert!(header(&again, "Authorization").contains("nonce=\"n2\""), "{again}");
    lone.sent.clear();
    lone.hear(&response(200, &again, "", CONTACT, ANSWER));
    assert!(matches!(lone.events.as_slice(), [UaEvent::ReofferDone { code: 200, .. }]), "{:?}", lone.events);
}
