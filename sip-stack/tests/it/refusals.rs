//! What strangers send, and what they get for it (RFC 3261 §8.2).

use sip_stack::UaEvent;

use crate::call::{respond, s};
use crate::lone::{Lone, called, config, header, request, to_tag};

fn answered(text: &str) -> String {
    let mut lone = Lone::new();
    lone.hear(text);
    assert!(lone.events.is_empty(), "{:?}", lone.events);
    lone.take_one()
}

#[test]
fn an_unknown_method_is_405_with_allow() {
    let answer = answered(&request("SUBSCRIBE", 1, "a", "", ""));
    assert!(answer.starts_with("SIP/2.0 405 "), "{answer}");
    assert!(header(&answer, "Allow").contains("INVITE"));
    assert!(header(&answer, "To").contains(";tag="));
}

#[test]
fn an_unknown_extension_is_420_with_unsupported() {
    let answer = answered(&request("INVITE", 1, "a", "", "Require: 100rel, teleport\n"));
    assert!(answer.starts_with("SIP/2.0 420 "), "{answer}");
    assert_eq!(header(&answer, "Unsupported"), "teleport");
}

#[test]
fn no_hops_left_is_483() {
    let text = request("INVITE", 1, "a", "", "").replace("Max-Forwards: 70", "Max-Forwards: 0");
    assert!(answered(&text).starts_with("SIP/2.0 483 "));
}

#[test]
fn requests_of_no_dialog_are_481() {
    for method in ["BYE", "INFO", "UPDATE", "PRACK", "INVITE"] {
        let answer = answered(&request(method, 1, "a", "gone", ""));
        assert!(answer.starts_with("SIP/2.0 481 "), "{method}: {answer}");
    }
}

#[test]
fn options_is_answered_with_what_we_can_do() {
    let answer = answered(&request("OPTIONS", 1, "a", "", ""));
    assert!(answer.starts_with("SIP/2.0 200 "), "{answer}");
    assert_eq!(header(&answer, "Accept"), "application/sdp");
    assert!(header(&answer, "Allow").contains("UPDATE"));
    assert!(header(&answer, "Supported").contains("timer"));
}

#[test]
fn a_merged_request_is_482() {
    let mut lone = Lone::new();
    lone.hear(&request("INVITE", 1, "a", "", ""));
    assert!(matches!(lone.events.as_slice(), [UaEvent::Incoming { .. }]));
    lone.take_lines();
    lone.hear(&request("INVITE", 1, "other-path", "", ""));
    assert!(lone.take_one().starts_with("SIP/2.0 482 "));
    assert_eq!(lone.events.len(), 1);
}

#[test]
fn a_malformed_request_is_400_and_a_malformed_response_nothing() {
    let answer = answered(&request("INVITE", 1, "a", "", "").replace("CSeq: 1 INVITE", "CSeq: one INVITE"));
    assert!(answer.starts_with("SIP/2.0 400 "), "{answer}");
    let mut lone = Lone::new();
    lone.hear("SIP/2.0 200 OK\nVia: nonsense\n\n");
    lone.hear("garbage\n\n");
    lone.hear("\n\n");
    assert!(lone.take_lines().len() <= 1);
    assert_eq!(lone.endpoint.counters().malformed, 2);
}

#[test]
fn an_interval_too_short_is_422() {
    let answer = answered(&request("INVITE", 1, "a", "", "Supported: timer\nSession-Expires: 30\n"));
    assert!(answer.starts_with("SIP/2.0 422 "), "{answer}");
    assert_eq!(header(&answer, "Min-SE"), "90");
}

#[test]
fn over_the_limit_of_calls_is_503_without_state() {
    let mut settings = config();
    settings.limits.calls = 2;
    let mut lone = Lone::with(settings);
    for call in 0..5 {
        let text = request("INVITE", 1, &format!("b{call}"), "", "");
        lone.hear(&text.replace("peers-call", &format!("call{call}")));
    }
    assert_eq!(lone.endpoint.calls(), 2);
    let refused: Vec<_> = lone.sent.iter().filter(|(_, text)| text.starts_with("SIP/2.0 503 ")).collect();
    assert_eq!(refused.len(), 3);
    assert_eq!(header(&refused[0].1, "Retry-After"), "10");
    assert_eq!(lone.endpoint.counters().limited_calls, 3);
}

#[test]
fn over_the_limit_of_transactions_is_503_and_room_comes_back() {
    let mut settings = config();
    settings.limits.server_transactions = 3;
    let mut lone = Lone::with(settings);
    for ping in 0..10 {
        let text = request("OPTIONS", 1, &format!("b{ping}"), "", "");
        lone.hear(&text.replace("peers-call", &format!("ping{ping}")));
    }
    assert_eq!(lone.endpoint.counters().limited_transactions, 7);
    lone.advance(s(33));
    lone.take_lines();
    lone.hear(&request("OPTIONS", 1, "later", "", ""));
    assert!(lone.take_one().starts_with("SIP/2.0 200 "));
}

#[test]
fn a_flood_from_one_address_leaves_room_for_others() {
    let mut settings = config();
    settings.limits.server_transactions_per_source = 3;
    let mut lone = Lone::with(settings);
    for ping in 0..10 {
        let text = request("OPTIONS", 1, &format!("b{ping}"), "", "");
        lone.hear(&text.replace("peers-call", &format!("ping{ping}")));
    }
    lone.take_lines();
    lone.hear_from("198.51.100.4:5060", &request("OPTIONS", 1, "other", "", ""));
    assert!(lone.take_one().starts_with("SIP/2.0 200 "));
    lone.advance(s(33));
    lone.hear(&request("OPTIONS", 1, "later", "", ""));
    assert!(lone.take_lines().iter().any(|line| line.starts_with("SIP/2.0 200 ")));
}

/// A flood of requests that are refused takes no memory, and each repetition is refused alike.
#[test]
fn refusals_of_a_crowd_are_not_kept() {
    let mut settings = config();
    settings.limits.refusals_kept_per_source = 3;
    for (method, code) in [("BYE", "481"), ("BREW", "501"), ("OPTIONS", "200"), ("INVITE", "420")] {
        let mut lone = Lone::with(settings.clone());
        let nth = |nth: usize| {
            let text = request(method, 1, &format!("b{nth}"), "", "Require: nothing\n");
            let text = if method == "INVITE" { text } else { text.replace("Require: nothing\n", "") };
            text.replace("peers-call", &format!("call{nth}"))
        };
        (0..50).for_each(|number| lone.hear(&nth(number)));
        assert_eq!(lone.endpoint.transactions(), 3, "{method}");
        let first = std::mem::take(&mut lone.sent);
        assert!(first.iter().all(|(_, text)| text.starts_with(&format!("SIP/2.0 {code} "))), "{first:?}");
        lone.hear(&nth(40));
        assert_eq!(lone.sent, first[40..=40]);
    }
}

#[test]
fn the_owners_refusals_of_a_crowd_are_not_kept() {
    let mut settings = config();
    settings.limits.refusals_kept_per_source = 3;
    let mut lone = Lone::with(settings);
    for number in 0..20 {
        let text = request("INVITE", 1, &format!("b{number}"), "", "");
        lone.hear(&text.replace("peers-call", &format!("call{number}")));
        let Some(UaEvent::Incoming { id, .. }) = lone.events.pop() else { panic!("{:?}", lone.events) };
        lone.endpoint.respond(lone.now, id, respond(403)).unwrap();
        lone.drain();
    }
    assert_eq!((lone.endpoint.transactions(), lone.endpoint.calls()), (3, 0));
    lone.advance(s(33));
    assert_eq!(lone.endpoint.transactions(), 0);
}

#[test]
fn responses_go_to_the_source_not_to_the_words_of_via() {
    let mut lone = Lone::new();
    let text =
        request("OPTIONS", 1, "a", "", "").replace("192.0.2.9:5060;branch", "203.0.113.1:9;rport;branch");
    lone.hear_from("198.51.100.4:7777", &text);
    assert_eq!(lone.sent[0].0, "198.51.100.4:7777".parse().unwrap());
    let via = header(&lone.sent[0].1, "Via").to_owned();
    assert!(via.contains("received=198.51.100.4") && via.contains("rport=7777"), "{via}");
}

#[test]
fn a_lower_cseq_in_the_dialog_is_500() {
    let (mut lone, _, ringing) = called("", respond(180));
    let tag = to_tag(&ringing);
    lone.hear(&request("INFO", 0, "b", &tag, ""));
    assert!(lone.take_one().starts_with("SIP/2.0 500 "));
    lone.hear(&request("INFO", 2, "c", &tag, ""));
    assert!(lone.take_one().starts_with("SIP/2.0 200 "));
}

#[test]
fn a_bye_in_the_early_dialog_ends_the_invite() {
    let (mut lone, _, ringing) = called("", respond(180));
    let tag = to_tag(&ringing);
    lone.hear(&request("BYE", 2, "b", &tag, ""));
    assert_eq!(lone.take_lines(), ["SIP/2.0 200 OK", "SIP/2.0 487 Request Terminated"]);
    assert!(matches!(lone.events.last(), Some(UaEvent::Canceled { .. })));
}
