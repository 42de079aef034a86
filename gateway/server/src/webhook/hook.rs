//! A web hook as the store keeps it.

use std::time::Duration;

use api::rest::{Topic, Webhook};
use api::{Timestamp, WebhookId};
use serde::{Deserialize, Serialize};

use super::sign::Secret;

/// How long a secret is still signed with after the next was made.
const OLD_SECRET: Duration = Duration::from_secs(24 * 3600);
/// Secrets that sign at one time; each is a part of a header.
const SECRETS_MAX: usize = 4;

/// A web hook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hook {
    /// Where events are posted.
    pub url: String,
    /// Which events; all when empty.
    pub topics: Vec<Topic>,
    /// What deliveries are signed with, newest first.
    pub secrets: Vec<Signing>,
    /// Whether it gets events.
    pub enabled: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A secret, and how long it is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signing {
    pub(super) secret: Secret,
    #[serde(default)]
    pub(super) until: Option<Timestamp>,
}

impl Hook {
    /// A new one with a new secret.
    pub(super) fn new(url: String, topics: Vec<Topic>, now: Timestamp) -> Self {
        let secrets = vec![Signing { secret: Secret::random(), until: None }];
        Self { url, topics, secrets, enabled: true, created_at: now }
    }

    /// The same with a new secret; the former signs on for a day.
    pub(super) fn rotated(&self, now: Timestamp) -> Self {
        let until = Timestamp::from_millis(now.millis() + OLD_SECRET.as_millis() as i64);
        let former = self.secrets.iter().filter(|signing| signing.holds(now));
        let former =
            former.map(|signing| Signing { until: signing.until.or(Some(until)), ..signing.clone() });
        let newest = Signing { secret: Secret::random(), until: None };
        let secrets = std::iter::once(newest).chain(former).take(SECRETS_MAX).collect();
        Self { secrets, ..self.clone() }
    }

    /// The secrets to sign with.
    pub(super) fn signing(&self, now: Timestamp) -> impl Iterator<Item = &Secret> {
        self.secrets.iter().filter(move |signing| signing.holds(now)).map(|signing| &signing.secret)
    }

    /// The newest secret as programs write it.
    pub fn newest_secret(&self) -> String {
        self.secrets.first().map(|signing| signing.secret.to_string()).unwrap_or_default()
    }

    /// As the API shows it.
    pub fn shown(&self, id: WebhookId) -> Webhook {
        let Self { url, topics, enabled, created_at, .. } = self.clone();
        Webhook { id, url, topics, enabled, created_at }
    }
}

impl Signing {
    fn holds(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}
