//! What a user's token allows.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a browser may do; carried in its token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Grants {
    /// Numbers it may call: exact (`600`), a prefix (`+49*`), or any (`*`). Empty: none.
    #[serde(default)]
    pub destinations: Vec<String>,
    /// Caller ids it may show, same patterns. Empty: only the trunk's own.
    #[serde(default)]
    pub caller_ids: Vec<String>,
    /// Whether calls to its user ring it.
    #[serde(default = "yes")]
    pub inbound: bool,
    /// Calls at one time; `null` leaves it to the gateway's own limit.
    #[serde(default)]
    pub calls_max: Option<u32>,
}

fn yes() -> bool {
    true
}
