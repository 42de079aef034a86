//! Path (RFC 3327) and Service-Route (RFC 3608): the example of RFC 3327 §5.5.1.

use sip_stack::message::{HeaderName, StatusCode};
use sip_stack::registrar::{Located, PathPolicy, RegistrarConfig};

use super::{BOB, Desk, config, values};

const PATH: &str = "Path: <sip:P3.EXAMPLEHOME.COM;lr>,<sip:P1.EXAMPLEVISITED.COM;lr>";
const CONTACT: &str = "Contact: <sip:UA1@192.0.2.4>";

#[test]
fn the_path_is_kept_in_its_order_and_told() {
    let mut desk = Desk::new();
    let registered = desk.register(&format!("Supported: path\n{PATH}\n{CONTACT}"));
    let path = ["<sip:P3.EXAMPLEHOME.COM;lr>", "<sip:P1.EXAMPLEVISITED.COM;lr>"];
    assert_eq!(values(&registered, &HeaderName::Path), path);
    let Located::At(groups) = desk.registrar.locate(desk.now, &BOB.parse().unwrap()) else { panic!() };
    let kept: Vec<String> = groups[0][0].binding.path.iter().map(ToString::to_string).collect();
    assert_eq!(kept, path);
}

#[test]
fn a_path_behind_the_user_agents_back_is_refused_unless_allowed() {
    let mut desk = Desk::new();
    let refused = desk.register(&format!("{PATH}\n{CONTACT}"));
    assert_eq!(refused.code, StatusCode::BAD_EXTENSION);
    assert_eq!(values(&refused, &HeaderName::Unsupported), ["path"]);
    let mut lax = Desk::with(RegistrarConfig { path: PathPolicy::Accept, ..config() });
    assert_eq!(lax.register(&format!("{PATH}\n{CONTACT}")).code, StatusCode::OK);
}

#[test]
fn every_2xx_tells_the_service_route() {
    let service_route = vec!["<sip:orig@home1.example;lr>".parse().unwrap()];
    let mut desk = Desk::with(RegistrarConfig { service_route, ..config() });
    for headers in [CONTACT, "", "Contact: *\nExpires: 0"] {
        let told = desk.register(headers);
        assert_eq!(values(&told, &HeaderName::ServiceRoute), ["<sip:orig@home1.example;lr>"], "{headers}");
    }
    assert!(values(&desk.register("Require: x"), &HeaderName::ServiceRoute).is_empty());
}
