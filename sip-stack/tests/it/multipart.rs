//! Bodies of several parts: read, written, searched, and bounded.

use bytes::Bytes;
use proptest::prelude::*;
use sip_stack::message::header::{ContentDisposition, ContentType};
use sip_stack::message::limits::{MULTIPART_DEPTH_MAX, MULTIPART_PARTS_MAX};
use sip_stack::message::multipart::{Content, Multipart, MultipartError, Part, Wanted};
use sip_stack::message::{Header, HeaderName, Message, TypedHeader};

fn read_as(content_type: &str, body: &str) -> Result<Multipart, MultipartError> {
    let body = Bytes::from(body.replace('\n', "\r\n"));
    Multipart::parse(&ContentType::parse(content_type).unwrap(), &body)
}

fn read(body: &str) -> Result<Multipart, MultipartError> {
    read_as("multipart/mixed;boundary=b", body)
}

fn octets(part: &Part) -> &str {
    std::str::from_utf8(part.octets().unwrap()).unwrap()
}

const TWO: &str = "to be ignored
--b
Content-Type: application/sdp

v=0

--b \t
Content-Type: application/pidf+xml
Content-ID: <target123@example.com>
Content-Disposition: by-reference;handling=optional
Content-Length: 5000

<presence/>
--b--
to be ignored too";

#[test]
fn parts_are_found_by_type_and_disposition_and_by_id() {
    let body = read(TWO).unwrap();
    assert_eq!(body.parts.len(), 2);
    assert_eq!(octets(body.find(&Wanted::SESSION).unwrap()), "v=0\r\n");
    let location = body.find_id("target123@example.com").unwrap();
    assert_eq!(octets(location), "<presence/>");
    let by_reference = Wanted { media_type: "Application/PIDF+xml", disposition: "by-reference" };
    assert_eq!(body.find(&by_reference), Some(location));
    assert!(location.disposition().unwrap().is_optional());
    for (media_type, disposition) in [("application/sdp", "render"), ("text/plain", "session")] {
        assert_eq!(body.find(&Wanted { media_type, disposition }), None);
    }
    assert_eq!(body.find_id("target123"), None);
}

#[test]
fn a_message_gives_what_is_wanted_whole_or_in_part() {
    let message = |content_type: &str, body: &str| {
        let text = format!("INVITE sip:a@b SIP/2.0\nContent-Type: {content_type}\n\n{body}");
        Message::parse(Bytes::from(text.replace('\n', "\r\n"))).unwrap()
    };
    let session = |message: &Message| Wanted::SESSION.of_message(message.headers(), message.body());
    assert_eq!(session(&message("application/sdp", "v=0\n")), Some(Bytes::from("v=0\r\n")));
    assert_eq!(session(&message("multipart/mixed;boundary=b", TWO)), Some(Bytes::from("v=0\r\n")));
    assert_eq!(session(&message("text/plain", "v=0\n")), None);
    assert_eq!(session(&message("multipart/mixed", TWO)), None);
    let early = message("application/sdp\nContent-Disposition: early-session", "v=0\n");
    assert_eq!(session(&early), None);
}

#[test]
fn of_alternatives_the_last_is_the_best() {
    let body = "--b\n\nplain\n--b\n\nbetter\n--b--";
    let wanted = Wanted { media_type: "text/plain", disposition: "render" };
    assert_eq!(read(body).unwrap().find(&wanted).map(octets), Some("plain"));
    let alternative = read_as("multipart/alternative; boundary=\"b\"", body).unwrap();
    assert_eq!(alternative.find(&wanted).map(octets), Some("better"));
}

#[test]
fn parts_lie_in_parts() {
    let body = "--b\nContent-Type: multipart/related;boundary=bb;type=x\nContent-Disposition: session\n\n\
                --bb\n\none\n--bb\nContent-Type: application/sdp\n\nv=0\n--bb--\n--b\n\ntwo\n--b--\n";
    let body = read(body).unwrap();
    assert_eq!(octets(body.find(&Wanted::SESSION).unwrap()), "v=0");
    let Content::Parts(inner) = &body.parts[0].content else { panic!() };
    assert_eq!((inner.subtype.as_str(), inner.params.get("type")), ("related", Some("x")));
    assert!(body.parts[0].content_type().unwrap().is("multipart/related"));
    let (content_type, written) = body.to_body();
    assert_eq!(Multipart::parse(&content_type, &written), Ok(body));
}

#[test]
fn a_boundary_is_a_whole_line() {
    let body = read("--b\n\n--bb\n--b x\n--b-\n x --b\n--b--x\nend\n--b--").unwrap();
    assert_eq!(octets(&body.parts[0]), "--bb\r\n--b x\r\n--b-\r\n x --b\r\n--b--x\r\nend");
    let empty = read("--b\n--b\n\n--b\n\n\n--b\nX: y\n--b--").unwrap();
    assert_eq!(empty.parts.iter().map(octets).collect::<Vec<_>>(), ["", "", "", ""]);
    assert_eq!(empty.parts[3].headers.len(), 1);
}

#[test]
fn what_has_no_parts_is_refused() {
    for body in ["", "x", "--b", "--b\n", "--b\n\nx", "--b--", "--b\n\nx\n--c--", "x--b\n\nx\n--b--"] {
        assert_eq!(read(body), Err(MultipartError::Unended), "{body:?}");
    }
    assert_eq!(read("--b\nno header\n\n--b--"), Err(MultipartError::Headers));
    assert_eq!(read_as("text/plain;boundary=b", TWO), Err(MultipartError::OtherType));
    for content_type in
        ["multipart/mixed", "multipart/mixed;boundary=\"\"", "multipart/mixed;boundary=\"b\\\t\""]
    {
        assert_eq!(read_as(content_type, TWO), Err(MultipartError::Boundary), "{content_type}");
    }
}

#[test]
fn there_are_so_many_parts_and_no_more() {
    let body = |count: usize| "--b\n\nx\n".repeat(count) + "--b--";
    assert_eq!(read(&body(MULTIPART_PARTS_MAX)).unwrap().parts.len(), MULTIPART_PARTS_MAX);
    assert_eq!(read(&body(MULTIPART_PARTS_MAX + 1)), Err(MultipartError::TooMany));
}

#[test]
fn parts_nest_so_deep_and_no_deeper() {
    let nested = |depth: usize| {
        let mut body = Multipart::mixed(vec![Part::new(&ContentType::new("text", "plain"), "x")]);
        for _ in 1..depth {
            let mut part = Part::new(&ContentType::new("text", "plain"), "");
            part.headers.remove(&HeaderName::ContentType);
            part.content = Content::Parts(body);
            body = Multipart::mixed(vec![part]);
        }
        let (content_type, octets) = body.to_body();
        Multipart::parse(&content_type, &octets).map(|parsed| assert_eq!(parsed, body))
    };
    assert_eq!(nested(MULTIPART_DEPTH_MAX), Ok(()));
    assert_eq!(nested(MULTIPART_DEPTH_MAX + 1), Err(MultipartError::TooDeep));
    assert_eq!(MultipartError::TooDeep.status().as_u16(), 413);
}

#[test]
fn the_torture_message_of_the_rfc_has_two_parts() {
    let path = "/../../shared/testdata/sip-rfc4475-torture/dat/mpart01.dat";
    let wire = std::fs::read([env!("CARGO_MANIFEST_DIR"), path].concat()).unwrap();
    let message = Message::parse(Bytes::from(wire)).unwrap();
    let content_type: ContentType = message.headers().typed().unwrap().unwrap();
    let body = Multipart::parse(&content_type, message.body()).unwrap();
    let [hello, signature] = &body.parts[..] else { panic!("{} parts", body.parts.len()) };
    assert_eq!(octets(hello), "Hello");
    assert_eq!(hello.headers.get(&"Content-Transfer-Encoding".parse().unwrap()), Some("binary"));
    assert!(signature.octets().unwrap().contains(&0));
    assert!(signature.content_type().unwrap().is("application/octet-stream"));
}

prop_compose! {
    fn part()(octets in prop_oneof![any::<Vec<u8>>(), "(\r\n|--|[0-9a-f]{1,4}){0,9}".prop_map(String::into_bytes)],
              disposition in proptest::option::of("[a-z]{1,8}")) -> Part {
        let mut part = Part::new(&ContentType::new("text", "plain"), octets);
        part.headers.extend(disposition.map(|word| Header::from_typed(&ContentDisposition::new(word))));
        part
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn a_body_of_parts_survives_writing(parts in proptest::collection::vec(part(), 1..5)) {
        let body = Multipart::mixed(parts);
        let (content_type, octets) = body.to_body();
        prop_assert_eq!(Multipart::parse(&content_type, &octets), Ok(body));
    }

    #[test]
    fn noise_between_boundaries_does_not_panic(body in "(--b|--|\r\n|:|[ab]| |\t|Content-Type: multipart/x;boundary=b){0,24}") {
        let _ = read(&body);
    }
}
