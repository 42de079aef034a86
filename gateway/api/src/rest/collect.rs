//! `/v1/calls/{id}/actions/collect`, `stop_collect` and `take_digits`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Sound;
use crate::ids::{CollectId, LegId};

/// Collects the keys that one leg presses; answered with [`Collecting`], ended by the event `collect.ended`. The other
/// side is not told of them, but for what it hears: a trunk's keys travel with the sound.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Collect {
    /// Whose keys; the far side's when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leg: Option<LegId>,
    /// So many are enough, 1 to 64.
    #[serde(default = "many")]
    pub max: u32,
    /// With fewer the collection ends as not `complete`.
    #[serde(default = "one")]
    pub min: u32,
    /// Each of these keys ends the collection, and is not part of it.
    #[serde(default = "hash")]
    pub terminators: String,
    /// How long the first key may take, from the end of the prompt; 100 to 600,000.
    #[serde(default = "ten_seconds")]
    pub first_digit_timeout_ms: u32,
    /// How long each further key may take, 100 to 600,000.
    #[serde(default = "five_seconds")]
    pub inter_digit_timeout_ms: u32,
    /// Played before, to that leg alone; the first key interrupts it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sounds: Vec<Sound>,
    /// Keeps the keys out of all events; `take_digits` gives them, once. A recording pauses meanwhile.
    #[serde(default)]
    pub redact: bool,
}

const fn many() -> u32 {
    64
}

const fn one() -> u32 {
    1
}

fn hash() -> String {
    "#".to_owned()
}

const fn ten_seconds() -> u32 {
    10_000
}

const fn five_seconds() -> u32 {
    5_000
}

/// What `collect` began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Collecting {
    /// As `collect.started` and `collect.ended` name it.
    pub collect: CollectId,
}

/// Takes the keys of a redacted collection that has ended, while its call lasts and no other collection has begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeDigits {
    /// Which.
    pub collect: CollectId,
}

/// Keys.
#[derive(Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Digits {
    /// In their order.
    pub digits: String,
}

impl std::fmt::Debug for Digits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Digits").finish_non_exhaustive()
    }
}
