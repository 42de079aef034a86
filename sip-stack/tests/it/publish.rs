//! RFC 3903: our own state at a state agent, and a state agent.

use std::time::Instant;

use bytes::Bytes;
use sip_stack::message::header::Event;
use sip_stack::message::{HeaderName, Message, Request};
use sip_stack::{
    Body, Change, CommandError, Package, PublicationEnd, PublicationEvent, PublicationId, PublicationLimits,
    Publications, Publish, Reply, Target, Transport, UaEvent,
};

use crate::call::s;
use crate::lone::{Lone, PEER, header, response};

const ID: PublicationId = PublicationId(4);
const ENTITY: &str = "sip:alice@example.com";

fn state(text: &str) -> Body {
    Body { content_type: "application/pidf+xml".to_owned(), content: text.to_owned().into() }
}

fn publish() -> Publish {
    Publish {
        uri: ENTITY.parse().unwrap(),
        target: Target::new(Transport::Udp, PEER.parse().unwrap()).into(),
        route: Vec::new(),
        from: "<sip:alice@example.com>".parse().unwrap(),
        to: "<sip:alice@example.com>".parse().unwrap(),
        event: Event::new("presence"),
        expires_s: 600,
        headers: Vec::new(),
        body: state("open"),
        credentials: None,
    }
}

fn published() -> Lone {
    let mut lone = Lone::new();
    lone.endpoint.publish(lone.now, ID, publish()).unwrap();
    lone.drain();
    let sent = lone.take_one();
    assert!(sent.ends_with("\r\n\r\nopen") && !sent.contains("SIP-If-Match"), "{sent}");
    assert_eq!((header(&sent, "Event"), header(&sent, "Expires")), ("presence", "600"));
    lone.hear(&response(200, &sent, "p", "SIP-ETag: one\nExpires: 400\n", ""));
    let published = PublicationEvent::Published { id: ID, expires_s: 400, etag: "one".to_owned() };
    assert_eq!(news(&mut lone), [published]);
    lone
}

fn news(lone: &mut Lone) -> Vec<PublicationEvent> {
    let news = |event| {
        let UaEvent::Publication(news) = event else { return None };
        Some(news)
    };
    std::mem::take(&mut lone.events).into_iter().filter_map(news).collect()
}

/// The PUBLISH that goes out by itself.
fn next(lone: &mut Lone) -> String {
    while lone.sent.is_empty() {
        lone.advance(s(1));
    }
    lone.take_one_retransmitted()
}

#[test]
fn a_state_is_refreshed_modified_and_removed() {
    let mut lone = published();
    let refresh = next(&mut lone);
    assert_eq!(header(&refresh, "SIP-If-Match"), "one");
    assert!(refresh.contains("Content-Length: 0"), "a refresh has no body");
    lone.hear(&response(200, &refresh, "p", "SIP-ETag: two\nExpires: 400\n", ""));
    lone.endpoint.republish(lone.now, ID, state("closed")).unwrap();
    lone.drain();
    let modified = lone.take_one();
    assert!(header(&modified, "SIP-If-Match") == "two" && modified.ends_with("closed"), "{modified}");
    lone.endpoint.republish(lone.now, ID, state("open again")).unwrap();
    lone.drain();
    assert!(lone.sent.is_empty(), "one PUBLISH at a time");
    lone.hear(&response(200, &modified, "p", "SIP-ETag: three\nExpires: 400\n", ""));
    let again = lone.take_one();
    assert!(header(&again, "SIP-If-Match") == "three" && again.ends_with("open again"), "{again}");
    lone.hear(&response(200, &again, "p", "SIP-ETag: four\nExpires: 400\n", ""));
    news(&mut lone);
    lone.endpoint.unpublish(lone.now, ID).unwrap();
    lone.drain();
    let removal = lone.take_one();
    assert_eq!((header(&removal, "SIP-If-Match"), header(&removal, "Expires")), ("four", "0"));
    lone.hear(&response(200, &removal, "p", "SIP-ETag: five\nExpires: 0\n", ""));
    assert_eq!(news(&mut lone), [PublicationEvent::Ended { id: ID, end: PublicationEnd::Removed }]);
    assert_eq!(lone.endpoint.unpublish(lone.now, ID), Err(CommandError::UnknownId));
}

#[test]
fn a_state_agent_that_forgot_is_told_all_again_once() {
    let mut lone = published();
    let refresh = next(&mut lone);
    lone.hear(&response(412, &refresh, "p", "", ""));
    let all = lone.take_one();
    assert!(all.ends_with("open") && !all.contains("SIP-If-Match"), "{all}");
    lone.hear(&response(200, &all, "p", "SIP-ETag: nine\nExpires: 400\n", ""));
    assert!(matches!(&news(&mut lone)[..], [PublicationEvent::Published { etag, .. }] if etag == "nine"));
}

#[test]
fn a_longer_time_is_agreed_to_and_a_refusal_is_the_end() {
    let mut lone = Lone::new();
    lone.endpoint.publish(lone.now, ID, publish()).unwrap();
    lone.drain();
    let sent = lone.take_one();
    lone.hear(&response(423, &sent, "p", "Min-Expires: 1200\n", ""));
    let again = lone.take_one();
    assert_eq!((header(&again, "Expires"), header(&again, "CSeq")), ("1200", "2 PUBLISH"));
    lone.hear(&response(503, &again, "p", "Retry-After: 60\n", ""));
    let told = news(&mut lone);
    let [PublicationEvent::Ended { end: PublicationEnd::Refused { code, retry_after_s, .. }, .. }] =
        &told[..]
    else {
        panic!("{told:?}")
    };
    assert_eq!((*code, *retry_after_s), (503, Some(60)));
}

/// A PUBLISH as the wire brings it.
fn request(more: &str, body: &str) -> Request {
    let text = format!(
        "PUBLISH {ENTITY} SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKa\r\nMax-Forwards: 70\r\n\
         From: <{ENTITY}>;tag=1\r\nTo: <{ENTITY}>\r\nCall-ID: c\r\nCSeq: 1 PUBLISH\r\n{more}\r\n{body}"
    );
    let Ok(Message::Request(request)) = Message::parse(Bytes::from(text)) else { panic!("no request") };
    request
}

fn agent() -> Publications {
    let package =
        Package { content_type: Some("application/pidf+xml".to_owned()), ..Package::new("presence") };
    let limits = PublicationLimits { per_entity: 2, ..PublicationLimits::default() };
    Publications::new(vec![package], limits, "epoch")
}

fn etag(reply: &Reply) -> String {
    assert_eq!(reply.code, 200);
    let found = reply.headers.iter().find(|header| header.name == HeaderName::SipEtag);
    found.unwrap().value.to_string()
}

const NEW: &str = "Event: presence\r\nExpires: 600\r\nContent-Type: application/pidf+xml\r\n";

#[test]
fn a_state_agent_keeps_one_state_for_each_device() {
    let (mut agent, now) = (agent(), Instant::now());
    let (first, change) = agent.receive(now, ENTITY, &request(NEW, "desk"));
    assert_eq!(change, Some(Change { entity: ENTITY.to_owned(), package: "presence".to_owned() }));
    let (second, _) = agent.receive(now, ENTITY, &request(NEW, "mobile"));
    let bodies = |agent: &Publications| {
        let mut all: Vec<_> =
            agent.states(ENTITY, "presence").map(|state| state.body.content.to_vec()).collect();
        all.sort();
        all
    };
    assert_eq!(bodies(&agent), [b"desk".to_vec(), b"mobile".to_vec()]);
    let (full, _) = agent.receive(now, ENTITY, &request(NEW, "third"));
    assert_eq!(full.code, 503, "the limit of one entity");
    let refresh = format!("Event: presence\r\nExpires: 3000\r\nSIP-If-Match: {}\r\n", etag(&first));
    let (refreshed, change) = agent.receive(now + s(500), ENTITY, &request(&refresh, ""));
    assert_eq!(change, None, "a refresh is no news");
    assert_ne!(etag(&refreshed), etag(&first));
    let (stale, _) = agent.receive(now + s(500), ENTITY, &request(&refresh, ""));
    assert_eq!(stale.code, 412, "the old tag is gone");
    assert_eq!(agent.next_expiry(), Some(now + s(600)));
    let gone = agent.expire(now + s(601));
    assert_eq!(gone.len(), 1);
    assert_eq!(bodies(&agent), [b"desk".to_vec()]);
    let remove = format!("Event: presence\r\nExpires: 0\r\nSIP-If-Match: {}\r\n", etag(&refreshed));
    let (removed, change) = agent.receive(now + s(700), ENTITY, &request(&remove, ""));
    assert!(removed.code == 200 && change.is_some() && agent.is_empty());
    assert_ne!(etag(&second), etag(&removed));
    assert_eq!(agent.next_expiry(), None);
}

#[test]
fn a_state_agent_refuses_what_it_cannot_keep() {
    let (mut agent, now) = (agent(), Instant::now());
    let pidf = "Content-Type: application/pidf+xml\r\n";
    for (more, body, code) in [
        ("Event: dialog\r\n".to_owned(), "x", 489),
        (pidf.to_owned(), "x", 489),
        ("Event: presence\r\n".to_owned(), "", 400),
        (format!("Event: presence\r\nSIP-If-Match: other\r\n{pidf}"), "x", 412),
        (format!("Event: presence\r\nExpires: 5\r\n{pidf}"), "x", 423),
        ("Event: presence\r\nContent-Type: text/plain\r\n".to_owned(), "x", 415),
    ] {
        let (reply, change) = agent.receive(now, ENTITY, &request(&more, body));
        assert_eq!((reply.code, change), (code, None), "{more}");
    }
    let (mine, _) = agent.receive(now, ENTITY, &request(NEW, "desk"));
    let theft = format!("Event: presence\r\nSIP-If-Match: {}\r\n{pidf}", etag(&mine));
    let (reply, _) = agent.receive(now, "sip:mallory@example.com", &request(&theft, "x"));
    assert_eq!(reply.code, 412, "a tag belongs to its entity");
}
