//! `/v1/webhooks`: who is told of events by HTTP, signed as Standard Webhooks says.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Topic;
use crate::ids::{DeliveryId, WebhookId};
use crate::time::Timestamp;

/// `POST /v1/webhooks`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateWebhook {
    /// Where events are posted.
    pub url: String,
    /// Which events; all when left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<Topic>,
}

/// The query of `GET /v1/webhooks`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListWebhooks {
    /// 1 to 100; 20 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<WebhookId>,
}

/// A web hook. Its secrets are shown once, when they are made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// Where events are posted.
    pub url: String,
    /// Which events; all when empty.
    pub topics: Vec<Topic>,
    /// Whether it gets events; false once it answered 410.
    pub enabled: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A web hook's new secret, `whsec_` and base64; shown this once.
#[derive(Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NewSecret {
    /// The web hook.
    #[serde(flatten)]
    pub webhook: Webhook,
    /// Its secret.
    pub secret: String,
}

impl std::fmt::Debug for NewSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewSecret").field("webhook", &self.webhook).finish_non_exhaustive()
    }
}

/// The query of `GET /v1/webhooks/{id}/deliveries`; newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListDeliveries {
    /// 1 to 100; 20 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<DeliveryId>,
}

/// A delivery of one event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// The event's cursor in the log.
    pub cursor: String,
    /// How it stands.
    pub state: DeliveryState,
    /// Attempts so far.
    pub attempts: u32,
    /// When the event happened.
    pub created_at: Timestamp,
    /// When it is tried next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_attempt_at: Option<Timestamp>,
    /// The latest attempt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_attempt: Option<DeliveryAttempt>,
}

/// How a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryState {
    /// To be tried, for the first time or again.
    Pending,
    /// Accepted with a status of 200 to 299.
    Delivered,
    /// Given up.
    Failed,
}

/// One attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DeliveryAttempt {
    /// When it began.
    pub at: Timestamp,
    /// The HTTP status, if there was an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What happened, in a few words.
    pub detail: String,
}
