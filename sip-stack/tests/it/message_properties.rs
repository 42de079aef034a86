//! What holds for every message: printing loses nothing, nothing a stranger sends panics, no value starts a
//! header of its own.

use bytes::Bytes;
use proptest::prelude::*;
use sip_stack::message::header::{Contact, From, ReasonHeader, Via, Warning};
use sip_stack::message::validate::receive;
use sip_stack::message::{
    Header, HeaderName, Headers, Host, Message, Method, NameAddr, Params, Request, Response, StatusCode,
    Text, TypedHeader, Uri,
};
use sip_stack::transport::Transport;
use sip_stack::transport::framing::{Frame, Framer};

fn host() -> impl Strategy<Value = Host> {
    prop_oneof![
        "[a-z][a-z0-9]{0,8}(\\.[a-z][a-z0-9-]{0,5}[a-z0-9]){0,3}".prop_map(|name| Host::Name(name.into())),
        any::<u32>().prop_map(|bits| Host::V4(bits.into())),
        any::<u128>().prop_map(|bits| Host::V6(bits.into())),
    ]
}

fn params() -> impl Strategy<Value = Params> {
    let value = prop_oneof![Just(None), "[a-z0-9.]{1,8}".prop_map(Some)];
    proptest::collection::vec(("[a-z][a-z0-9-]{0,6}", value), 0..4).prop_map(|list| {
        let mut params = Params::new();
        for (name, value) in list {
            match value {
                Some(value) => params.set(&name, value),
                None => params.set_flag(&name),
            }
        }
        params
    })
}

prop_compose! {
    fn uri()(
        user in proptest::option::of("([a-z0-9+;?/&=$,._-]|%[0-9A-F]{2}){1,12}"),
        host in host(),
        port in any::<Option<u16>>(),
        params in params(),
        headers in proptest::collection::vec(("[a-z]{1,6}", "([a-z0-9]|%[0-9A-F]{2}){0,6}"), 0..3),
    ) -> Uri {
        let headers = headers.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Uri { params, headers, ..Uri::sip(user, host, port) }
    }
}

prop_compose! {
    fn name_addr()(display in proptest::option::of("[^\r\n]{0,12}"), uri in uri(), params in params(), quoted in "[^\r\n]{0,8}")
        -> NameAddr {
        let mut addr = NameAddr { display: display.map(Into::into), uri, params };
        addr.params.set_quoted("quoted", quoted);
        addr
    }
}

prop_compose! {
    fn request()(
        uri in uri(),
        from in name_addr(),
        contacts in proptest::collection::vec(name_addr(), 0..3),
        text in "[ -~äöü€]{0,40}",
        body in proptest::collection::vec(any::<u8>(), 0..64),
    ) -> Request {
        let uri = uri.for_request_line();
        let mut headers = Headers::new();
        let via = Via::new(Transport::Udp, uri.host.clone(), uri.port, "z9hG4bKx");
        headers.push(Header::from_typed(&via));
        headers.push(Header::from_typed(&From(from)));
        headers.extend(contacts.into_iter().map(|contact| Header::from_typed(&Contact::Address(contact))));
        headers.push(Header::new("X-Text".parse().expect("a token"), text.trim()));
        Request { method: Method::Message, uri, headers, body: Bytes::from(body) }
    }
}

fn same_after_printing<H: TypedHeader + PartialEq + std::fmt::Debug>(header: &H) {
    let mut printed = String::new();
    header.write(&mut printed);
    assert_eq!(H::parse(&printed).as_ref(), Ok(header), "{printed:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn a_uri_survives_printing(uri in uri()) {
        prop_assert_eq!(uri.to_string().parse(), Ok(uri.clone()));
        prop_assert!(uri.matches(&uri));
    }

    #[test]
    fn an_address_survives_printing(addr in name_addr()) {
        prop_assert_eq!(addr.to_string().parse(), Ok(addr));
    }

    #[test]
    fn typed_headers_survive_printing(addr in name_addr(), text in "[^\r\n]{0,20}", host in host()) {
        same_after_printing(&From(addr.clone()));
        same_after_printing(&Contact::Address(addr));
        same_after_printing(&ReasonHeader::new("Q.850", 16, Some(&text)));
        same_after_printing(&Warning { code: 399, agent: "a.example".into(), text: text.into() });
        same_after_printing(&Via::new(Transport::Wss, host, Some(1), "z9hG4bK1"));
    }

    #[test]
    fn a_request_survives_printing(request in request()) {
        let message = Message::Request(request);
        prop_assert_eq!(Message::parse(message.to_bytes()), Ok(message));
    }

    #[test]
    fn a_request_survives_a_stream_cut_anywhere(request in request(), cut in any::<prop::sample::Index>()) {
        let bytes = request.to_bytes();
        let (before, after) = bytes.split_at(cut.index(bytes.len()));
        let mut framer = Framer::new();
        framer.push(before);
        prop_assert_eq!(framer.next_frame(), Ok(None));
        framer.push(after);
        prop_assert_eq!(framer.next_frame(), Ok(Some(Frame::Message(bytes))));
    }

    #[test]
    fn no_text_starts_a_header_of_its_own(evil in "([a-z\"<>;,: \\\\]|\r\n|\r|\n|\u{0}){0,30}") {
        let uri = Uri::sip(Some(evil.clone()), Host::Name(evil.as_str().into()), None);
        let mut addr = NameAddr { display: Some(evil.as_str().into()), ..NameAddr::new(uri.clone()) };
        addr.params.set(&evil, evil.clone());
        let mut headers = Headers::new();
        headers.push(Header::from_typed(&From(addr)));
        headers.push(Header::from_typed(&ReasonHeader::new(evil.clone(), 1, Some(&evil))));
        headers.push(Header::new(HeaderName::Subject, evil.clone()));
        let request = Request::new(Method::Options, uri, headers.clone());
        let response = Response { code: StatusCode::OK, reason: Text::from(evil), headers, body: Bytes::new() };
        for bytes in [request.to_bytes(), response.to_bytes()] {
            let line_ends = bytes.iter().filter(|byte| matches!(byte, b'\r' | b'\n')).count();
            prop_assert_eq!(line_ends, 2 * 6, "{:?}", bytes);
        }
    }

    #[test]
    fn noise_is_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = receive(Bytes::from(bytes));
    }

    #[test]
    fn a_damaged_message_does_not_panic(request in request(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = request.to_bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(message) = receive(Bytes::from(bytes)) {
            prop_assert_eq!(Message::parse(message.to_bytes()), Ok(message));
        }
    }
}

#[test]
fn one_latin1_byte_costs_no_other_header() {
    let wire = b"OPTIONS sip:a@b SIP/2.0\r\nSubject: J\xf6rg\r\nf: <sip:a@b>;tag=1\r\n\r\n";
    let Ok(Message::Request(request)) = Message::parse(Bytes::from_static(wire)) else { panic!() };
    assert_eq!(request.headers.get(&HeaderName::Subject), Some("Jörg"));
    assert_eq!(request.headers.typed::<From>().unwrap().unwrap().tag(), Some("1"));
}

#[test]
fn folds_are_one_space_and_compact_names_are_long() {
    let wire = b"OPTIONS sip:a@b SIP/2.0\r\ns:\r\n one \r\n\t two\r\nk : a\r\nSupported:b\r\n\r\n";
    let Ok(Message::Request(request)) = Message::parse(Bytes::from_static(wire)) else { panic!() };
    assert_eq!(request.headers.get(&HeaderName::Subject), Some("one two"));
    let supported = request.headers.typed::<sip_stack::message::header::Supported>().unwrap().unwrap();
    assert_eq!(supported.0, ["a", "b"]);
}

#[test]
fn only_spaces_and_tabs_are_blanks() {
    for value in ["a\u{c}", "\u{c}a", "a\u{c}\r\n \u{b}\r\n\t \r\n b \u{c}"] {
        let wire = format!("OPTIONS sip:a@b SIP/2.0\r\nSubject: {value} \r\n\r\n");
        let message = Message::parse(Bytes::from(wire)).unwrap();
        let unfolded = value.split("\r\n").map(|line| line.trim_matches([' ', '\t']));
        let unfolded: Vec<_> = unfolded.filter(|line| !line.is_empty()).collect();
        assert_eq!(message.headers().get(&HeaderName::Subject), Some(unfolded.join(" ").as_str()));
        assert_eq!(Message::parse(message.to_bytes()), Ok(message));
    }
}

#[test]
fn a_datagram_without_length_keeps_its_body_and_skips_leading_line_ends() {
    let wire = b"\r\n\r\nOPTIONS sip:a@b SIP/2.0\r\nc: text/plain\r\n\r\nhello";
    let message = Message::parse(Bytes::from_static(wire)).unwrap();
    assert_eq!(message.body().as_ref(), b"hello");
}

#[test]
fn a_bare_line_feed_hides_no_header() {
    for wire in [
        &b"OPTIONS sip:a@b SIP/2.0\r\nSubject: x\nVia: y\r\n\r\n"[..],
        b"OPTIONS sip:a@b SIP/2.0\r\nSubject: x\rVia: y\r\n\r\n",
        b"OPTIONS sip:a@b SIP/2.0\r\nSubject: x\r\r\n\r\n",
        b"OPTIONS sip:a@b SIP/2.0\r\nSubject: x\r\n \nVia: y\r\n\r\n",
    ] {
        assert!(Message::parse(Bytes::copy_from_slice(wire)).is_err(), "{wire:?}");
    }
}

#[test]
fn a_list_header_changes_its_first_value_alone() {
    let mut headers = Headers::new();
    headers.push(Header::new(HeaderName::Via, "SIP/2.0/UDP a;branch=1, SIP/2.0/UDP b;branch=2"));
    let mut top = headers.typed::<Via>().unwrap().unwrap();
    top.params.set("received", "192.0.2.1");
    headers.set_first(&top);
    let hops = headers.typed_all::<Via>().unwrap();
    assert_eq!(hops.iter().map(Via::branch).collect::<Vec<_>>(), [Some("1"), Some("2")]);
    assert_eq!(hops[0].received(), "192.0.2.1".parse().ok());
}
