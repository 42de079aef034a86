//! RFC 3261 §10.3: several bindings, their order, their removal.

use sip_stack::message::StatusCode;
use sip_stack::registrar::BindingEvent::{Deactivated, Refreshed, Registered, Unregistered};
use sip_stack::registrar::{Aor, Located};

use super::{BOB, Desk, contacts, events, flow, request};

#[test]
fn bindings_add_up_and_are_told_in_every_answer() {
    let mut desk = Desk::new();
    assert_eq!(
        events(&desk.register("Contact: <sip:desk@192.0.2.4>;q=0.7, <sip:cell@192.0.2.5>;q=0.9")),
        [Registered, Registered]
    );
    let third = desk.register("Contact: <sip:car@192.0.2.6>;q=0.7");
    assert_eq!(
        contacts(&third),
        [
            "<sip:desk@192.0.2.4>;q=0.7;expires=3600",
            "<sip:cell@192.0.2.5>;q=0.9;expires=3600",
            "<sip:car@192.0.2.6>;q=0.7;expires=3600",
        ]
    );
    let query = desk.register("");
    assert_eq!((contacts(&query).len(), query.changes.len()), (3, 0));
    assert_eq!(desk.locate(BOB), "cell;desk,car");
    assert_eq!(desk.locate("sip:b%6fb@BILOXI.example;transport=tcp"), "cell;desk,car");
    assert_eq!(desk.locate("sip:nobody@biloxi.example"), "");
}

#[test]
fn an_equivalent_contact_is_the_same_binding() {
    let mut desk = Desk::new();
    let first = desk.register("Contact: <sip:bob@192.0.2.4;transport=tcp>");
    let again = desk.register("Contact: <sip:%62ob@192.0.2.4;transport=TCP>;x=y");
    assert_eq!(events(&again), [Refreshed]);
    assert_eq!(first.changes[0].binding.id, again.changes[0].binding.id);
    assert_eq!(events(&desk.register("Contact: <sip:bob@192.0.2.4:5070;transport=tcp>")), [Registered]);
}

#[test]
fn removal_names_a_contact_or_all() {
    let mut desk = Desk::new();
    let _ = desk.register("Contact: <sip:desk@192.0.2.4>, <sip:cell@192.0.2.5>, <sip:car@192.0.2.6>");
    assert_eq!(events(&desk.register("Contact: <sip:cell@192.0.2.5>;expires=0")), [Unregistered]);
    assert_eq!(events(&desk.register("Contact: <sip:gone@192.0.2.5>\nExpires: 0")), []);
    for refused in ["Contact: *", "Contact: *\nExpires: 60", "Contact: *, <sip:a@b>\nExpires: 0"] {
        assert_eq!(desk.register(refused).code, StatusCode::BAD_REQUEST, "{refused}");
    }
    assert_eq!(desk.locate(BOB), "desk,car");
    let all = desk.register("Contact: *\nExpires: 0");
    assert_eq!((events(&all), contacts(&all).len()), (vec![Unregistered, Unregistered], 0));
    assert!(matches!(desk.registrar.locate(desk.now, &BOB.parse().unwrap()), Located::Offline));
}

#[test]
fn an_old_request_changes_nothing_at_all() {
    let mut desk = Desk::new();
    let mut send = |cseq, call_id, headers| {
        let request = request(BOB, call_id, cseq, headers);
        desk.registrar.register(desk.now, flow(None), &request).code
    };
    assert_eq!(send(5, "a", "Contact: <sip:desk@192.0.2.4>"), StatusCode::OK);
    // One contact is new, the other one's sequence is behind: neither is taken.
    let both = "Contact: <sip:new@192.0.2.9>, <sip:desk@192.0.2.4>;expires=0";
    assert_eq!(send(5, "a", both), StatusCode::SERVER_INTERNAL_ERROR);
    assert_eq!(send(4, "a", "Contact: *\nExpires: 0"), StatusCode::SERVER_INTERNAL_ERROR);
    assert_eq!(desk.locate(BOB), "desk");
    let mut send = |cseq, call_id, headers| {
        let request = request(BOB, call_id, cseq, headers);
        desk.registrar.register(desk.now, flow(None), &request).code
    };
    assert_eq!(send(1, "after a restart", both), StatusCode::OK);
    assert_eq!(desk.locate(BOB), "new");
}

#[test]
fn only_our_own_domain_is_registered_here() {
    let mut desk = Desk::new();
    let mut code = |aor: &str, headers: &str| {
        desk.registrar.register(desk.now, flow(None), &request(aor, "x", 1, headers)).code
    };
    assert_eq!(code("sip:bob@chicago.example", ""), StatusCode::NOT_FOUND);
    assert_eq!(code("tel:+1234", ""), StatusCode::NOT_FOUND);
    assert_eq!(code(BOB, "Require: magic"), StatusCode::BAD_EXTENSION);
    assert_eq!(code(BOB, "Require: path, gruu, outbound"), StatusCode::OK);
    assert_eq!(code(BOB, "Contact: <sip:bob@biloxi.example>"), StatusCode::FORBIDDEN);
    assert_eq!(code(BOB, "Contact: <sip:bob@192.0.2.4>;q=1.5"), StatusCode::BAD_REQUEST);
}

#[test]
fn the_owner_removes_what_it_likes() {
    let mut desk = Desk::new();
    let _ = desk.register("Contact: <sip:bob@192.0.2.4>");
    let changes = desk.registrar.deactivate(&Aor::of(&BOB.parse().unwrap()).unwrap());
    assert!(matches!(changes.as_slice(), [change] if change.event == Deactivated));
    assert_eq!(desk.locate(BOB), "");
}

#[test]
fn push_parameters_stay_with_the_contact() {
    let mut desk = Desk::new();
    let contact = "<sip:bob@192.0.2.4;pn-provider=acme;pn-param=acme-param;pn-prid=ZTY4ZDJlMzODE1NmUgKi0K>";
    let registered = desk.register(&format!("Contact: {contact}"));
    assert_eq!(contacts(&registered), [format!("{contact};expires=3600")]);
    let Located::At(groups) = desk.registrar.locate(desk.now, &BOB.parse().unwrap()) else { panic!() };
    let push = groups[0][0].binding.push().unwrap();
    assert_eq!((push.provider, push.param), ("acme", Some("acme-param")));
    assert_eq!(push.prid, Some("ZTY4ZDJlMzODE1NmUgKi0K"));
}
