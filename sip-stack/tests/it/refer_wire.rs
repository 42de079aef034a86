//! REFER as peers write it: the example of RFC 3515 §4.1, Target-Dialog, GRUUs and misprints.

use sip_stack::{
    Config, Referral, Referrals, Referred, Services, SubscriptionEvent, SubscriptionId, TellMe, Transport,
    UaEvent,
};

use crate::call::{ANSWER, CALL, address, invite, s};
use crate::lone::{Lone, PEER, config, header, request, response, to_tag};

fn lone() -> Lone {
    let services = Services { referrals: Referrals::Asked, ..Services::default() };
    Lone::with(Config { services, ..config() })
}

fn referred(lone: &mut Lone) -> (SubscriptionId, Referred) {
    let Some(UaEvent::Subscription(SubscriptionEvent::Referred { id, referred })) = lone.events.pop() else {
        panic!("{:?}", lone.events)
    };
    (id, *referred)
}

/// A call of the endpoint's, answered with this contact.
fn answered(contact: &str) -> (Lone, String) {
    let mut lone = lone();
    let mut call = invite(Transport::Udp);
    call.target = crate::call::udp(PEER);
    lone.endpoint.invite(lone.now, CALL, call).unwrap();
    lone.drain();
    let sent = lone.take_one();
    let more = format!("Contact: <{contact}>\nContent-Type: application/sdp\n");
    lone.hear(&response(200, &sent, "bob", &more, ANSWER));
    lone.take_lines();
    (lone, sent)
}

#[test]
fn the_example_of_the_rfc_is_served() {
    let mut lone = lone();
    lone.hear(
        "REFER sip:b@atlanta.example.com SIP/2.0\n\
         Via: SIP/2.0/UDP agenta.atlanta.example.com;branch=z9hG4bK2293940223\n\
         To: <sip:b@atlanta.example.com>\n\
         From: <sip:a@atlanta.example.com>;tag=193402342\n\
         Call-ID: 898234234@agenta.atlanta.example.com\n\
         CSeq: 93809823 REFER\n\
         Max-Forwards: 70\n\
         Refer-To: <tel:+358401234567>\n\
         Contact: sip:a@atlanta.example.com\n\
         Content-Length: 0\n\n",
    );
    let (id, asked) = referred(&mut lone);
    assert_eq!(asked.refer_to.uri.to_string(), "tel:+358401234567");
    lone.endpoint.accept_refer(lone.now, id, TellMe::Progress).unwrap();
    lone.drain();
    let (accepted, notify) = (lone.sent.remove(0).1, lone.sent.remove(0).1);
    assert!(accepted.starts_with("SIP/2.0 202 Accepted"), "{accepted}");
    assert!(notify.starts_with("NOTIFY sip:a@atlanta.example.com SIP/2.0\r\n"), "{notify}");
    assert_eq!(header(&notify, "To"), "<sip:a@atlanta.example.com>;tag=193402342");
    assert_eq!(header(&notify, "From").split(";tag=").nth(1), Some(to_tag(&accepted).as_str()));
    assert_eq!(header(&notify, "Event"), "refer");
    assert_eq!(header(&notify, "Content-Type"), "message/sipfrag;version=2.0");
    assert!(notify.ends_with("\r\n\r\nSIP/2.0 100 Trying\r\n"), "{notify}");
}

#[test]
fn a_refer_needs_exactly_one_target() {
    let mut lone = lone();
    for (cseq, more) in [
        (1, ""),
        (2, "Refer-To: <sip:a@b>\nRefer-To: <sip:c@d>\n"),
        (3, "Refer-To: (whatever URI)\n"),
        (4, "Refer-To: <sip:a@b?Replaces=only-a-call-id>\n"),
    ] {
        let text =
            request("REFER", cseq, &format!("r{cseq}"), "", more).replace("peers-call", &format!("c{cseq}"));
        lone.hear(&text);
        assert!(lone.take_one().starts_with("SIP/2.0 400 "), "{more}");
    }
    assert_eq!(lone.endpoint.subscriptions(), 0);
    lone.hear(&request("REFER", 5, "r5", "", "Require: norefersub, tdialog\nRefer-To: <sip:a@b>\n"));
    referred(&mut lone);
    lone.hear(&request("REFER", 6, "r6", "", "Require: multiple-refer\nRefer-To: <sip:a@b>\n"));
    assert!(lone.take_one().starts_with("SIP/2.0 420 "));
}

#[test]
fn a_target_dialog_names_the_call_that_it_is_about() {
    let (mut lone, sent) = answered("sip:bob@192.0.2.9");
    let ours = header(&sent, "From").split(";tag=").nth(1).unwrap().to_owned();
    let call_id = header(&sent, "Call-ID").to_owned();
    let named = |local: &str, remote: &str| {
        format!(
            "Target-Dialog: {call_id};local-tag={local};remote-tag={remote}\nRefer-To: <sip:carol@192.0.2.3>\n"
        )
    };
    lone.hear(&request("REFER", 1, "t1", "", &named(&ours, "bob")));
    assert_eq!(referred(&mut lone).1.call, Some(CALL));
    lone.hear(&request("REFER", 1, "t2", "", &named(&ours, "mallory")).replace("peers-call", "other"));
    let (_, stranger) = referred(&mut lone);
    assert!(stranger.call.is_none() && stranger.target_dialog.is_some());
}

#[test]
fn a_gruu_is_asked_outside_of_the_call() {
    let (mut lone, sent) = answered("sip:bob@192.0.2.9;gr=urn:uuid:f81d4fae");
    let referral = Referral {
        refer_to: address("<sip:carol@192.0.2.3>"),
        referred_by: None,
        tell_me: TellMe::Progress,
        headers: Vec::new(),
        body: None,
    };
    lone.endpoint.refer_in_call(lone.now, SubscriptionId(1), CALL, referral).unwrap();
    lone.drain();
    let refer = lone.take_one();
    assert!(refer.starts_with("REFER sip:bob@192.0.2.9;gr=urn:uuid:f81d4fae SIP/2.0\r\n"), "{refer}");
    assert!(!header(&refer, "To").contains("tag=") && header(&refer, "Call-ID") != header(&sent, "Call-ID"));
    let ours = header(&sent, "From").split(";tag=").nth(1).unwrap();
    let named = format!("{};local-tag=bob;remote-tag={ours}", header(&sent, "Call-ID"));
    assert_eq!(header(&refer, "Target-Dialog"), named);
}

#[test]
fn an_untold_refer_that_is_told_all_the_same_is_no_harm() {
    let (mut lone, sent) = answered("sip:bob@192.0.2.9");
    let referral = Referral {
        refer_to: address("<sip:carol@192.0.2.3>"),
        referred_by: None,
        tell_me: TellMe::Nothing,
        headers: Vec::new(),
        body: None,
    };
    lone.endpoint.refer_in_call(lone.now, SubscriptionId(1), CALL, referral).unwrap();
    lone.drain();
    let refer = lone.take_one();
    assert_eq!((header(&refer, "Refer-Sub"), header(&refer, "Supported")), ("false", "norefersub"));
    let ours = header(&sent, "From").split(";tag=").nth(1).unwrap().to_owned();
    let more = "Event: refer\nSubscription-State: terminated;reason=noresource\n";
    let notify = request("NOTIFY", 7, "n", &ours, more).replace("peers-call", header(&sent, "Call-ID"));
    lone.hear(&notify.replace("tag=peer", "tag=bob"));
    assert!(lone.take_one().starts_with("SIP/2.0 200 "), "it came before the 202, and is taken");
    lone.hear(&response(202, &refer, "", "", ""));
    assert_eq!(lone.endpoint.subscriptions(), 0);
}

#[test]
fn a_transfer_without_an_end_is_not_waited_for_for_ever() {
    let (mut lone, sent) = answered("sip:bob@192.0.2.9");
    let referral = Referral {
        refer_to: address("<sip:carol@192.0.2.3>"),
        referred_by: None,
        tell_me: TellMe::Progress,
        headers: Vec::new(),
        body: None,
    };
    lone.endpoint.refer_in_call(lone.now, SubscriptionId(1), CALL, referral).unwrap();
    lone.drain();
    let refer = lone.take_one();
    lone.hear(&response(202, &refer, "", "", ""));
    let ours = header(&sent, "From").split(";tag=").nth(1).unwrap().to_owned();
    let more = "Event: refer\nSubscription-State: active\n";
    let notify = request("NOTIFY", 7, "n", &ours, more).replace("peers-call", header(&sent, "Call-ID"));
    lone.hear(&notify.replace("tag=peer", "tag=bob"));
    lone.take_lines();
    lone.advance(s(160));
    let refresh = lone.take_one_retransmitted();
    assert_eq!(
        (header(&refresh, "Event"), header(&refresh, "Expires")),
        ("refer", "180"),
        "as the peer names it"
    );
    lone.hear(&response(489, &refresh, "", "", ""));
    assert_eq!((lone.endpoint.subscriptions(), lone.endpoint.calls()), (0, 1));
}
