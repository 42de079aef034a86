//! PASSporTs as the RFCs print them.

use sip_stack::message::header::Identity;
use sip_stack::message::{Message, Request, TypedHeader};
use sip_stack::stir::{
    Attestation, Call, Claims, Destinations, Form, MediaKey, NumberPlan, Originator, Party, Passport, Shaken,
    SignError, Signer, Signing, date_at,
};

use crate::stir_pki::{Holder, NOW};

const URL: &str = "https://cert.example.org/passport.cer";

pub(crate) fn request(more: &str, body: &str) -> Request {
    let text = format!(
        "INVITE sip:alice@example.com SIP/2.0\n\
         Via: SIP/2.0/TLS pc33.atlanta.example.com;branch=z9hG4bKnashds8\n\
         To: Alice <sip:alice@example.com>\n\
         From: Bob <sip:12155551212@example.com;user=phone>;tag=1928301774\n\
         Call-ID: a84b4c76e66710\n\
         CSeq: 314159 INVITE\n\
         Max-Forwards: 70\n\
         {more}Content-Length: {}\n\n{body}",
        body.len()
    );
    let bytes = text.replace('\n', "\r\n").replace(&body.replace('\n', "\r\n"), body);
    match Message::parse(bytes::Bytes::from(bytes)).unwrap() {
        Message::Request(request) => request,
        Message::Response(_) => panic!("a response"),
    }
}

fn claims() -> Claims {
    Claims {
        attest: None,
        dest: Destinations { tn: Vec::new(), uri: vec!["sip:alice@example.com".to_owned()] },
        div: None,
        iat: 1_471_375_418,
        mky: Vec::new(),
        orig: Party::Number("12155551212".to_owned()),
        origid: None,
    }
}

/// RFC 8225 Appendix A, steps 2 and 4.
#[test]
fn header_and_claims_are_serialized_as_printed() {
    let passport = Passport::new(claims(), URL);
    let header = "eyJhbGciOiJFUzI1NiIsInR5cCI6InBhc3Nwb3J0IiwieDV1IjoiaHR0cHM6Ly9j\
                  ZXJ0LmV4YW1wbGUub3JnL3Bhc3Nwb3J0LmNlciJ9";
    let payload = "eyJkZXN0Ijp7InVyaSI6WyJzaXA6YWxpY2VAZXhhbXBsZS5jb20iXX0sImlhdCI\
                   6MTQ3MTM3NTQxOCwib3JpZyI6eyJ0biI6IjEyMTU1NTUxMjEyIn19";
    assert_eq!(passport.signing_input(), format!("{header}.{payload}"));
}

fn decoded(text: &str) -> String {
    use base64::Engine as _;
    let part = text.split('.').nth(1).unwrap();
    String::from_utf8(base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// RFC 8225 §9.1 and RFC 8588 §5.
#[test]
fn media_keys_and_attestations_have_their_place() {
    let key = |dig: &str| MediaKey { alg: "sha-256".to_owned(), dig: dig.to_owned() };
    let with_keys = Claims { iat: 1_443_208_345, mky: vec![key("021A"), key("4AAD")], ..claims() };
    assert_eq!(
        decoded(&Passport::new(with_keys, URL).signing_input()),
        "{\"dest\":{\"uri\":[\"sip:alice@example.com\"]},\"iat\":1443208345,\"mky\":[{\"alg\":\"sha-256\",\
         \"dig\":\"021A\"},{\"alg\":\"sha-256\",\"dig\":\"4AAD\"}],\"orig\":{\"tn\":\"12155551212\"}}"
    );
    let shaken = Claims {
        attest: Some(Attestation::Full),
        dest: Destinations { tn: vec!["12125551213".to_owned()], uri: Vec::new() },
        iat: 1_443_208_345,
        origid: Some("123e4567-e89b-12d3-a456-426655440000".to_owned()),
        ..claims()
    };
    let passport = Passport::new(shaken, "https://biloxi.example.org/biloxi.cer");
    assert_eq!(passport.ppt(), Some("shaken"));
    assert_eq!(
        decoded(&passport.signing_input()),
        "{\"attest\":\"A\",\"dest\":{\"tn\":[\"12125551213\"]},\"iat\":1443208345,\
         \"orig\":{\"tn\":\"12155551212\"},\"origid\":\"123e4567-e89b-12d3-a456-426655440000\"}"
    );
}

fn signer() -> Signer {
    Signer::new(&Holder::new("signer", 3).key_pem(), URL, NumberPlan::default()).unwrap()
}

/// RFC 8224 §5.1: From, To and Date of the example become its claims.
#[test]
fn the_example_request_becomes_the_example_claims() {
    let request = request("Date: Fri, 25 Sep 2015 19:12:25 GMT\n", "");
    let call = Call::of(&request, Originator::From).unwrap();
    let identity = signer().sign(&call, NOW, &Signing::default()).unwrap();
    assert_eq!(
        decoded(&identity.digest),
        "{\"dest\":{\"uri\":[\"sip:alice@example.com\"]},\"iat\":1443208345,\"orig\":{\"tn\":\"12155551212\"}}"
    );
    let mut line = String::new();
    identity.write(&mut line);
    assert_eq!(Identity::parse(&line), Ok(identity), "{line}");
    assert!(line.ends_with(";info=<https://cert.example.org/passport.cer>;alg=ES256"), "{line}");
}

#[test]
fn the_compact_form_is_the_signature_alone() {
    let signing = Signing { form: Form::Compact, shaken: None };
    let dated = request("Date: Fri, 25 Sep 2015 19:12:25 GMT\n", "");
    let call = Call::of(&dated, Originator::From).unwrap();
    let compact = signer().sign(&call, NOW, &signing).unwrap();
    let full = signer().sign(&call, NOW, &Signing::default()).unwrap();
    let signature = full.digest.rsplit('.').next().unwrap();
    assert_eq!(compact.digest, format!("..{signature}"), "and it is deterministic (RFC 6979)");
    let undated = Call::of(&request("", ""), Originator::From).unwrap();
    assert_eq!(signer().sign(&undated, NOW, &signing), Err(SignError::NoDate));
    let shaken = Shaken { attest: Attestation::Full, origid: "x".to_owned() };
    let shaken = Signing { form: Form::Compact, shaken: Some(shaken) };
    assert_eq!(signer().sign(&call, NOW, &shaken), Err(SignError::NeedsFullForm));
}

#[test]
fn an_old_date_is_not_signed() {
    let call = Call::of(&request("Date: Fri, 25 Sep 2015 19:11:24 GMT\n", ""), Originator::From).unwrap();
    assert_eq!(signer().sign(&call, NOW, &Signing::default()), Err(SignError::StaleDate));
    let undated = Call::of(&request("", ""), Originator::From).unwrap();
    assert!(signer().sign(&undated, NOW, &Signing::default()).is_ok(), "our own clock will do");
    assert_eq!(date_at(NOW).map(|date| (date.hour, date.minute, date.second)), Some((19, 12, 25)));
}

/// RFC 8225 §5.2.2: sorted, without colons, each once.
#[test]
fn the_fingerprints_of_the_description_are_signed() {
    let description = "v=0\r\na=fingerprint:sha-256 4A:AD\r\nm=audio 1 RTP/AVP 0\r\na=fingerprint:SHA-256 02:1a\r\n\
                       a=fingerprint:sha-256 4A:AD\r\n";
    let request = request("Content-Type: application/sdp\n", description);
    let call = Call::of(&request, Originator::From).unwrap();
    let digs: Vec<_> = call.media_keys.iter().map(|key| (key.alg.as_str(), key.dig.as_str())).collect();
    assert_eq!(digs, [("sha-256", "021A"), ("sha-256", "4AAD")]);
}

#[test]
fn a_key_of_another_kind_and_a_plain_url_are_refused() {
    let refused = |key: &str, url: &str| Signer::new(key, url, NumberPlan::default()).map(|_| ());
    assert_eq!(
        refused("-----BEGIN PRIVATE KEY-----\nMIG=\n-----END PRIVATE KEY-----\n", URL),
        Err(SignError::Key)
    );
    let key = Holder::new("signer", 3).key_pem();
    assert_eq!(refused(&key, "http://cert.example.org/x"), Err(SignError::Certificate));
    assert!(!format!("{:?}", signer()).contains("key"));
}
