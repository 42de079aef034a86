//! The demo phone's voice, and what it is heard to say.

use anyhow::{Context, Result, ensure};
use e2e::tone::{Sound, Spectrogram};
use media::codec::g711::Law;
use std::fs;
use std::path::Path;
use std::time::Duration;

const RATE: u32 = 8_000;
/// Keys and the files that say them.
const WORDS: [(char, &str); 12] = [
    ('0', "0"),
    ('1', "1"),
    ('2', "2"),
    ('3', "3"),
    ('4', "4"),
    ('5', "5"),
    ('6', "6"),
    ('7', "7"),
    ('8', "8"),
    ('9', "9"),
    ('*', "star"),
    ('#', "pound"),
];

/// The recording `name` of the demo phone.
fn recording(name: &str) -> Result<Sound> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../gateway/server/src/demo/voice");
    let bytes = fs::read(folder.join(format!("{name}.ulaw"))).with_context(|| format!("read {name}.ulaw"))?;
    Ok(Sound { rate: RATE, samples: bytes.into_iter().map(|code| Law::Mu.expand(code)).collect() })
}

/// How well the right word is heard at the least after two codecs (0.95 to 0.97 on a quiet machine), and how much better
/// than any other (0.15 to 0.33).
const LIKENESS_MIN: f64 = 0.8;
const LEAD_MIN: f64 = 0.08;
/// Pieces in which longer sound is followed.
const PIECE: Duration = Duration::from_millis(400);
/// How much earlier than where the word before ended a word may be found, and how far around other words are tried.
const SLACK: Duration = Duration::from_millis(60);
/// How long the phone may wait for the next key.
const PAUSE_MAX: Duration = Duration::from_secs(2);
/// Louder than this somebody speaks.
const SILENCE_DBFS: f64 = -45.0;

struct Word {
    key: char,
    sound: Spectrogram,
}

/// Checks that `heard` is the invitation and then the names of `keys`, in order, each once, and nothing more.
pub(crate) fn says(heard: &Sound, keys: &str) -> Result<()> {
    let words = WORDS.iter().map(|&(key, name)| Ok(Word { key, sound: recording(name)?.spectrogram() }));
    let words = words.collect::<Result<Vec<_>>>()?;
    let spoken = heard.spectrogram();
    let mut end = invitation(heard, &spoken)?;
    for key in keys.chars() {
        end = next_word(heard, &spoken, &words, (key, end))?;
    }
    let rest = heard.part(end + SLACK, heard.length()).level_dbfs();
    ensure!(rest < SILENCE_DBFS, "after {keys} the phone says something more, at {rest:.0} dBFS");
    Ok(())
}

/// Checks that the invitation is said; tells where it ends.
///
/// It is followed piece by piece: over its whole length a jitter buffer may stretch it.
fn invitation(heard: &Sound, spoken: &Spectrogram) -> Result<Duration> {
    let invitation = recording("press")?;
    let pieces = (0..).map(|index| invitation.part(PIECE * index, PIECE));
    let mut within = Duration::ZERO..heard.length();
    for piece in pieces.take_while(|piece| piece.length() == PIECE) {
        let piece = piece.spectrogram();
        let (at, score) = spoken.find(&piece, within);
        ensure!(score >= LIKENESS_MIN, "a piece of the invitation is heard at {score:.2} only, at {at:?}");
        let end = at + piece.length();
        within = end.saturating_sub(SLACK)..end + SLACK;
    }
    let rest = invitation.length().as_millis() % PIECE.as_millis();
    Ok(within.start + SLACK + Duration::from_millis(rest as u64))
}

/// Checks that the next word after `end` is `key`; tells where that ends.
fn next_word(
    heard: &Sound,
    spoken: &Spectrogram,
    words: &[Word],
    (key, end): (char, Duration),
) -> Result<Duration> {
    let word = words.iter().find(|word| word.key == key).context("no word for a key")?;
    let start = end.saturating_sub(SLACK);
    // At once, where the key was waiting; the same key may come again later.
    let near = spoken.find(&word.sound, start..end + SLACK);
    let far = || spoken.find(&word.sound, start..end + PAUSE_MAX);
    let (at, score) = if near.1 >= LIKENESS_MIN { near } else { far() };
    let pause = heard.part(end + SLACK, at.saturating_sub(end + SLACK)).level_dbfs();
    ensure!(pause < SILENCE_DBFS, "before {key}, found at {at:?}, the phone says something else");
    let around = at.saturating_sub(SLACK)..at + SLACK;
    let others = words.iter().filter(|other| other.key != key);
    let others = others.map(|other| (other.key, spoken.find(&other.sound, around.clone()).1));
    let (other, second) = others.max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or_default();
    ensure!(
        score >= LIKENESS_MIN,
        "{key} is heard at {score:.2} only, best at {at:?}; {other} at {second:.2}"
    );
    ensure!(
        score - second >= LEAD_MIN,
        "{other} ({second:.2}) may be meant, not {key} ({score:.2}), at {at:?}"
    );
    Ok(at + word.sound.length())
}
