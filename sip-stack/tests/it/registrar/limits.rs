//! What registering can cost at most.

use sip_stack::message::{HeaderName, StatusCode};
use sip_stack::registrar::{LocationTable as _, RegistrarConfig, RegistrarLimits};

use super::{BOB, Desk, config, flow, request, values};

#[test]
fn one_binding_too_many_is_refused_and_the_others_stay() {
    let limits = RegistrarLimits { bindings_per_aor: 2, ..RegistrarLimits::default() };
    let mut desk = Desk::with(RegistrarConfig { limits, ..config() });
    assert_eq!(desk.register("Contact: <sip:a@b>, <sip:c@d>").code, StatusCode::OK);
    assert_eq!(desk.register("Contact: <sip:e@f>").code, StatusCode::FORBIDDEN);
    assert_eq!(desk.register("Contact: <sip:e@f>, <sip:a@b>;expires=0").code, StatusCode::OK);
    assert_eq!(desk.locate(BOB), "c,e");
}

#[test]
fn one_address_of_record_too_many_may_come_back_later() {
    let limits = RegistrarLimits { aors: 1, retry_after_s: 30, ..RegistrarLimits::default() };
    let mut desk = Desk::with(RegistrarConfig { limits, ..config() });
    assert_eq!(desk.register("Contact: <sip:a@b>").code, StatusCode::OK);
    let carol = request("sip:carol@biloxi.example", "c", 1, "Contact: <sip:c@d>");
    let refused = desk.registrar.register(desk.now, flow(None), &carol);
    assert_eq!(refused.code, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(values(&refused, &HeaderName::RetryAfter), ["30"]);
    assert_eq!(desk.register("Contact: <sip:e@f>").code, StatusCode::OK);
    assert_eq!(desk.registrar.table().len(), 1);
}

#[test]
fn a_contact_has_an_end() {
    let mut desk = Desk::new();
    let long = "x".repeat(4_096);
    assert_eq!(
        desk.register(&format!("Contact: <sip:a@b>;note={long}")).code,
        StatusCode::REQUEST_ENTITY_TOO_LARGE
    );
}
