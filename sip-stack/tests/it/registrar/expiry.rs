//! How long a binding lasts (RFC 3261 §10.2.1.1, §10.3 step 7).

use std::time::Duration;

use sip_stack::message::{HeaderName, StatusCode};
use sip_stack::registrar::BindingEvent::{Expired, Shortened};
use sip_stack::registrar::{Expiry, RegistrarConfig};

use super::{BOB, Desk, config, contacts, events, values};

fn desk() -> Desk {
    let expiry = Expiry { default_s: 600, min_s: 60, max_s: 1200 };
    Desk::with(RegistrarConfig { expiry, ..config() })
}

#[test]
fn the_time_is_the_contacts_or_the_headers_or_ours() {
    let mut desk = desk();
    for (headers, granted) in [
        ("Contact: <sip:a@192.0.2.4>;expires=300\nExpires: 900", 300),
        ("Contact: <sip:a@192.0.2.4>\nExpires: 900", 900),
        ("Contact: <sip:a@192.0.2.4>", 600),
        ("Contact: <sip:a@192.0.2.4>;expires=soon", 600),
        ("Contact: <sip:a@192.0.2.4>\nExpires: never", 600),
        ("Contact: <sip:a@192.0.2.4>;expires=86400", 1200),
    ] {
        let registered = desk.register(headers);
        assert_eq!(contacts(&registered), [format!("<sip:a@192.0.2.4>;expires={granted}")], "{headers}");
    }
}

#[test]
fn too_brief_is_refused_with_the_least_that_is_not() {
    let mut desk = desk();
    let refused = desk.register("Contact: <sip:a@192.0.2.4>, <sip:b@192.0.2.4>;expires=59");
    assert_eq!(refused.code, StatusCode::INTERVAL_TOO_BRIEF);
    assert_eq!(values(&refused, &HeaderName::MinExpires), ["60"]);
    assert_eq!(desk.locate(BOB), "", "not one of the two");
    assert_eq!(desk.register("Contact: <sip:a@192.0.2.4>;expires=60").code, StatusCode::OK);
}

#[test]
fn an_hour_is_never_too_brief() {
    let expiry = Expiry { default_s: 7200, min_s: 7200, max_s: 86_400 };
    let mut desk = Desk::with(RegistrarConfig { expiry, ..config() });
    assert_eq!(desk.register("Contact: <sip:a@b>;expires=3599").code, StatusCode::INTERVAL_TOO_BRIEF);
    assert_eq!(desk.register("Contact: <sip:a@b>;expires=3600").code, StatusCode::OK);
}

#[test]
fn bindings_end_one_by_one() {
    let mut desk = desk();
    let _ = desk.register("Contact: <sip:a@192.0.2.4>;expires=100, <sip:b@192.0.2.4>;expires=200");
    assert_eq!(desk.registrar.poll_timeout(), Some(desk.now + Duration::from_secs(100)));
    assert_eq!(desk.advance(Duration::from_secs(99)), []);
    assert_eq!(contacts(&desk.register(""))[0], "<sip:a@192.0.2.4>;expires=1");
    assert_eq!(desk.advance(Duration::from_secs(1)), [Expired]);
    assert_eq!(desk.locate(BOB), "b");
    let shorter = desk.register("Contact: <sip:b@192.0.2.4>;expires=60");
    assert_eq!(events(&shorter), [Shortened]);
    assert_eq!(desk.advance(Duration::from_secs(60)), [Expired]);
    assert_eq!((desk.locate(BOB).as_str(), desk.registrar.poll_timeout()), ("", None));
}

#[test]
fn what_has_ended_counts_for_nothing_before_its_timer() {
    let mut desk = desk();
    let _ = desk.register("Contact: <sip:a@192.0.2.4>;expires=100");
    desk.now += Duration::from_secs(100);
    assert_eq!(desk.locate(BOB), "");
    assert_eq!(contacts(&desk.register("")).len(), 0);
}
