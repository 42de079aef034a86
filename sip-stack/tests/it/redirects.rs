//! 3xx of our INVITE, followed or told (RFC 3261 §8.1.3.4).

use sip_stack::{CallOptions, EndedBy, InCallEvent, Invite, NextHop, Redirects, Transport, UaEvent};

use crate::call::{CALL, credentials, hangup, invite, s};
use crate::dns::Zone;
use crate::lone::{Lone, PEER, config, header, response};

const BOB: &str = "sip:bob@192.0.2.21";
const CAROL: &str = "sip:carol@192.0.2.22";
const AT_BOB: &str = "192.0.2.21:5060";
const AT_CAROL: &str = "192.0.2.22:5060";

fn following() -> Invite {
    let options = CallOptions { redirects: Redirects::Follow, ..CallOptions::default() };
    Invite { uri: "sip:600@192.0.2.9".parse().unwrap(), options, ..invite(Transport::Udp) }
}

/// A call, and its INVITE as the redirect server got it.
fn dial(call: Invite) -> (Lone, String) {
    let mut lone = Lone::with(config());
    lone.dns = Zone::default().with("inside.example A 10.1.2.3");
    lone.endpoint.invite(lone.now, CALL, call).unwrap();
    lone.drain();
    let invite = lone.sent.pop().unwrap().1;
    (lone, invite)
}

fn contacts(list: &str) -> String {
    format!("Contact: {list}\n")
}

/// The only INVITE since the last look, and where it went; the ACK of the last refusal is beside it.
fn take_invite(lone: &mut Lone) -> (String, String) {
    lone.sent.dedup();
    let sent = std::mem::take(&mut lone.sent);
    let invites: Vec<_> = sent.iter().filter(|(_, text)| text.starts_with("INVITE")).collect();
    assert_eq!(invites.len(), 1, "{sent:#?}");
    (invites[0].0.to_string(), invites[0].1.clone())
}

fn failures(lone: &mut Lone) -> Vec<u16> {
    let code = |event: &UaEvent| {
        let UaEvent::Failed { code, .. } = event else { return None };
        Some(*code)
    };
    lone.events.iter().filter_map(code).collect()
}

fn visited(lone: &Lone) -> Vec<String> {
    let uri = |event: &UaEvent| {
        let UaEvent::InCall(InCallEvent::Redirected { uri, .. }) = event else { return None };
        Some(uri.to_string())
    };
    lone.events.iter().filter_map(uri).collect()
}

#[test]
fn the_owner_is_told_unless_it_wants_it_otherwise() {
    let (mut lone, first) = dial(Invite { options: CallOptions::default(), ..following() });
    lone.hear(&response(302, &first, "r", &contacts(&format!("<{BOB}>")), ""));
    assert_eq!(failures(&mut lone), [302]);
    assert!(lone.sent.iter().all(|(_, text)| text.starts_with("ACK")), "{:?}", lone.sent);
}

#[test]
fn contacts_are_tried_in_the_order_of_q_one_after_the_other() {
    let (mut lone, first) = dial(following());
    lone.hear(&response(300, &first, "r", &contacts(&format!("<{BOB}>;q=0.3, <{CAROL}>;q=0.9")), ""));
    let (to, second) = take_invite(&mut lone);
    assert!(to == AT_CAROL && second.starts_with("INVITE sip:carol@192.0.2.22 SIP"), "{to} {second}");
    for name in ["From", "To", "Call-ID"] {
        assert_eq!(header(&first, name), header(&second, name), "{name}");
    }
    assert_eq!(header(&second, "CSeq"), "2 INVITE");
    assert!(second.ends_with(first.split("\r\n\r\n").nth(1).unwrap()), "the same offer");
    lone.hear_from(AT_CAROL, &response(180, &second, "carol", &contacts(&format!("<{CAROL}>")), ""));
    lone.hear_from(AT_CAROL, &response(486, &second, "carol", "", ""));
    let (to, third) = take_invite(&mut lone);
    assert!(to == AT_BOB && header(&third, "CSeq") == "3 INVITE", "{to}");
    lone.hear_from(AT_BOB, &response(200, &third, "bob", &contacts(&format!("<{BOB}>")), ""));
    let answered = lone.events.iter().any(|event| matches!(event, UaEvent::Answered { .. }));
    assert!(answered && failures(&mut lone).is_empty(), "{:?}", lone.events);
    assert_eq!(visited(&lone), [CAROL, BOB]);
    assert!(lone.take_one().starts_with("ACK sip:bob@192.0.2.21"));
    lone.endpoint.hangup(lone.now, CALL, hangup(487)).unwrap();
    lone.drain();
    let bye = lone.take_one();
    lone.hear_from(AT_BOB, &response(200, &bye, "", "", ""));
    let over = lone.events.last();
    assert!(matches!(over, Some(UaEvent::Ended { by: EndedBy::Local, .. })), "{over:?}");
}

#[test]
fn a_circle_ends_and_no_uri_is_asked_twice() {
    let (mut lone, first) = dial(following());
    lone.hear(&response(302, &first, "r", &contacts(&format!("<{BOB}>, <{BOB}>, <sip:600@192.0.2.9>")), ""));
    let (_, second) = take_invite(&mut lone);
    lone.hear_from(AT_BOB, &response(302, &second, "b", &contacts(&format!("<{CAROL}>, <{BOB}>")), ""));
    let (to, third) = take_invite(&mut lone);
    assert_eq!(to, AT_CAROL);
    lone.hear_from(AT_CAROL, &response(302, &third, "c", &contacts(&format!("<{BOB}>")), ""));
    assert_eq!((failures(&mut lone), visited(&lone)), (vec![302], vec![BOB.to_owned(), CAROL.to_owned()]));
}

#[test]
fn whoever_redirects_for_ever_is_left() {
    let (mut lone, mut last) = dial(following());
    let mut from = PEER.to_owned();
    for nth in 1..=20 {
        let next = contacts(&format!("<sip:{nth}@192.0.2.40>"));
        lone.hear_from(&from, &response(302, &last, &format!("t{nth}"), &next, ""));
        if !failures(&mut lone).is_empty() {
            break;
        }
        (from, last) = take_invite(&mut lone);
    }
    assert_eq!((failures(&mut lone), visited(&lone).len()), (vec![302], 9));
}

#[test]
fn a_decline_everywhere_ends_the_search() {
    let (mut lone, first) = dial(following());
    lone.hear(&response(302, &first, "r", &contacts(&format!("<{BOB}>, <{CAROL}>")), ""));
    let (_, second) = take_invite(&mut lone);
    lone.hear_from(AT_BOB, &response(603, &second, "b", "", ""));
    assert_eq!(failures(&mut lone), [603]);
}

#[test]
fn silence_leads_to_the_next_target() {
    let (mut lone, first) = dial(following());
    lone.hear(&response(302, &first, "r", &contacts(&format!("<{BOB}>, <{CAROL}>")), ""));
    lone.sent.clear();
    lone.advance(s(33));
    lone.sent.retain(|(to, _)| to.to_string() == AT_CAROL);
    let (_, third) = take_invite(&mut lone);
    lone.hear_from(AT_CAROL, &response(404, &third, "c", "", ""));
    assert_eq!(failures(&mut lone), [404], "the last failure");
}

#[test]
fn a_call_that_was_given_up_goes_nowhere_else() {
    let (mut lone, first) = dial(following());
    lone.hear(&response(180, &first, "r", "", ""));
    lone.endpoint.hangup(lone.now, CALL, hangup(487)).unwrap();
    lone.drain();
    lone.hear(&response(302, &first, "r", &contacts(&format!("<{BOB}>")), ""));
    assert!(lone.sent.iter().all(|(_, text)| !text.starts_with("INVITE sip:bob")), "{:?}", lone.sent);
    assert_eq!(failures(&mut lone), [302]);
}

#[test]
fn a_redirection_does_not_lead_inside_nor_down_from_sips() {
    let (mut lone, first) = dial(following());
    let inside = "<sip:x@10.0.0.1>, <sip:y@inside.example:5060>, <tel:+15551234>, <mailto:x@example.com>";
    lone.hear(&response(302, &first, "r", &contacts(inside), ""));
    assert!(lone.sent.iter().all(|(_, text)| text.starts_with("ACK")), "{:?}", lone.sent);
    assert_eq!(failures(&mut lone).len(), 1);
    let (mut lone, first) = dial(Invite { uri: "sips:600@192.0.2.9".parse().unwrap(), ..following() });
    lone.hear(&response(302, &first, "r", &contacts(&format!("<{BOB}>")), ""));
    assert_eq!(failures(&mut lone), [302]);
}

#[test]
fn the_owners_proxy_is_asked_for_the_next_uri_too() {
    let by_uri = NextHop::Uri(Box::new("sip:192.0.2.9".parse().unwrap()));
    for call in [
        Invite { target: by_uri, ..following() },
        Invite { route: vec!["sip:192.0.2.9;lr".parse().unwrap()], target: NextHop::Resolve, ..following() },
    ] {
        let (mut lone, first) = dial(call);
        lone.hear(&response(302, &first, "r", &contacts(&format!("<{BOB}>")), ""));
        let (to, second) = take_invite(&mut lone);
        assert!(to == PEER && second.starts_with("INVITE sip:bob@192.0.2.21 SIP"), "{to} {second}");
    }
}

#[test]
fn credentials_stay_with_those_who_were_asked_before() {
    let challenge =
        "WWW-Authenticate: Digest realm=\"carrier.example\",nonce=\"n\",algorithm=MD5,qop=\"auth\"\n";
    let (mut lone, first) = dial(Invite { credentials: Some(credentials()), ..following() });
    lone.hear(&response(401, &first, "r", challenge, ""));
    let (_, again) = take_invite(&mut lone);
    assert!(again.contains("\r\nAuthorization: "), "{again}");
    lone.hear(&response(302, &again, "r", &contacts(&format!("<{BOB}>")), ""));
    let (_, elsewhere) = take_invite(&mut lone);
    assert!(!elsewhere.contains("uthorization: "), "{elsewhere}");
    lone.hear_from(AT_BOB, &response(401, &elsewhere, "b", challenge, ""));
    assert_eq!(failures(&mut lone), [401]);
}
