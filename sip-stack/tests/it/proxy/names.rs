//! Branches whose next hop is a name: found by the endpoint, with one target after the other inside the branch
//! (RFC 3261 §16.6 step 7, RFC 3263 §4.3).

use sip_stack::message::Uri;
use sip_stack::proxy::{Branch, Forward, Hop};
use sip_stack::{Answer, Config, RecordKind, UaEvent};

use super::{lone_config, recorded};
use crate::call::{ms, s};
use crate::dns::Zone;
use crate::lone::{Lone, PEER, header, request, response};
use crate::resolve_failover::{FIRST, SECOND, ZONE, take_to};

const NAMED: &str = "sip:callee@carrier.example";

/// A proxy in a hurry, and the DNS of its peer.
fn lone() -> Lone {
    let mut lone = Lone::with(Config { failover_after: Some(s(3)), ..lone_config() });
    lone.dns = Zone::default().with(ZONE);
    lone
}

/// The owner sends what it was asked about last to a name.
fn forward(lone: &mut Lone, hop: Hop) {
    let Some(UaEvent::Requested { id, .. }) = lone.events.pop() else { panic!("{:?}", lone.events) };
    let branch = Branch::new(NAMED.parse().unwrap(), hop);
    lone.endpoint.forward(lone.now, id, Forward::to(branch)).unwrap();
    lone.drain();
}

/// The INVITE of the peer as its first target gets it.
fn invited(lone: &mut Lone) -> String {
    lone.hear(&request("INVITE", 1, "a", "", ""));
    forward(lone, Hop::Resolve);
    take_to(lone, FIRST)
}

fn respond(lone: &mut Lone, remote: &str, to: &str, code: u16) {
    let vias: Vec<&str> = to.lines().filter_map(|line| line.strip_prefix("Via: ")).collect();
    let tag = remote.replace([':', '.'], "-");
    lone.hear_from(remote, &response(code, to, &tag, "", "").replace(vias[0], &vias.join("\nVia: ")));
}

/// What was sent to an address since the last look.
fn take_all_to(lone: &mut Lone, remote: &str) -> Vec<String> {
    let remote = remote.parse().unwrap();
    let (there, elsewhere) = std::mem::take(&mut lone.sent).into_iter().partition(|(to, _)| *to == remote);
    lone.sent = elsewhere;
    there.into_iter().map(|(_, text): (_, String)| text).collect()
}

fn branch(text: &str) -> &str {
    header(text, "Via").split("branch=").nth(1).unwrap().split(';').next().unwrap()
}

/// The codes of the responses that the peer got.
fn told(lone: &mut Lone) -> Vec<u16> {
    let code = |text: String| text.strip_prefix("SIP/2.0 ")?.get(..3)?.parse().ok();
    take_all_to(lone, PEER).into_iter().filter_map(code).collect()
}

#[test]
fn a_branch_goes_on_to_the_next_target_and_its_caller_hears_one_outcome() {
    let mut lone = lone();
    let first = invited(&mut lone);
    respond(&mut lone, FIRST, &first, 503);
    let second = take_all_to(&mut lone, SECOND).remove(0);
    assert!(second.starts_with("INVITE sip:callee@carrier.example SIP/2.0\r\n"), "{second}");
    assert!(header(&second, "Record-Route").starts_with("<sip:192.0.2.1:5060;lr;dlg="), "{second}");
    assert_eq!(second.matches("Via: ").count(), 2, "{second}");
    assert_ne!(branch(&first), branch(&second));
    assert!(told(&mut lone).is_empty());
    respond(&mut lone, SECOND, &second, 200);
    assert_eq!(told(&mut lone), [200]);
    assert_eq!((lone.endpoint.forwarding(), lone.endpoint.counters().failovers), (0, 1));
}

#[test]
fn a_loop_is_seen_by_the_mark_of_any_target() {
    let mut lone = lone();
    lone.hear(
        &request("INVITE", 1, "a", "", "")
            .replace("sip:alice@192.0.2.1 SIP", "sip:callee@carrier.example SIP"),
    );
    forward(&mut lone, Hop::Uri("sip:carrier.example".parse::<Uri>().unwrap().into()));
    let first = take_to(&mut lone, FIRST);
    respond(&mut lone, FIRST, &first, 503);
    let second = take_all_to(&mut lone, SECOND).remove(0);
    lone.hear_from(SECOND, &second.replace("\r\n", "\n"));
    forward(&mut lone, Hop::Resolve);
    let refused = take_all_to(&mut lone, SECOND);
    assert!(refused.iter().any(|text| text.starts_with("SIP/2.0 482 ")), "{refused:?}");
}

#[test]
fn who_rings_after_its_branch_has_left_is_cancelled() {
    let mut lone = lone();
    let first = invited(&mut lone);
    lone.advance(ms(3_100));
    let second = take_all_to(&mut lone, SECOND).remove(0);
    lone.sent.clear();
    respond(&mut lone, FIRST, &first, 180);
    let cancel = take_all_to(&mut lone, FIRST).remove(0);
    assert!(cancel.starts_with("CANCEL ") && branch(&cancel) == branch(&first), "{cancel}");
    assert!(told(&mut lone).is_empty(), "a phone that is being given up rings for nobody");
    respond(&mut lone, SECOND, &second, 180);
    assert_eq!(told(&mut lone), [180]);
    respond(&mut lone, SECOND, &second, 486);
    assert_eq!(told(&mut lone), [486]);
}

#[test]
fn who_answers_after_its_branch_has_left_has_the_call() {
    let mut lone = lone();
    let first = invited(&mut lone);
    lone.advance(ms(3_100));
    let second = take_all_to(&mut lone, SECOND).remove(0);
    respond(&mut lone, SECOND, &second, 180);
    lone.sent.clear();
    respond(&mut lone, FIRST, &first, 200);
    assert_eq!(told(&mut lone), [200]);
    assert!(take_all_to(&mut lone, SECOND).remove(0).starts_with("CANCEL "));
    respond(&mut lone, SECOND, &second, 487);
    assert!(told(&mut lone).is_empty());
    assert_eq!(lone.endpoint.forwarding(), 0);
}

#[test]
fn a_name_that_leads_nowhere_is_a_bad_gateway_and_a_silent_dns_an_error() {
    for (answer, code) in [(None, 502), (Some(Answer::Failure), 500)] {
        let mut lone = lone();
        lone.dns = Zone::default();
        for kind in [RecordKind::Naptr, RecordKind::A] {
            answer.iter().for_each(|answer| lone.dns.set("carrier.example", kind, answer.clone()));
        }
        lone.hear(&request("INVITE", 1, "a", "", ""));
        forward(&mut lone, Hop::Resolve);
        assert_eq!(told(&mut lone), [code]);
        assert_eq!(lone.endpoint.forwarding(), 0);
    }
}

#[test]
fn a_caller_who_gives_up_while_the_dns_is_asked_is_told_at_once() {
    let mut lone = lone();
    lone.dns.is_silent = true;
    lone.hear(&request("INVITE", 1, "a", "", ""));
    forward(&mut lone, Hop::Resolve);
    lone.hear(&request("CANCEL", 1, "a", "", ""));
    assert_eq!(told(&mut lone), [200, 487]);
    assert_eq!(lone.endpoint.forwarding(), 0);
    lone.advance(s(60));
    assert!(lone.sent.iter().all(|(to, _)| *to == PEER.parse().unwrap()), "{:?}", lone.sent);
}

#[test]
fn a_cancelled_branch_goes_nowhere_else() {
    let mut lone = lone();
    let first = invited(&mut lone);
    lone.hear(&request("CANCEL", 1, "a", "", ""));
    lone.advance(s(5));
    respond(&mut lone, FIRST, &first, 503);
    assert!(take_all_to(&mut lone, SECOND).is_empty());
    assert_eq!(lone.endpoint.forwarding(), 0);
}

#[test]
fn routes_of_names_are_followed_inside_dialogs_without_asking() {
    let mut lone = lone();
    let route = format!("Route: {}, <sip:carrier.example;lr>\n", recorded(&mut lone));
    for (cseq, method) in [(1, "ACK"), (2, "BYE")] {
        let text = request(method, cseq, method, "tag", &route);
        lone.hear(&text.replace("sip:alice@192.0.2.1 SIP", "sip:bob@198.51.100.2 SIP"));
        let sent = take_to(&mut lone, FIRST);
        assert!(sent.starts_with(&format!("{method} sip:bob@198.51.100.2 SIP/2.0\r\n")), "{sent}");
        assert_eq!(header(&sent, "Route"), "<sip:carrier.example;lr>");
    }
    assert!(lone.events.is_empty(), "{:?}", lone.events);
    lone.advance(ms(3_100));
    assert!(take_all_to(&mut lone, SECOND)[0].starts_with("BYE "));
}
