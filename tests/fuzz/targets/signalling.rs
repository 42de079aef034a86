//! Any bytes as a text frame of a browser and as a REST body: read, ignored or refused, and what is read prints to
//! what reads the same.
#![no_main]

use api::rest::{CreateCall, CreateToken, SendDigits, from_json};
use api::ws::{Decoded, decode};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = from_json::<CreateCall>(bytes);
    let _ = from_json::<CreateToken>(bytes);
    let _ = from_json::<SendDigits>(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match decode(text) {
        Ok(Decoded::Frame(frame)) => {
            let printed = serde_json::to_string(&frame).expect("a frame prints");
            assert_eq!(decode(&printed), Ok(Decoded::Frame(frame)));
        }
        Ok(Decoded::Unknown) => {}
        Err(error) => assert!(!error.body().message.is_empty()),
    }
});
