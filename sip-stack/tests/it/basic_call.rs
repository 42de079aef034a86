//! RFC 3665 §3.1 and §3.8: a call that is answered, refused, cancelled.

use sip_stack::{EndedBy, Reason, Transport, UaEvent};

use crate::call::{CALL, OFFER, answer, dial, hangup, invite, ms, respond, s, talk};
use crate::pair::{Pair, Side};

#[test]
fn a_call_rings_is_answered_and_ends() {
    for transport in [Transport::Udp, Transport::Tcp] {
        let mut pair = Pair::new();
        pair.alice.invite(pair.now, CALL, invite(transport)).unwrap();
        pair.run(ms(100));
        let events = pair.take_events(Side::Bob);
        let [UaEvent::Incoming { id, request, source, .. }] = events.as_slice() else { panic!("{events:?}") };
        assert_eq!(request.body, OFFER.as_bytes());
        assert_eq!(source.remote.ip(), Side::Alice.address().ip());
        let id = *id;
        pair.bob.respond(pair.now, id, respond(180)).unwrap();
        pair.run(s(3));
        pair.bob.respond(pair.now, id, answer()).unwrap();
        pair.run(ms(100));
        let events = pair.take_events(Side::Alice);
        let [UaEvent::Progress { code: 180, fork: 0, .. }, UaEvent::Answered { body: Some(body), .. }] =
            events.as_slice()
        else {
            panic!("{events:?}")
        };
        assert_eq!(body, &answer().body.unwrap());
        pair.bob.hangup(pair.now, id, hangup(0)).unwrap();
        pair.run(ms(100));
        let ladder = ["A INVITE", "B 100", "B 180", "B 200", "A ACK", "B BYE", "A 200"];
        assert_eq!(pair.take_ladder(), ladder, "{transport}");
        assert!(matches!(
            pair.take_events(Side::Alice).as_slice(),
            [UaEvent::Ended { by: EndedBy::Remote, .. }]
        ));
        let events = pair.take_events(Side::Bob);
        assert!(
            matches!(
                events.as_slice(),
                [UaEvent::Acknowledged { .. }, UaEvent::Ended { by: EndedBy::Local, .. }]
            ),
            "{events:?}"
        );
        pair.run(s(60));
        assert!(pair.take_ladder().is_empty());
        assert_eq!((pair.alice.calls(), pair.bob.calls()), (0, 0));
    }
}

#[test]
fn the_caller_hangs_up_with_a_reason() {
    let mut pair = Pair::new();
    talk(&mut pair, Transport::Udp);
    let reason = Reason { protocol: "Q.850".to_owned(), cause: 16, text: Some("Normal \"call\"".to_owned()) };
    let mut end = hangup(0);
    end.reason = Some(reason.clone());
    pair.alice.hangup(pair.now, CALL, end).unwrap();
    pair.run(ms(100));
    let events = pair.take_events(Side::Bob);
    let [UaEvent::Ended { by: EndedBy::Remote, reason: Some(heard), .. }] = events.as_slice() else {
        panic!("{events:?}")
    };
    assert_eq!(*heard, reason);
}

#[test]
fn a_refusal_is_acknowledged_hop_by_hop() {
    let mut pair = Pair::new();
    let id = dial(&mut pair, invite(Transport::Udp));
    pair.bob.hangup(pair.now, id, hangup(486)).unwrap();
    pair.run(s(40));
    assert_eq!(pair.take_ladder(), ["A INVITE", "B 100", "B 486", "A ACK"]);
    let events = pair.take_events(Side::Alice);
    assert!(matches!(events.as_slice(), [UaEvent::Failed { code: 486, synthetic: false, .. }]), "{events:?}");
    let events = pair.take_events(Side::Bob);
    assert!(matches!(events.as_slice(), [UaEvent::Ended { by: EndedBy::Local, .. }]), "{events:?}");
}

#[test]
fn the_caller_gives_up_while_it_rings() {
    let mut pair = Pair::new();
    let id = dial(&mut pair, invite(Transport::Udp));
    pair.bob.respond(pair.now, id, respond(180)).unwrap();
    pair.run(s(1));
    pair.alice.hangup(pair.now, CALL, hangup(0)).unwrap();
    pair.run(s(40));
    let ladder = ["A INVITE", "B 100", "B 180", "A CANCEL", "B 200", "B 487", "A ACK"];
    assert_eq!(pair.take_ladder(), ladder);
    let events = pair.take_events(Side::Alice);
    let expected = matches!(
        events.as_slice(),
        [UaEvent::Progress { code: 180, .. }, UaEvent::Failed { code: 487, synthetic: false, .. }]
    );
    assert!(expected, "{events:?}");
    assert!(matches!(pair.take_events(Side::Bob).as_slice(), [UaEvent::Canceled { .. }]));
}

#[test]
fn nobody_there_is_a_408_of_our_own_making() {
    let mut pair = Pair::new();
    pair.network = Box::new(|_, _, _| crate::pair::Fate::Lose);
    pair.alice.invite(pair.now, CALL, invite(Transport::Udp)).unwrap();
    pair.run(s(31));
    assert!(pair.take_events(Side::Alice).is_empty());
    pair.run(s(2));
    let events = pair.take_events(Side::Alice);
    assert!(matches!(events.as_slice(), [UaEvent::Failed { code: 408, synthetic: true, .. }]), "{events:?}");
    let times: Vec<u128> = pair.seen.iter().map(|seen| seen.at.as_millis()).collect();
    assert_eq!(times, [0, 500, 1500, 3500, 7500, 15500, 31500]);
}

#[test]
fn a_refused_connection_is_a_503_of_our_own_making() {
    let mut pair = Pair::new();
    pair.refuse_streams = true;
    pair.alice.invite(pair.now, CALL, invite(Transport::Tcp)).unwrap();
    pair.run(s(1));
    let events = pair.take_events(Side::Alice);
    assert!(matches!(events.as_slice(), [UaEvent::Failed { code: 503, synthetic: true, .. }]), "{events:?}");
}
