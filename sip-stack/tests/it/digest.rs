//! Digest: the published vectors, and a client against a server.

use std::time::Duration;

use sip_stack::auth::{
    Algorithm, Authenticator, Challenge, Login, Nonces, Qop, Subject, Verdict, answer, strongest,
};
use sip_stack::message::header::{AuthValue, WwwAuthenticate};
use sip_stack::message::{Method, TypedHeader};

const LIFETIME: Duration = Duration::from_secs(300);
const PEER: &[u8] = b"192.0.2.7";
const LOGIN: Login<'_> = Login { username: "Mufasa", password: "Circle of Life" };

fn challenge(realm: &str, nonce: &str, algorithm: Algorithm, qop: Option<Qop>) -> Challenge {
    let (realm, nonce) = (realm.to_owned(), nonce.to_owned());
    Challenge { realm, nonce, opaque: None, algorithm, qop, stale: false }
}

/// What RFC 7616 §3.9.1 and RFC 2617 §3.5 print.
#[test]
fn the_published_vectors_come_out() {
    let get: Method = "GET".parse().unwrap();
    let subject = Subject { method: &get, uri: "/dir/index.html", body: b"" };
    let nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
    let cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
    for (algorithm, expected) in [
        (Algorithm::Md5, "8ca523f5e9506fed4657c9700eebdbec"),
        (Algorithm::Sha256, "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ] {
        let challenge = challenge("http-auth@example.org", nonce, algorithm, Some(Qop::Auth));
        let value = answer(&challenge, LOGIN, &subject, 1, cnonce);
        assert_eq!(value.params.get("response"), Some(expected));
        assert_eq!(value.params.get("nc"), Some("00000001"));
    }
    let old = challenge(
        "testrealm@host.com",
        "dcd98b7102dd2f0e8b11d0f600bfb0c093",
        Algorithm::Md5,
        Some(Qop::Auth),
    );
    let login = Login { password: "Circle Of Life", ..LOGIN };
    let value = answer(&old, login, &subject, 1, "0a4f113b");
    assert_eq!(value.params.get("response"), Some("6629fae49393a05397450978507c4ef1"));
}

fn server() -> Authenticator {
    Authenticator {
        realm: "example.com".to_owned(),
        algorithms: vec![Algorithm::Sha512_256, Algorithm::Sha256, Algorithm::Md5],
        nonces: Nonces::new([3; 32], LIFETIME),
    }
}

fn password(username: &str) -> Option<String> {
    (username == LOGIN.username).then(|| LOGIN.password.to_owned())
}

const REGISTER: Subject<'_> = Subject { method: &Method::Register, uri: "sip:example.com", body: b"" };

#[test]
fn each_algorithm_and_quality_is_taken() {
    let server = server();
    for value in server.challenges(LIFETIME, PEER, None) {
        for qop in [Some(Qop::Auth), Some(Qop::AuthInt), None] {
            let challenge = Challenge { qop, ..Challenge::try_from(&value).unwrap() };
            let subject = Subject { body: b"some body", ..REGISTER };
            let value = answer(&challenge, LOGIN, &subject, 1, "cnonce");
            let verdict = server.verify(LIFETIME, PEER, &value, &subject, password);
            assert_eq!(verdict, Verdict::Accepted { username: "Mufasa".to_owned() }, "{challenge:?}");
        }
    }
}

#[test]
fn what_was_signed_cannot_be_changed() {
    let server = server();
    let challenges = server.challenges(LIFETIME, PEER, None);
    let challenge = Challenge { qop: Some(Qop::AuthInt), ..strongest(&challenges, None).unwrap() };
    let value = answer(&challenge, LOGIN, &REGISTER, 1, "cnonce");
    let judge = |subject: Subject<'_>| server.verify(LIFETIME, PEER, &value, &subject, password);
    assert_eq!(judge(Subject { body: b"other", ..REGISTER }), Verdict::Refused);
    assert_eq!(judge(Subject { method: &Method::Invite, ..REGISTER }), Verdict::Refused);
    assert_eq!(judge(Subject { uri: "sip:other.example", ..REGISTER }), Verdict::Refused);
    assert_eq!(server.verify(LIFETIME, b"203.0.113.9", &value, &REGISTER, password), Verdict::Refused);
    let wrong = answer(&challenge, Login { password: "guess", ..LOGIN }, &REGISTER, 1, "cnonce");
    assert_eq!(server.verify(LIFETIME, PEER, &wrong, &REGISTER, password), Verdict::Refused);
    let nobody = answer(&challenge, Login { username: "Scar", ..LOGIN }, &REGISTER, 1, "cnonce");
    assert_eq!(server.verify(LIFETIME, PEER, &nobody, &REGISTER, password), Verdict::Refused);
}

#[test]
fn an_old_nonce_is_stale_and_challenged_again() {
    let server = server();
    let challenges = server.challenges(Duration::ZERO, PEER, None);
    let value = answer(&strongest(&challenges, None).unwrap(), LOGIN, &REGISTER, 1, "cnonce");
    let later = LIFETIME + Duration::from_secs(1);
    let verdict = server.verify(later, PEER, &value, &REGISTER, password);
    assert_eq!(verdict, Verdict::Stale);
    let again = server.challenges(later, PEER, Some(&verdict));
    assert!(again.iter().all(|value| Challenge::try_from(value).unwrap().stale));
}

fn values(texts: &[&str]) -> Vec<AuthValue> {
    texts.iter().map(|text| WwwAuthenticate::parse(text).expect("a challenge").0).collect()
}

#[test]
fn the_strongest_usable_challenge_is_picked() {
    let challenges = values(&[
        "Digest realm=\"a\", nonce=\"1\", algorithm=MD5, qop=\"auth-int,auth\"",
        "Bearer realm=\"a\", authz_server=\"https://x.example\"",
        "Digest realm=\"a\", nonce=\"2\", algorithm=SHA3-999, qop=\"auth\"",
        "Digest realm=\"a\", nonce=\"3\", algorithm=SHA-256, qop=\"auth-int\"",
        "Digest realm=\"b\", nonce=\"4\", algorithm=SHA-512-256, qop=\"auth\"",
    ]);
    let picked = strongest(&challenges, None).unwrap();
    assert_eq!((picked.nonce.as_str(), picked.qop), ("3", Some(Qop::AuthInt)));
    assert_eq!(strongest(&challenges, Some("b")).unwrap().nonce, "4");
    assert_eq!(strongest(&challenges, Some("c")), None);
    assert_eq!(strongest(&challenges[..1], None).unwrap().qop, Some(Qop::Auth));
}
