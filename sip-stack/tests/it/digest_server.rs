//! A server's judgement of digests.

use std::time::Duration;

use sip_stack::auth::{
    Account, Algorithm, Authenticator, Challenge, Login, Nonces, Proof, Qop, Subject, User, UserHashing,
    Verdict, WithoutQop, answer, prove, user_hash,
};
use sip_stack::message::Method;
use sip_stack::message::header::AuthValue;

const LIFETIME: Duration = Duration::from_secs(300);
const PEER: &[u8] = b"192.0.2.7";
const LOGIN: Login<'_> = Login { username: "Mufasa", password: "Circle of Life" };
const REGISTER: Subject<'_> = Subject { method: &Method::Register, uri: "sip:example.com", body: b"" };

fn server() -> Authenticator {
    Authenticator::new("example.com", Nonces::new([3; 32], LIFETIME))
}

fn find(user: User<'_>) -> Option<Account> {
    let is_ours = match user {
        User::Named(name) => name == LOGIN.username,
        User::Hashed(algorithm, hash) => hash == user_hash(algorithm, LOGIN.username, "example.com"),
    };
    let account = || Account { username: LOGIN.username.to_owned(), password: LOGIN.password.to_owned() };
    is_ours.then(account)
}

fn challenge(server: &mut Authenticator) -> Challenge {
    Challenge::try_from(&server.challenges(LIFETIME, PEER, &Verdict::Missing)[0]).unwrap()
}

fn judge(server: &mut Authenticator, value: &AuthValue) -> Verdict {
    server.verify(LIFETIME, PEER, [value], &REGISTER, find)
}

fn accepted() -> Verdict {
    Verdict::Accepted { username: "Mufasa".to_owned() }
}

#[test]
fn each_algorithm_and_quality_is_taken() {
    let mut server = server();
    server.algorithms = Algorithm::ALL.to_vec();
    server.without_qop = WithoutQop::Allowed;
    for qop in [Some(Qop::Auth), Some(Qop::AuthInt), None] {
        for algorithm in Algorithm::ALL {
            let challenge = Challenge { qop, algorithm, ..challenge(&mut server) };
            let subject = Subject { body: b"some body", ..REGISTER };
            let value = answer(&challenge, LOGIN, &subject, 1, "cnonce");
            let verdict = server.verify(LIFETIME, PEER, [&value], &subject, find);
            assert_eq!(verdict, accepted(), "{challenge:?}");
            let other = Subject { body: b"other body", ..subject };
            let fresh = Challenge { nonce: server.nonce(LIFETIME, PEER), ..challenge };
            let value = answer(&fresh, LOGIN, &subject, 1, "cnonce");
            let verdict = server.verify(LIFETIME, PEER, [&value], &other, find);
            assert_eq!(verdict == accepted(), qop != Some(Qop::AuthInt), "{fresh:?}");
        }
    }
}

#[test]
fn algorithms_are_offered_in_the_order_of_preference() {
    let offered = server().challenges(LIFETIME, PEER, &Verdict::Missing);
    let words: Vec<_> = offered.iter().filter_map(|value| value.params.get("algorithm")).collect();
    assert_eq!(words, ["SHA-512-256", "SHA-256", "MD5"]);
    assert!(offered.iter().all(|value| value.params.get("qop") == Some("auth,auth-int")));
    assert!(offered.iter().all(|value| value.params.get("charset") == Some("UTF-8")));
}

#[test]
fn a_wrong_password_and_an_unknown_user_look_alike() {
    let mut server = server();
    for username in ["Mufasa", "Scar"] {
        let login = Login { username, password: "guess" };
        let value = answer(&challenge(&mut server), login, &REGISTER, 1, "c");
        let verdict = judge(&mut server, &value);
        assert_eq!(verdict, Verdict::WrongCredentials { username: username.to_owned() });
        let again = server.challenges(LIFETIME, PEER, &verdict);
        assert!(again.iter().all(|value| !value.params.contains("stale")));
    }
}

#[test]
fn an_answer_is_taken_once() {
    let mut server = server();
    let challenge = challenge(&mut server);
    let [first, second] = [1, 2].map(|nc| answer(&challenge, LOGIN, &REGISTER, nc, "c"));
    assert_eq!(judge(&mut server, &second), accepted());
    assert_eq!(judge(&mut server, &first), accepted(), "out of order");
    for value in [&first, &second] {
        let verdict = judge(&mut server, value);
        assert_eq!(verdict, Verdict::Replayed);
        assert!(server.challenges(LIFETIME, PEER, &verdict).iter().all(|v| v.params.contains("stale")));
    }
}

/// However many nonces are in use, memory is bounded and nothing can be replayed.
#[test]
fn forgotten_nonces_are_stale_and_not_fresh() {
    let mut server = server().remembering(2);
    let answers: Vec<_> = (0..4).map(|_| answer(&challenge(&mut server), LOGIN, &REGISTER, 1, "c")).collect();
    for value in &answers {
        assert_eq!(judge(&mut server, value), accepted());
    }
    for value in &answers {
        assert_eq!(judge(&mut server, value), Verdict::Replayed);
    }
}

#[test]
fn old_and_foreign_nonces_are_stale_only_with_the_right_password() {
    let mut server = server();
    let challenge = challenge(&mut server);
    let value = answer(&challenge, LOGIN, &REGISTER, 1, "c");
    let later = LIFETIME * 2 + Duration::from_secs(1);
    let verdict = server.verify(later, PEER, [&value], &REGISTER, find);
    assert_eq!(verdict, Verdict::Stale);
    let again = server.challenges(later, PEER, &verdict);
    assert!(again.iter().all(|value| Challenge::try_from(value).unwrap().stale));
    assert_eq!(server.verify(LIFETIME, b"192.0.2.8", [&value], &REGISTER, find), Verdict::Stale);
    let foreign = Challenge { nonce: "made-up".to_owned(), ..challenge };
    assert_eq!(judge(&mut server, &answer(&foreign, LOGIN, &REGISTER, 1, "c")), Verdict::Stale);
    let guess = Login { password: "guess", ..LOGIN };
    let verdict = judge(&mut server, &answer(&foreign, guess, &REGISTER, 1, "c"));
    assert!(matches!(verdict, Verdict::WrongCredentials { .. }));
}

#[test]
fn what_was_not_asked_for_is_malformed_or_missing() {
    let mut server = server();
    let asked = challenge(&mut server);
    let other_realm = Challenge { realm: "other".to_owned(), ..asked.clone() };
    assert_eq!(judge(&mut server, &answer(&other_realm, LOGIN, &REGISTER, 1, "c")), Verdict::Missing);
    let without_qop = Challenge { qop: None, ..asked.clone() };
    assert_eq!(judge(&mut server, &answer(&without_qop, LOGIN, &REGISTER, 1, "c")), Verdict::Malformed);
    server.algorithms = vec![Algorithm::Sha256];
    assert_eq!(judge(&mut server, &answer(&asked, LOGIN, &REGISTER, 1, "c")), Verdict::Malformed);
    let elsewhere = Subject { uri: "sip:elsewhere.example", ..REGISTER };
    let downgraded = Challenge { algorithm: Algorithm::Sha256, ..asked };
    let value = answer(&downgraded, LOGIN, &elsewhere, 1, "c");
    assert_eq!(judge(&mut server, &value), Verdict::Malformed);
}

#[test]
fn a_hashed_name_finds_its_user() {
    let mut server = server();
    server.user_hashing = UserHashing::Asked;
    let challenge = challenge(&mut server);
    assert!(challenge.userhash);
    let value = answer(&challenge, LOGIN, &REGISTER, 1, "c");
    assert!(value.params.get("username").is_some_and(|name| name.len() == 64));
    assert_eq!(judge(&mut server, &value), accepted());
}

#[test]
fn the_server_proves_that_it_knows_the_password() {
    let challenge = challenge(&mut server());
    for qop in [Qop::Auth, Qop::AuthInt] {
        let challenge = Challenge { qop: Some(qop), ..challenge.clone() };
        let value = answer(&challenge, LOGIN, &REGISTER, 1, "c");
        let info = prove(&value, LOGIN, b"body", Some("next")).unwrap();
        assert_eq!((info.get("nextnonce"), info.get("nc")), (Some("next"), Some("00000001")));
        assert_eq!(Proof::read(&info, &value, LOGIN, b"body"), Proof::Given);
        let impostor = prove(&value, Login { password: "?", ..LOGIN }, b"body", None).unwrap();
        assert_eq!(Proof::read(&impostor, &value, LOGIN, b"body"), Proof::Wrong);
        let changed = Proof::read(&info, &value, LOGIN, b"other");
        assert_eq!(changed == Proof::Wrong, qop == Qop::AuthInt);
    }
}
