//! Every header that the RFCs print in their messages reads as its type and survives printing; misprints do not read.

use std::fmt::Debug;
use std::fs;

use bytes::Bytes;
use sip_stack::message::header::*;
use sip_stack::message::{Headers, Message, TypedHeader};

use crate::message_corpus::messages;

/// What the RFCs print where no header could read it, by a piece of the value.
const MISPRINTS: &[(&str, &[&str])] = &[
    (
        "something is left out or said about",
        &[
            "...",
            ". . .",
            "..",
            "--",
            "<appropriate value>",
            "(depends on",
            "(whatever URI)",
            "(some different URI)",
            "(URI that identifies",
            "(NO transport param)",
            "A5: Notifier",
        ],
    ),
    ("a URI has no scheme", &["<ss1.a.example", "<alice@", "<bob@", "<carol@", "<anonymous@"]),
    ("a line was broken inside of a URI", &["com ;gr=", "302   &User", "\\", "192.168.1.2 >"]),
    ("the protocol is not SIP/2.0/...", &["SIPS/2.0/TLS", "Via: SIP/2.0/UDP"]),
    (
        "a comma, semicolon or blank is missing or too many",
        &["udp;lr>,", "5060:lr>", "smime.p7m handling", "=1; ;+sip", "example.com\" nonce", "1INVITE"],
    ),
    ("a bracket is too many", &["user=phone> ;tag", "1928301774>"]),
];

fn is_misprint(values: &str) -> bool {
    MISPRINTS.iter().flat_map(|(_, pieces)| *pieces).any(|piece| values.contains(piece))
}

type Check = fn(&Headers) -> Option<String>;

/// The values of a header that does not read.
fn check<H: TypedHeader + PartialEq + Debug>(headers: &Headers) -> Option<String> {
    match headers.typed_all::<H>() {
        Ok(values) => {
            let survives = |value: &H| {
                let mut printed = String::new();
                value.write(&mut printed);
                assert_eq!(H::parse(&printed).as_ref(), Ok(value), "{printed}");
            };
            values.iter().for_each(survives);
            None
        }
        Err(_) => Some(headers.get_all(&H::NAME).collect::<Vec<_>>().join("\n")),
    }
}

macro_rules! checks {
    ($($name:ident)*) => { [$(check::<$name> as Check),*] };
}

#[test]
fn every_header_of_the_corpus() {
    let checks = checks! {
        Accept AcceptContact AcceptEncoding AcceptLanguage AcceptResourcePriority AlertInfo Allow AllowEvents AnswerMode
        AuthenticationInfo Authorization CSeq CallId CallInfo Contact ContentDisposition ContentEncoding ContentLanguage
        ContentLength ContentType Date Diversion ErrorInfo Event Expires FeatureCaps FlowTimer From Geolocation
        GeolocationError GeolocationRouting HistoryInfo Identity InReplyTo InfoPackage Join MaxBreadth MaxForwards
        MimeVersion MinExpires MinSe Organization PAssertedIdentity PPreferredIdentity Path PolicyContact PolicyId Priority
        PrivAnswerMode Privacy ProxyAuthenticate ProxyAuthenticationInfo ProxyAuthorization ProxyRequire RAck RSeq
        ReasonHeader RecordRoute RecvInfo ReferSub ReferTo ReferredBy RejectContact RemotePartyId Replaces ReplyTo
        RequestDisposition Require ResourcePriority RetryAfter Route SecurityClient SecurityServer SecurityVerify Server
        ServiceRoute SessionExpires SessionId SipEtag SipIfMatch Subject SubscriptionState Supported SuppressIfMatch
        TargetDialog Timestamp To Unsupported UserAgent UserToUser Via Warning WwwAuthenticate
    };
    for path in messages() {
        let Ok(message) = Message::parse(Bytes::from(fs::read(&path).unwrap())) else { continue };
        for values in checks.iter().filter_map(|check| check(message.headers())) {
            assert!(is_misprint(&values), "{}: {values}", path.display());
        }
    }
}
