//! Whom credentials are never sent to: other realms, other peers, and callees that challenge our BYE.

use sip_stack::{Credentials, Target, Transport, UaEvent};

use crate::call::{ANSWER, CALL, hangup, invite};
use crate::lone::{Lone, PEER, header, response};

const OURS: &str = "Proxy-Authenticate: Digest realm=\"trunk\", nonce=\"n1\", qop=\"auth\"\n";
const THEIRS: &str = "WWW-Authenticate: Digest realm=\"callee\", nonce=\"n2\", qop=\"auth\"\n";
const BODY: &str = "Content-Type: application/sdp\n";

fn bound() -> Credentials {
    Credentials::password(Some("trunk".to_owned()), "alice", "secret")
}

fn unbound() -> Credentials {
    Credentials::password(None, "alice", "secret")
}

fn calling(credentials: Credentials) -> (Lone, String) {
    let mut lone = Lone::new();
    let mut call = invite(Transport::Udp);
    call.target = Target::new(Transport::Udp, PEER.parse().unwrap()).into();
    call.credentials = Some(credentials);
    lone.endpoint.invite(lone.now, CALL, call).unwrap();
    lone.drain();
    let sent = lone.take_one();
    (lone, sent)
}

/// Answers the call from this contact and hangs up; the BYE as it goes out.
fn hung_up(lone: &mut Lone, sent: &str, contact: &str) -> String {
    lone.hear(&response(200, sent, "b", &format!("Contact: <sip:{contact}>\n{BODY}"), ANSWER));
    lone.sent.clear();
    lone.endpoint.hangup(lone.now, CALL, hangup(0)).unwrap();
    lone.drain();
    lone.take_one()
}

fn ended(lone: &Lone) -> bool {
    lone.sent.is_empty() && matches!(lone.events.last(), Some(UaEvent::Ended { .. }))
}

#[test]
fn a_callee_that_challenges_our_bye_gets_no_digest() {
    for credentials in [bound(), unbound()] {
        let (mut lone, sent) = calling(credentials);
        let bye = hung_up(&mut lone, &sent, "bob@192.0.2.9");
        assert!(!bye.contains("Authorization"), "{bye}");
        lone.hear(&response(401, &bye, "", THEIRS, ""));
        assert!(ended(&lone), "{:?}", lone.sent);
    }
}

/// The callee says that requests go to it directly, and that it is our trunk.
#[test]
fn a_hop_that_was_not_the_target_gets_no_digest_whatever_realm_it_names() {
    for credentials in [bound(), unbound()] {
        let (mut lone, sent) = calling(credentials);
        lone.hear(&response(407, &sent, "p", OURS, ""));
        let again = lone.sent.pop().unwrap().1;
        assert!(header(&again, "Proxy-Authorization").contains("realm=\"trunk\""));
        lone.sent.clear();
        let bye = hung_up(&mut lone, &again, "bob@203.0.113.66:5060");
        assert!(!bye.contains("Authorization"), "{bye}");
        lone.hear_from("203.0.113.66:5060", &response(407, &bye, "", OURS, ""));
        assert!(ended(&lone), "{:?}", lone.sent);
        assert_eq!(lone.endpoint.counters().challenges_distrusted, 1);
    }
}

#[test]
fn the_trunk_itself_may_challenge_our_bye() {
    let (mut lone, sent) = calling(bound());
    let bye = hung_up(&mut lone, &sent, "bob@192.0.2.9");
    lone.hear(&response(407, &bye, "", OURS, ""));
    assert!(header(&lone.take_one(), "Proxy-Authorization").contains("realm=\"trunk\""));
}

/// The callee knows what the trunk calls itself, and hopes for a digest over a nonce of its own.
#[test]
fn a_callee_that_borrows_the_realm_of_the_trunk_gets_no_digest() {
    for credentials in [bound(), unbound()] {
        let (mut lone, sent) = calling(credentials);
        lone.hear(&response(407, &sent, "p", OURS, ""));
        let again = lone.sent.pop().unwrap().1;
        let bye = hung_up(&mut lone, &again, "bob@192.0.2.9");
        assert!(header(&bye, "Proxy-Authorization").contains("nonce=\"n1\""));
        lone.hear(&response(401, &bye, "", &THEIRS.replace("callee", "trunk"), ""));
        assert!(ended(&lone), "{:?}", lone.sent);
        assert_eq!(lone.endpoint.counters().challenges_distrusted, 1);
    }
}

/// The callee's challenge comes back through the trunk that was answered before.
#[test]
fn a_password_without_a_realm_is_for_the_first_realm_only() {
    let (mut lone, sent) = calling(unbound());
    lone.hear(&response(407, &sent, "p", OURS, ""));
    let again = lone.sent.pop().unwrap().1;
    lone.sent.clear();
    lone.hear(&response(401, &again, "b", THEIRS, ""));
    assert!(lone.sent.iter().all(|(_, text)| text.starts_with("ACK ")), "{:?}", lone.sent);
    assert!(matches!(lone.events.as_slice(), [UaEvent::Failed { code: 401, .. }]), "{:?}", lone.events);
}

/// What redirects names a target; the call to it is the owner's to place, with credentials or without.
#[test]
fn a_redirection_is_not_followed_with_credentials() {
    let (mut lone, sent) = calling(bound());
    lone.hear(&response(302, &sent, "p", "Contact: <sip:bob@203.0.113.66>\n", ""));
    assert!(lone.sent.iter().all(|(_, text)| text.starts_with("ACK ")));
    assert!(matches!(lone.events.as_slice(), [UaEvent::Failed { code: 302, .. }]));
}

#[test]
fn a_call_that_came_in_is_never_authenticated() {
    let (mut lone, id, _) = crate::lone::called("", crate::call::answer());
    lone.hear(&crate::lone::request("ACK", 1, "b", "x", ""));
    let before = lone.endpoint.counters().challenges_answered;
    lone.endpoint.hangup(lone.now, id, hangup(0)).unwrap();
    lone.drain();
    if let Some((_, bye)) = lone.sent.pop() {
        lone.hear(&response(401, &bye, "", THEIRS, ""));
    }
    assert_eq!(lone.endpoint.counters().challenges_answered, before);
    assert!(lone.sent.iter().all(|(_, text)| !text.contains("Authorization")));
}
