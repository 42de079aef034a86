//! Ids, a type each.

use std::fmt;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use uuid::Uuid;

use crate::moment::Moment;

/// One call; chosen by the browser that starts it, else by the switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub Uuid);

/// One leg of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LegId(pub Uuid);

/// One connected browser; chosen by the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub Uuid);

/// One playing of sounds; chosen by the switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlayId(pub Uuid);

/// One collection of digits; chosen by the switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CollectId(pub Uuid);

/// One recording; chosen by the switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordingId(pub Uuid);

/// Ties a [`Reply`](crate::Reply) to its request; chosen by the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u64);

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The name as it is configured.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(name: &str) -> Self {
                Self(name.into())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name!(
    /// A user, by name.
    UserId
);
name!(
    /// A trunk, by name.
    TrunkId
);

/// Makes ids from a seed and the time. They need to be unique, not secret: nothing is allowed by knowing one.
#[derive(Debug)]
pub(crate) struct IdSource {
    state: u64,
    next: u64,
}

impl IdSource {
    pub(crate) fn new(seed: [u8; 32]) -> Self {
        let state = seed.chunks_exact(8).fold(0, |state, chunk| {
            let word = chunk.iter().fold(0u64, |word, &byte| word << 8 | u64::from(byte));
            mix(state ^ word)
        });
        Self { state, next: 1 }
    }

    /// SplitMix64 (Steele, Lea, Flood 2014).
    fn random(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.state)
    }

    fn uuid(&mut self, now: Moment) -> Uuid {
        let millis = now.wall.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64);
        let mut bytes = [0; 10];
        bytes[..8].copy_from_slice(&self.random().to_be_bytes());
        bytes[8..].copy_from_slice(&self.random().to_be_bytes()[..2]);
        uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
    }

    pub(crate) fn call(&mut self, now: Moment) -> CallId {
        CallId(self.uuid(now))
    }

    pub(crate) fn leg(&mut self, now: Moment) -> LegId {
        LegId(self.uuid(now))
    }

    pub(crate) fn play(&mut self, now: Moment) -> PlayId {
        PlayId(self.uuid(now))
    }

    pub(crate) fn collect(&mut self, now: Moment) -> CollectId {
        CollectId(self.uuid(now))
    }

    pub(crate) fn recording(&mut self, now: Moment) -> RecordingId {
        RecordingId(self.uuid(now))
    }

    /// A number for a port, an INVITE or a sound; never used twice.
    pub(crate) fn number(&mut self) -> u64 {
        let number = self.next;
        self.next += 1;
        number
    }
}

pub(crate) const fn mix(mut word: u64) -> u64 {
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}
