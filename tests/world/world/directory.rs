//! Who is who at the gateway.

use std::net::SocketAddr;

use engine::route::NumberFormat;
use engine::{Directory, Route, RouteTo, Trunk, TrunkId, User};
use media::dtmf::Clamp;
use media::sdp::SrtpMode;
use media::{CodecKind, DtmfMethod};
use sip_stack::message::Host;
use sip_stack::{Target, Transport};

fn trunk(name: &str, host: u8, dtmf: DtmfMethod) -> (TrunkId, Trunk) {
    let remote = SocketAddr::new([198, 51, 100, host].into(), super::SIP_PORT);
    let trunk = Trunk {
        id: name.into(),
        target: Target::new(Transport::Udp, remote).into(),
        addresses: vec![remote],
        domain: Host::V4([198, 51, 100, host].into()),
        port: None,
        route: Vec::new(),
        credentials: None,
        sources: Vec::new(),
        codecs: vec![CodecKind::Pcmu, CodecKind::Pcma],
        dtmf,
        dtmf_clamp: Clamp::Off,
        srtp: SrtpMode::Off,
        caller_id: Some("+4930100".to_owned()),
        calls_max: None,
        number_format: NumberFormat::default(),
        rates: None,
    };
    (name.into(), trunk)
}

/// `60x` goes to the carrier, `61x` to the spare, `+49` to the carrier and then the spare, `7` to the proxy that forks.
pub(crate) fn directory() -> Directory {
    let user = |name: &str| {
        let id = name.into();
        (name.into(), User { id, display_name: None, caller_id: None, language: None })
    };
    let route = |pattern: &str, trunks: &[&str]| {
        let trunks = RouteTo::trunks(trunks.iter().map(|&name| name.into()));
        Route::new(pattern, pattern.parse().expect("a pattern"), trunks)
    };
    Directory {
        users: [user("ann"), user("bob")].into(),
        trunks: [
            trunk("carrier", 1, DtmfMethod::Auto),
            trunk("spare", 2, DtmfMethod::Info),
            trunk("fork", 9, DtmfMethod::Auto),
        ]
        .into(),
        routes: vec![
            route("60x", &["carrier"]),
            route("61x", &["spare"]),
            route("+49*", &["carrier", "spare"]),
            route("7*", &["fork"]),
        ],
        numbers: [("+4930100".to_owned(), "ann".into())].into(),
    }
}
