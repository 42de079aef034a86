//! `/v1/routes/test`: where a call would go, and why.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::CallId;
use crate::time::Timestamp;

/// `POST /v1/routes/test`: a call that is not placed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TestRoute {
    /// The number or SIP URI; of a trunk's call what it has in its request URI.
    pub to: String,
    /// The user who calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The caller id; the user's own when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller_id: Option<String>,
    /// The trunk that brings the call; left out for calls of users.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_trunk: Option<String>,
    /// Headers of the call.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The caller's language; the user's own when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The call's id, which chance follows from; a new one when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
    /// When; now when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
}

/// Where a call would go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RouteTested {
    /// All of it in one sentence.
    pub explanation: String,
    /// Whether it goes anywhere.
    pub allowed: bool,
    /// The routes that were looked at, in order.
    pub routes: Vec<TestedRoute>,
    /// Where it goes, in the order to try.
    pub destinations: Vec<RouteDestination>,
}

/// What was found at one route.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TestedRoute {
    /// Its name.
    pub name: String,
    /// Whether it decided.
    pub taken: bool,
    /// Why, or why not.
    pub reason: String,
}

/// A place where a call goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum RouteDestination {
    /// A trunk.
    Trunk {
        /// Its name.
        trunk: String,
        /// The number or SIP URI that it gets.
        number: String,
        /// The caller id that it gets; the user's name when left out.
        #[serde(skip_serializing_if = "Option::is_none")]
        caller_id: Option<String>,
        /// Why it has its place.
        reason: String,
        /// Whether it answered when it was asked last; one that does not is tried last.
        reachable: bool,
    },
    /// A user, whose browsers ring.
    User {
        /// The name.
        user: String,
        /// Why.
        reason: String,
    },
}
