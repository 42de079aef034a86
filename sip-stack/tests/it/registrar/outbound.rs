//! Flows of one instance (RFC 5626 §6, §7), after the examples of its §9.

use std::time::Duration;

use sip_stack::FlowId;
use sip_stack::message::{HeaderName, StatusCode};
use sip_stack::registrar::BindingEvent::{Probation, Refreshed, Registered};
use sip_stack::registrar::{Located, RegistrarConfig};

use super::{BOB, Desk, config, contacts, events, flow, request, values};

const INSTANCE: &str = "+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF>\"";
const OTHER: &str = "+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000000000002>\"";

fn registering(user: &str, reg_id: u32, instance: &str) -> String {
    format!(
        "Supported: path, outbound\nContact: <sip:{user}@192.0.2.4;transport=tcp>;reg-id={reg_id};{instance}"
    )
}

#[test]
fn a_flow_is_known_by_its_instance_and_number_not_by_its_contact() {
    let flow_timer_s = Some(120);
    let mut desk = Desk::with(RegistrarConfig { flow_timer_s, ..config() });
    let first = desk.register_over(1, &registering("one", 1, INSTANCE));
    assert_eq!(events(&first), [Registered]);
    assert_eq!(values(&first, &HeaderName::Require), ["outbound"]);
    assert_eq!(values(&first, &HeaderName::FlowTimer), ["120"]);
    assert_eq!(events(&desk.register_over(2, &registering("moved", 1, INSTANCE))), [Refreshed]);
    assert_eq!(events(&desk.register_over(3, &registering("two", 2, INSTANCE))), [Registered]);
    assert_eq!(events(&desk.register_over(4, &registering("other", 1, OTHER))), [Registered]);
    assert_eq!(contacts(&desk.register("")).len(), 3);
}

#[test]
fn an_instance_is_tried_by_one_flow_at_a_time_the_latest_first() {
    let mut desk = Desk::new();
    for (stream, reg_id) in [(1, 1), (2, 2)] {
        let _ = desk.register_over(stream, &registering(&format!("flow{reg_id}"), reg_id, INSTANCE));
        desk.now += Duration::from_secs(1);
    }
    assert_eq!(desk.locate(BOB), "flow2");
    let Located::At(groups) = desk.registrar.locate(desk.now, &BOB.parse().unwrap()) else { panic!() };
    assert_eq!(groups[0][0].others[0].contact.uri.user.as_deref(), Some("flow1"));
}

#[test]
fn a_dead_flow_is_set_aside_until_it_is_registered_again() {
    let mut desk = Desk::new();
    let _ = desk.register_over(1, &registering("flow1", 1, INSTANCE));
    desk.now += Duration::from_secs(1);
    let second = desk.register_over(2, &registering("flow2", 2, INSTANCE));
    let changes = desk.registrar.flow_closed(FlowId(2));
    assert!(matches!(changes.as_slice(), [change] if change.event == Probation));
    assert_eq!(changes[0].binding.id, second.changes[0].binding.id);
    assert_eq!(desk.locate(BOB), "flow1");
    let Located::At(groups) = desk.registrar.locate(desk.now, &BOB.parse().unwrap()) else { panic!() };
    let _ = desk.registrar.flow_failed(&groups[0][0].binding_ref());
    assert_eq!(desk.locate(BOB), "");
    assert_eq!(events(&desk.register_over(3, &registering("flow2", 2, INSTANCE))), [Refreshed]);
    assert_eq!(desk.locate(BOB), "flow2");
}

#[test]
fn a_first_hop_without_outbound_is_named_so_or_outbound_is_not_used() {
    let mut desk = Desk::new();
    let behind = |headers: &str| {
        let mut request = request(BOB, "x", 1, headers);
        let via = "SIP/2.0/UDP proxy.example;branch=z9hG4bK2".to_owned();
        request.headers.push_front(sip_stack::message::Header::new(HeaderName::Via, via));
        request
    };
    let aware = behind(&registering("a", 1, INSTANCE));
    assert_eq!(
        desk.registrar.register(desk.now, flow(None), &aware).code,
        StatusCode::FIRST_HOP_LACKS_OUTBOUND_SUPPORT
    );
    let unaware = behind(&registering("a", 1, INSTANCE).replace("path, outbound", "path"));
    let registered = desk.registrar.register(desk.now, flow(None), &unaware);
    assert_eq!(registered.code, StatusCode::OK);
    assert_eq!(registered.changes[0].binding.reg_id, None);
    assert!(values(&registered, &HeaderName::Require).is_empty());
    let edge = behind(&format!("{}\nPath: <sip:token@ep1.example;lr;ob>", registering("b", 1, INSTANCE)));
    let registered = desk.registrar.register(desk.now, flow(None), &edge);
    assert_eq!(registered.changes[0].binding.reg_id, Some(1));
    assert!(values(&registered, &HeaderName::FlowTimer).is_empty(), "the flow does not end here");
}

#[test]
fn a_flow_is_registered_alone() {
    let mut desk = Desk::new();
    let two = format!("{}, <sip:b@192.0.2.4>", registering("a", 1, INSTANCE));
    assert_eq!(desk.register(&two).code, StatusCode::BAD_REQUEST);
    let one = format!("{}, <sip:b@192.0.2.4>;expires=0", registering("a", 1, INSTANCE));
    assert_eq!(desk.register(&one).code, StatusCode::OK);
    let nameless = desk.register("Supported: outbound\nContact: <sip:c@192.0.2.4>;reg-id=1");
    assert_eq!((nameless.code, nameless.changes[0].binding.reg_id), (StatusCode::OK, None));
    assert!(values(&nameless, &HeaderName::Require).is_empty());
}
