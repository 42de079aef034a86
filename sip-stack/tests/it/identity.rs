//! RFC 3323, RFC 3325: who calls, told to those who may know; RFC 7989: what both ends call the session.

use sip_stack::endpoint::config::SessionIds;
use sip_stack::message::{Header, HeaderName};
use sip_stack::ua::identity::asserted;
use sip_stack::{Body, Respond, Transport, Trust, UaEvent};

use crate::call::{ANSWER, CALL, answer, dial, hangup, invite, ms, respond, s};
use crate::lone::{called, header};
use crate::pair::{Pair, Side, config};

const IDENTITY: &str = "<sip:+4930@carrier.example>";

fn asserting(trust: Trust, privacy: &str) -> sip_stack::Invite {
    let mut call = invite(Transport::Udp);
    call.headers = vec![Header::new(HeaderName::PAssertedIdentity, IDENTITY)];
    if !privacy.is_empty() {
        call.headers.push(Header::new(HeaderName::Privacy, privacy));
    }
    call.options.trust = trust;
    call
}

fn sent(call: sip_stack::Invite) -> String {
    let mut pair = Pair::new();
    dial(&mut pair, call);
    pair.seen[0].text.clone()
}

#[test]
fn a_trusted_peer_is_told_everything() {
    let invite = sent(asserting(Trust::Trusted, "id"));
    assert_eq!(header(&invite, "P-Asserted-Identity"), IDENTITY);
    assert_eq!(header(&invite, "Privacy"), "id");
    assert!(header(&invite, "From").starts_with("\"Alice\""), "{invite}");
}

#[test]
fn a_stranger_is_told_no_assertion_and_no_name_that_wants_to_stay_unknown() {
    let invite = sent(asserting(Trust::Untrusted, ""));
    assert!(!invite.contains("P-Asserted-Identity") && header(&invite, "From").starts_with("\"Alice\""));
    let invite = sent(asserting(Trust::Untrusted, "id"));
    assert!(
        !invite.contains("P-Asserted-Identity") && !invite.to_lowercase().contains("alice\""),
        "{invite}"
    );
    assert!(header(&invite, "From").starts_with("\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag="));
}

#[test]
fn the_word_of_a_stranger_about_identities_counts_for_nothing() {
    let mut pair = Pair::new();
    pair.alice.invite(pair.now, CALL, asserting(Trust::Trusted, "")).unwrap();
    pair.run(ms(100));
    let events = pair.take_events(Side::Bob);
    let [UaEvent::Incoming { request, .. }] = events.as_slice() else { panic!("{events:?}") };
    assert!(asserted(&request.headers, Trust::Untrusted).is_empty());
    assert_eq!(asserted(&request.headers, Trust::Trusted)[0].to_string(), IDENTITY);
}

#[test]
fn a_response_tells_who_answers_to_a_trusted_caller_only() {
    let told = |trust| {
        let mut pair = Pair::new();
        let id = dial(&mut pair, invite(Transport::Udp));
        pair.bob.trust(pair.now, id, trust).unwrap();
        let headers = vec![Header::new(HeaderName::PAssertedIdentity, IDENTITY)];
        pair.bob.respond(pair.now, id, Respond { headers, ..answer() }).unwrap();
        pair.run(ms(100));
        pair.seen.iter().any(|seen| seen.word() == "200" && seen.text.contains(IDENTITY))
    };
    assert_eq!((told(Trust::Trusted), told(Trust::Untrusted)), (true, false));
}

#[test]
fn both_sides_name_the_session_with_their_halves() {
    let generate = |side| {
        let mut config = config(side);
        config.session_ids = SessionIds::Generate;
        config
    };
    let mut pair = Pair::with(generate(Side::Alice), generate(Side::Bob));
    let id = dial(&mut pair, invite(Transport::Udp));
    pair.bob.respond(pair.now, id, respond(180)).unwrap();
    pair.bob.respond(pair.now, id, answer()).unwrap();
    pair.run(ms(100));
    pair.bob.hangup(pair.now, id, hangup(0)).unwrap();
    pair.run(s(1));
    let halves = |from, word: &str| {
        let seen = pair.seen.iter().find(|seen| seen.from == from && seen.word() == word).unwrap();
        let name = seen.header("Session-ID").unwrap_or_else(|| panic!("{}", seen.text));
        let (local, remote) = name.split_once(";remote=").unwrap();
        (local.to_owned(), remote.to_owned())
    };
    let (alice, nobody) = halves(Side::Alice, "INVITE");
    assert_eq!(nobody, "0".repeat(32));
    let (bob, to_alice) = halves(Side::Bob, "180");
    assert!(to_alice == alice && bob != alice && bob.len() == 32);
    for (side, word) in [(Side::Alice, "ACK"), (Side::Bob, "BYE"), (Side::Alice, "200")] {
        let expected = if side == Side::Alice { (&alice, &bob) } else { (&bob, &alice) };
        let (local, remote) = halves(side, word);
        assert_eq!((&local, &remote), expected, "{word}");
    }
}

#[test]
fn headers_of_the_owners_travel_as_they_are() {
    let mut pair = Pair::new();
    let mut call = invite(Transport::Udp);
    let carried = [
        ("History-Info", "<sip:bob@192.0.2.2>;index=1"),
        ("Diversion", "<sip:carol@192.0.2.3>;reason=no-answer"),
        ("User-to-User", "48656c6c6f;encoding=hex"),
        ("Alert-Info", "<urn:alert:service:call-waiting>"),
        ("Answer-Mode", "Auto"),
        ("Referred-By", "<sip:carol@192.0.2.3>"),
        ("Session-ID", "ab30317f1a784dc48ff824d0d3715d86;remote=00000000000000000000000000000000"),
    ];
    call.headers = carried.iter().map(|(name, value)| Header::new(name.parse().unwrap(), *value)).collect();
    pair.alice.invite(pair.now, CALL, call).unwrap();
    pair.run(ms(100));
    let events = pair.take_events(Side::Bob);
    let [UaEvent::Incoming { request, .. }] = events.as_slice() else { panic!("{events:?}") };
    for (name, value) in carried {
        assert_eq!(request.headers.get(&name.parse().unwrap()), Some(value));
    }
}

#[test]
fn a_progress_and_a_refusal_bring_their_headers() {
    let mut pair = Pair::new();
    let id = dial(&mut pair, invite(Transport::Udp));
    let because = || vec![Header::new(HeaderName::Reason, "Q.850;cause=17")];
    pair.bob.respond(pair.now, id, Respond { headers: because(), ..respond(183) }).unwrap();
    pair.bob.respond(pair.now, id, Respond { headers: because(), ..respond(486) }).unwrap();
    pair.run(ms(100));
    let events = pair.take_events(Side::Alice);
    let [UaEvent::Progress { headers: early, .. }, UaEvent::Failed { headers: last, .. }] = events.as_slice()
    else {
        panic!("{events:?}")
    };
    assert_eq!(
        (early.get(&HeaderName::Reason), last.get(&HeaderName::Reason)),
        (Some("Q.850;cause=17"), Some("Q.850;cause=17"))
    );
}

#[test]
fn a_description_among_other_parts_is_found() {
    let parts = "--x\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n\r\n--x\r\nContent-Type: application/isup\r\n\r\n01\r\n--x--\r\n";
    let mut pair = Pair::new();
    let mut call = invite(Transport::Udp);
    let content_type = "multipart/mixed;boundary=x".to_owned();
    call.body = Some(Body { content_type, content: parts.into() });
    let id = dial(&mut pair, call);
    pair.bob.respond(pair.now, id, respond(200)).unwrap();
    pair.run(ms(100));
    assert!(
        matches!(pair.take_events(Side::Alice).as_slice(), [UaEvent::Answered { .. }]),
        "it held an offer"
    );
    let reoffer = Body { content_type: "multipart/mixed;boundary=x".to_owned(), content: parts.into() };
    pair.take_events(Side::Bob);
    pair.alice.reoffer(pair.now, CALL, reoffer).unwrap();
    pair.run(ms(100));
    let events = pair.take_events(Side::Bob);
    let [UaEvent::Reoffer { body: Some(body), .. }] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(*body, Body::sdp("v=0\r\n"));
    assert_ne!(*body, Body::sdp(ANSWER));
}

#[test]
fn an_invite_that_expires_is_given_up_by_both_sides() {
    let (mut lone, id, _) = called("Expires: 30\n", respond(180));
    lone.advance(s(30));
    assert!(lone.take_lines().contains(&"SIP/2.0 487 Request Terminated".to_owned()));
    assert!(matches!(lone.events.last(), Some(UaEvent::Canceled { id: ended, .. }) if *ended == id));

    let mut pair = Pair::new();
    let mut call = invite(Transport::Udp);
    call.headers = vec![Header::new(HeaderName::Expires, "30")];
    let id = dial(&mut pair, call);
    pair.bob.respond(pair.now, id, respond(180)).unwrap();
    pair.run(s(31));
    let events = pair.take_events(Side::Alice);
    assert!(
        matches!(events.as_slice(), [UaEvent::Progress { .. }, UaEvent::Failed { code: 487, .. }]),
        "{events:?}"
    );
}

#[test]
fn a_199_is_for_callers_who_understand_it() {
    let (mut lone, id, _) = called("", respond(180));
    assert!(lone.endpoint.respond(lone.now, id, respond(199)).is_err());
    let mut pair = Pair::new();
    let id = dial(&mut pair, invite(Transport::Udp));
    pair.bob.respond(pair.now, id, respond(199)).unwrap();
    pair.run(ms(100));
    assert!(matches!(
        pair.take_events(Side::Alice).as_slice(),
        [UaEvent::Progress { code: 199, fork: 0, .. }]
    ));
}
