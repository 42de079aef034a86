//! Targets that failed are passed over for a while, and tried again (RFC 3263 §4.3).

use sip_stack::{Config, LocateId, RegistrationId, UaEvent};

use crate::call::{ms, s};
use crate::lone::{Lone, config, response};
use crate::resolve_failover::{FIRST, SECOND, THIRD, with};

fn hasty() -> Lone {
    with(Config { failover_after: Some(s(3)), ..config() })
}

/// Sends a ping by name; where it went first, and what it was.
fn ping(lone: &mut Lone) -> (String, String) {
    lone.sent.clear();
    let uri = "sip:carrier.example".parse().unwrap();
    lone.endpoint.options(lone.now, RegistrationId(1), uri, sip_stack::NextHop::Resolve).unwrap();
    lone.drain();
    let (to, text) = lone.sent.remove(0);
    (to.to_string(), text)
}

/// The same, answered.
fn answered_ping(lone: &mut Lone) -> String {
    let (to, text) = ping(lone);
    lone.hear_from(&to, &response(200, &text, "x", "", ""));
    to
}

/// The first target says nothing until the second is tried.
fn kill_first(lone: &mut Lone) {
    let (to, _) = ping(lone);
    assert_eq!(to, FIRST);
    lone.sent.clear();
    lone.advance(ms(3_100));
    let (to, text) = lone.sent.pop().unwrap();
    assert_eq!(to, SECOND.parse().unwrap());
    lone.hear_from(SECOND, &response(200, &text, "x", "", ""));
}

#[test]
fn a_silent_target_is_passed_over_at_once_and_tried_again_after_half_a_minute() {
    let mut lone = hasty();
    kill_first(&mut lone);
    assert_eq!(answered_ping(&mut lone), SECOND, "at once");
    lone.advance(s(25));
    assert_eq!(answered_ping(&mut lone), SECOND);
    lone.advance(s(6));
    assert_eq!(answered_ping(&mut lone), FIRST, "it is back");
    assert_eq!(answered_ping(&mut lone), FIRST);
}

#[test]
fn one_request_finds_out_whether_a_target_is_back_and_the_pause_grows() {
    let mut lone = hasty();
    kill_first(&mut lone);
    lone.advance(s(31));
    let (to, _) = ping(&mut lone);
    assert_eq!(to, FIRST, "one tries");
    assert_eq!(answered_ping(&mut lone), SECOND, "the others do not wait for it");
    lone.advance(ms(3_100));
    lone.advance(s(40));
    assert_eq!(answered_ping(&mut lone), SECOND, "a second failure counts double");
    lone.advance(s(20));
    assert_eq!(answered_ping(&mut lone), FIRST);
}

#[test]
fn the_pause_has_a_ceiling() {
    let mut lone = hasty();
    kill_first(&mut lone);
    let mut pauses = Vec::new();
    let mut waited = 0;
    while pauses.len() < 6 {
        lone.advance(s(10));
        waited += 10;
        let (to, text) = ping(&mut lone);
        if to == FIRST {
            pauses.push(waited);
            waited = 0;
            lone.advance(ms(3_100));
        } else {
            lone.hear_from(&to, &response(200, &text, "x", "", ""));
        }
    }
    assert!(pauses.windows(2).all(|pair| pair[0] <= pair[1] + 10), "{pauses:?}");
    assert!(pauses[5] <= 620 && pauses[5] >= 590, "{pauses:?}");
}

#[test]
fn a_503_spares_its_target_for_the_time_that_it_asks_for() {
    let mut lone = hasty();
    let (_, text) = ping(&mut lone);
    lone.hear_from(FIRST, &response(503, &text, "x", "Retry-After: 100\n", ""));
    let text = lone.sent.pop().unwrap().1;
    lone.hear_from(SECOND, &response(200, &text, "x", "", ""));
    assert_eq!(answered_ping(&mut lone), SECOND);
    lone.advance(s(95));
    assert_eq!(answered_ping(&mut lone), SECOND);
    lone.advance(s(6));
    assert_eq!(answered_ping(&mut lone), FIRST);
}

#[test]
fn a_503_without_a_time_spares_nobody_but_this_request() {
    let mut lone = hasty();
    let (_, text) = ping(&mut lone);
    lone.hear_from(FIRST, &response(503, &text, "x", "", ""));
    assert_eq!(lone.sent.pop().unwrap().0, SECOND.parse().unwrap());
    assert_eq!(answered_ping(&mut lone), FIRST, "RFC 3261 section 21.5.4: as if it had been a 500");
}

#[test]
fn where_all_are_dead_the_one_that_has_been_so_longest_is_tried() {
    let mut lone = hasty();
    for (target, seconds) in [(SECOND, 2000), (FIRST, 2000), (THIRD, 2000)] {
        let (mut to, mut text) = ping(&mut lone);
        while to != target {
            lone.hear_from(&to, &response(503, &text, "x", "", ""));
            let next = lone.sent.pop().unwrap();
            (to, text) = (next.0.to_string(), next.1);
        }
        let asked = format!("Retry-After: {seconds}\n");
        lone.hear_from(&to, &response(503, &text, "x", &asked, ""));
        lone.advance(ms(10));
    }
    assert_eq!(answered_ping(&mut lone), SECOND);
    assert_eq!(answered_ping(&mut lone), SECOND, "it answered, so it lives");
}

#[test]
fn a_look_up_lists_the_dead_as_well() {
    let mut lone = hasty();
    kill_first(&mut lone);
    lone.events.clear();
    lone.endpoint.locate(lone.now, LocateId(1), &"sip:carrier.example".parse().unwrap()).unwrap();
    lone.drain();
    let [UaEvent::Located { targets: Ok(targets), .. }] = lone.events.as_slice() else {
        panic!("{:?}", lone.events)
    };
    assert_eq!(targets.len(), 3);
}
