//! `/v1/events` and `/v1/events/stream`: one log of all events.
//!
//! Each event comes with its `cursor`, which resumes the list and the streams behind it (in SSE it is the event's id).

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::CallId;

/// Bytes of a topic.
const TOPIC_BYTES_MAX: usize = 64;

/// The query of `GET /v1/events`; oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListEvents {
    /// 1 to 1000; 20 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// The cursor of the last event that was seen; the first event that is kept when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Topics with commas between them; every event when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topics: Option<String>,
    /// Events of this call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
}

/// The query of `GET /v1/events/stream`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StreamEvents {
    /// The cursor of the last event that was seen, for those since; only what happens from now on when left out. In SSE
    /// the header `Last-Event-ID` counts for more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Topics with commas between them; every event when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topics: Option<String>,
    /// Events of this call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
}

/// A type of events: `call.ended`, or `call.*` for all that begin so.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct Topic(String);

/// A text that is no topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a type of events such as call.ended, or call.*")]
pub struct TopicError;

impl FromStr for Topic {
    type Err = TopicError;

    fn from_str(text: &str) -> Result<Self, TopicError> {
        let word = |part: &str| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        };
        let exact = text.strip_suffix(".*").map_or(text, |family| family);
        let family_only = exact.len() == text.len() || word(exact);
        let good = text.len() <= TOPIC_BYTES_MAX && family_only && exact.split('.').all(word);
        if good { Ok(Self(text.to_owned())) } else { Err(TopicError) }
    }
}

impl TryFrom<String> for Topic {
    type Error = TopicError;

    fn try_from(text: String) -> Result<Self, TopicError> {
        text.parse()
    }
}

impl From<Topic> for String {
    fn from(topic: Topic) -> Self {
        topic.0
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_a_type_or_a_family() {
        for good in ["call.ended", "call.*", "call.transfer.started", "agent.status_changed"] {
            assert!(good.parse::<Topic>().is_ok(), "{good}");
        }
        for bad in ["", "*", ".*", "call.", "call..ended", "call.transfer.*", "Call.ended", "call.ended,x"] {
            assert_eq!(bad.parse::<Topic>(), Err(TopicError), "{bad}");
        }
    }
}
