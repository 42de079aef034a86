//! RFC 3261 §15: a caller ends one early dialog of several by a BYE.

use sip_stack::{CommandError, Hangup, Reason, Target, Transport, UaEvent};

use crate::call::{ANSWER, CALL, credentials, hangup, invite, s};
use crate::lone::{Lone, PEER, header, request, response, to_tag};

fn contact(name: &str) -> String {
    format!("Contact: <sip:{name}@192.0.2.9>\nContent-Type: application/sdp\n")
}

fn calling() -> (Lone, String) {
    let mut lone = Lone::new();
    let mut call = invite(Transport::Udp);
    call.target = Target::new(Transport::Udp, PEER.parse().unwrap()).into();
    call.credentials = Some(credentials());
    lone.endpoint.invite(lone.now, CALL, call).unwrap();
    lone.drain();
    let sent = lone.take_one();
    (lone, sent)
}

/// A call that rings at a desk (fork 0) and at a mobile (fork 1).
fn ringing() -> (Lone, String) {
    let (mut lone, sent) = calling();
    for name in ["desk", "mobile"] {
        lone.hear(&response(180, &sent, name, &contact(name), ""));
    }
    lone.events.clear();
    (lone, sent)
}

fn leave_desk(lone: &mut Lone) -> String {
    let reason = Reason { protocol: "SIP".to_owned(), cause: 480, text: None };
    let hangup = Hangup { reason: Some(reason), ..hangup(480) };
    lone.endpoint.leave_fork(lone.now, CALL, 0, hangup).unwrap();
    lone.drain();
    lone.take_one()
}

#[test]
fn the_other_fork_lives_on_and_answers() {
    let (mut lone, sent) = ringing();
    let bye = leave_desk(&mut lone);
    assert!(bye.starts_with("BYE sip:desk@192.0.2.9 "), "{bye}");
    assert_eq!((to_tag(&bye).as_str(), header(&bye, "CSeq")), ("desk", "2 BYE"));
    assert_eq!(header(&bye, "Reason"), "SIP;cause=480");
    lone.hear(&response(200, &bye, "", "", ""));
    lone.hear(&response(183, &sent, "desk", &contact("desk"), ANSWER));
    assert!(lone.events.is_empty(), "nothing more is heard of it: {:?}", lone.events);
    lone.hear(&response(183, &sent, "third", &contact("third"), ANSWER));
    assert!(matches!(lone.events.as_slice(), [UaEvent::Progress { fork: 2, .. }]), "{:?}", lone.events);
    lone.hear(&response(200, &sent, "mobile", &contact("mobile"), ANSWER));
    assert_eq!(lone.take_lines(), ["ACK sip:mobile@192.0.2.9 SIP/2.0"]);
    assert!(matches!(lone.events.last(), Some(UaEvent::Answered { fork: 1, .. })));
}

#[test]
fn whoever_answers_in_it_all_the_same_is_acknowledged_and_ended() {
    let (mut lone, sent) = ringing();
    let bye = leave_desk(&mut lone);
    lone.hear(&response(200, &bye, "", "", ""));
    let answer = response(200, &sent, "desk", &contact("desk"), ANSWER);
    lone.hear(&answer);
    let again = lone.sent.last().unwrap().1.clone();
    assert_eq!(lone.take_lines(), ["ACK sip:desk@192.0.2.9 SIP/2.0", "BYE sip:desk@192.0.2.9 SIP/2.0"]);
    assert_ne!(header(&again, "CSeq"), "2 BYE", "a number of its own");
    lone.hear(&response(200, &again, "", "", ""));
    lone.hear(&answer);
    assert_eq!(lone.take_lines(), ["ACK sip:desk@192.0.2.9 SIP/2.0"]);
    assert!(lone.events.is_empty() && lone.endpoint.calls() == 1);
    lone.hear(&response(200, &sent, "mobile", &contact("mobile"), ANSWER));
    assert!(matches!(lone.events.as_slice(), [UaEvent::Answered { fork: 1, .. }]), "{:?}", lone.events);
}

#[test]
fn a_call_whose_only_answer_nobody_wants_ends() {
    let (mut lone, sent) = ringing();
    let bye = leave_desk(&mut lone);
    lone.hear(&response(200, &bye, "", "", ""));
    lone.hear(&response(200, &sent, "desk", &contact("desk"), ANSWER));
    let again = lone.sent.last().unwrap().1.clone();
    lone.hear(&response(200, &again, "", "", ""));
    lone.advance(s(33));
    let events = lone.events.as_slice();
    assert!(matches!(events, [UaEvent::Failed { code: 487, synthetic: true, .. }]), "{events:?}");
    assert_eq!((lone.endpoint.calls(), lone.endpoint.transactions()), (0, 0));
}

#[test]
fn a_challenged_bye_is_sent_once_more() {
    let (mut lone, sent) = calling();
    let challenge = |nonce: &str| {
        format!("WWW-Authenticate: Digest realm=\"bob\", nonce=\"{nonce}\", stale=true, qop=\"auth\"\n")
    };
    lone.hear(&response(401, &sent, "proxy", &challenge("n"), ""));
    let sent = lone.sent.pop().unwrap().1;
    assert_eq!(header(&sent, "CSeq"), "2 INVITE");
    lone.take_lines();
    lone.hear(&response(180, &sent, "desk", &contact("desk"), ""));
    let bye = leave_desk(&mut lone);
    lone.hear(&response(401, &bye, "", &challenge("m"), ""));
    let again = lone.take_one();
    assert_eq!(header(&again, "CSeq"), "4 BYE");
    assert!(header(&again, "Authorization").contains("nonce=\"m\""), "{again}");
}

#[test]
fn it_is_left_once_and_is_no_dialog_any_more() {
    let (mut lone, sent) = ringing();
    leave_desk(&mut lone);
    let wrong = Err(CommandError::WrongState);
    assert_eq!(lone.endpoint.leave_fork(lone.now, CALL, 0, hangup(0)), wrong);
    assert_eq!(lone.endpoint.leave_fork(lone.now, CALL, 7, hangup(0)), wrong);
    let tag = header(&sent, "From").split(";tag=").nth(1).unwrap().to_owned();
    let update = request("UPDATE", 1, "u", &tag, "")
        .replace("peers-call", header(&sent, "Call-ID"))
        .replace("tag=peer", "tag=desk");
    lone.hear(&update);
    assert!(lone.take_one().starts_with("SIP/2.0 481 "));
    lone.endpoint.hangup(lone.now, CALL, hangup(487)).unwrap();
    lone.drain();
    assert!(lone.take_one().starts_with("CANCEL "));
    assert_eq!(lone.endpoint.leave_fork(lone.now, CALL, 1, hangup(0)), wrong);
}
