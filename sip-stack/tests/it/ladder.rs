//! What the RFC draws against what was said.

use std::collections::BTreeMap;

use crate::net::Net;

/// What each two nodes said to each other, in order.
type Ladder = BTreeMap<(String, String), Vec<String>>;

/// Asserts what each two nodes said to each other since the last look. A line is `alice bob: INVITE <180 <200 ACK`,
/// where `<` marks what came back; lines of the same two follow each other. What others said at the same time has no
/// order among it. The 100s, of which the RFC draws few, are left out.
pub(crate) fn assert_ladder(net: &mut Net, drawn: &[&str]) {
    let mut said = Ladder::new();
    for seen in std::mem::take(&mut net.seen).iter().filter(|seen| seen.word() != "100") {
        note(&mut said, seen.from, seen.to, seen.word());
    }
    assert_eq!(said, read(drawn));
}

fn read(drawn: &[&str]) -> Ladder {
    let mut ladder = Ladder::new();
    for line in drawn {
        let (names, words) = line.split_once(": ").unwrap();
        let (left, right) = names.split_once(' ').unwrap();
        for word in words.split(' ') {
            match word.strip_prefix('<') {
                Some(word) => note(&mut ladder, right, left, word),
                None => note(&mut ladder, left, right, word),
            }
        }
    }
    ladder
}

fn note(ladder: &mut Ladder, from: &str, to: &str, word: &str) {
    let two = if from < to { (from, to) } else { (to, from) };
    let two = (two.0.to_owned(), two.1.to_owned());
    ladder.entry(two).or_default().push(format!("{from}>{to} {word}"));
}
