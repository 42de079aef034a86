//! What comes when nobody waits for it any more, and what one branch says while others go on.

use super::{forward_to, lone};
use crate::call::s;
use crate::lone::{Lone, PEER, header, request, response};

const FIRST: &str = "192.0.2.20:5060";
const SECOND: &str = "192.0.2.21:5060";

/// An INVITE of the peer's forwarded to two targets; what was sent to them.
fn forked(more: &str) -> (Lone, String, String) {
    let mut lone = lone();
    lone.hear(&request("INVITE", 1, "a", "", more));
    forward_to(&mut lone, &[FIRST, SECOND]);
    let second = lone.sent.pop().unwrap().1;
    let first = lone.sent.pop().unwrap().1;
    (lone, first, second)
}

/// A target's response with both Via.
fn respond(lone: &mut Lone, remote: &str, to: &str, code: u16, tag: &str) {
    let vias: Vec<&str> = to.lines().filter_map(|line| line.strip_prefix("Via: ")).collect();
    let text = response(code, to, tag, "", "").replace(vias[0], &vias.join("\nVia: "));
    lone.hear_from(remote, &text);
}

#[test]
fn the_late_200_of_another_branch_passes_while_its_transaction_lives_and_after() {
    let (mut lone, first, second) = forked("");
    respond(&mut lone, FIRST, &first, 200, "one");
    assert!(lone.take_one().contains(";tag=one"));
    respond(&mut lone, SECOND, &second, 200, "two");
    assert!(lone.take_one().contains(";tag=two"));
    assert_eq!(lone.endpoint.forwarding(), 0);
    lone.advance(s(20));
    respond(&mut lone, SECOND, &second, 200, "two");
    assert!(lone.take_one().contains(";tag=two"));
    lone.advance(s(60));
    assert_eq!(lone.endpoint.transactions(), 0);
    respond(&mut lone, SECOND, &second, 200, "two");
    assert_eq!(lone.sent[0].0, PEER.parse().unwrap());
    let late = lone.take_one();
    assert!(late.contains(";tag=two") && late.matches("Via:").count() == 1, "{late}");
}

#[test]
fn a_response_to_what_we_never_sent_goes_nowhere() {
    let (mut lone, first, _) = forked("");
    lone.advance(s(300));
    lone.take_lines();
    let branch = header(&first, "Via").split("z9hG4bK").nth(1).unwrap();
    let forged = first.replace(branch, &branch.replacen(|digit| digit != '0', "0", 1));
    respond(&mut lone, FIRST, &forged, 200, "one");
    assert!(lone.sent.is_empty());
}

#[test]
fn an_early_dialog_that_ends_before_the_search_is_told_to_who_asks() {
    let (mut lone, first, second) = forked("Supported: 199\n");
    respond(&mut lone, FIRST, &first, 180, "one");
    respond(&mut lone, SECOND, &second, 180, "two");
    lone.take_lines();
    respond(&mut lone, FIRST, &first, 486, "one");
    let told = lone.sent.iter().map(|(_, text)| text).find(|text| text.starts_with("SIP/2.0 199")).unwrap();
    assert!(header(told, "To").ends_with(";tag=one"), "{told}");
    assert!(header(told, "Reason").contains("486"), "{told}");
    lone.take_lines();
    respond(&mut lone, SECOND, &second, 486, "two");
    let lines = lone.take_lines();
    assert!(lines.iter().all(|line| !line.contains("199")), "nothing waits any more: {lines:?}");
}

#[test]
fn who_does_not_ask_is_not_told() {
    for more in ["", "Supported: 199\nRequire: 100rel\n"] {
        let (mut lone, first, _) = forked(more);
        respond(&mut lone, FIRST, &first, 180, "one");
        lone.take_lines();
        respond(&mut lone, FIRST, &first, 486, "one");
        assert!(lone.take_lines().iter().all(|line| !line.contains("199")), "{more}");
    }
}
