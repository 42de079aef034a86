//! Our SIP parser and printer beside those of other crates, in one run.
//!
//! What counts is the ratio to the fastest of the others; machines differ and are noisy, so the crates take turns and
//! the fastest turn of each counts: whatever else the machine does can only slow a turn down.

mod ezk;
mod messages;
mod ours;
mod parser;
mod report;
mod rsip;
mod rsipstack;
mod rvoip;

use std::hint::black_box;
use std::io;
use std::path::PathBuf;
use std::time::Instant;

use messages::Kind;
use parser::Parser;
use report::Row;

const ROUNDS: usize = 100;
const TIMES_PER_ROUND: u32 = 200;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Work {
    Parse(Kind),
    /// All three, as they were parsed.
    Print,
}

impl Work {
    const ALL: [Self; 4] =
        [Self::Parse(Kind::Invite), Self::Parse(Kind::Register), Self::Parse(Kind::Ok), Self::Print];

    fn name(self) -> String {
        match self {
            Self::Parse(kind) => format!("parse_{}", kind.name()),
            Self::Print => "print".to_owned(),
        }
    }
}

/// A crate and the time of a turn in nanoseconds.
type Contender = (&'static str, fn(Work) -> f64);

const OURS: Contender = (ours::Ours::NAME, turn::<ours::Ours>);
const PEERS: [Contender; 4] = [
    (ezk::Ezk::NAME, turn::<ezk::Ezk>),
    (rsip::Rsip::NAME, turn::<rsip::Rsip>),
    (rsipstack::Rsipstack::NAME, turn::<rsipstack::Rsipstack>),
    (rvoip::Rvoip::NAME, turn::<rvoip::Rvoip>),
];

/// `sip-peers [FILE]`: the rows go to FILE too, or to `target/bench.json`.
fn main() -> io::Result<()> {
    let file = std::env::args().nth(1).map_or_else(|| PathBuf::from("target/bench.json"), PathBuf::from);
    let rows: Vec<Row> = Work::ALL.into_iter().flat_map(measure).collect();
    report::report(&rows, &file)
}

fn measure(work: Work) -> Vec<Row> {
    let mut ours = f64::MAX;
    let mut peers = PEERS.map(|(name, _)| (name, f64::MAX));
    for _ in 0..ROUNDS {
        ours = ours.min(OURS.1(work));
        for (best, (_, turn)) in peers.iter_mut().zip(PEERS) {
            best.1 = best.1.min(turn(work));
        }
    }
    let (fastest, best) =
        peers.into_iter().min_by(|one, other| one.1.total_cmp(&other.1)).expect("there are peers");
    let row = |name, value, unit, ratio| {
        let against = format!("{fastest} {best:.0} ns");
        Row { name, value: Some(value), unit, against, ratio: Some(ratio) }
    };
    let name = work.name();
    let mut rows = vec![
        row(format!("{name}_ratio_best_peer"), ours / best, "ratio", ours / best),
        row(format!("{name}_ns"), ours, "ns", ours / best),
    ];
    rows.extend(peers.map(|(peer, ns)| row(format!("{name}_ns_{peer}"), ns, "ns", ns / best)));
    rows
}

fn turn<P: Parser>(work: Work) -> f64 {
    match work {
        Work::Parse(kind) => {
            let wire = kind.wire();
            time(|| {
                let message = P::parse(black_box(&wire))?;
                P::read(&message, kind)
            })
        }
        Work::Print => {
            let messages = Kind::ALL.map(|kind| P::parse(&kind.wire()).expect("a message is well-formed"));
            time(|| messages.iter().all(|message| black_box(P::print(black_box(message))) > 0).then_some(()))
        }
    }
}

fn time(mut work: impl FnMut() -> Option<()>) -> f64 {
    let start = Instant::now();
    for _ in 0..TIMES_PER_ROUND {
        black_box(work()).expect("every crate can do it");
    }
    start.elapsed().as_nanos() as f64 / f64::from(TIMES_PER_ROUND)
}
