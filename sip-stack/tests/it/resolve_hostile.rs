//! Answers that nobody should send, and names that nobody can ask for.

use std::net::Ipv4Addr;
use std::time::Duration;

use sip_stack::{
    Answer, Config, Listener, LocateId, Record, RecordKind, Srv, Target, Transport, UaEvent, Unresolved,
};

use crate::dns::{TTL, Zone};
use crate::lone::Lone;

const ID: LocateId = LocateId(1);

fn both_families() -> Lone {
    let listener =
        |local: &str| Listener { transport: Transport::Udp, local: local.parse().unwrap(), advertised: None };
    Lone::with(Config::new(vec![listener("192.0.2.1:5060"), listener("[2001:db8::1]:5060")]))
}

fn locate(lone: &mut Lone, uri: &str) -> Result<Vec<Target>, Unresolved> {
    lone.endpoint.locate(lone.now, ID, &uri.parse().unwrap()).unwrap();
    lone.drain();
    let Some(UaEvent::Located { targets, .. }) = lone.events.pop() else { panic!("{:?}", lone.events) };
    targets
}

fn records(records: Vec<Record>) -> Answer {
    Answer::Records { records, ttl: TTL }
}

#[test]
fn a_thousand_records_are_cut_to_a_few() {
    let mut lone = Lone::new();
    let srv = |number: u16| {
        Record::Srv(Srv { priority: number, weight: 1, port: 5060, target: format!("h{number}.example") })
    };
    lone.dns.set("_sip._udp.big.example", RecordKind::Srv, records((0..1000).map(srv).collect()));
    for number in 0..1000_u32 {
        let ips = (0..1000_u32).map(|index| Record::A(Ipv4Addr::from(0x0a00_0000 + number * 1000 + index)));
        lone.dns.set(&format!("h{number}.example"), RecordKind::A, records(ips.collect()));
    }
    let targets = locate(&mut lone, "sip:big.example;transport=udp").unwrap();
    assert_eq!(targets.len(), 32);
    assert_eq!(targets[0].remote, "10.0.0.0:5060".parse().unwrap(), "the best priority stays");
    assert!(lone.dns.take_asked().len() < 20, "few hosts are asked for");
}

#[test]
fn ports_of_nothing_and_names_of_nobody_are_dropped() {
    let mut lone = Lone::new();
    lone.dns = Zone::default().with("good.example A 192.0.2.7");
    let srv =
        |port, target: &str| Record::Srv(Srv { priority: 0, weight: 1, port, target: target.to_owned() });
    let long = format!("{}.example", "a.".repeat(124));
    let hosts =
        vec![srv(0, "good.example"), srv(5060, &long), srv(5060, "bad name"), srv(5060, "good.example")];
    lone.dns.set("_sip._udp.odd.example", RecordKind::Srv, records(hosts));
    let targets = locate(&mut lone, "sip:odd.example;transport=udp").unwrap();
    assert_eq!(targets.len(), 1);
    assert_eq!(targets[0].remote, "192.0.2.7:5060".parse().unwrap());
}

#[test]
fn addresses_that_no_host_has_are_dropped() {
    let mut lone = both_families();
    lone.dns = Zone::default().with(
        "odd.example A 0.0.0.0
         odd.example A 224.0.0.1
         odd.example A 255.255.255.255
         odd.example AAAA ::ffff:10.0.0.1
         odd.example AAAA ::
         odd.example AAAA ff02::1",
    );
    assert_eq!(locate(&mut lone, "sip:odd.example:5060"), Err(Unresolved::NoUsableAddress));
}

#[test]
fn a_name_of_255_octets_is_asked_for_only_if_it_fits() {
    let mut lone = Lone::new();
    let label = "a".repeat(63);
    let longest = format!("{label}.{label}.{label}.{}", "a".repeat(61));
    assert_eq!(longest.len(), 253);
    assert_eq!(locate(&mut lone, &format!("sip:{longest}:5060")), Err(Unresolved::NoSuchName));
    assert_eq!(lone.dns.take_asked(), [format!("{longest} A")]);
    assert_eq!(locate(&mut lone, &format!("sip:{longest};transport=udp")), Err(Unresolved::NoSuchName));
    assert_eq!(lone.dns.take_asked(), Vec::<String>::new(), "no room for _sip._udp, and the rest is known");
    let too_long = format!("sip:{longest}.aa").parse().unwrap();
    assert!(lone.endpoint.locate(lone.now, ID, &too_long).is_err());
}

#[test]
fn records_of_another_type_are_no_answer() {
    let mut lone = Lone::new();
    lone.dns.set("host.example", RecordKind::A, records(vec![Record::Aaaa("2001:db8::1".parse().unwrap())]));
    assert_eq!(locate(&mut lone, "sip:host.example:5060"), Err(Unresolved::NoSuchName));
}

#[test]
fn an_answer_that_nobody_waits_for_is_nothing() {
    let mut lone = Lone::new();
    lone.dns = Zone::default().with("host.example A 192.0.2.7");
    lone.dns.is_silent = true;
    lone.endpoint.locate(lone.now, ID, &"sip:host.example:5060".parse().unwrap()).unwrap();
    lone.drain();
    let query = lone.questions[0];
    lone.advance(Duration::from_secs(6));
    let [UaEvent::Located { targets: Err(Unresolved::DnsFailure), .. }] = lone.events.as_slice() else {
        panic!("{:?}", lone.events)
    };
    lone.endpoint.handle_dns(lone.now, query, records(vec![Record::A([192, 0, 2, 7].into())]));
    lone.drain();
    assert_eq!(lone.events.len(), 1, "one outcome");
}
