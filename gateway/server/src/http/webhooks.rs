//! `/v1/webhooks`.

use std::sync::Arc;
use std::time::SystemTime;

use api::rest::{
    CreateWebhook, Delivery, DeliveryAttempt, DeliveryState, ListDeliveries, ListWebhooks, NewSecret, Page,
    Webhook, from_json,
};
use api::{DeliveryId, ErrorCode, Timestamp, WebhookId};
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::audit::note;
use super::bearer::Bearer;
use super::reject::Reject;
use super::{Shared, page};
use crate::auth::Action;
use crate::webhook::{Hook, Refused};

const LIMIT_MAX: u32 = 100;

pub(super) async fn create(
    State(shared): State<Arc<Shared>>,
    Bearer(who): Bearer,
    body: Bytes,
) -> Result<Response, Reject> {
    who.authorise(Action::Configure)?;
    let CreateWebhook { url, topics } = from_json(&body)?;
    let (id, hook) = shared.node.webhooks.create(url, topics, now()).await?;
    note(&shared, &who, "webhook.created", id).await?;
    let location = [("location", format!("/v1/webhooks/{id}"))];
    Ok((StatusCode::CREATED, location, Json(with_secret(id, &hook))).into_response())
}

fn with_secret(id: WebhookId, hook: &Hook) -> NewSecret {
    NewSecret { webhook: hook.shown(id), secret: hook.newest_secret() }
}

pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    Bearer(who): Bearer,
    query: Result<Query<ListWebhooks>, QueryRejection>,
) -> Result<Json<Page<Webhook>>, Reject> {
    who.authorise(Action::Configure)?;
    let ListWebhooks { limit, after } = page::query(query)?;
    let limit = page::limit(limit, LIMIT_MAX)?;
    let newest_first = shared.node.webhooks.list().into_iter().rev();
    let behind = newest_first.filter(|(id, _)| after.is_none_or(|after| *id < after));
    let data = behind.take(limit + 1).map(|(id, hook)| hook.shown(id)).collect();
    Ok(page::page(data, limit, |webhook: &Webhook| webhook.id.to_string()))
}

pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    Bearer(who): Bearer,
    Path(id): Path<String>,
) -> Result<Json<Webhook>, Reject> {
    who.authorise(Action::Configure)?;
    let id = parse(&id)?;
    Ok(Json(shared.node.webhooks.hook(id).ok_or(Refused::Unknown)?.shown(id)))
}

pub(super) async fn remove(
    State(shared): State<Arc<Shared>>,
    Bearer(who): Bearer,
    Path(id): Path<String>,
) -> Result<StatusCode, Reject> {
    who.authorise(Action::Configure)?;
    let id = parse(&id)?;
    shared.node.webhooks.remove(id).await?;
    note(&shared, &who, "webhook.removed", id).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn rotate_secret(
    State(shared): State<Arc<Shared>>,
    Bearer(who): Bearer,
    Path(id): Path<String>,
) -> Result<Json<NewSecret>, Reject> {
    who.authorise(Action::Configure)?;
    let id = parse(&id)?;
    let hook = shared.node.webhooks.rotate(id, now()).await?;
    note(&shared, &who, "webhook.secret_rotated", id).await?;
    Ok(Json(with_secret(id, &hook)))
}

pub(super) async fn deliveries(
    State(shared): State<Arc<Shared>>,
    Bearer(who): Bearer,
    Path(id): Path<String>,
    query: Result<Query<ListDeliveries>, QueryRejection>,
) -> Result<Json<Page<Delivery>>, Reject> {
    who.authorise(Action::Configure)?;
    let id = parse(&id)?;
    shared.node.webhooks.hook(id).ok_or(Refused::Unknown)?;
    let ListDeliveries { limit, after } = page::query(query)?;
    let limit = page::limit(limit, LIMIT_MAX)?;
    let before = after.map(|after| after.0);
    let found = shared.node.store.deliveries(&id.to_string(), before, limit + 1).await?;
    let data = found.into_iter().map(delivery).collect();
    Ok(page::page(data, limit, |delivery: &Delivery| delivery.id.to_string()))
}

pub(super) async fn redeliver(
    State(shared): State<Arc<Shared>>,
    Bearer(who): Bearer,
    Path((id, delivery)): Path<(String, String)>,
) -> Result<StatusCode, Reject> {
    who.authorise(Action::Configure)?;
    let id = parse(&id)?;
    let delivery: DeliveryId = delivery.parse().map_err(|_| Reject::from(ErrorCode::ResourceNotFound))?;
    if !shared.node.webhooks.redeliver(id, delivery.0, now()).await? {
        return Err(ErrorCode::ResourceNotFound.into());
    }
    note(&shared, &who, "webhook.redelivered", delivery).await?;
    Ok(StatusCode::ACCEPTED)
}

fn delivery(delivery: store::Delivery) -> Delivery {
    let pending = delivery.state == store::DeliveryState::Pending;
    let attempt = |attempt: store::Attempt| DeliveryAttempt {
        at: Timestamp::from_millis(attempt.at_ms),
        status: attempt.status,
        detail: attempt.detail,
    };
    Delivery {
        id: DeliveryId(delivery.id),
        cursor: delivery.event.to_string(),
        state: match delivery.state {
            store::DeliveryState::Pending => DeliveryState::Pending,
            store::DeliveryState::Delivered => DeliveryState::Delivered,
            store::DeliveryState::Failed => DeliveryState::Failed,
        },
        attempts: delivery.attempts,
        created_at: Timestamp::from_millis(delivery.created_ms),
        next_attempt_at: pending.then(|| Timestamp::from_millis(delivery.due_ms)),
        last_attempt: delivery.last.map(attempt),
    }
}

/// A text that is no id names no web hook.
fn parse(id: &str) -> Result<WebhookId, Reject> {
    id.parse().map_err(|_| Refused::Unknown.into())
}

fn now() -> Timestamp {
    SystemTime::now().into()
}

impl From<Refused> for Reject {
    fn from(refused: Refused) -> Self {
        let detail = refused.to_string();
        match refused {
            Refused::Target(_) => {
                let code = ErrorCode::InvalidMessage;
                api::rest::Problem::new(code).field("/url", code, detail).into()
            }
            Refused::TooMany => Self::new(ErrorCode::InvalidMessage, detail),
            Refused::Unknown => Self::new(ErrorCode::ResourceNotFound, detail),
            Refused::Store(error) => error.into(),
        }
    }
}
