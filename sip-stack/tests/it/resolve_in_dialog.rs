//! Requests inside a dialog whose next hop is a name.

use sip_stack::{Answer, RecordKind, UaEvent};

use crate::call::{CALL, hangup, invite, s, udp};
use crate::dns::{TTL, Zone};
use crate::lone::{Lone, PEER, header, response};

/// A call by address, answered with this contact and these other headers.
fn answered(zone: &str, contact: &str, more: &str) -> (Lone, Vec<(String, String)>) {
    let mut lone = Lone::new();
    lone.dns = Zone::default().with(zone);
    let mut call = invite(sip_stack::Transport::Udp);
    call.target = udp(PEER);
    lone.endpoint.invite(lone.now, CALL, call).unwrap();
    lone.drain();
    let sent = lone.take_one();
    lone.hear(&response(200, &sent, "b", &format!("Contact: <{contact}>\n{more}"), ""));
    let sent = take(&mut lone);
    (lone, sent)
}

fn take(lone: &mut Lone) -> Vec<(String, String)> {
    let word = |text: &str| text.split(' ').next().unwrap().to_owned();
    std::mem::take(&mut lone.sent).iter().map(|(to, text)| (word(text), to.to_string())).collect()
}

fn sent(word: &str, to: &str) -> Vec<(String, String)> {
    vec![(word.to_owned(), to.to_owned())]
}

fn hang_up(lone: &mut Lone) -> Vec<(String, String)> {
    lone.endpoint.hangup(lone.now, CALL, hangup(0)).unwrap();
    lone.drain();
    take(lone)
}

#[test]
fn ack_and_bye_go_where_the_contact_leads() {
    let zone = "_sip._udp.gw.example SRV 0 1 5070 gw.example\ngw.example A 192.0.2.40";
    let (mut lone, ack) = answered(zone, "sip:b@gw.example", "");
    assert_eq!(ack, sent("ACK", "192.0.2.40:5070"));
    assert_eq!(hang_up(&mut lone), sent("BYE", "192.0.2.40:5070"));
}

#[test]
fn a_route_with_a_name_leads_instead() {
    let zone = "edge.example A 192.0.2.50\ngw.example A 192.0.2.40";
    let (_, ack) = answered(zone, "sip:b@gw.example", "Record-Route: <sip:edge.example;lr>\n");
    assert_eq!(ack, sent("ACK", "192.0.2.50:5060"));
}

#[test]
fn the_peer_that_answered_stays_if_the_name_has_it() {
    let zone = "gw.example A 192.0.2.40\ngw.example A 192.0.2.9";
    let (mut lone, ack) = answered(zone, "sip:b@gw.example:5060", "");
    assert_eq!(ack, sent("ACK", PEER));
    assert_eq!(hang_up(&mut lone), sent("BYE", PEER));
}

#[test]
fn a_name_that_leads_nowhere_or_behind_a_nat_keeps_to_the_peer() {
    let (mut lone, ack) = answered("", "sip:b@nowhere.example", "");
    assert_eq!(ack, sent("ACK", PEER));
    assert_eq!(hang_up(&mut lone), sent("BYE", PEER));
    let (_, ack) = answered("pbx.example A 10.0.0.7", "sip:b@pbx.example", "");
    assert_eq!(ack, sent("ACK", PEER));
    let (lone, ack) = answered("", "sip:b@df7jal23ls0d.invalid", "");
    assert_eq!(ack, sent("ACK", PEER));
    assert!(lone.dns.asked.is_empty());
}

#[test]
fn a_repeated_2xx_while_its_ack_is_resolved_is_acknowledged_once() {
    let mut lone = Lone::new();
    lone.dns.is_silent = true;
    let mut call = invite(sip_stack::Transport::Udp);
    call.target = udp(PEER);
    lone.endpoint.invite(lone.now, CALL, call).unwrap();
    lone.drain();
    let invite = lone.take_one();
    let answer = response(200, &invite, "b", "Contact: <sip:b@gw.example:5060>\n", "");
    lone.hear(&answer);
    lone.hear(&answer);
    assert!(matches!(lone.events.as_slice(), [UaEvent::Answered { .. }]), "{:?}", lone.events);
    assert!(lone.sent.is_empty());
    lone.dns.set("gw.example", RecordKind::A, Answer::NoSuchName { ttl: TTL });
    let [query] = lone.questions.as_slice() else { panic!("{:?}", lone.questions) };
    lone.endpoint.handle_dns(lone.now, *query, Answer::NoSuchName { ttl: TTL });
    lone.drain();
    let ack = lone.take_one();
    assert!(ack.starts_with("ACK sip:b@gw.example:5060 ") && header(&ack, "CSeq") == "1 ACK", "{ack}");
    lone.hear(&answer);
    assert_eq!(lone.take_one(), ack, "then it is repeated as it was");
}

#[test]
fn a_bye_goes_on_to_the_next_address_of_its_name() {
    let zone = "gw.example A 192.0.2.40\ngw.example A 192.0.2.41";
    let (mut lone, _) = answered(zone, "sip:b@gw.example:5060", "");
    lone.endpoint.hangup(lone.now, CALL, hangup(0)).unwrap();
    lone.drain();
    let bye = lone.take_one();
    lone.hear_from("192.0.2.40:5060", &response(503, &bye, "", "", ""));
    let (to, again) = lone.sent.remove(0);
    assert_eq!(to, "192.0.2.41:5060".parse().unwrap());
    lone.hear_from("192.0.2.41:5060", &response(200, &again, "", "", ""));
    lone.advance(s(1));
    assert!(matches!(lone.events.last(), Some(UaEvent::Ended { .. })));
}
