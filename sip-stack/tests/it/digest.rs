//! Digest: the published vectors, and what a challenge asks for.

use sip_stack::auth::{Algorithm, Challenge, Login, Qop, Subject, answer, user_hash};
use sip_stack::message::header::WwwAuthenticate;
use sip_stack::message::{Method, TypedHeader};

const LOGIN: Login<'_> = Login { username: "Mufasa", password: "Circle of Life" };

fn challenge(realm: &str, nonce: &str, algorithm: Algorithm, qop: Option<Qop>) -> Challenge {
    let (realm, nonce) = (realm.to_owned(), nonce.to_owned());
    Challenge { realm, nonce, opaque: None, algorithm, qop, stale: false, userhash: false }
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

/// RFC 8760 §2.6 prints the hash of an empty body; the rest of `auth-int` follows from it.
#[test]
fn the_body_is_hashed_for_auth_int() {
    let challenge = challenge("r", "n", Algorithm::Sha256, Some(Qop::AuthInt));
    let subject = |body| Subject { method: &Method::Register, uri: "sip:r", body };
    let of =
        |body| answer(&challenge, LOGIN, &subject(body), 1, "c").params.get("response").map(str::to_owned);
    assert_eq!(of(b""), of(b""));
    assert_ne!(of(b""), of(b"v=0"));
    assert_ne!(of(b"v=0"), of(b"v=1"));
}

#[test]
fn a_hashed_name_travels_in_place_of_the_name() {
    let asked = Challenge { userhash: true, ..challenge("r", "n", Algorithm::Sha256, Some(Qop::Auth)) };
    let subject = Subject { method: &Method::Register, uri: "sip:r", body: b"" };
    let value = answer(&asked, LOGIN, &subject, 1, "c");
    assert_eq!(value.params.get("username"), Some(user_hash(Algorithm::Sha256, "Mufasa", "r").as_str()));
    assert_eq!(value.params.get("userhash"), Some("true"));
    let plain = answer(&Challenge { userhash: false, ..asked }, LOGIN, &subject, 1, "c");
    assert_eq!(value.params.get("response"), plain.params.get("response"), "the digest is over the name");
}

fn read(text: &str) -> Result<Challenge, sip_stack::auth::UnusableChallenge> {
    Challenge::try_from(&WwwAuthenticate::parse(text).expect("a challenge").0)
}

#[test]
fn challenges_that_nobody_understands_are_unusable() {
    for text in [
        "Bearer realm=\"a\", authz_server=\"https://x.example\"",
        "Basic realm=\"a\"",
        "Digest realm=\"a\", nonce=\"2\", algorithm=SHA3-999, qop=\"auth\"",
        "Digest realm=\"a\", nonce=\"2\", qop=\"auth-conf\"",
        "Digest realm=\"a\"",
    ] {
        assert!(read(text).is_err(), "{text}");
    }
    assert_eq!(read("Digest realm=a, nonce=\"1\", qop=\"auth-int, auth\"").unwrap().qop, Some(Qop::Auth));
    assert_eq!(read("Digest realm=a, nonce=\"1\", qop=\"auth-int\"").unwrap().qop, Some(Qop::AuthInt));
    assert_eq!(read("Digest realm=a, nonce=\"1\"").unwrap().qop, None);
}
