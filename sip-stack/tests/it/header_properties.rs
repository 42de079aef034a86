//! Every typed header prints as the inverse of its parse: for the examples of its RFC, and for whatever is left of
//! them when they are damaged and still parse.

use std::fmt::Debug;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use sip_stack::message::TypedHeader;
use sip_stack::message::header::*;

/// A header by its reader: whether the text is one. Panics if printing loses something.
struct Case {
    read: fn(&str) -> bool,
    examples: &'static [&'static str],
}

const fn case<H: TypedHeader + PartialEq + Debug>(examples: &'static [&'static str]) -> Case {
    Case { read: survives::<H>, examples }
}

fn survives<H: TypedHeader + PartialEq + Debug>(value: &str) -> bool {
    let Ok(header) = H::parse(value) else { return false };
    let mut printed = String::new();
    header.write(&mut printed);
    assert_eq!(H::parse(&printed).as_ref(), Ok(&header), "{} {value:?} {printed:?}", H::NAME);
    true
}

const ADDRESSES: &[&str] = &[
    "\"A. G. Bell\" <sip:agb@bell-telephone.com> ;tag=a48s",
    "sip:+12125551212@server.phone2net.com;tag=887s",
    "T. A. Watson <sips:watson@[2001:db8::1]:5061;transport=tls>",
    "<tel:+1-201-555-0123;phone-context=example.com>",
    "<http://www.example.com/a?b=c,d;e>;q=0.1",
];

const CASES: &[Case] = &[
    case::<Accept>(&["application/sdp;level=1, application/x-private, text/html", "*/*;q=0.1", ""]),
    case::<AcceptContact>(&["*;audio;require", "*;mobility=\"mobile\";methods=\"INVITE,BYE\";explicit"]),
    case::<AcceptEncoding>(&["gzip", "compress;q=0.5, *;q=0", ""]),
    case::<AcceptLanguage>(&["da, en-gb;q=0.8, en;q=0.7", ""]),
    case::<AcceptResourcePriority>(&["dsn.flash-override, dsn.flash, dsn.immediate", ""]),
    case::<AlertInfo>(&[
        "<http://www.example.com/sounds/moo.wav>",
        "<urn:alert:service:call-waiting>;appearance=1",
    ]),
    case::<Allow>(&["INVITE, ACK, OPTIONS, CANCEL, BYE", "X-OWN", ""]),
    case::<AllowEvents>(&["spirits-INDPs, presence.winfo", ""]),
    case::<AnswerMode>(&["Auto;require", "Manual"]),
    case::<AuthenticationInfo>(&[
        "nextnonce=\"47364c23432d2e131a5fb210812c\"",
        "qop=auth, rspauth=\"0a\", nc=00000001",
    ]),
    case::<Authorization>(&[
        "Digest username=\"Alice\", realm=\"atlanta.com\", nonce=\"84a4cc6f30\", response=\"7587245234b3434cc3412213e5f113a5\"",
        "Bearer mF_9.B5f-4.1JqM",
        "Bearer a+/b==",
    ]),
    case::<CSeq>(&["4711 INVITE"]),
    case::<CallId>(&["f81d4fae-7dec-11d0-a765-00a0c91e6bf6@biloxi.com", "a"]),
    case::<CallInfo>(&["<http://wwww.example.com/alice/photo.jpg> ;purpose=icon"]),
    case::<Contact>(ADDRESSES),
    case::<Contact>(&["*"]),
    case::<ContentDisposition>(&["session", "by-reference;handling=optional"]),
    case::<ContentEncoding>(&["gzip", "a, b"]),
    case::<ContentLanguage>(&["fr", "mi, en"]),
    case::<ContentLength>(&["349"]),
    case::<ContentType>(&[
        "application/sdp",
        "text/html; charset=ISO-8859-4",
        "multipart/mixed;boundary=\"a b\"",
    ]),
    case::<Date>(&["Sat, 13 Nov 2010 23:29:00 GMT"]),
    case::<Diversion>(ADDRESSES),
    case::<ErrorInfo>(&["<sip:not-in-service-recording@atlanta.com>"]),
    case::<Event>(&["foo; param=abcd; id=1234", "presence.winfo"]),
    case::<Expires>(&["5"]),
    case::<FeatureCaps>(&["*;+sip.srvcc;+g.3gpp.iut-controller=\"<x>\""]),
    case::<FlowTimer>(&["126"]),
    case::<From>(ADDRESSES),
    case::<Geolocation>(&[
        "<sips:3sdefrhy2jj7@lis.atlanta.example.com>",
        "<cid:target123@atlanta.example.com>;x=y",
    ]),
    case::<GeolocationError>(&["100;code=\"Cannot Process Location\""]),
    case::<GeolocationRouting>(&["yes"]),
    case::<HistoryInfo>(&["<sip:bob@192.0.2.3?Reason=SIP%3Bcause%3D302>;index=1.1;rc=1"]),
    case::<Identity>(&[
        "sv5CTo05KqpSmtHt3dcEiO_.a-b.c/+=;info=<https://example.org/biloxi.cer>;alg=ES256;ppt=shaken",
    ]),
    case::<InReplyTo>(&["70710@saturn.bell-tel.com, 17320@saturn.bell-tel.com"]),
    case::<InfoPackage>(&["foo;bar=1"]),
    case::<Join>(&["12adf2f34456gs5;to-tag=12345;from-tag=54321"]),
    case::<MaxBreadth>(&["69"]),
    case::<MaxForwards>(&["6"]),
    case::<MimeVersion>(&["1.0"]),
    case::<MinExpires>(&["60"]),
    case::<MinSe>(&["60"]),
    case::<Organization>(&["Boxes by Bob"]),
    case::<PAssertedIdentity>(ADDRESSES),
    case::<PPreferredIdentity>(ADDRESSES),
    case::<Path>(&["<sip:P1.EXAMPLEVISITED.COM;lr>"]),
    case::<PolicyContact>(&["<sip:host.example.com>;non-cacheable"]),
    case::<PolicyId>(&["sip:host.example.com;token=abc"]),
    case::<Priority>(&["emergency"]),
    case::<PrivAnswerMode>(&["Auto"]),
    case::<Privacy>(&["header;user; id", "none"]),
    case::<ProxyAuthenticate>(&[
        "Digest realm=\"atlanta.com\", qop=\"auth\", nonce=\"f84f1\", opaque=\"\", stale=FALSE",
    ]),
    case::<ProxyAuthenticationInfo>(&["nextnonce=\"47364c23432d2e131a5fb210812c\""]),
    case::<ProxyAuthorization>(&["Digest username=\"Al\\\"ice\", realm=\"a, b\", nc=00000001"]),
    case::<ProxyRequire>(&["foo"]),
    case::<RAck>(&["776656 1 INVITE"]),
    case::<RSeq>(&["988789"]),
    case::<ReasonHeader>(&[
        "Q.850 ;cause=16 ;text=\"Terminated\"",
        "SIP ;cause=600 ;text=\"Busy Everywhere\"",
    ]),
    case::<RecordRoute>(ADDRESSES),
    case::<RecvInfo>(&["foo, bar;x=1", ""]),
    case::<ReferSub>(&["false", "true;x=y"]),
    case::<ReferTo>(&[
        "<sip:dave@denver.example.org?Replaces=12345%40192.168.118.3%3Bto-tag%3D12345%3Bfrom-tag%3D5FFE-3994>",
    ]),
    case::<ReferredBy>(&["<sip:referror@referror.example>;cid=\"20398823.2UWQFN309shb3@referror.example\""]),
    case::<RejectContact>(&["*;actor=\"msg-taker\";video"]),
    case::<RemotePartyId>(&["\"Bob\" <sip:bob@example.com>;party=calling;screen=yes;privacy=off"]),
    case::<Replaces>(&["425928@bobster.example.org;to-tag=7743;from-tag=6472;early-only"]),
    case::<ReplyTo>(&["Bob <sip:bob@biloxi.com>"]),
    case::<RequestDisposition>(&["proxy, recurse, parallel"]),
    case::<Require>(&["100rel", "a, b", ""]),
    case::<ResourcePriority>(&["dsn.flash, wps.3"]),
    case::<RetryAfter>(&["18000;duration=3600", "120 (I'm in a \\) (deep) meeting)"]),
    case::<Route>(&["<sip:bigbox3.site3.atlanta.com;lr>"]),
    case::<SecurityClient>(&["digest"]),
    case::<SecurityServer>(&[
        "ipsec-ike;q=0.1",
        "digest;d-alg=md5;d-qop=auth;d-ver=\"0000000000000000000000000000a\"",
    ]),
    case::<SecurityVerify>(&["tls;q=0.2"]),
    case::<Server>(&["HomeServer v2"]),
    case::<ServiceRoute>(&["<sip:HSP.HOME.EXAMPLE.COM;lr>"]),
    case::<SessionExpires>(&["4000;refresher=uac"]),
    case::<SessionId>(&["ab30317f1a784dc48ff824d0d3715d86;remote=47755a9de7794ba387653f2099600ef2"]),
    case::<SipEtag>(&["dx200xyz"]),
    case::<SipIfMatch>(&["dx200xyz"]),
    case::<Subject>(&["Need more boxes", "Jörg (\"€\")", ""]),
    case::<SubscriptionState>(&["active;expires=3599", "terminated;reason=noresource"]),
    case::<Supported>(&["100rel", ""]),
    case::<SuppressIfMatch>(&["*", "dx200xyz"]),
    case::<TargetDialog>(&["fa77as7dad8-sd98ajzz@host.example.com;local-tag=kkaz-;remote-tag=6544"]),
    case::<Timestamp>(&["54", "54.21 0.5", "1. .3"]),
    case::<To>(ADDRESSES),
    case::<Unsupported>(&["foo"]),
    case::<UserAgent>(&["Softphone Beta1.5 (a)"]),
    case::<UserToUser>(&["56a390f3d2b7310023a2;encoding=hex;purpose=foo;content=bar", "\"a b\""]),
    case::<Via>(&[
        "SIP/2.0/UDP erlang.bell-telephone.com:5060;branch=z9hG4bK87asdks7",
        "SIP / 2.0 / UDP first.example.com: 4000;ttl=16 ;maddr=224.2.0.1 ;branch=z9hG4bKa7c6a8dlze.1",
        "SIP/2.0/TCP [2001:db8::9:1];received=2001:db8::9:255;branch=z9hG4bKas3-111;rport",
    ]),
    case::<Warning>(&[
        "307 isi.edu \"Session parameter 'foo' not understood\"",
        "301 isi.edu:5060 \"a \\\"b\\\"\"",
    ]),
    case::<WwwAuthenticate>(&[
        "Digest realm=\"atlanta.com\", qop=\"auth,auth-int\", algorithm=SHA-256",
        "Bearer scope=\"a b\"",
    ]),
];

#[test]
fn the_examples_of_the_rfcs_survive_printing() {
    for case in CASES {
        for example in case.examples {
            assert!((case.read)(example), "{example:?}");
        }
    }
}

#[derive(Clone, Debug)]
enum Damage {
    Cut(Index, Index),
    Put(Index, &'static str),
    Twice(Index, Index),
}

impl Damage {
    fn apply(&self, text: &str) -> String {
        let letters: Vec<char> = text.chars().collect();
        let part = |from: usize, to: usize| letters[from..to].iter().collect::<String>();
        let (from, to, between) = match self {
            Self::Cut(one, other) => (one, other, None),
            Self::Put(at, piece) => (at, at, Some(*piece)),
            Self::Twice(one, other) => (other, one, None),
        };
        let mut at = [from.index(letters.len() + 1), to.index(letters.len() + 1)];
        if !matches!(self, Self::Twice(..)) {
            at.sort_unstable();
        }
        part(0, at[0]) + between.unwrap_or_default() + &part(at[1], letters.len())
    }
}

fn damage() -> impl Strategy<Value = Damage> {
    let pieces = select(vec![
        " ", "\t", ";", ",", "=", "\"", "\\", "<", ">", "(", ")", "%", "%41", "%00", "*", "@", ":", "?", "&",
        "[", "]", "/", ".", "0", "9", "a", "-", "\u{7}", "\u{0}", "ö", "€", "\u{7f}", "#", "+", "~", "\r\n",
    ]);
    let any = any::<Index>;
    prop_oneof![
        2 => (any(), pieces).prop_map(|(at, piece)| Damage::Put(at, piece)),
        1 => (any(), any()).prop_map(|(from, to)| Damage::Cut(from, to)),
        1 => (any(), any()).prop_map(|(from, to)| Damage::Twice(from, to)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4096) })]

    #[test]
    fn what_still_parses_survives_printing(
        case in any::<Index>(),
        example in any::<Index>(),
        damages in proptest::collection::vec(damage(), 1..4),
    ) {
        let examples = case.get(CASES).examples;
        let text = damages.iter().fold(example.get(examples).to_string(), |text, damage| damage.apply(&text));
        (case.get(CASES).read)(text.trim_matches([' ', '\t']));
    }
}
