//! Which of our addresses a message leaves from, and which it names.

use std::time::Instant;

use sip_stack::{CommandError, Config, Endpoint, Listener, Output, Transport};

use crate::call::{CALL, invite, udp};
use crate::lone::header;

fn listener(transport: Transport, local: &str, advertised: Option<&str>) -> Listener {
    let advertised = advertised.map(|address| address.parse().unwrap());
    Listener { transport, local: local.parse().unwrap(), advertised }
}

/// The INVITE to `remote`, and the listener it leaves from.
fn dial(listeners: Vec<Listener>, remote: &str) -> Result<(String, String), CommandError> {
    let now = Instant::now();
    let mut endpoint = Endpoint::new(Config::new(listeners), [4; 32], now);
    let mut call = invite(Transport::Udp);
    call.target = udp(remote);
    call.from.uri.user = Some("a b@c".into());
    endpoint.invite(now, CALL, call)?;
    let Output::Datagram { local, payload, .. } = endpoint.poll_output() else { panic!("no datagram") };
    Ok((local.to_string(), String::from_utf8(payload.to_vec()).unwrap()))
}

#[test]
fn the_family_of_the_target_picks_the_listener() {
    let both = || {
        let v4 = listener(Transport::Udp, "192.0.2.1:5060", None);
        vec![v4, listener(Transport::Udp, "[2001:db8::1]:5062", None)]
    };
    let (local, sent) = dial(both(), "[2001:db8::9]:5060").unwrap();
    assert_eq!(local, "[2001:db8::1]:5062");
    assert!(header(&sent, "Via").starts_with("SIP/2.0/UDP [2001:db8::1]:5062;"), "{sent}");
    let (local, _) = dial(both(), "192.0.2.9:5060").unwrap();
    assert_eq!(local, "192.0.2.1:5060");
    let only_tcp = vec![listener(Transport::Tcp, "192.0.2.1:5060", None)];
    assert_eq!(dial(only_tcp, "192.0.2.9:5060"), Err(CommandError::NoListener));
}

#[test]
fn a_loopback_target_is_reached_from_loopback() {
    let outside = listener(Transport::Udp, "192.0.2.1:5060", None);
    let inside = listener(Transport::Udp, "127.0.0.1:5060", None);
    let (local, _) = dial(vec![outside, inside], "127.0.0.1:5070").unwrap();
    assert_eq!(local, "127.0.0.1:5060");
}

#[test]
fn peers_are_told_the_advertised_address() {
    let natted = vec![listener(Transport::Udp, "10.0.0.2:5060", Some("198.51.100.1:5080"))];
    let (local, sent) = dial(natted, "192.0.2.9:5060").unwrap();
    assert_eq!(local, "10.0.0.2:5060");
    assert!(header(&sent, "Via").starts_with("SIP/2.0/UDP 198.51.100.1:5080;"), "{sent}");
    assert_eq!(header(&sent, "Contact"), "<sip:a%20b%40c@198.51.100.1:5080>");
}
