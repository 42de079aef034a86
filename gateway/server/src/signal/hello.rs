//! The first frame: who connects, and what they may do.

use std::time::SystemTime;

use api::ws::{ClientFrame, CloseCode, Decoded, Hello, Resume};
use api::{ErrorBody, ErrorCode};
use tokio::time::timeout;

use super::HELLO;
use super::socket::{Over, Received, Socket};
use crate::auth::Denied;
use crate::node::{Node, Place};
use crate::wire;

/// A browser that may stay.
pub(super) struct Guest {
    /// The id of its `hello`.
    pub(super) request: String,
    /// Its user.
    pub(super) user: String,
    /// What it may do.
    pub(super) grants: engine::Grants,
    /// The session that it wants to go on with.
    pub(super) resume: Option<Resume>,
}

/// Waits for `hello` and admits who sends it.
pub(super) async fn admit(socket: &mut Socket, node: &Node) -> Result<Guest, Over> {
    let Ok(first) = timeout(HELLO, first_frame(socket)).await else {
        return Err(socket.refuse(ErrorCode::HelloExpected, CloseCode::Liveness).await);
    };
    let (request, hello) = first?;
    match identify(node, &hello.token) {
        Ok((user, grants)) => Ok(Guest { request, user, grants, resume: hello.resume }),
        Err(denied) => Err(socket.refuse_as(Some(request), denied.code().into(), CloseCode::Token).await),
    }
}

/// Room for one more session.
pub(super) async fn seat(socket: &mut Socket, node: &Node, guest: &Guest) -> Result<Place, Over> {
    let Some(place) = node.places.take(&guest.user) else {
        let body = ErrorBody::with_message(
            ErrorCode::GatewayOverloaded,
            "Too many browsers of this user, or in all, are connected.",
        );
        return Err(socket.refuse_as(Some(guest.request.clone()), body, CloseCode::Forbidden).await);
    };
    Ok(place)
}

async fn first_frame(socket: &mut Socket) -> Result<(String, Hello), Over> {
    loop {
        match socket.receive().await? {
            Received::Alive => {}
            Received::Refusable(code, close) => return Err(socket.refuse(code, close).await),
            Received::Frame(Ok(Decoded::Frame(frame))) => match *frame {
                ClientFrame::Hello { id, data } => return Ok((id, data)),
                ClientFrame::CallStart { .. }
                | ClientFrame::CallAccept { .. }
                | ClientFrame::CallReject { .. }
                | ClientFrame::CallHangup { .. }
                | ClientFrame::CallCandidate { .. }
                | ClientFrame::CallSendDigits { .. }
                | ClientFrame::CallMute { .. }
                | ClientFrame::TokenUpdate { .. }
                | ClientFrame::CallReattach { .. }
                | ClientFrame::CallRestartIce { .. }
                | ClientFrame::CallHold { .. }
                | ClientFrame::CallUnhold { .. }
                | ClientFrame::CallTransfer { .. }
                | ClientFrame::CallConsult { .. }
                | ClientFrame::CallCompleteTransfer { .. }
                | ClientFrame::CallCancelTransfer { .. }
                | ClientFrame::Ping { .. }
                | ClientFrame::Ack { .. } => {
                    return Err(socket.refuse(ErrorCode::HelloExpected, CloseCode::Protocol).await);
                }
            },
            Received::Frame(Ok(Decoded::Unknown)) => {
                return Err(socket.refuse(ErrorCode::HelloExpected, CloseCode::Protocol).await);
            }
            Received::Frame(Err(error)) => {
                let id = error.id().map(str::to_owned);
                return Err(socket.refuse_as(id, error.body(), CloseCode::Protocol).await);
            }
        }
    }
}

/// A valid token of a user who is configured; its own grants, or the configured ones.
pub(super) fn identify(node: &Node, token: &str) -> Result<(String, engine::Grants), Denied> {
    let identity = node.authority.verify(token, SystemTime::now())?;
    let user = node.user(&identity.user).ok_or(Denied::Invalid)?;
    let grants = identity.grants.unwrap_or_else(|| wire::user_grants(user));
    Ok((identity.user, wire::grants(&grants)))
}
