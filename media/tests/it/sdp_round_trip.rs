//! Printing a description is the inverse of parsing it.

use std::fs;
use std::path::{Path, PathBuf};

use media::sdp::Session;
use proptest::prelude::*;

const DESCRIPTIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/testdata/sdp-rfc");

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.flatten().map(|entry| entry.path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn every_description_printed_in_an_rfc() {
    let paths = files(Path::new(DESCRIPTIONS));
    for path in paths.iter().filter(|path| path.extension().is_some_and(|ending| ending == "sdp")) {
        let bytes = fs::read(path).expect("a file just listed");
        if is_misprint(&bytes) {
            continue;
        }
        let parsed = Session::parse(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let printed = parsed.to_string();
        assert_eq!(Session::parse(printed.as_bytes()).as_ref(), Ok(&parsed), "{}", path.display());
        assert_same_lines(&bytes, &printed, path);
    }
}

/// RFC 8839 prints names such as `$R-PUB-1.PORT` for numbers, RFC 6871 a port of 66544.
fn is_misprint(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    text.contains(".PORT") || text.contains("m=video 66544 ")
}

/// Nothing is lost: the same lines, though perhaps in the order of the RFC.
fn assert_same_lines(bytes: &[u8], printed: &str, path: &Path) {
    let lines = |text: &str| {
        let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut lines: Vec<_> = text.lines().map(words).filter(|line| !line.is_empty()).collect();
        lines.sort();
        lines
    };
    let name_is_added = !String::from_utf8_lossy(bytes).lines().any(|line| line.starts_with("s="));
    let mut before = lines(&String::from_utf8_lossy(bytes));
    if name_is_added {
        before.push("s=-".to_owned());
        before.sort();
    }
    assert_eq!(before, lines(printed), "{}", path.display());
}

proptest! {
    #[test]
    fn of_any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Session::parse(&bytes);
    }

    #[test]
    fn of_any_lines(lines in proptest::collection::vec("[a-z]=[ -~]{0,40}|m=audio [0-9]{1,5} RTP/AVP( [0-9]{1,3}){0,4}", 0..40)) {
        let text = format!("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\n{}\r\n", lines.join("\r\n"));
        if let Ok(parsed) = Session::parse(text.as_bytes()) {
            prop_assert_eq!(Session::parse(parsed.to_string().as_bytes()), Ok(parsed));
        }
    }
}
