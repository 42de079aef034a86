//! RFC 3261 §16.10: a CANCEL whose INVITE this proxy does not know goes where its INVITE would, and leaves nothing.

use sip_stack::UaEvent;

use super::{forward_to, lone, recorded};
use crate::call::s;
use crate::lone::{Lone, PEER, header, request, response};

const TARGET: &str = "192.0.2.20:5060";

/// The CANCEL of an INVITE that went another way, or came before a restart.
fn stray(more: &str) -> String {
    request("CANCEL", 1, "a", "", more).replace("alice@192.0.2.1 SIP", "callee@example.net SIP")
}

/// The target's response with both Via, as the peer gets it.
fn answered(lone: &mut Lone, sent: &str, code: u16) -> String {
    let vias: Vec<&str> = sent.lines().filter_map(|line| line.strip_prefix("Via: ")).collect();
    let text = response(code, sent, "t", "", "").replace(vias[0], &vias.join("\nVia: "));
    lone.hear_from(TARGET, &text);
    assert_eq!(lone.sent[0].0, PEER.parse().unwrap());
    lone.take_one()
}

#[test]
fn it_is_forwarded_where_the_owner_says_each_time_that_it_comes() {
    let mut lone = lone();
    lone.hear(&stray(""));
    forward_to(&mut lone, &[TARGET]);
    assert_eq!(lone.sent[0].0, TARGET.parse().unwrap());
    let first = lone.take_one();
    assert!(first.starts_with(&format!("CANCEL sip:callee@{TARGET} SIP/2.0\r\n")), "{first}");
    assert_eq!(header(&first, "Max-Forwards"), "69");
    assert_eq!((lone.endpoint.transactions(), lone.endpoint.forwarding()), (0, 0), "nothing is kept");
    lone.hear(&stray(""));
    forward_to(&mut lone, &[TARGET]);
    assert_eq!(lone.take_one(), first, "the same branch again");
    lone.advance(s(40));
    assert!(lone.sent.is_empty(), "it is its sender who repeats it");
    let response = answered(&mut lone, &first, 481);
    assert!(response.starts_with("SIP/2.0 481 ") && response.matches("Via:").count() == 1, "{response}");
}

#[test]
fn another_invites_cancel_has_another_branch() {
    let mut lone = lone();
    let branches = ["a", "b"].map(|branch| {
        lone.hear(&stray("").replace("z9hG4bKa", &format!("z9hG4bK{branch}")));
        forward_to(&mut lone, &[TARGET]);
        header(&lone.take_one(), "Via").to_owned()
    });
    assert_ne!(branches[0], branches[1]);
}

#[test]
fn its_route_is_followed_without_asking() {
    let mut lone = lone();
    let route = format!("Route: {}, <sip:{TARGET};lr>\n", recorded(&mut lone));
    let inside = stray(&route).replace("To: <sip:alice@192.0.2.1>", "To: <sip:alice@192.0.2.1>;tag=us");
    lone.hear(&inside);
    assert!(lone.events.is_empty());
    assert_eq!(lone.sent[0].0, TARGET.parse().unwrap());
    let sent = lone.take_one();
    assert_eq!(header(&sent, "Route"), format!("<sip:{TARGET};lr>"));
    assert_eq!(lone.endpoint.transactions(), 0);
    assert!(answered(&mut lone, &sent, 200).starts_with("SIP/2.0 200 "));
}

#[test]
fn it_has_to_be_fit_for_forwarding() {
    let mut lone = lone();
    lone.hear(&stray("").replace("Max-Forwards: 70", "Max-Forwards: 0"));
    forward_to(&mut lone, &[TARGET]);
    assert_eq!(lone.take_lines(), ["SIP/2.0 483 Too Many Hops"]);
}

#[test]
fn the_owner_may_answer_it_and_a_user_agent_says_481() {
    let mut lone = lone();
    lone.hear(&stray(""));
    let Some(UaEvent::Requested { id, .. }) = lone.events.pop() else { panic!("{:?}", lone.events) };
    lone.endpoint.serve(lone.now, id).unwrap();
    lone.drain();
    assert!(lone.take_one().starts_with("SIP/2.0 481 "));
    let mut lone = Lone::new();
    lone.hear(&request("CANCEL", 1, "a", "", ""));
    assert!(lone.take_one().starts_with("SIP/2.0 481 ") && lone.events.is_empty());
}

#[test]
fn a_cancel_whose_invite_is_known_is_not_the_owners_to_forward() {
    let mut lone = lone();
    lone.hear(&request("INVITE", 1, "a", "", ""));
    forward_to(&mut lone, &[TARGET]);
    lone.take_lines();
    lone.hear(&request("CANCEL", 1, "a", "", ""));
    assert_eq!(lone.take_one().lines().next(), Some("SIP/2.0 200 OK"));
    assert!(lone.events.is_empty());
}
