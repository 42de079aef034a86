//! RFC 3515 and its kin: REFER inside of calls and outside.

use sip_stack::event_package::Sipfrag;
use sip_stack::message::header::SubscriptionState;
use sip_stack::{
    Body, CommandError, Config, Refer, Referral, Referrals, Referred, Reply, Services, SubscriptionEnd,
    SubscriptionEvent, SubscriptionId, Target, TellMe, Transport, UaEvent,
};

use crate::call::{CALL, address, hangup, ms, s, talk};
use crate::pair::{Pair, Side, config};
use crate::subscribe::news;

const TRANSFER: SubscriptionId = SubscriptionId(8);

fn referral(to: &str) -> Referral {
    Referral {
        refer_to: address(to),
        referred_by: Some(address("<sip:alice@192.0.2.1>")),
        tell_me: TellMe::Progress,
        headers: Vec::new(),
        body: None,
    }
}

fn served(side: Side) -> Config {
    Config { services: Services { referrals: Referrals::Asked, ..Services::default() }, ..config(side) }
}

fn pair() -> Pair {
    Pair::with(served(Side::Alice), served(Side::Bob))
}

fn referred(pair: &mut Pair) -> (SubscriptionId, Referred) {
    let mut news = news(pair, Side::Bob);
    let Some(SubscriptionEvent::Referred { id, referred }) = news.pop() else { panic!("{news:?}") };
    (id, *referred)
}

/// What the transferor was told: the state of the subscription and the code of the call.
fn told(events: &[SubscriptionEvent]) -> Vec<(String, u16)> {
    let one = |event: &SubscriptionEvent| {
        let SubscriptionEvent::Notified { state, body: Some(body), .. } = event else { return None };
        Some((word(state), code(body)))
    };
    events.iter().filter_map(one).collect()
}

fn word(state: &SubscriptionState) -> String {
    state.word.to_string()
}

fn code(body: &Body) -> u16 {
    assert_eq!(body.content_type, "message/sipfrag;version=2.0");
    Sipfrag::parse(&body.content).unwrap().code().unwrap().as_u16()
}

#[test]
fn a_blind_transfer_outlives_the_call_that_it_ends() {
    let mut pair = pair();
    let call = talk(&mut pair, Transport::Udp);
    pair.alice.refer_in_call(pair.now, TRANSFER, CALL, referral("<sip:carol@192.0.2.3>")).unwrap();
    pair.run(ms(100));
    let (id, asked) = referred(&mut pair);
    assert_eq!((asked.call, asked.refer_to.to_string()), (Some(call), "<sip:carol@192.0.2.3>".to_owned()));
    assert_eq!(asked.referred_by.unwrap().uri.to_string(), "sip:alice@192.0.2.1");
    pair.bob.accept_refer(pair.now, id, TellMe::Progress).unwrap();
    pair.run(ms(100));
    pair.alice.hangup(pair.now, CALL, hangup(0)).unwrap();
    pair.run(ms(100));
    assert_eq!((pair.alice.calls(), pair.bob.calls()), (0, 0), "the call is over, its dialog is not");
    pair.bob.refer_progress(pair.now, id, 180, "").unwrap();
    pair.bob.refer_progress(pair.now, id, 200, "OK").unwrap();
    pair.run(s(1));
    let events = news(&mut pair, Side::Alice);
    let active = |code| ("active".to_owned(), code);
    assert_eq!(told(&events), [active(100), active(180), ("terminated".to_owned(), 200)]);
    assert!(matches!(events.last(), Some(SubscriptionEvent::Ended { id: TRANSFER, .. })));
    assert_eq!((pair.alice.subscriptions(), pair.bob.subscriptions()), (0, 0));
    let ladder = pair.take_ladder();
    assert_eq!(
        ladder,
        ["A REFER", "B 202", "B NOTIFY", "A 200", "A BYE", "B 200", "B NOTIFY", "A 200", "B NOTIFY", "A 200"]
    );
}

#[test]
fn sequence_numbers_go_on_when_the_dialog_outlives_its_call() {
    let mut pair = pair();
    talk(&mut pair, Transport::Udp);
    for id in [1, 2] {
        pair.alice
            .refer_in_call(pair.now, SubscriptionId(id), CALL, referral("<sip:carol@192.0.2.3>"))
            .unwrap();
        pair.run(ms(100));
        let (id, _) = referred(&mut pair);
        pair.bob.accept_refer(pair.now, id, TellMe::Progress).unwrap();
        pair.run(ms(100));
    }
    let bobs = pair.bob.subscriptions();
    assert_eq!(bobs, 2);
    pair.bob.hangup(pair.now, sip_stack::InviteId::FIRST_INCOMING, hangup(0)).unwrap();
    pair.run(s(1));
    for index in [0, 1] {
        let id = SubscriptionId(SubscriptionId::FIRST_INCOMING.0 + index);
        pair.bob.refer_progress(pair.now, id, 503, "").unwrap();
    }
    pair.run(s(1));
    let from_bob: Vec<u32> = pair
        .seen
        .iter()
        .filter(|seen| seen.from == Side::Bob && !seen.first_line().starts_with("SIP/2.0"))
        .map(|seen| seen.header("CSeq").unwrap().split(' ').next().unwrap().parse().unwrap())
        .collect();
    assert_eq!(from_bob, [1, 2, 3, 4, 5], "two NOTIFYs, BYE, two NOTIFYs");
    assert_eq!((pair.alice.subscriptions(), pair.bob.subscriptions()), (0, 0));
}

#[test]
fn transfers_of_one_call_are_told_apart_by_their_cseq() {
    let mut pair = pair();
    talk(&mut pair, Transport::Udp);
    let mut asked = Vec::new();
    for (id, to) in [(1, "<sip:carol@192.0.2.3>"), (2, "<sip:dave@192.0.2.4>")] {
        pair.alice.refer_in_call(pair.now, SubscriptionId(id), CALL, referral(to)).unwrap();
        pair.run(ms(100));
        let (id, _) = referred(&mut pair);
        pair.bob.accept_refer(pair.now, id, TellMe::Progress).unwrap();
        pair.run(ms(100));
        asked.push(id);
    }
    news(&mut pair, Side::Alice);
    pair.bob.refer_progress(pair.now, asked[1], 486, "").unwrap();
    pair.bob.refer_progress(pair.now, asked[0], 200, "").unwrap();
    pair.run(ms(100));
    let ended: Vec<_> = news(&mut pair, Side::Alice)
        .into_iter()
        .filter_map(|event| {
            let SubscriptionEvent::Notified { id, body: Some(body), .. } = event else { return None };
            Some((id.0, code(&body)))
        })
        .collect();
    assert_eq!(ended, [(2, 486), (1, 200)]);
    let events: Vec<_> = pair.seen.iter().filter_map(|seen| seen.header("Event")).collect();
    assert_eq!(events, ["refer", "refer;id=3", "refer;id=3", "refer"], "the first needs no id");
}

#[test]
fn an_attended_transfer_names_the_call_to_take_over() {
    let mut pair = pair();
    talk(&mut pair, Transport::Udp);
    let target = "<sip:carol@192.0.2.3;method=INVITE?Replaces=090459243588173445%3Bto-tag%3D7553452%3Bfrom-tag%3D31431>";
    pair.alice.refer_in_call(pair.now, TRANSFER, CALL, referral(target)).unwrap();
    pair.run(ms(100));
    let (_, asked) = referred(&mut pair);
    let replaces = asked.replaces.unwrap();
    assert_eq!(&*replaces.call_id.0, "090459243588173445");
    assert_eq!((replaces.to_tag(), replaces.from_tag()), (Some("7553452"), Some("31431")));
    assert_eq!(asked.refer_to.to_string(), "<sip:carol@192.0.2.3>");
}

#[test]
fn a_peer_may_ask_not_to_be_told() {
    let mut pair = pair();
    talk(&mut pair, Transport::Udp);
    let silent = Referral { tell_me: TellMe::Nothing, ..referral("<sip:carol@192.0.2.3>") };
    pair.alice.refer_in_call(pair.now, TRANSFER, CALL, silent).unwrap();
    pair.run(ms(100));
    let (id, asked) = referred(&mut pair);
    assert_eq!(asked.tell_me, TellMe::Nothing);
    pair.bob.accept_refer(pair.now, id, TellMe::Nothing).unwrap();
    pair.run(ms(100));
    assert_eq!(pair.take_ladder(), ["A REFER", "B 200"]);
    let events = news(&mut pair, Side::Alice);
    let [SubscriptionEvent::Accepted { .. }, SubscriptionEvent::Ended { end: SubscriptionEnd::Untold, .. }] =
        events.as_slice()
    else {
        panic!("{events:?}")
    };
    assert_eq!((pair.alice.subscriptions(), pair.bob.subscriptions()), (0, 0));
}

#[test]
fn who_asked_to_be_told_is_told() {
    let mut pair = pair();
    talk(&mut pair, Transport::Udp);
    pair.alice.refer_in_call(pair.now, TRANSFER, CALL, referral("<sip:carol@192.0.2.3>")).unwrap();
    pair.run(ms(100));
    let (id, _) = referred(&mut pair);
    assert_eq!(pair.bob.accept_refer(pair.now, id, TellMe::Nothing), Err(CommandError::WrongState));
}

#[test]
fn a_refusal_leaves_the_call_alone() {
    let mut pair = pair();
    talk(&mut pair, Transport::Udp);
    pair.alice.refer_in_call(pair.now, TRANSFER, CALL, referral("<sip:carol@192.0.2.3>")).unwrap();
    pair.run(ms(100));
    let (id, _) = referred(&mut pair);
    assert_eq!(
        pair.bob.accept_subscription(pair.now, id, sip_stack::Grant::active(None)),
        Err(CommandError::WrongState)
    );
    pair.bob.refuse_subscription(pair.now, id, Reply::new(603)).unwrap();
    pair.run(ms(100));
    assert!(matches!(news(&mut pair, Side::Alice)[..], [SubscriptionEvent::Refused { code: 603, .. }]));
    assert_eq!((pair.alice.calls(), pair.bob.calls(), pair.bob.subscriptions()), (1, 1, 0));
}

#[test]
fn who_serves_no_referrals_says_405() {
    let mut pair = Pair::new();
    talk(&mut pair, Transport::Udp);
    pair.alice.refer_in_call(pair.now, TRANSFER, CALL, referral("<sip:carol@192.0.2.3>")).unwrap();
    pair.run(ms(100));
    assert!(matches!(news(&mut pair, Side::Alice)[..], [SubscriptionEvent::Refused { code: 405, .. }]));
    assert!(pair.take_events(Side::Bob).iter().all(|event| !matches!(event, UaEvent::Ended { .. })));
}

#[test]
fn a_phone_is_asked_to_call_outside_of_calls() {
    let mut pair = pair();
    let refer = Refer {
        uri: "sip:bob@192.0.2.2".parse().unwrap(),
        target: Target::new(Transport::Tcp, Side::Bob.address()).into(),
        route: Vec::new(),
        from: address("<sip:alice@192.0.2.1>"),
        to: address("<sip:bob@192.0.2.2>"),
        target_dialog: None,
        referral: referral("<sip:carol@192.0.2.3>"),
        credentials: None,
    };
    pair.alice.refer(pair.now, TRANSFER, refer).unwrap();
    pair.run(ms(100));
    let (id, asked) = referred(&mut pair);
    assert_eq!(asked.call, None);
    pair.bob.accept_refer(pair.now, id, TellMe::Progress).unwrap();
    pair.run(s(1));
    pair.bob.refer_progress(pair.now, id, 404, "").unwrap();
    pair.run(s(1));
    let events = news(&mut pair, Side::Alice);
    assert_eq!(told(&events), [("active".to_owned(), 100), ("terminated".to_owned(), 404)]);
    pair.run(s(40));
    assert_eq!((pair.alice.subscriptions(), pair.bob.subscriptions()), (0, 0));
}

#[test]
fn a_slow_transfer_is_refreshed() {
    let mut pair = pair();
    talk(&mut pair, Transport::Udp);
    pair.alice.refer_in_call(pair.now, TRANSFER, CALL, referral("<sip:carol@192.0.2.3>")).unwrap();
    pair.run(ms(100));
    let (id, _) = referred(&mut pair);
    pair.bob.accept_refer(pair.now, id, TellMe::Progress).unwrap();
    pair.run(s(155));
    let events = news(&mut pair, Side::Bob);
    assert!(matches!(events[..], [SubscriptionEvent::Refreshed { expires_s: 180, .. }]), "{events:?}");
    pair.bob.refer_progress(pair.now, id, 180, "").unwrap();
    pair.run(s(20));
    assert_eq!((pair.alice.subscriptions(), pair.bob.subscriptions()), (1, 1));
}
