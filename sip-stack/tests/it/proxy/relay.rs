//! Who may be forwarded without the owner's word: requests of dialogs that went by here, and nobody else's.

use sip_stack::proxy::{Branch, Forward, InwardHops, ProxyConfig};
use sip_stack::{Config, NextHop, Target, Transport, UaEvent};

use super::{forward_to, lone, lone_config, recorded};
use crate::dns::Zone;
use crate::lone::{Lone, header, request};

const VICTIM: &str = "sip:victim@198.51.100.7";

/// A request inside a dialog for a target of its sender's choice.
fn towards(method: &str, target: &str, route: &str) -> String {
    let text = request(method, 7, "attack", "made-up", &format!("Route: {route}\n"));
    text.replace("sip:alice@192.0.2.1 SIP", &format!("{target} SIP"))
}

/// The owner, and nobody else, has heard of the last request.
fn assert_asked(lone: &mut Lone, why: &str) {
    assert!(lone.sent.is_empty(), "{why}: {:?}", lone.sent);
    assert!(matches!(lone.events.pop(), Some(UaEvent::Requested { .. })), "{why}");
}

#[test]
fn a_made_up_dialog_is_not_forwarded_but_shown_to_the_owner() {
    for route in
        ["<sip:192.0.2.1:5060;lr>", "<sip:example.net;lr>", "<sip:192.0.2.1;lr;dlg=00112233445566778899>"]
    {
        for method in ["BYE", "INVITE", "MESSAGE", "INFO", "NOTIFY"] {
            let mut lone = lone();
            lone.hear(&towards(method, VICTIM, route));
            assert_asked(&mut lone, &format!("{method} by {route}"));
        }
    }
}

#[test]
fn an_ack_of_a_made_up_dialog_goes_nowhere() {
    let mut lone = lone();
    lone.hear(&towards("ACK", VICTIM, "<sip:192.0.2.1:5060;lr>"));
    assert!(lone.sent.is_empty() && lone.events.is_empty(), "{:?} {:?}", lone.sent, lone.events);
}

#[test]
fn the_route_of_one_dialog_opens_no_other() {
    let mut lone = lone();
    let route = recorded(&mut lone);
    let own = towards("BYE", VICTIM, &route);
    let mut branch = 0;
    let mut hear = |lone: &mut Lone, text: &str| {
        branch += 1;
        lone.hear(&text.replace("z9hG4bKattack", &format!("z9hG4bKattack{branch}")));
    };
    hear(&mut lone, &own.replace("peers-call", "another-call"));
    assert_asked(&mut lone, "another Call-ID");
    hear(&mut lone, &own.replace("tag=peer", "tag=else"));
    assert_asked(&mut lone, "other tags");
    hear(&mut lone, &own.replace(";dlg=", ";dlg=0"));
    assert_asked(&mut lone, "another signature");
    hear(&mut lone, &own.replace("<sip:192.0.2.1:5060;lr;dlg", "<sip:192.0.2.1:5060;lr;was"));
    assert_asked(&mut lone, "none");
    hear(&mut lone, &own);
    assert!(lone.take_one().starts_with("BYE sip:victim@198.51.100.7"), "the dialog itself goes on");
    let other_side =
        own.replace("tag=peer", "tag=x").replace("tag=made-up", "tag=peer").replace("tag=x", "tag=y");
    hear(&mut lone, &other_side);
    assert!(lone.take_one().starts_with("BYE "), "its callee's requests as well");
}

#[test]
fn a_route_of_a_proxy_with_another_key_is_a_strangers() {
    let route = recorded(&mut lone());
    let proxy = Some(ProxyConfig::new(vec!["example.net".parse().unwrap()], [5; 32]));
    let mut other = Lone::with(Config { proxy, ..lone_config() });
    other.hear(&towards("BYE", VICTIM, &route));
    assert_asked(&mut other, "another key");
}

#[test]
fn an_outbound_proxy_before_the_recorded_route_does_no_harm() {
    let mut lone = lone();
    let route = recorded(&mut lone);
    lone.hear(&towards("BYE", VICTIM, &format!("<sip:example.net;lr>, {route}")));
    assert!(lone.take_one().starts_with("BYE "));
}

/// A call from a phone whose stream's flow is in the Record-Route, as its callee sees it.
fn flow_route() -> (Lone, String) {
    let mut lone = lone();
    lone.hear(&request("INVITE", 1, "a", "", "").replace("@192.0.2.9>\nContent", "@192.0.2.9;ob>\nContent"));
    forward_to(&mut lone, &["192.0.2.2:5060"]);
    let invite = lone.take_one();
    let routes: Vec<&str> = invite.lines().filter_map(|line| line.strip_prefix("Record-Route: ")).collect();
    (lone, routes[1].to_owned())
}

#[test]
fn whoever_was_called_cannot_call_back_by_the_flow_unseen() {
    let (mut lone, route) = flow_route();
    assert!(route.contains('@'), "{route}");
    let fresh = request("MESSAGE", 1, "fresh", "", &format!("Route: {route}\n"));
    lone.hear_from("192.0.2.66:5060", &fresh.replace("peers-call", "fresh-call"));
    assert_asked(&mut lone, "outside of the dialog");
    let ob = route.replace(";lr", ";lr;ob");
    let fresh = request("MESSAGE", 1, "fresher", "", &format!("Route: {ob}\n"));
    lone.hear_from("192.0.2.66:5060", &fresh.replace("peers-call", "fresher-call"));
    assert_asked(&mut lone, "with a mark of Paths");
    lone.hear_from("192.0.2.66:5060", &towards("BYE", VICTIM, &route).replace("peers-call", "made-up-call"));
    assert_asked(&mut lone, "in a dialog that the flow is not of");
}

const PRIVATE: [&str; 5] = ["10.0.0.5", "127.0.0.1", "169.254.169.254", "192.168.1.1", "[::1]"];

#[test]
fn a_strangers_uri_does_not_lead_inside() {
    let mut lone = lone();
    let route = recorded(&mut lone);
    for (nth, host) in PRIVATE.into_iter().enumerate() {
        let by_line = towards("BYE", &format!("sip:x@{host}"), &route);
        lone.hear(&by_line.replace("z9hG4bKattack", &format!("z9hG4bKl{nth}")));
        assert!(lone.take_one().starts_with("SIP/2.0 403"), "{host} in the request line");
        let by_route = towards("BYE", VICTIM, &format!("{route}, <sip:{host};lr>"));
        lone.hear(&by_route.replace("z9hG4bKattack", &format!("z9hG4bKr{nth}")));
        assert!(lone.take_one().starts_with("SIP/2.0 403"), "{host} in a Route");
    }
}

#[test]
fn a_strangers_name_does_not_lead_inside() {
    let mut lone = lone();
    let route = recorded(&mut lone);
    lone.dns = Zone::default().with("inside.example A 10.0.0.5\noutside.example A 192.0.2.77");
    lone.hear(&towards("BYE", "sip:x@inside.example:5060", &route));
    assert!(lone.take_one().starts_with("SIP/2.0 502"), "as if the name led nowhere");
    lone.hear(&towards("BYE", "sip:x@outside.example:5060", &route).replace("z9hG4bKattack", "z9hG4bKb"));
    assert_eq!(lone.sent.pop().map(|(to, _)| to), Some("192.0.2.77:5060".parse().unwrap()));
}

#[test]
fn an_owner_that_wants_it_lets_strangers_in() {
    let names = vec!["example.net".parse().unwrap()];
    let proxy = Some(ProxyConfig { inward: InwardHops::Allowed, ..ProxyConfig::new(names, [4; 32]) });
    let mut lone = Lone::with(Config { proxy, ..lone_config() });
    let route = recorded(&mut lone);
    lone.hear(&towards("BYE", "sip:x@10.0.0.5", &route));
    assert_eq!(lone.sent.pop().map(|(to, _)| to), Some("10.0.0.5:5060".parse().unwrap()));
}

/// A caller from outside, a phone inside that the owner sends the call to.
#[test]
fn a_dialog_between_outside_and_inside_is_walked_both_ways() {
    let mut lone = lone();
    lone.hear(&request("INVITE", 1, "a", "", ""));
    let Some(UaEvent::Requested { id, .. }) = lone.events.pop() else { panic!("{:?}", lone.events) };
    let inside = Target::new(Transport::Udp, "10.0.0.5:5060".parse().unwrap());
    let branch = Branch::new("sip:bob@10.0.0.5".parse().unwrap(), NextHop::Address(inside));
    lone.endpoint.forward(lone.now, id, Forward::to(branch)).unwrap();
    lone.drain();
    let invite = lone.take_one();
    let routes: Vec<&str> = invite.lines().filter_map(|line| line.strip_prefix("Record-Route: ")).collect();
    assert_eq!(routes.len(), 2, "{invite}");
    let back = format!("{}, {}", routes[1], routes[0]);
    lone.hear(&towards("BYE", "sip:bob@10.0.0.5", &back));
    let (to, bye) = lone.sent.pop().unwrap();
    assert!(to == "10.0.0.5:5060".parse().unwrap() && bye.starts_with("BYE sip:bob@10.0.0.5"), "{bye}");
    let other = towards("BYE", "sip:bob@10.0.0.6", &back).replace("z9hG4bKattack", "z9hG4bKother");
    lone.hear(&other);
    assert_eq!(
        lone.sent.pop().map(|(to, _)| to),
        Some("10.0.0.5:5060".parse().unwrap()),
        "to that phone only"
    );
    assert_eq!(header(&bye, "CSeq"), "7 BYE");
}
