//! Every message printed in an RFC parses, prints and parses to the same value; a misprint is refused.

use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use sip_stack::message::{Fault, HeaderName, Message};

fn corpus() -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/testdata/sip-rfc-messages")).to_owned()
}

pub(crate) fn messages() -> Vec<PathBuf> {
    let folders = fs::read_dir(corpus()).expect("the test data lies beside the checkout");
    let files =
        folders.flat_map(|folder| fs::read_dir(folder.expect("a folder").path()).into_iter().flatten());
    let mut paths: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "sip"));
    paths.sort();
    paths
}

/// Misprints: request URIs without a scheme or with a blank behind them.
const BAD_REQUEST_URI: &[(&str, &[u16])] = &[
    ("rfc3327", &[9, 10, 11, 12]),
    (
        "rfc3666",
        &[
            15, 72, 102, 106, 107, 125, 128, 129, 132, 134, 135, 136, 139, 142, 143, 147, 148, 149, 150, 154,
            161, 162,
        ],
    ),
];

/// Misprints: header lines without a colon, XML and remarks among the headers.
const BAD_HEADER_LINE: &[(&str, &[u16])] = &[
    ("rfc3665", &[159]),
    ("rfc3842", &[15]),
    ("rfc3911", &[1, 2, 3]),
    ("rfc4244", &[11]),
    ("rfc5359", &[4, 5, 29, 30, 44, 45, 148, 149, 280]),
    ("rfc5658", &[6]),
    ("rfc7463", &[23, 27]),
];

/// What is wrong with a message as its RFC prints it.
fn misprint(path: &Path) -> Option<Fault> {
    let folder = path.parent().and_then(Path::file_name)?.to_str()?;
    let number: u16 = path.file_name()?.to_str()?.get(..3)?.parse().ok()?;
    let lists =
        |list: &[(&str, &[u16])]| list.iter().any(|(rfc, files)| *rfc == folder && files.contains(&number));
    let faults = [(BAD_REQUEST_URI, Fault::RequestUri), (BAD_HEADER_LINE, Fault::HeaderLine)];
    faults.into_iter().find_map(|(list, fault)| lists(list).then_some(fault))
}

/// The RFCs print `Content-Length: ...` and lengths that do not fit what they print; the writer knows better.
fn without_printed_length(mut message: Message) -> Message {
    let headers = match &mut message {
        Message::Request(request) => &mut request.headers,
        Message::Response(response) => &mut response.headers,
    };
    headers.remove(&HeaderName::ContentLength);
    message
}

#[test]
fn every_message_survives_printing() {
    let paths = messages();
    assert!(paths.len() > 900, "only {} messages", paths.len());
    for path in &paths {
        let parsed = Message::parse(Bytes::from(fs::read(path).unwrap())).map(without_printed_length);
        match (parsed, misprint(path)) {
            (Ok(message), None) => {
                assert_eq!(Message::parse(message.to_bytes()).as_ref(), Ok(&message), "{}", path.display());
            }
            (parsed, misprint) => {
                assert_eq!(parsed.err().map(|error| error.fault), misprint, "{}", path.display())
            }
        }
    }
}
