//! From a target that fails to the next, with one outcome for the owner (RFC 3263 §4.3).

use std::time::Duration;

use sip_stack::message::Method;
use sip_stack::{
    Config, Invite, Listener, NextHop, Outgoing, OutgoingId, Register, RegistrationId, Target, Transport,
    UaEvent, Unreplied,
};

use crate::call::{CALL, address, credentials, hangup, invite, ms, s};
use crate::dns::Zone;
use crate::lone::{Lone, config, header, response};

pub(crate) const FIRST: &str = "192.0.2.11:5060";
pub(crate) const SECOND: &str = "192.0.2.12:5060";
pub(crate) const THIRD: &str = "192.0.2.13:5060";

/// Three hosts in a fixed order.
pub(crate) const ZONE: &str = "_sip._udp.carrier.example SRV 1 1 5060 one.carrier.example
     _sip._udp.carrier.example SRV 2 1 5060 two.carrier.example
     _sip._udp.carrier.example SRV 3 1 5060 three.carrier.example
     one.carrier.example A 192.0.2.11
     two.carrier.example A 192.0.2.12
     three.carrier.example A 192.0.2.13";

pub(crate) fn with(config: Config) -> Lone {
    let mut lone = Lone::with(config);
    lone.dns = Zone::default().with(ZONE);
    lone
}

pub(crate) fn call() -> Invite {
    Invite {
        uri: "sip:600@carrier.example".parse().unwrap(),
        target: NextHop::Resolve,
        to: address("<sip:600@carrier.example>"),
        ..invite(Transport::Udp)
    }
}

pub(crate) fn dial(lone: &mut Lone) -> String {
    lone.endpoint.invite(lone.now, CALL, call()).unwrap();
    lone.drain();
    take_to(lone, FIRST)
}

/// The only message sent since the last look, which went to this address.
pub(crate) fn take_to(lone: &mut Lone, remote: &str) -> String {
    lone.sent.dedup();
    assert_eq!(lone.sent.len(), 1, "{:#?}", lone.sent);
    let (to, text) = lone.sent.remove(0);
    assert_eq!(to, remote.parse().unwrap(), "{text}");
    text
}

fn branch(text: &str) -> &str {
    header(text, "Via").split("branch=").nth(1).unwrap().split(';').next().unwrap()
}

fn assert_same_request(first: &str, second: &str) {
    for name in ["From", "To", "Call-ID", "CSeq", "Contact"] {
        assert_eq!(header(first, name), header(second, name), "{name}");
    }
    assert_ne!(branch(first), branch(second), "a transaction of its own");
}

fn answered(lone: &Lone) -> bool {
    matches!(lone.events.as_slice(), [UaEvent::Answered { .. }])
}

const CONTACT: &str = "Contact: <sip:600@192.0.2.12>\n";

#[test]
fn a_503_leads_to_the_next_target_and_is_acknowledged_at_the_first() {
    let mut lone = with(config());
    let first = dial(&mut lone);
    lone.hear_from(FIRST, &response(100, &first, "", "", ""));
    let refusal = response(503, &first, "one", "", "");
    lone.hear_from(FIRST, &refusal);
    let (to, ack) = lone.sent.remove(0);
    assert!(to == FIRST.parse().unwrap() && ack.starts_with("ACK ") && branch(&ack) == branch(&first));
    let second = take_to(&mut lone, SECOND);
    assert_same_request(&first, &second);
    assert!(lone.events.is_empty(), "{:?}", lone.events);

    lone.hear_from(FIRST, &refusal);
    assert!(take_to(&mut lone, FIRST).starts_with("ACK "), "a repeated 503 is absorbed where it belongs");
    lone.hear_from(SECOND, &response(200, &second, "two", CONTACT, ""));
    assert!(answered(&lone), "{:?}", lone.events);
    assert!(take_to(&mut lone, SECOND).starts_with("ACK sip:600@192.0.2.12"));
    assert_eq!(lone.endpoint.counters().failovers, 1);
}

#[test]
fn a_target_that_never_answers_is_left_after_timer_b() {
    let mut lone = with(config());
    let first = dial(&mut lone);
    lone.advance(ms(31_900));
    lone.sent.clear();
    lone.advance(ms(200));
    let second = take_to(&mut lone, SECOND);
    assert_same_request(&first, &second);
    lone.hear_from(SECOND, &response(200, &second, "two", CONTACT, ""));
    assert!(answered(&lone), "{:?}", lone.events);
}

fn hasty() -> Config {
    Config { failover_after: Some(s(3)), first_response: Some(s(6)), ..config() }
}

#[test]
fn a_silent_target_is_left_sooner_while_another_is_left() {
    let mut lone = with(hasty());
    let first = dial(&mut lone);
    lone.advance(ms(2_900));
    lone.sent.clear();
    lone.advance(ms(200));
    assert_same_request(&first, &take_to(&mut lone, SECOND));
    lone.advance(s(3));
    assert!(lone.sent.iter().all(|(to, _)| *to != FIRST.parse().unwrap()), "the first hears nothing more");
    lone.advance(s(10));
    let [UaEvent::Failed { code: 408, synthetic: true, .. }] = lone.events.as_slice() else {
        panic!("{:?}", lone.events)
    };
}

#[test]
fn a_target_that_rings_after_it_was_left_is_cancelled() {
    let mut lone = with(hasty());
    let first = dial(&mut lone);
    lone.advance(ms(3_100));
    lone.sent.retain(|(to, _)| *to == SECOND.parse().unwrap());
    let second = take_to(&mut lone, SECOND);
    lone.hear_from(FIRST, &response(180, &first, "one", "", ""));
    let cancel = take_to(&mut lone, FIRST);
    assert!(cancel.starts_with("CANCEL ") && branch(&cancel) == branch(&first), "{cancel}");
    lone.hear_from(FIRST, &response(180, &first, "one", "", ""));
    assert!(lone.sent.is_empty(), "once");
    lone.hear_from(FIRST, &response(487, &first, "one", "", ""));
    lone.sent.clear();
    assert!(lone.events.is_empty(), "{:?}", lone.events);
    lone.hear_from(SECOND, &response(200, &second, "two", CONTACT, ""));
    assert!(answered(&lone), "{:?}", lone.events);
}

#[test]
fn a_target_that_answers_after_it_was_left_is_told_good_bye() {
    let mut lone = with(hasty());
    let first = dial(&mut lone);
    lone.advance(ms(3_100));
    lone.sent.clear();
    lone.hear_from(FIRST, &response(200, &first, "one", "Contact: <sip:600@192.0.2.11>\n", ""));
    let lines = lone.take_lines();
    assert!(lines[0].starts_with("ACK ") && lines[1].starts_with("BYE "), "{lines:?}");
    assert!(lone.events.is_empty(), "{:?}", lone.events);
}

#[test]
fn a_ringing_or_refusing_target_is_the_last() {
    for code in [400, 403, 404, 486, 500, 504, 603] {
        let mut lone = with(config());
        let first = dial(&mut lone);
        lone.hear_from(FIRST, &response(code, &first, "one", "", ""));
        assert!(take_to(&mut lone, FIRST).starts_with("ACK "), "{code}");
        assert!(matches!(lone.events.as_slice(), [UaEvent::Failed { .. }]), "{code}: {:?}", lone.events);
    }
    let mut lone = with(config());
    let first = dial(&mut lone);
    lone.hear_from(FIRST, &response(180, &first, "one", CONTACT, ""));
    lone.hear_from(FIRST, &response(503, &first, "one", "", ""));
    assert!(take_to(&mut lone, FIRST).starts_with("ACK "));
    let [UaEvent::Progress { .. }, UaEvent::Failed { code: 503, synthetic: false, .. }] =
        lone.events.as_slice()
    else {
        panic!("{:?}", lone.events)
    };
}

#[test]
fn the_last_target_s_failure_is_the_owner_s() {
    let mut lone = with(config());
    let first = dial(&mut lone);
    lone.hear_from(FIRST, &response(503, &first, "one", "", ""));
    let second = lone.sent.pop().unwrap().1;
    lone.hear_from(SECOND, &response(503, &second, "two", "", ""));
    let third = lone.sent.pop().unwrap().1;
    lone.hear_from(THIRD, &response(503, &third, "three", "", ""));
    let [UaEvent::Failed { code: 503, synthetic: false, .. }] = lone.events.as_slice() else {
        panic!("{:?}", lone.events)
    };
    lone.advance(s(40));
    assert_eq!((lone.events.len(), lone.endpoint.transactions(), lone.endpoint.calls()), (1, 0, 0));
}

#[test]
fn a_refused_stream_leads_to_the_next_target_at_once() {
    let local = "192.0.2.1:5060".parse().unwrap();
    let listener = |transport| Listener { transport, local, advertised: None };
    let mut lone = with(Config::new(vec![listener(Transport::Udp), listener(Transport::Tcp)]));
    lone.dns = Zone::default().with(&ZONE.replace("_udp", "_tcp"));
    let uri = "sip:600@carrier.example;transport=tcp".parse().unwrap();
    lone.endpoint.invite(lone.now, CALL, Invite { uri, ..call() }).unwrap();
    lone.drain();
    let (flow, target) = lone.connecting.remove(0);
    assert_eq!(target, Target::new(Transport::Tcp, FIRST.parse().unwrap()));
    lone.endpoint.handle_stream_closed(lone.now, flow);
    lone.drain();
    let (_, target) = lone.connecting.remove(0);
    assert_eq!(target, Target::new(Transport::Tcp, SECOND.parse().unwrap()));
    assert!(lone.events.is_empty(), "{:?}", lone.events);
}

#[test]
fn an_unreachable_address_leads_to_the_next_at_once() {
    let mut lone = with(config());
    let first = dial(&mut lone);
    lone.endpoint.handle_unreachable(lone.now, FIRST.parse().unwrap());
    lone.drain();
    assert_same_request(&first, &take_to(&mut lone, SECOND));
}

#[test]
fn the_contact_names_an_address_that_the_target_can_reach() {
    let listener =
        |local: &str| Listener { transport: Transport::Udp, local: local.parse().unwrap(), advertised: None };
    let mut lone = with(Config::new(vec![listener("192.0.2.1:5060"), listener("[2001:db8::1]:5060")]));
    lone.dns = Zone::default().with("carrier.example AAAA 2001:db8::9\ncarrier.example A 192.0.2.9");
    lone.endpoint.invite(lone.now, CALL, call()).unwrap();
    lone.drain();
    let first = take_to(&mut lone, "[2001:db8::9]:5060");
    assert!(header(&first, "Contact").contains("@[2001:db8::1]:5060"), "{first}");
    lone.hear_from("[2001:db8::9]:5060", &response(503, &first, "six", "", ""));
    let second = lone.sent.pop().unwrap().1;
    assert!(header(&second, "Contact").contains("alice@192.0.2.1:5060"), "{second}");
}

#[test]
fn a_challenge_is_answered_where_it_came_from_and_a_503_after_it_leads_on() {
    let mut lone = with(config());
    let placed = Invite { credentials: Some(credentials()), ..call() };
    lone.endpoint.invite(lone.now, CALL, placed).unwrap();
    lone.drain();
    let first = take_to(&mut lone, FIRST);
    let challenge = "WWW-Authenticate: Digest realm=\"carrier.example\", nonce=\"n\", qop=\"auth\"\n";
    lone.hear_from(FIRST, &response(401, &first, "one", challenge, ""));
    lone.sent.remove(0);
    let again = take_to(&mut lone, FIRST);
    assert!(header(&again, "CSeq").starts_with("2 "), "{again}");
    lone.hear_from(FIRST, &response(503, &again, "one", "", ""));
    lone.sent.remove(0);
    let second = take_to(&mut lone, SECOND);
    assert_same_request(&again, &second);
    assert!(second.contains("Authorization: "), "{second}");
}

#[test]
fn a_cancel_goes_where_its_invite_went() {
    let mut lone = with(config());
    let first = dial(&mut lone);
    lone.hear_from(FIRST, &response(503, &first, "one", "", ""));
    let second = lone.sent.pop().unwrap().1;
    lone.sent.clear();
    lone.hear_from(SECOND, &response(180, &second, "two", "", ""));
    lone.endpoint.hangup(lone.now, CALL, hangup(487)).unwrap();
    lone.drain();
    let cancel = take_to(&mut lone, SECOND);
    assert!(cancel.starts_with("CANCEL ") && branch(&cancel) == branch(&second));
}

#[test]
fn a_call_that_is_given_up_goes_nowhere_else() {
    let mut lone = with(config());
    let first = dial(&mut lone);
    lone.endpoint.hangup(lone.now, CALL, hangup(487)).unwrap();
    lone.drain();
    lone.hear_from(FIRST, &response(503, &first, "one", "", ""));
    assert!(lone.sent.iter().all(|(to, _)| *to == FIRST.parse().unwrap()), "{:?}", lone.sent);
    assert!(matches!(lone.events.as_slice(), [UaEvent::Failed { code: 503, .. }]), "{:?}", lone.events);
}

#[test]
fn a_registration_goes_to_the_next_registrar_and_stays_there() {
    let mut lone = with(hasty());
    let register = Register {
        registrar: "sip:carrier.example".parse().unwrap(),
        target: NextHop::Resolve,
        aor: address("<sip:alice@carrier.example>"),
        contact_user: "alice".to_owned(),
        expires_s: 600,
        credentials: None,
        outbound: None,
    };
    lone.endpoint.register(lone.now, RegistrationId(1), register).unwrap();
    lone.drain();
    assert!(take_to(&mut lone, FIRST).starts_with("REGISTER "));
    lone.advance(ms(3_100));
    lone.sent.retain(|(to, _)| *to == SECOND.parse().unwrap());
    let second = take_to(&mut lone, SECOND);
    lone.hear_from(SECOND, &response(200, &second, "two", "Expires: 600\n", ""));
    assert!(matches!(lone.events.as_slice(), [UaEvent::Registered { expires_s: 600, .. }]));
    lone.advance(s(520));
    let refresh = lone.sent.iter().find(|(_, text)| text.starts_with("REGISTER "));
    assert_eq!(refresh.unwrap().0, SECOND.parse().unwrap(), "whoever knows us");
}

fn message() -> Outgoing {
    Outgoing {
        method: Method::Message,
        uri: "sip:600@carrier.example".parse().unwrap(),
        target: NextHop::Resolve,
        route: Vec::new(),
        from: address("<sip:alice@192.0.2.1>"),
        to: address("<sip:600@carrier.example>"),
        headers: Vec::new(),
        body: None,
        credentials: None,
    }
}

#[test]
fn requests_outside_of_calls_go_on_as_well() {
    let mut lone = with(hasty());
    lone.endpoint.send(lone.now, OutgoingId(1), message()).unwrap();
    lone.drain();
    let first = take_to(&mut lone, FIRST);
    lone.hear_from(FIRST, &response(503, &first, "one", "", ""));
    let second = take_to(&mut lone, SECOND);
    assert_same_request_but_contact(&first, &second);
    lone.advance(ms(3_100));
    lone.sent.retain(|(to, _)| *to == THIRD.parse().unwrap());
    let third = take_to(&mut lone, THIRD);
    lone.hear_from(THIRD, &response(202, &third, "three", "", ""));
    let [UaEvent::Replied { response, .. }] = lone.events.as_slice() else { panic!("{:?}", lone.events) };
    assert_eq!(response.code.as_u16(), 202);
    lone.endpoint
        .options(lone.now, RegistrationId(1), "sip:carrier.example".parse().unwrap(), NextHop::Resolve)
        .unwrap();
    lone.drain();
    assert!(lone.sent.pop().unwrap().1.starts_with("OPTIONS "));
}

fn assert_same_request_but_contact(first: &str, second: &str) {
    for name in ["From", "To", "Call-ID", "CSeq"] {
        assert_eq!(header(first, name), header(second, name), "{name}");
    }
}

#[test]
fn a_name_that_leads_nowhere_is_a_clear_failure() {
    let mut lone = Lone::new();
    lone.endpoint.invite(lone.now, CALL, call()).unwrap();
    lone.drain();
    let [UaEvent::Failed { code: 503, reason, synthetic: true, .. }] = lone.events.as_slice() else {
        panic!("{:?}", lone.events)
    };
    assert_eq!(reason, "No Such Name in the DNS");
    lone.events.clear();
    lone.endpoint.send(lone.now, OutgoingId(1), message()).unwrap();
    lone.drain();
    let [UaEvent::Unreplied { why: Unreplied::Unresolved(_), .. }] = lone.events.as_slice() else {
        panic!("{:?}", lone.events)
    };
    assert!(lone.sent.is_empty());
    lone.advance(Duration::from_secs(1));
    assert_eq!((lone.endpoint.calls(), lone.endpoint.transactions()), (0, 0));
    assert_eq!(lone.endpoint.counters().unresolved, 2);
}

#[test]
fn a_route_is_resolved_instead_of_the_request_uri() {
    let mut lone = with(config());
    let route = vec!["sip:carrier.example;lr".parse().unwrap()];
    let uri = "sip:600@elsewhere.example".parse().unwrap();
    lone.endpoint.invite(lone.now, CALL, Invite { uri, route, ..call() }).unwrap();
    lone.drain();
    assert!(take_to(&mut lone, FIRST).starts_with("INVITE sip:600@elsewhere.example SIP/2.0\r\n"));
    assert!(!lone.dns.take_asked().iter().any(|question| question.contains("elsewhere")));
}
