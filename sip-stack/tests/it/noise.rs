//! Damaged messages in the middle of a call: no panic, nothing grows, and the call lives on.

use proptest::prelude::*;
use proptest::sample::Index;

use crate::call::{answer, hangup, s};
use crate::lone::{PEER, called, request, to_tag};

/// One byte of a message replaced, or the message cut.
#[derive(Clone, Debug)]
enum Damage {
    Replace(Index, u8),
    Cut(Index),
    Repeat(Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Damage::Replace(at, byte)),
        any::<Index>().prop_map(Damage::Cut),
        any::<Index>().prop_map(Damage::Repeat),
    ]
}

fn damaged(text: &str, damages: &[Damage]) -> Vec<u8> {
    let mut bytes = text.replace('\n', "\r\n").into_bytes();
    for damage in damages.iter().filter(|_| text.len() > 1) {
        match damage {
            Damage::Replace(at, byte) if !bytes.is_empty() => {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            Damage::Cut(at) => bytes.truncate(at.index(bytes.len() + 1)),
            Damage::Repeat(at) => {
                let tail = bytes[at.index(bytes.len() + 1)..].to_vec();
                bytes.extend(tail);
            }
            Damage::Replace(..) => {}
        }
    }
    bytes
}

const METHODS: [&str; 9] =
    ["INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "INFO", "PRACK", "UPDATE", "REGISTER"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn damaged_messages_do_no_harm(
        messages in prop::collection::vec((0..METHODS.len(), any::<bool>(), prop::collection::vec(damage(), 1..4)), 1..20),
    ) {
        let (mut lone, id, ok) = called("Supported: timer, 100rel\n", answer());
        let tag = to_tag(&ok);
        lone.hear(&request("ACK", 1, "ack", &tag, ""));
        for (number, (method, inside, damages)) in messages.iter().enumerate() {
            let tag = if *inside { tag.as_str() } else { "" };
            let text = request(METHODS[*method], 2, &format!("n{number}"), tag, "Require: timer\n");
            let (local, remote) = ("192.0.2.1:5060".parse().unwrap(), PEER.parse().unwrap());
            let payload = damaged(&text, damages);
            lone.endpoint.handle_datagram(lone.now, local, remote, payload.into());
            lone.drain();
        }
        prop_assert!(lone.endpoint.calls() <= 1 + messages.len());
        // The peer's BYE may have got through; otherwise the call can still be ended.
        let _ = lone.endpoint.hangup(lone.now, id, hangup(0));
        lone.advance(s(70));
    }
}
