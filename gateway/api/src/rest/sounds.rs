//! `/v1/calls/{id}/actions/play` and `stop_play`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{LegId, PlayId};

/// Plays sounds, one after the other; answered with [`Playing`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Play {
    /// 1 to 32 of them.
    pub sounds: Vec<Sound>,
    /// How often all of them, 1 to 1000; once when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// Again and again until it is stopped; not together with `times`.
    #[serde(default, rename = "loop")]
    pub looped: bool,
    /// Louder or softer, -60 to 20 dB.
    #[serde(default)]
    pub volume_db: i8,
    /// Who hears it; both sides when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leg: Option<LegId>,
}

/// One thing to play: either a `tone` or a `file`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sound {
    /// A tone that tells callers what goes on, once round its cadence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tone: Option<ToneName>,
    /// Whose tone: ISO 3166, two letters; what ITU-T E.180 recommends when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// A WAV or Ogg Opus file in the folder `sounds.folder` of the configuration: its name, after folders with `/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

/// What a tone says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ToneName {
    /// The far phone rings.
    Ringback,
    /// The called is in another call.
    Busy,
    /// The network has no way.
    Congestion,
    /// Someone else calls.
    CallWaiting,
}

/// What `play` began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Playing {
    /// As `play.started` and `play.ended` name it.
    pub play: PlayId,
}

/// Ends what is played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StopPlay {
    /// On this leg; everywhere when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leg: Option<LegId>,
}
