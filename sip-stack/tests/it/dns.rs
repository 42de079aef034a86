//! The DNS as a test writes it.

use std::collections::BTreeMap;
use std::time::Duration;

use sip_stack::{Answer, Naptr, Record, RecordKind, Srv};

pub(crate) const TTL: Duration = Duration::from_secs(300);

/// What a name server says; what it does not know does not exist.
#[derive(Default)]
pub(crate) struct Zone {
    answers: BTreeMap<(String, RecordKind), Answer>,
    /// Every question, in order.
    pub(crate) asked: Vec<String>,
    /// Questions stay open until the test answers them.
    pub(crate) is_silent: bool,
}

impl Zone {
    /// Reads lines such as `host.example A 192.0.2.1` or `_sip._udp.example SRV 0 1 5060 host.example`.
    pub(crate) fn with(mut self, lines: &str) -> Self {
        let mut records: BTreeMap<(String, RecordKind), Vec<Record>> = BTreeMap::new();
        for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (name, rest) = line.split_once(' ').unwrap();
            let (kind, record) = parse(rest);
            records.entry((name.to_owned(), kind)).or_default().push(record);
        }
        let answers = records.into_iter().map(|(key, records)| (key, Answer::Records { records, ttl: TTL }));
        self.answers.extend(answers);
        self
    }

    pub(crate) fn set(&mut self, name: &str, kind: RecordKind, answer: Answer) {
        self.answers.insert((name.to_owned(), kind), answer);
    }

    pub(crate) fn answer(&mut self, name: &str, kind: RecordKind) -> Option<Answer> {
        self.asked.push(format!("{name} {}", word(kind)));
        let known = self.answers.get(&(name.to_owned(), kind)).cloned();
        (!self.is_silent).then(|| known.unwrap_or(Answer::NoSuchName { ttl: TTL }))
    }

    /// The questions since the last look.
    pub(crate) fn take_asked(&mut self) -> Vec<String> {
        std::mem::take(&mut self.asked)
    }
}

fn word(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Naptr => "NAPTR",
        RecordKind::Srv => "SRV",
        RecordKind::A => "A",
        RecordKind::Aaaa => "AAAA",
    }
}

fn parse(text: &str) -> (RecordKind, Record) {
    let fields: Vec<&str> = text.split_whitespace().collect();
    match fields.as_slice() {
        ["A", ip] => (RecordKind::A, Record::A(ip.parse().unwrap())),
        ["AAAA", ip] => (RecordKind::Aaaa, Record::Aaaa(ip.parse().unwrap())),
        ["SRV", priority, weight, port, target] => {
            (RecordKind::Srv, Record::Srv(srv(priority, weight, port, target)))
        }
        ["NAPTR", order, preference, flags, services, replacement] => {
            let naptr = Naptr {
                order: order.parse().unwrap(),
                preference: preference.parse().unwrap(),
                flags: flags.trim_matches('"').to_owned(),
                services: services.trim_matches('"').to_owned(),
                regexp: String::new(),
                replacement: (*replacement).to_owned(),
            };
            (RecordKind::Naptr, Record::Naptr(naptr))
        }
        other => panic!("{other:?} is no record"),
    }
}

fn srv(priority: &str, weight: &str, port: &str, target: &str) -> Srv {
    Srv {
        priority: priority.parse().unwrap(),
        weight: weight.parse().unwrap(),
        port: port.parse().unwrap(),
        target: target.to_owned(),
    }
}
