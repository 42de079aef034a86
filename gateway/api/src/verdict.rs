//! Whether the two of a call hear each other, and what to try if not.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::LegId;

/// Both ways between two legs of an answered call; within three seconds of the answer, and again when sound ceases or
/// comes back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MediaVerdict {
    /// One entry a direction.
    pub directions: Vec<DirectionVerdict>,
}

/// One direction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DirectionVerdict {
    /// Who speaks.
    pub from: LegId,
    /// Who hears.
    pub to: LegId,
    /// What is heard.
    #[serde(flatten)]
    pub sound: SoundVerdict,
}

/// What comes of what one side says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SoundVerdict {
    /// Whether it is heard.
    pub state: SoundState,
    /// Why it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<AbsenceCause>,
    /// The leg that is silent, or where sound is lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leg: Option<LegId>,
    /// What to try, the likeliest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub solutions: Vec<String>,
}

/// Whether sound is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SoundState {
    /// It is.
    Flowing,
    /// Packets come, with nothing to hear in them.
    Silent,
    /// None comes through.
    Absent,
}

/// Why sound is absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AbsenceCause {
    /// Browser and gateway have found no way to each other.
    NoIcePair,
    /// They have, but encryption was not agreed on.
    Dtls,
    /// Packets come with other SRTP keys than the agreed ones.
    SrtpAuthentication,
    /// Packets come from an address that was not signalled.
    WrongSource,
    /// Packets come in a codec that was not agreed on.
    Codec,
    /// The far phone holds.
    Held,
    /// The sound is muted at the gateway.
    Muted,
    /// No packet comes.
    NothingReceived,
    /// There is nothing to send.
    NothingSent,
}

impl SoundState {
    /// What to try when nothing is absent; empty unless it is silent.
    pub const fn solutions(self) -> &'static [&'static str] {
        match self {
            Self::Flowing | Self::Absent => &[],
            Self::Silent => &[
                "speak: nothing was said yet",
                "choose another microphone, or raise its level",
                "look for a mute key on the headset or the phone",
            ],
        }
    }
}

impl AbsenceCause {
    /// What to try, the likeliest first.
    pub const fn solutions(self) -> &'static [&'static str] {
        match self {
            Self::NoIcePair => &[
                "open the UDP port media.port of the gateway to browsers",
                "set public_address to the address that browsers reach",
                "leave the VPN, or a network that lets no UDP out",
            ],
            Self::Dtls => &[
                "let UDP packets of full length through: a firewall drops the longer ones",
                "load the page again",
            ],
            Self::SrtpAuthentication => &[
                "take any device between trunk and gateway that changes packets or descriptions out of the way",
                "let the trunk send the keys of its latest session description",
            ],
            Self::WrongSource => &[
                "let the trunk write the address that its sound comes from into its session description",
                "switch SIP ALG off in the router before the trunk",
            ],
            Self::Codec => &[
                "let the peer send a codec of its session description",
                "compare the trunk's codecs on both sides",
            ],
            Self::Held => &["let the far side take the call off hold"],
            Self::Muted => &["unmute the call"],
            Self::NothingReceived => &[
                "let sound through the firewall to the gateway's RTP ports (media.rtp_ports)",
                "set public_address: the peer may send to a private address of the gateway",
                "in a browser, allow the microphone and look whether it is in use elsewhere",
            ],
            Self::NothingSent => &["look at the other direction: nothing comes in that could be sent on"],
        }
    }
}
