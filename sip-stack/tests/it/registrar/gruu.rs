//! GRUUs minted and resolved (RFC 5627 §5, §6.1), after the example of its §9.

use std::time::Duration;

use sip_stack::message::{HeaderName, NameAddr, StatusCode};
use sip_stack::registrar::{Located, Registered};

use super::{BOB, Desk, contacts, flow, request};

const INSTANCE: &str = "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6";

fn registering(user: &str) -> String {
    format!("Supported: gruu\nContact: <sip:{user}@192.0.2.1>;+sip.instance=\"<{INSTANCE}>\"")
}

/// The public and the temporary GRUU of the first contact.
fn gruus(registered: &Registered) -> (String, String) {
    let contact: NameAddr = contacts(registered)[0].parse().unwrap();
    let param = |name| contact.params.get(name).unwrap().to_owned();
    (param("pub-gruu"), param("temp-gruu"))
}

fn is_unknown(desk: &Desk, uri: &str) -> bool {
    matches!(desk.registrar.locate(desk.now, &uri.parse().unwrap()), Located::Unknown)
}

#[test]
fn both_gruus_lead_to_their_instance_alone() {
    let mut desk = Desk::new();
    let _ = desk.register("Contact: <sip:cell@192.0.2.5>");
    let registered = desk.register(&registering("desk"));
    let contact: NameAddr = contacts(&registered)[1].parse().unwrap();
    let (public, temporary) =
        (contact.params.get("pub-gruu").unwrap(), contact.params.get("temp-gruu").unwrap());
    assert_eq!(public, format!("{BOB};gr={INSTANCE}"));
    assert!(temporary.starts_with("sip:tgruu.") && temporary.ends_with("@biloxi.example;gr"), "{temporary}");
    assert!(!temporary.contains("bob"));
    assert_eq!(desk.locate(public), "desk");
    assert_eq!(desk.locate(temporary), "desk");
    assert_eq!(desk.locate(BOB), "cell,desk");
}

#[test]
fn each_refresh_mints_another_and_the_old_ones_hold() {
    let mut desk = Desk::new();
    let (public, first) = gruus(&desk.register(&registering("desk")));
    let (same, second) = gruus(&desk.register(&registering("desk")));
    assert_eq!(public, same);
    assert_ne!(first, second);
    assert_eq!((desk.locate(&first), desk.locate(&second)), ("desk".to_owned(), "desk".to_owned()));
}

#[test]
fn a_new_call_id_ends_the_temporary_ones() {
    let mut desk = Desk::new();
    let (public, first) = gruus(&desk.register(&registering("desk")));
    desk.now += Duration::from_secs(1);
    let rebooted = request(BOB, "another", 1, &registering("again"));
    let (_, second) = gruus(&desk.registrar.register(desk.now, flow(None), &rebooted));
    assert!(is_unknown(&desk, &first));
    assert_eq!((desk.locate(&second), desk.locate(&public)), ("again".to_owned(), "again".to_owned()));
}

#[test]
fn without_contacts_the_public_one_waits_and_the_temporary_one_ends() {
    let mut desk = Desk::new();
    let (public, temporary) = gruus(&desk.register(&registering("desk")));
    let _ = desk.register("Contact: *\nExpires: 0");
    assert!(matches!(desk.registrar.locate(desk.now, &public.parse().unwrap()), Located::Offline));
    assert!(is_unknown(&desk, &temporary));
    assert!(is_unknown(&desk, "sip:tgruu.00@biloxi.example;gr"));
    assert!(is_unknown(&desk, "sip:bob@biloxi.example;gr"));
}

#[test]
fn a_user_agent_that_does_not_know_them_is_told_none() {
    let mut desk = Desk::new();
    let registered = desk.register(&registering("desk").replace("Supported: gruu\n", ""));
    assert!(!contacts(&registered)[0].contains("gruu"));
    assert!(contacts(&registered)[0].contains(INSTANCE));
}

#[test]
fn a_gruu_is_no_contact() {
    let mut desk = Desk::new();
    let (public, temporary) = gruus(&desk.register(&registering("desk")));
    for loops in [public, temporary, "tel:+1234".to_owned()] {
        let headers = format!("Contact: <{loops}>;+sip.instance=\"<{INSTANCE}>\"");
        let refused = desk.register(&headers);
        assert_eq!(refused.code, StatusCode::FORBIDDEN, "{loops}");
        assert!(refused.headers.iter().all(|header| header.name != HeaderName::Contact));
    }
}
