//! Where a URI leads: each branch of RFC 3263 §4.1 and §4.2, with the RFC's own examples.

use sip_stack::{CommandError, Config, Family, Listener, LocateId, Target, Transport, UaEvent, Unresolved};

use crate::dns::Zone;
use crate::lone::Lone;

const ID: LocateId = LocateId(1);

fn listeners(transports: &[Transport], addresses: &[&str]) -> Vec<Listener> {
    let both = transports.iter().flat_map(|at| addresses.iter().map(move |local| (*at, *local)));
    let listener = |(transport, local): (Transport, &str)| Listener {
        transport,
        local: local.parse().unwrap(),
        advertised: None,
    };
    both.map(listener).collect()
}

const V4: &str = "192.0.2.1:5060";
const V6: &str = "[2001:db8::1]:5060";
const ALL: [Transport; 5] = [Transport::Udp, Transport::Tcp, Transport::Tls, Transport::Ws, Transport::Wss];

fn lone(transports: &[Transport], addresses: &[&str], zone: &str) -> Lone {
    let mut lone = Lone::with(Config::new(listeners(transports, addresses)));
    lone.dns = Zone::default().with(zone);
    lone
}

fn shown(targets: &[Target]) -> Vec<String> {
    targets.iter().map(|target| format!("{} {}", target.transport, target.remote)).collect()
}

fn locate(lone: &mut Lone, uri: &str) -> Result<Vec<String>, Unresolved> {
    match lone.endpoint.locate(lone.now, ID, &uri.parse().unwrap()) {
        Ok(()) => {}
        Err(CommandError::Unresolvable(why)) => return Err(why),
        Err(other) => panic!("{other:?}"),
    }
    lone.drain();
    match lone.events.pop() {
        Some(UaEvent::Located { id: ID, targets }) => targets.map(|targets| shown(&targets)),
        other => panic!("{other:?}"),
    }
}

/// The targets with every transport over IPv4, and the questions on the way.
fn over(transports: &[Transport], zone: &str, uri: &str) -> (Result<Vec<String>, Unresolved>, Vec<String>) {
    let mut lone = lone(transports, &[V4], zone);
    let found = locate(&mut lone, uri);
    (found, lone.dns.take_asked())
}

fn list(targets: &[&str]) -> Result<Vec<String>, Unresolved> {
    Ok(targets.iter().map(|&target| target.to_owned()).collect())
}

#[test]
fn a_literal_address_asks_nobody() {
    let cases = [
        ("sip:192.0.2.9", "UDP 192.0.2.9:5060"),
        ("sip:bob@192.0.2.9:5070", "UDP 192.0.2.9:5070"),
        ("sip:192.0.2.9;transport=tcp", "TCP 192.0.2.9:5060"),
        ("sip:192.0.2.9;transport=tls", "TLS 192.0.2.9:5061"),
        ("sip:192.0.2.9;transport=WS", "WS 192.0.2.9:80"),
        ("sips:192.0.2.9", "TLS 192.0.2.9:5061"),
        ("sips:192.0.2.9:5070", "TLS 192.0.2.9:5070"),
        ("sips:192.0.2.9;transport=tcp", "TLS 192.0.2.9:5061"),
        ("sips:192.0.2.9;transport=ws", "WSS 192.0.2.9:443"),
        ("sip:[::ffff:192.0.2.9]", "UDP 192.0.2.9:5060"),
        ("sip:carrier.example;maddr=192.0.2.10", "UDP 192.0.2.10:5060"),
        ("sip:carrier.example:5070;maddr=192.0.2.10", "UDP 192.0.2.10:5070"),
    ];
    for (uri, target) in cases {
        assert_eq!(over(&ALL, "", uri), (list(&[target]), vec![]), "{uri}");
    }
}

#[test]
fn a_port_asks_for_addresses_only() {
    let zone = "host.example A 192.0.2.5";
    let asked = vec!["host.example A".to_owned()];
    for (uri, target) in [
        ("sip:host.example:5070", "UDP 192.0.2.5:5070"),
        ("sip:host.example:5060", "UDP 192.0.2.5:5060"),
        ("sips:host.example:5070", "TLS 192.0.2.5:5070"),
        ("sip:host.example:5070;transport=tcp", "TCP 192.0.2.5:5070"),
        ("sip:other.example:5070;maddr=host.example", "UDP 192.0.2.5:5070"),
    ] {
        assert_eq!(over(&ALL, zone, uri), (list(&[target]), asked.clone()), "{uri}");
    }
}

#[test]
fn a_transport_asks_for_the_srv_records_of_that_transport() {
    let zone = "_sip._tcp.example.com SRV 0 1 5080 server1.example.com
                _sips._tcp.example.com SRV 0 1 5081 server2.example.com
                _sips._ws.example.com SRV 0 1 8443 server2.example.com
                server1.example.com A 192.0.2.5
                server2.example.com A 192.0.2.6";
    for (uri, question, target) in [
        ("sip:example.com;transport=tcp", "_sip._tcp.example.com SRV", "TCP 192.0.2.5:5080"),
        ("sip:example.com;transport=tls", "_sips._tcp.example.com SRV", "TLS 192.0.2.6:5081"),
        ("sips:example.com;transport=tcp", "_sips._tcp.example.com SRV", "TLS 192.0.2.6:5081"),
        ("sips:example.com;transport=ws", "_sips._ws.example.com SRV", "WSS 192.0.2.6:8443"),
    ] {
        let (found, asked) = over(&ALL, zone, uri);
        assert_eq!((found, asked[0].as_str()), (list(&[target]), question), "{uri}");
    }
}

#[test]
fn a_transport_without_srv_records_takes_the_addresses_at_its_usual_port() {
    let zone = "example.com A 192.0.2.5";
    for (uri, target) in [
        ("sip:example.com;transport=udp", "UDP 192.0.2.5:5060"),
        ("sip:example.com;transport=tcp", "TCP 192.0.2.5:5060"),
        ("sip:example.com;transport=tls", "TLS 192.0.2.5:5061"),
        ("sip:example.com;transport=ws", "WS 192.0.2.5:80"),
        ("sips:example.com;transport=ws", "WSS 192.0.2.5:443"),
    ] {
        assert_eq!(over(&ALL, zone, uri).0, list(&[target]), "{uri}");
    }
}

/// RFC 3263 §4.1, with addresses for the two servers.
const EXAMPLE: &str = "example.com NAPTR 50 50 \"s\" \"SIPS+D2T\" _sips._tcp.example.com.
     example.com NAPTR 90 50 \"s\" \"SIP+D2T\" _sip._tcp.example.com
     example.com NAPTR 100 50 \"s\" \"SIP+D2U\" _sip._udp.example.com.
     _sips._tcp.example.com SRV 0 1 5061 server3.example.com
     _sip._tcp.example.com SRV 0 1 5060 server1.example.com
     _sip._tcp.example.com SRV 1 2 5060 server2.example.com
     server1.example.com A 192.0.2.11
     server2.example.com A 192.0.2.12
     server3.example.com A 192.0.2.13";

#[test]
fn the_example_of_the_rfc_leads_a_client_without_tls_to_tcp() {
    let (found, asked) = over(&[Transport::Udp, Transport::Tcp], EXAMPLE, "sip:user@example.com");
    assert_eq!(found, list(&["TCP 192.0.2.11:5060", "TCP 192.0.2.12:5060"]));
    assert_eq!(asked[0], "example.com NAPTR");
    assert!(!asked.iter().any(|question| question.contains("_sips")), "{asked:?}");
}

#[test]
fn the_example_of_the_rfc_leads_a_client_with_tls_to_tls() {
    let (found, _) = over(&ALL, EXAMPLE, "sip:user@example.com");
    assert_eq!(found, list(&["TLS 192.0.2.13:5061"]));
}

#[test]
fn a_sips_uri_keeps_nothing_but_sips_services() {
    let (found, _) = over(&ALL, EXAMPLE, "sips:user@example.com");
    assert_eq!(found, list(&["TLS 192.0.2.13:5061"]));
    let plain = "example.com NAPTR 90 50 \"s\" \"SIP+D2T\" _sip._tcp.example.com
                 _sip._tcp.example.com SRV 0 1 5060 server1.example.com
                 server1.example.com A 192.0.2.11
                 example.com A 192.0.2.20";
    let (found, asked) = over(&ALL, plain, "sips:user@example.com");
    assert_eq!(found, list(&["TLS 192.0.2.20:5061"]), "the domain itself, by TLS");
    assert!(!asked.iter().any(|question| question.starts_with("_sip._")), "{asked:?}");
}

#[test]
fn order_comes_before_preference_and_a_replacement_may_lie_in_another_domain() {
    let zone = "example.com NAPTR 10 90 \"s\" \"SIP+D2U\" _sip._udp.example.com
                example.com NAPTR 10 20 \"S\" \"sip+d2t\" _sip._tcp.school.edu
                example.com NAPTR 20 1 \"s\" \"SIP+D2U\" _sip._udp.example.com
                _sip._tcp.school.edu SRV 0 1 5060 pc.school.edu
                pc.school.edu A 192.0.2.30";
    let (found, _) = over(&[Transport::Udp, Transport::Tcp], zone, "sip:example.com");
    assert_eq!(found, list(&["TCP 192.0.2.30:5060"]));
}

#[test]
fn web_socket_services_are_those_of_rfc_7118() {
    let zone = "example.com NAPTR 10 10 \"s\" \"SIPS+D2W\" _sips._ws.example.com
                example.com NAPTR 20 10 \"s\" \"SIP+D2W\" _sip._ws.example.com
                _sips._ws.example.com SRV 0 1 443 edge.example.com
                _sip._ws.example.com SRV 0 1 80 edge.example.com
                edge.example.com A 192.0.2.40";
    assert_eq!(over(&ALL, zone, "sip:example.com").0, list(&["WSS 192.0.2.40:443"]));
    assert_eq!(over(&[Transport::Ws], zone, "sip:example.com").0, list(&["WS 192.0.2.40:80"]));
}

#[test]
fn rules_that_are_not_sips_are_passed_over() {
    let zone = "example.com NAPTR 1 1 \"u\" \"SIP+D2U\" _sip._udp.wrong.example
                example.com NAPTR 2 1 \"s\" \"SIP+D2S\" _sip._sctp.example.com
                example.com NAPTR 3 1 \"s\" \"E2U+sip\" _sip._udp.wrong.example
                example.com NAPTR 4 1 \"s\" \"SIP+D2U\" _sip._udp.example.com
                _sip._udp.example.com SRV 0 0 5066 host.example.com
                host.example.com A 192.0.2.50";
    let (found, asked) = over(&ALL, zone, "sip:example.com");
    assert_eq!(found, list(&["UDP 192.0.2.50:5066"]));
    assert!(!asked.iter().any(|question| question.contains("wrong")), "{asked:?}");
}

#[test]
fn without_rules_each_transport_is_asked_for_and_udp_comes_first() {
    let zone = "_sip._udp.example.com SRV 0 0 5062 host.example.com
                _sip._tcp.example.com SRV 0 0 5063 host.example.com
                host.example.com A 192.0.2.60";
    let (found, asked) = over(&[Transport::Tcp, Transport::Udp], zone, "sip:example.com");
    assert_eq!(found, list(&["UDP 192.0.2.60:5062"]));
    let expected =
        ["example.com NAPTR", "_sip._udp.example.com SRV", "_sip._tcp.example.com SRV", "host.example.com A"];
    assert_eq!(asked, expected);
    let (found, _) = over(&[Transport::Tcp], zone, "sip:example.com");
    assert_eq!(found, list(&["TCP 192.0.2.60:5063"]), "only transports that there is a listener for");
}

#[test]
fn without_srv_records_a_sip_uri_means_udp_and_a_sips_uri_tls() {
    let zone = "example.com A 192.0.2.70";
    assert_eq!(over(&ALL, zone, "sip:example.com").0, list(&["UDP 192.0.2.70:5060"]));
    assert_eq!(over(&ALL, zone, "sips:example.com").0, list(&["TLS 192.0.2.70:5061"]));
    assert_eq!(over(&[Transport::Tcp], zone, "sip:example.com").0, list(&["TCP 192.0.2.70:5060"]));
}

#[test]
fn priorities_are_tried_in_turn_and_each_host_with_both_families() {
    let zone = "_sip._udp.example.com SRV 20 1 5060 second.example.com
                _sip._udp.example.com SRV 10 1 5060 first.example.com
                first.example.com A 192.0.2.81
                first.example.com A 192.0.2.82
                first.example.com AAAA 2001:db8::81
                second.example.com A 192.0.2.83";
    let mut both = lone(&[Transport::Udp], &[V4, V6], zone);
    let sixth =
        ["UDP [2001:db8::81]:5060", "UDP 192.0.2.81:5060", "UDP 192.0.2.82:5060", "UDP 192.0.2.83:5060"];
    assert_eq!(locate(&mut both, "sip:example.com;transport=udp"), list(&sixth));

    let settings = Config::new(listeners(&[Transport::Udp], &[V4, V6]));
    let mut fourth = Lone::with(Config { family: Family::V4, ..settings });
    fourth.dns = Zone::default().with(zone);
    let expected =
        ["UDP 192.0.2.81:5060", "UDP [2001:db8::81]:5060", "UDP 192.0.2.82:5060", "UDP 192.0.2.83:5060"];
    assert_eq!(locate(&mut fourth, "sip:example.com;transport=udp"), list(&expected));

    let mut only_v6 = lone(&[Transport::Udp], &[V6], zone);
    assert_eq!(locate(&mut only_v6, "sip:example.com;transport=udp"), list(&["UDP [2001:db8::81]:5060"]));
    assert!(only_v6.dns.asked.iter().all(|question| !question.ends_with(" A")), "{:?}", only_v6.dns.asked);
}

#[test]
fn what_leads_nowhere_says_why() {
    let zone = "closed.example NAPTR 1 1 \"s\" \"SIP+D2U\" _sip._udp.closed.example
                _sip._udp.closed.example SRV 0 0 0 .
                closed.example A 192.0.2.90
                sixonly.example AAAA 2001:db8::1";
    for (uri, why) in [
        ("tel:+442079460123", Unresolved::NoHost),
        ("sip:example.com;transport=sctp", Unresolved::NoTransport),
        ("sips:example.com;transport=udp", Unresolved::NoTransport),
        ("sip:nobody.example", Unresolved::NoSuchName),
        ("sip:x.invalid;transport=ws", Unresolved::NoSuchName),
        ("sip:closed.example", Unresolved::NotOffered),
        ("sip:sixonly.example", Unresolved::NoSuchName),
        ("sip:[2001:db8::1]", Unresolved::NoUsableAddress),
    ] {
        assert_eq!(over(&ALL, zone, uri).0, Err(why), "{uri}");
    }
    let (found, _) = over(&[Transport::Udp], zone, "sips:192.0.2.9");
    assert_eq!(found, Err(Unresolved::NoTransport), "TLS without a listener");
}
