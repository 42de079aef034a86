//! RFC 4475 through a whole endpoint: what a user agent that is no registrar answers to each message of the torture
//! test, over UDP, over TCP and TLS in one write, over TCP octet by octet, and in a WebSocket frame.

use std::collections::BTreeMap;
use std::fs;

use sip_stack::message::{HeaderName, Response};

use crate::call::s;
use crate::lone::request;
use crate::wire::{Way, Wire};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/testdata/sip-rfc4475-torture");

/// What becomes of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stream {
    StaysOpen,
    Closes,
    /// Once patience with the rest of the message is over.
    ClosesLate,
}

use Stream::{Closes, ClosesLate, StaysOpen};

/// File, responses to a datagram, responses on a stream, the stream. 100 is an INVITE that rings; REGISTER and
/// MESSAGE are methods of others (405).
const OWED: [(&str, &[u16], &[u16], Stream); 49] = [
    // Its To has a tag, and the dialog is nobody's (RFC 3261 §12.2.2).
    ("wsinv.dat", &[481], &[481], StaysOpen),
    ("intmeth.dat", &[501], &[501], StaysOpen),
    ("esc01.dat", &[100], &[100], StaysOpen),
    ("escnull.dat", &[405], &[405], StaysOpen),
    ("esc02.dat", &[501], &[501], StaysOpen),
    ("lwsdisp.dat", &[200], &[200], StaysOpen),
    ("longreq.dat", &[100], &[100], StaysOpen),
    // The octets behind a datagram's message are nothing; on a stream they are the next message, whose own length is
    // short of its last line: that makes a third message, without a length.
    ("dblreq.dat", &[405], &[405, 100], Closes),
    ("semiuri.dat", &[200], &[200], StaysOpen),
    ("transports.dat", &[200], &[200], StaysOpen),
    ("mpart01.dat", &[405], &[405], StaysOpen),
    ("unreason.dat", &[], &[], StaysOpen),
    ("noreason.dat", &[], &[], StaysOpen),
    ("badinv01.dat", &[400], &[400], StaysOpen),
    ("clerr.dat", &[400], &[], ClosesLate),
    ("ncl.dat", &[400], &[400], Closes),
    ("scalar02.dat", &[400], &[400], StaysOpen),
    ("scalarlg.dat", &[], &[], StaysOpen),
    ("quotbal.dat", &[400], &[400], StaysOpen),
    ("ltgtruri.dat", &[400], &[400], StaysOpen),
    ("lwsruri.dat", &[400], &[400], StaysOpen),
    ("lwsstart.dat", &[400], &[400], StaysOpen),
    ("trws.dat", &[400], &[400], StaysOpen),
    ("escruri.dat", &[400], &[400], StaysOpen),
    ("baddate.dat", &[100], &[100], StaysOpen),
    ("regbadct.dat", &[400], &[400], StaysOpen),
    ("badaspec.dat", &[400], &[400], StaysOpen),
    // The file has no empty line.
    ("baddn.dat", &[400], &[], ClosesLate),
    ("badvers.dat", &[505], &[505], StaysOpen),
    ("mismatch01.dat", &[400], &[400], StaysOpen),
    ("mismatch02.dat", &[501], &[501], StaysOpen),
    ("bigcode.dat", &[], &[], StaysOpen),
    ("badbranch.dat", &[400], &[400], StaysOpen),
    ("insuf.dat", &[400], &[400], StaysOpen),
    ("unkscm.dat", &[416], &[416], StaysOpen),
    ("novelsc.dat", &[416], &[416], StaysOpen),
    ("unksm2.dat", &[405], &[405], StaysOpen),
    ("bext01.dat", &[420], &[420], StaysOpen),
    ("invut.dat", &[415], &[415], StaysOpen),
    ("regaut01.dat", &[405], &[405], StaysOpen),
    ("multi01.dat", &[400], &[400], StaysOpen),
    ("mcl01.dat", &[400], &[400], Closes),
    ("bcast.dat", &[], &[], StaysOpen),
    ("zeromf.dat", &[200], &[200], StaysOpen),
    ("cparam01.dat", &[405], &[405], StaysOpen),
    ("cparam02.dat", &[405], &[405], StaysOpen),
    ("regescrt.dat", &[405], &[405], StaysOpen),
    ("sdp01.dat", &[406], &[406], StaysOpen),
    // A stream has no frame without Content-Length (RFC 3261 §18.3).
    ("inv2543.dat", &[100], &[400], Closes),
];

/// Whether the table of the RFC's text permits this answer to a datagram.
fn is_permitted(class: &str, codes: &[u16]) -> bool {
    match class {
        "valid-parse" => matches!(codes, [100 | 200 | 405 | 481 | 501]),
        "valid-response" | "discard" => codes.is_empty(),
        "accept" | "483-proxy" => matches!(codes, [100 | 200]),
        "400" | "error" => codes == [400],
        "400-or-liberal" => matches!(codes, [100 | 400]),
        "400-or-2543" => matches!(codes, [200 | 400]),
        "501-or-400" => codes == [501],
        "406-or-400" => codes == [406],
        "416" | "416-or-404" => codes == [416],
        "505" => codes == [505],
        "420" => codes == [420],
        "415" => codes == [415],
        // The registrar's; who is none says 405 (RFC 4475 §3.3.7).
        "200" | "401" | "400-registrar" => codes == [405],
        other => panic!("unknown class {other}"),
    }
}

fn classes() -> BTreeMap<String, String> {
    let table =
        fs::read_to_string(format!("{FOLDER}/EXPECTED.tsv")).expect("the test data lies beside the checkout");
    let rows = table.lines().skip(1).map(|row| row.split('\t').collect::<Vec<_>>());
    rows.map(|columns| (columns[0].to_owned(), columns[3].to_owned())).collect()
}

fn hear(file: &str, way: Way) -> Wire {
    let mut wire = Wire::new(way);
    wire.hear(&fs::read(format!("{FOLDER}/dat/{file}")).unwrap());
    wire
}

#[test]
fn the_table_is_that_of_the_rfc() {
    let mut classes = classes();
    for (file, codes, ..) in OWED {
        let class = classes.remove(file).unwrap_or_else(|| panic!("{file}"));
        assert!(is_permitted(&class, codes), "{file} ({class}): {codes:?}");
    }
    assert!(classes.is_empty(), "{classes:?}");
}

#[test]
fn every_message_meets_with_its_answer_and_its_close() {
    let mut wrong = Vec::new();
    for (file, datagram, stream, fate) in OWED {
        for way in Way::ALL {
            let wire = hear(file, way);
            let owed = if way.is_stream() { stream } else { datagram };
            let closes = way.is_stream() && fate == Closes;
            let rings = owed.iter().filter(|code| **code == 100).count();
            if (wire.codes().as_slice(), wire.is_closed, wire.events.len()) != (owed, closes, rings) {
                wrong.push(format!(
                    "{file} {way:?}: {:?} closed: {} {:?}",
                    wire.codes(),
                    wire.is_closed,
                    wire.events
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_bad_display_name_is_refused_with_the_empty_line_too() {
    for way in Way::ALL {
        let mut wire = hear("baddn.dat", way);
        if way.is_stream() {
            wire.hear(b"\r\n");
        }
        assert_eq!((wire.codes(), wire.is_closed), (vec![400], false), "{way:?}");
    }
}

#[test]
fn no_message_breaks_what_comes_behind_it() {
    let good = request("OPTIONS", 1, "good", "", "").replace('\n', "\r\n");
    // What comes behind an unfinished message is still part of it.
    for (file, .., fate) in OWED.into_iter().filter(|(.., fate)| *fate != ClosesLate) {
        for way in Way::ALL {
            let mut wire = hear(file, way);
            let before = wire.codes().len();
            let is_open = !way.is_stream() || fate == StaysOpen;
            wire.hear(good.as_bytes());
            assert_eq!(wire.codes().len() - before, usize::from(is_open), "{file} {way:?}");
            assert_eq!(wire.codes().last() == Some(&200), is_open, "{file} {way:?}");
        }
    }
}

#[test]
fn what_is_refused_leaves_nothing_behind() {
    for (file, .., fate) in OWED {
        for way in Way::ALL {
            let mut wire = hear(file, way);
            wire.advance(s(70));
            assert_eq!(wire.is_closed, way.is_stream() && fate != StaysOpen, "{file} {way:?}");
            assert_eq!(wire.endpoint.transactions(), wire.endpoint.calls(), "{file} {way:?}");
        }
    }
}

fn answer(file: &str) -> Response {
    let mut wire = hear(file, Way::Datagram);
    assert_eq!(wire.responses.len(), 1, "{file}");
    wire.responses.remove(0)
}

#[test]
fn a_refusal_says_what_would_be_taken() {
    for (file, name, value) in [
        ("bext01.dat", HeaderName::Unsupported, "nothingSupportsThis, nothingSupportsThisEither"),
        ("invut.dat", HeaderName::Accept, "application/sdp"),
        ("sdp01.dat", HeaderName::Warning, "399 user-agent \"only application/sdp describes our sessions\""),
    ] {
        assert_eq!(answer(file).headers.get(&name), Some(value), "{file}");
    }
    for file in ["intmeth.dat", "esc02.dat", "regaut01.dat"] {
        assert!(answer(file).headers.get(&HeaderName::Allow).unwrap().contains("INVITE"), "{file}");
    }
    assert!(answer("sdp01.dat").body.is_empty());
}

#[test]
fn every_answer_carries_what_the_client_matches_it_by() {
    for (file, codes, ..) in OWED.iter().filter(|(_, codes, ..)| !codes.is_empty()) {
        let response = answer(file);
        assert!(response.headers.contains(&HeaderName::Via), "{file}");
        let to = response.headers.get(&HeaderName::To);
        assert!(*codes == [100] || to.is_none_or(|to| to.contains("tag")), "{file}: {to:?}");
    }
}
