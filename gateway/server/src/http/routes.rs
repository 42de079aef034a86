//! `/v1/routes/test`.

use std::sync::Arc;

use api::ErrorCode;
use api::rest::{Problem, RouteTested, TestRoute, from_json};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;

use super::Shared;
use super::bearer::Bearer;
use super::reject::Reject;
use crate::auth::Action;
use crate::wire;

pub(super) async fn test(
    State(shared): State<Arc<Shared>>,
    Bearer(who): Bearer,
    body: Bytes,
) -> Result<Json<RouteTested>, Reject> {
    who.authorise(Action::Configure)?;
    let asked: TestRoute = from_json(&body)?;
    let trunks = &shared.node.config.trunks;
    if let Some(name) = &asked.source_trunk
        && !trunks.iter().any(|trunk| trunk.name.get_ref() == name)
    {
        let code = ErrorCode::InvalidMessage;
        return Err(Problem::new(code).field("/source_trunk", code, "no such trunk").into());
    }
    let found = shared.node.calls.explain_route(wire::route_question(asked)).await??;
    Ok(Json(wire::route_tested(found)))
}
