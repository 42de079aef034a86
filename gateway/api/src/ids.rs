//! Ids: a type prefix and a UUID version 7, for example `call_0192f0c1-...`.

use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// A text that is not an id of the wanted kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected an id of the form {prefix}<uuid>")]
pub struct IdError {
    /// The prefix that was wanted, with its underscore.
    pub prefix: &'static str,
}

fn parse(text: &str, prefix: &'static str) -> Result<Uuid, IdError> {
    let rest = text.strip_prefix(prefix).filter(|rest| rest.len() == uuid::fmt::Hyphenated::LENGTH);
    rest.and_then(|rest| Uuid::try_parse(rest).ok()).ok_or(IdError { prefix })
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Uuid);

        impl $name {
            /// The type prefix, with its underscore.
            pub const PREFIX: &'static str = $prefix;
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", Self::PREFIX, self.0.hyphenated())
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                parse(text, Self::PREFIX).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "type": "string",
                    "description": concat!("`", $prefix, "` and a UUID version 7."),
                    "pattern": concat!("^", $prefix, "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"),
                })
            }
        }
    };
}

id!(
    /// One call; chosen by whoever starts it.
    CallId,
    "call_"
);
id!(
    /// One leg of a call.
    LegId,
    "leg_"
);
id!(
    /// One connected browser.
    SessionId,
    "ses_"
);
id!(
    /// One playing of sounds.
    PlayId,
    "play_"
);
id!(
    /// One collection of digits.
    CollectId,
    "col_"
);
id!(
    /// One recording.
    RecordingId,
    "rec_"
);
id!(
    /// One event.
    EventId,
    "evt_"
);
id!(
    /// One web hook.
    WebhookId,
    "whk_"
);
id!(
    /// One delivery of an event to a web hook.
    DeliveryId,
    "dlv_"
);
id!(
    /// One REST request, as named in its problem and in the log.
    RequestId,
    "req_"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_what_it_prints() {
        let id = CallId(Uuid::from_u128(7));
        assert_eq!(id.to_string(), "call_00000000-0000-0000-0000-000000000007");
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn another_kind_and_another_spelling_are_refused() {
        for text in [
            "leg_00000000-0000-0000-0000-000000000007",
            "call_7",
            "",
            "call_",
            "00000000000000000000000000000007",
        ] {
            assert_eq!(text.parse::<CallId>(), Err(IdError { prefix: "call_" }), "{text}");
        }
        assert!("call_00000000000000000000000000000007".parse::<CallId>().is_err());
    }
}
