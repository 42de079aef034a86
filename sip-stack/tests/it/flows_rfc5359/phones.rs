//! The phones of these flows: they call each other without a proxy, and serve what the RFC's phones serve.

use sip_stack::event_package::DialogInfo;
use sip_stack::message::header::ReferredBy;
use sip_stack::message::{Header, HeaderName};
use sip_stack::proxy::target_of;
use sip_stack::{
    Body, Config, Invite, InviteId, Package, Referral, Referrals, Referred, Relation, RelationKind, Services,
    SubscriptionEvent, SubscriptionId, Target, TellMe, Transport, UaEvent,
};

use crate::call::{ANSWER, OFFER, address, answer, ms, respond};
use crate::net::{Net, config};

pub(crate) fn phones(names: &[&'static str]) -> Net {
    let mut net = Net::new();
    for (nth, name) in names.iter().enumerate() {
        let relations = vec![RelationKind::Replaces, RelationKind::Join];
        let config =
            Config { relations, services: services(), ..config(&format!("192.0.2.{}:5060", nth + 1)) };
        net.node(name, config, Box::new(|_, _, event| Some(event)));
    }
    net
}

fn services() -> Services {
    let content_type = Some(DialogInfo::CONTENT_TYPE.to_owned());
    Services {
        packages: vec![Package { content_type, ..Package::new("dialog") }],
        referrals: Referrals::Asked,
        messages: vec!["text/plain".to_owned()],
        ..Services::default()
    }
}

/// Where a phone is called.
pub(crate) fn uri(net: &Net, name: &str) -> String {
    format!("sip:{name}@{}", net.address(name))
}

/// A phone calls another one, with headers of its own.
pub(crate) fn call(net: &mut Net, from: &'static str, id: u64, to: &str, headers: Vec<Header>) {
    let caller = address(&format!("<{}>", uri(net, from)));
    let target = Target::new(Transport::Udp, net.address(to));
    let call = Invite::new(uri(net, to).parse().unwrap(), target, caller);
    let (now, body) = (net.now, Some(Body::sdp(OFFER)));
    net.endpoint(from).invite(now, InviteId(id), Invite { headers, body, ..call }).unwrap();
    net.run(ms(100));
}

/// A call rings, is answered and acknowledged; the called phone's id of it.
pub(crate) fn talk(net: &mut Net, from: &'static str, id: u64, to: &'static str) -> InviteId {
    call(net, from, id, to, Vec::new());
    let called = net.incoming(to);
    net.respond(to, called, respond(180));
    net.respond(to, called, answer());
    let events = net.take_events(from);
    assert!(
        matches!(events[..], [UaEvent::Progress { code: 180, .. }, UaEvent::Answered { .. }]),
        "{events:?}"
    );
    let events = net.take_events(to);
    assert!(matches!(events[..], [UaEvent::Acknowledged { .. }]), "{events:?}");
    called
}

/// One side of a call offers another direction, and the other side takes it.
pub(crate) fn turn(
    net: &mut Net,
    (from, ours): (&'static str, InviteId),
    (to, theirs): (&'static str, InviteId),
    direction: &str,
) {
    let (now, offer) = (net.now, format!("v=0\r\na={direction}\r\n"));
    net.endpoint(from).reoffer(now, ours, Body::sdp(offer.clone())).unwrap();
    net.run(ms(100));
    let events = net.take_events(to);
    let Some(UaEvent::Reoffer { id, body: Some(body), .. }) = events.last() else { panic!("{events:?}") };
    assert_eq!((*id, &*body.content), (theirs, offer.as_bytes()));
    let now = net.now;
    net.endpoint(to).answer_reoffer(now, theirs, 200, Some(Body::sdp(ANSWER))).unwrap();
    net.run(ms(100));
    let events = net.take_events(from);
    assert!(matches!(events.last(), Some(UaEvent::ReofferDone { code: 200, .. })), "{events:?}");
}

/// The call that arrived at a phone and names another one of its calls.
pub(crate) fn related(net: &mut Net, name: &'static str) -> (InviteId, Relation) {
    let events = net.take_events(name);
    let Some(UaEvent::Incoming { id, relations, .. }) = events.last() else { panic!("{name}: {events:?}") };
    let [relation] = relations.as_slice() else { panic!("{relations:?}") };
    (*id, *relation)
}

/// A call arrives that replaces `other`, and is answered.
pub(crate) fn replace(net: &mut Net, name: &'static str, other: InviteId) -> InviteId {
    let (id, relation) = related(net, name);
    assert_eq!(relation, Relation { kind: RelationKind::Replaces, call: other });
    net.respond(name, id, answer());
    id
}

/// `Replaces` and what makes sure that it is understood.
pub(crate) fn replacing(replaces: Header) -> Vec<Header> {
    vec![Header::new(HeaderName::Require, "replaces"), replaces]
}

/// The URI of a phone with a Replaces in it, as Refer-To and click-able text have it.
pub(crate) fn uri_replacing(net: &Net, name: &str, replaces: &Header) -> String {
    let escaped: String = replaces.value.bytes().map(escape).collect();
    format!("<{}?Replaces={escaped}&Require=replaces>", uri(net, name))
}

fn escape(byte: u8) -> String {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    }
}

/// Whom to call, on behalf of whom.
pub(crate) fn referral(net: &Net, refer_to: &str, by: &str) -> Referral {
    Referral {
        refer_to: address(refer_to),
        referred_by: Some(address(&format!("<{}>", uri(net, by)))),
        tell_me: TellMe::Progress,
        headers: Vec::new(),
        body: None,
    }
}

/// The REFER that arrived at a phone.
pub(crate) fn referred(net: &mut Net, name: &'static str) -> (SubscriptionId, Referred) {
    let events = net.take_events(name);
    let Some(UaEvent::Subscription(SubscriptionEvent::Referred { id, referred })) = events.last() else {
        panic!("{name}: {events:?}")
    };
    (*id, (**referred).clone())
}

/// A phone takes a REFER and says so.
pub(crate) fn accept(net: &mut Net, name: &'static str, id: SubscriptionId, tell: TellMe) {
    let now = net.now;
    net.endpoint(name).accept_refer(now, id, tell).unwrap();
    net.run(ms(100));
}

/// A phone makes the call that a REFER asked for.
pub(crate) fn obey(net: &mut Net, name: &'static str, id: u64, asked: Referred) {
    let target = target_of(&asked.refer_to.uri).unwrap();
    let mut headers = vec![Header::from_typed(&ReferredBy(asked.referred_by.unwrap()))];
    headers.extend(asked.replaces.iter().map(Header::from_typed).flat_map(replacing));
    let caller = address(&format!("<{}>", uri(net, name)));
    let call = Invite::new(asked.refer_to.uri, target, caller);
    let (now, body) = (net.now, Some(Body::sdp(OFFER)));
    net.endpoint(name).invite(now, InviteId(id), Invite { headers, body, ..call }).unwrap();
    net.run(ms(100));
}

/// What a phone was told about a subscription of its own: the state of each NOTIFY and its body.
pub(crate) fn told(net: &mut Net, name: &'static str) -> Vec<(String, Body)> {
    let one = |event: UaEvent| {
        let UaEvent::Subscription(SubscriptionEvent::Notified { state, body, .. }) = event else {
            return None;
        };
        Some((state.word.to_string(), body?))
    };
    net.take_events(name).into_iter().filter_map(one).collect()
}
