//! A process that is killed at any instant while it writes: what it was told is written is there, and nothing is half.
//!
//! `OFFHOOK_KILLS` says how often; the same file is used throughout, so that damage would add up.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use store::{Attempt, CdrQuery, Embedded, EventQuery, Expected, Put, Store, Track, Verdict};

use crate::scratch::Scratch;
use crate::stores::{NODE, batch, ended, id, of_call, told};

const KILLS: u32 = 20;
const FOLDER: &str = "OFFHOOK_CRASH_FOLDER";
/// The write after so many acknowledgements is the one in which the kill falls.
const ACKNOWLEDGED_MAX: u64 = 12;

/// What the processes were told is written.
#[derive(Default)]
struct Acknowledged {
    writes: u128,
    settled: BTreeSet<u128>,
    version: u64,
}

impl Acknowledged {
    fn note(&mut self, line: &str) {
        match line.split_once(' ') {
            Some(("written", number)) => self.writes = number.parse().unwrap(),
            Some(("settled", number)) => drop(self.settled.insert(number.parse().unwrap())),
            Some(("version", number)) => self.version = number.parse().unwrap(),
            Some(_) | None => {}
        }
    }
}

#[test]
fn a_process_killed_while_it_writes_loses_nothing_that_it_was_told_is_written() {
    let folder = Scratch::new();
    let kills = std::env::var("OFFHOOK_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS);
    let mut chance = 0x9e37_79b9_7f4a_7c15_u64;
    let mut acknowledged = Acknowledged::default();
    for kill in 0..kills {
        // A linear congruential generator (Knuth's MMIX) is chance enough for when to kill.
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let after = (chance >> 33) % ACKNOWLEDGED_MAX;
        let pause = Duration::from_micros((chance >> 45) % 8_000);
        write_and_kill(folder.path(), after, pause, &mut acknowledged);
        check(folder.path(), &acknowledged, kill);
    }
    assert!(acknowledged.writes > u128::from(kills), "only {} writes were acknowledged", acknowledged.writes);
}

fn write_and_kill(folder: &Path, after: u64, pause: Duration, acknowledged: &mut Acknowledged) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::the_process_that_is_killed", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut heard = 0;
    while heard <= after {
        let line = lines.next().expect("the process writes");
        heard += u64::from(line.contains("written"));
        acknowledged.note(&line);
    }
    std::thread::sleep(pause);
    child.kill().unwrap();
    child.wait().unwrap();
    lines.for_each(|line| acknowledged.note(&line));
}

#[tokio::main(flavor = "current_thread")]
async fn check(folder: &Path, acknowledged: &Acknowledged, kill: u32) {
    let store = Embedded::open(folder).unwrap();
    let events = store.events(EventQuery { limit: usize::MAX, ..EventQuery::default() }).await.unwrap().items;
    let numbers: BTreeSet<u128> = events.iter().map(|event| event.id.as_u128()).collect();
    // Each write is three events of one call; a write that is not acknowledged may be there, but then whole.
    assert_eq!(numbers.len() % 3, 0, "kill {kill}: half a batch");
    let written = numbers.len() as u128 / 3;
    let writes = acknowledged.writes;
    assert!(written >= writes, "kill {kill}: {written} of {writes} writes are there");
    assert_eq!(numbers.last().copied(), Some(written * 10 + 2), "kill {kill}");
    let cdrs = store.cdrs(CdrQuery { limit: usize::MAX, ..CdrQuery::default() }).await.unwrap().items;
    let left = store.left(NODE).await.unwrap().calls;
    assert_eq!((cdrs.len() as u128, left.len()), (written - 1, 1), "kill {kill}: one CDR a call that ended");
    let deliveries = store.deliveries("a", None, usize::MAX).await.unwrap();
    assert_eq!(deliveries.len() as u128, written, "kill {kill}: one delivery a write");
    let done = deliveries.iter().filter(|delivery| delivery.attempts > 0);
    let done: BTreeSet<u128> = done.map(|delivery| delivery.id.as_u128()).collect();
    assert!(done.is_superset(&acknowledged.settled), "kill {kill}: a settled delivery is not");
    let version = store.object("user", "ann").await.unwrap().map_or(0, |object| object.version);
    assert!(version >= acknowledged.version, "kill {kill}: version {version} of {}", acknowledged.version);
}

#[test]
#[ignore = "runs until it is killed, by the test above"]
fn the_process_that_is_killed() {
    let folder = std::env::var(FOLDER).expect("the test above sets the folder");
    write_for_ever(Path::new(&folder));
}

#[tokio::main(flavor = "current_thread")]
async fn write_for_ever(folder: &Path) {
    let store = Embedded::open(folder).unwrap();
    let mut number = store.head().await.unwrap() as u128 / 3;
    loop {
        number += 1;
        // The call of the write before ends, a new one begins.
        let mut entries = vec![told(number * 10, "a")];
        entries.push(of_call(number * 10 + 1, "call.initiated", number, Track::Live("{}".to_owned())));
        let last = number * 10 + 2;
        entries.push(if number > 1 { ended(last, number - 1, "ann", "600") } else { told_nothing(last) });
        store.append(batch(entries)).await.unwrap();
        say("written", number);
        also_write(&store, number).await;
    }
}

fn told_nothing(number: u128) -> store::Entry {
    crate::stores::entry(number, "trunk.up")
}

/// Writes of other kinds.
async fn also_write(store: &Embedded, number: u128) {
    let at_ms = i64::try_from(number).unwrap();
    let delivery = 1000 + number * 10;
    let attempt = Attempt { at_ms, status: Some(200), detail: String::new() };
    store.settle(id(delivery), attempt, Verdict::Delivered).await.unwrap();
    say("settled", delivery);
    let version = store.object("user", "ann").await.unwrap().map_or(0, |object| object.version);
    let expected = if version == 0 { Expected::Nothing } else { Expected::Version(version) };
    let put = Put { kind: "user".to_owned(), id: "ann".to_owned(), expected, at_ms, body: "{}".to_owned() };
    say("version", store.put(put).await.unwrap().version);
}

fn say(what: &str, number: impl std::fmt::Display) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{what} {number}").unwrap();
    out.flush().unwrap();
}
