//! RFC 5621: what a response to an INVITE carries beside a session description, or instead of one.

use sip_stack::message::TypedHeader;
use sip_stack::message::header::ContentType;
use sip_stack::message::multipart::{Multipart, Wanted};
use sip_stack::{Body, InCallEvent, Target, Transport, UaEvent};

use crate::call::{ANSWER, CALL, invite};
use crate::lone::{Lone, PEER, response};

const TICKET: Wanted<'static> = Wanted { media_type: "application/ticket", disposition: "render" };

fn calling() -> (Lone, String) {
    let mut lone = Lone::new();
    let mut call = invite(Transport::Udp);
    call.target = Target::new(Transport::Udp, PEER.parse().unwrap()).into();
    lone.endpoint.invite(lone.now, CALL, call).unwrap();
    lone.drain();
    let sent = lone.take_one();
    (lone, sent)
}

fn two_parts() -> String {
    let answer = ANSWER.replace("\r\n", "\n");
    format!(
        "--b\nContent-Type: application/sdp\n\n{answer}\n--b\nContent-Type: application/ticket\n\nno. 7\n--b--\n"
    )
}

fn kind(content_type: &str) -> String {
    format!("Contact: <sip:b@192.0.2.9>\nContent-Type: {content_type}\n")
}

fn ticket(body: &Body) -> String {
    let parts = Multipart::parse(&ContentType::parse(&body.content_type).unwrap(), &body.content).unwrap();
    let part = parts.find(&TICKET).unwrap();
    String::from_utf8(part.octets().unwrap().to_vec()).unwrap()
}

#[test]
fn the_other_parts_of_an_answer_reach_the_owner() {
    for code in [183, 200] {
        let (mut lone, sent) = calling();
        let more = kind("multipart/mixed;boundary=b");
        lone.hear(&response(code, &sent, "b", &more, &two_parts()));
        let [UaEvent::InCall(InCallEvent::Enclosed { id: CALL, code: said, body: whole }), then] =
            lone.events.as_slice()
        else {
            panic!("{:?}", lone.events)
        };
        assert_eq!((*said, ticket(whole).as_str()), (code, "no. 7"));
        let (UaEvent::Progress { body, .. } | UaEvent::Answered { body, .. }) = then else {
            panic!("{then:?}")
        };
        assert_eq!(body.as_ref().map(|body| body.content.as_ref()), Some(ANSWER.as_bytes()));
    }
}

#[test]
fn a_body_that_describes_no_session_is_shown_as_it_came() {
    for code in [180, 200, 380, 486] {
        let (mut lone, sent) = calling();
        lone.hear(&response(code, &sent, "b", &kind("application/ticket"), "no. 8"));
        let [UaEvent::InCall(InCallEvent::Enclosed { body, .. }), then] = lone.events.as_slice() else {
            panic!("{:?}", lone.events)
        };
        let expected = Body { content_type: "application/ticket".to_owned(), content: "no. 8".into() };
        assert_eq!(*body, expected);
        assert!(
            matches!(
                then,
                UaEvent::Progress { body: None, .. }
                    | UaEvent::Answered { body: None, .. }
                    | UaEvent::Failed { .. }
            ),
            "{then:?}"
        );
    }
}

#[test]
fn a_description_alone_is_shown_once() {
    let (mut lone, sent) = calling();
    lone.hear(&response(200, &sent, "b", &kind("application/sdp"), ANSWER));
    assert!(matches!(lone.events.as_slice(), [UaEvent::Answered { body: Some(_), .. }]), "{:?}", lone.events);
}
