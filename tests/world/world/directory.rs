//! Who is who at the gateway.

use std::net::SocketAddr;

use engine::{Directory, Route, Trunk, TrunkId, User};
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
        srtp: SrtpMode::Off,
        caller_id: Some("+4930100".to_owned()),
        calls_max: None,
    };
    (name.into(), trunk)
}

/// `60x` goes to the carrier, `61x` to the spare, `+49` to the carrier and then the spare, `7` to the proxy that forks.
pub(crate) fn directory() -> Directory {
    let user = |name: &str| (name.into(), User { id: name.into(), display_name: None, caller_id: None });
    let route = |pattern: &str, trunks: &[&str]| Route {
        name: pattern.to_owned(),
        pattern: pattern.parse().expect("a pattern"),
        trunks: trunks.iter().map(|&name| name.into()).collect(),
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
