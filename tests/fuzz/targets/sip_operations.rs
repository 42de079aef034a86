//! Any bytes as the choices of a run of the model in `sip-stack/tests/it/model`: what owners ask for, what the network
//! does, what is sent again.
#![no_main]
#![allow(dead_code, reason = "the tests that share these files use the rest of them")]

#[path = "../../../sip-stack/tests/it/call.rs"]
mod call;
#[path = "../../../sip-stack/tests/it/pair.rs"]
mod pair;
#[path = "../../../sip-stack/tests/it/model"]
mod model {
    mod answered;
    pub(crate) mod choice;
    mod operation;
    mod reference;
    pub(crate) mod run;
    mod wire;
}

use libfuzzer_sys::fuzz_target;
use model::choice::Choice;

/// Two octets for each choice.
struct Octets<'a>(&'a [u8]);

impl Choice for Octets<'_> {
    fn below(&mut self, bound: u64) -> u64 {
        let (first, rest) = self.0.split_at(self.0.len().min(2));
        self.0 = rest;
        first.iter().fold(0, |number, octet| (number << 8) | u64::from(*octet)) % bound
    }

    fn is_over(&self) -> bool {
        self.0.is_empty()
    }
}

fuzz_target!(|bytes: &[u8]| model::run::run(&mut Octets(bytes)));
