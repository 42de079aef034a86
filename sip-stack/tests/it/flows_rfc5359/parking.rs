//! RFC 5359 §2.3 and §2.15: a server takes a call over, plays music, and gives it back.

use sip_stack::event_package::{DialogStatus, FirstLine, Sipfrag};
use sip_stack::message::header::{CallId, From, To};
use sip_stack::message::{Header, HeaderName, Headers, StatusCode};
use sip_stack::{
    Body, DialogName, EndedBy, InviteId, Notify, Refer, ReplacesWhen, SubscriptionId, Target, TellMe,
    TerminationReason, Transport, UaEvent,
};

use super::phones::{accept, call, obey, phones, referral, referred, replace, replacing, talk, told, turn};
use super::phones::{uri, uri_replacing};
use super::watching::fetch;
use crate::call::{address, ms};
use crate::ladder::assert_ladder;
use crate::net::Net;

const CALL: InviteId = InviteId(1);

/// What the server got from Alice, as its last NOTIFY repeats it.
fn fragment(headers: &Headers) -> Body {
    let names = [HeaderName::From, HeaderName::To, HeaderName::CallId, HeaderName::CSeq];
    let mut told = Headers::new();
    let known = headers.iter().filter(|(name, _)| names.contains(name));
    told.extend(known.map(|(name, value)| Header::new(name.clone(), value)));
    let first = Some(FirstLine::Status(StatusCode::OK, "OK".to_owned()));
    let content = Sipfrag { first, headers: told, body: Default::default() }.to_bytes();
    Body { content_type: Sipfrag::CONTENT_TYPE.to_owned(), content }
}

/// The server's dialog, as it is read from that NOTIFY.
fn dialog_of(body: &Body) -> DialogName {
    let headers = Sipfrag::parse(&body.content).unwrap().headers;
    DialogName {
        call_id: headers.typed::<CallId>().unwrap().unwrap().0.to_string(),
        local_tag: headers.typed::<From>().unwrap().unwrap().0.tag().unwrap().to_owned(),
        remote_tag: headers.typed::<To>().unwrap().unwrap().0.tag().unwrap().to_owned(),
    }
}

/// Bob asks the server to take his call with Alice over; the server's dialog as he is told of it, and Alice's id of
/// her call with the server.
fn hand_over(net: &mut Net, bob: InviteId, server: &'static str) -> (DialogName, InviteId) {
    let replaces = net.endpoint("bob").dialog(bob).unwrap().replaces(ReplacesWhen::Always).unwrap();
    let refer = Refer {
        uri: uri(net, server).parse().unwrap(),
        target: Target::new(Transport::Udp, net.address(server)).into(),
        route: Vec::new(),
        from: address(&format!("<{}>", uri(net, "bob"))),
        to: address(&format!("<{}>", uri(net, server))),
        target_dialog: None,
        referral: referral(net, &uri_replacing(net, "alice", &replaces), "bob"),
        credentials: None,
    };
    let now = net.now;
    net.endpoint("bob").refer(now, SubscriptionId(1), refer).unwrap();
    net.run(ms(100));
    let (id, asked) = referred(net, server);
    accept(net, server, id, TellMe::Progress);
    obey(net, server, 1, asked);
    let taken = replace(net, "alice", CALL);
    let events = net.take_events(server);
    let Some(UaEvent::Answered { headers, .. }) = events.last() else { panic!("{events:?}") };
    let (now, last) = (net.now, Notify::last(TerminationReason::Noresource, Some(fragment(headers))));
    net.endpoint(server).notify(now, id, last).unwrap();
    net.run(ms(100));
    let is_over =
        |event: &UaEvent| matches!(event, UaEvent::Ended { id, by: EndedBy::Remote, .. } if *id == bob);
    assert!(net.events.iter().any(|(name, event)| *name == "bob" && is_over(event)), "{:?}", net.events);
    (dialog_of(&told(net, "bob").pop().unwrap().1), taken)
}

/// Somebody takes the call from the server.
fn take_back(net: &mut Net, from: &'static str, dialog: &DialogName, parked: InviteId) {
    let replaces = dialog.replaces(ReplacesWhen::Always).unwrap();
    call(net, from, 2, "alice", replacing(replaces));
    replace(net, "alice", parked);
    let events = net.take_events(from);
    assert!(matches!(events.last(), Some(UaEvent::Answered { .. })), "{events:?}");
}

/// §2.3
#[test]
fn music_on_hold() {
    let mut net = phones(&["alice", "bob", "music"]);
    let bob = talk(&mut net, "alice", CALL.0, "bob");
    turn(&mut net, ("bob", bob), ("alice", CALL), "inactive");
    let (dialog, held) = hand_over(&mut net, bob, "music");
    assert_eq!(net.last("music", "alice", "INVITE").headers("Referred-By"), ["<sip:bob@192.0.2.2:5060>"]);
    take_back(&mut net, "bob", &dialog, held);
    assert_ladder(
        &mut net,
        &[
            "alice bob: INVITE <180 <200 ACK <INVITE 200 <ACK",
            "bob music: REFER <202 <NOTIFY 200",
            "alice music: <INVITE 200 <ACK",
            "alice bob: BYE <200",
            "bob music: <NOTIFY 200",
            "alice bob: <INVITE 200 <ACK",
            "alice music: BYE <200",
        ],
    );
    assert_eq!(net.endpoint("music").calls(), 0);
}

/// §2.15
#[test]
fn call_park() {
    let mut net = phones(&["alice", "bob", "park", "carol"]);
    let bob = talk(&mut net, "alice", CALL.0, "bob");
    let (dialog, parked) = hand_over(&mut net, bob, "park");
    let learned = fetch(&mut net, "carol", "park", DialogStatus::Confirmed, &dialog);
    take_back(&mut net, "carol", &learned, parked);
    assert_ladder(
        &mut net,
        &[
            "alice bob: INVITE <180 <200 ACK",
            "bob park: REFER <202 <NOTIFY 200",
            "alice park: <INVITE 200 <ACK",
            "alice bob: BYE <200",
            "bob park: <NOTIFY 200",
            "park carol: <SUBSCRIBE 200 NOTIFY <200",
            "alice carol: <INVITE 200 <ACK",
            "alice park: BYE <200",
        ],
    );
    let calls = ["alice", "bob", "park", "carol"].map(|name| net.endpoint(name).calls());
    assert_eq!(calls, [1, 0, 0, 1]);
}
