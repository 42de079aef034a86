//! RFC 5359 §2.6: Bob sends Carol a link to his call, and her click takes it over.

use sip_stack::message::header::Replaces;
use sip_stack::message::{Header, Method, NameAddr, TypedHeader};
use sip_stack::{
    Body, EndedBy, InviteId, Outgoing, OutgoingId, ReplacesWhen, Reply, Target, Transport, UaEvent,
};

use super::phones::{call, phones, replace, replacing, talk, uri, uri_replacing};
use crate::call::{address, ms};
use crate::ladder::assert_ladder;
use crate::net::Net;

const CALL: InviteId = InviteId(1);
const MESSAGE: OutgoingId = OutgoingId(1);

/// F5 and F6: a message from Bob to Carol; its text as she reads it.
fn message(net: &mut Net, text: String) -> String {
    let message = Outgoing {
        method: Method::Message,
        uri: uri(net, "carol").parse().unwrap(),
        target: Target::new(Transport::Udp, net.address("carol")).into(),
        route: Vec::new(),
        from: address(&format!("<{}>", uri(net, "bob"))),
        to: address(&format!("<{}>", uri(net, "carol"))),
        headers: Vec::new(),
        body: Some(Body { content_type: "text/plain".to_owned(), content: text.into() }),
        credentials: None,
    };
    let now = net.now;
    net.endpoint("bob").send(now, MESSAGE, message).unwrap();
    net.run(ms(100));
    let events = net.take_events("carol");
    let [UaEvent::Requested { id, request, .. }] = events.as_slice() else { panic!("{events:?}") };
    let now = net.now;
    net.endpoint("carol").reply(now, *id, Reply::new(200)).unwrap();
    net.run(ms(100));
    assert!(matches!(net.take_events("bob")[..], [UaEvent::Replied { id: MESSAGE, .. }]));
    String::from_utf8(request.body.to_vec()).unwrap()
}

#[test]
fn a_link_takes_the_call_over() {
    let mut net = phones(&["alice", "bob", "carol"]);
    let bob = talk(&mut net, "alice", CALL.0, "bob");
    let replaces = net.endpoint("bob").dialog(bob).unwrap().replaces(ReplacesWhen::Always).unwrap();
    let link = uri_replacing(&net, "alice", &replaces);
    let link: NameAddr = message(&mut net, link).parse().unwrap();
    let named = Replaces::parse(&link.uri.header_decoded("Replaces").unwrap()).unwrap();
    call(&mut net, "carol", 1, "alice", replacing(Header::from_typed(&named)));
    replace(&mut net, "alice", CALL);
    let events = net.take_events("bob");
    assert!(matches!(events[..], [UaEvent::Ended { by: EndedBy::Remote, .. }]), "{events:?}");
    assert_ladder(
        &mut net,
        &[
            "alice bob: INVITE <180 <200 ACK",
            "bob carol: MESSAGE <200",
            "alice carol: <INVITE 200 <ACK",
            "alice bob: BYE <200",
        ],
    );
    let calls = ["alice", "bob", "carol"].map(|name| net.endpoint(name).calls());
    assert_eq!(calls, [1, 0, 1]);
}
