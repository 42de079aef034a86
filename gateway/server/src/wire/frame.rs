//! Browsers' frames: requests to the engine, notices from it.

use std::time::Duration;

use api::ws::{
    CallDescription, CallDigit, CallEnded, CallHeld, CallIncoming, CallMediaVerdict, CallMuted, CallQuality,
    CallRinging, CallStateTold, CallTransfer, ClientFrame, Crossing, DescriptionType, Empty, IncomingState,
    Quality, ServerFrame, TransferState,
};
use engine::{CallId, Outcome, RejectCause, RtcNotice, RtcRequest, RtcState, Side, Start, TransferKind};

use super::verdict::sound;
use super::words;

/// How long a digit sounds when the request does not say.
const DIGIT: Duration = Duration::from_millis(100);

/// The request in a frame: its id, its call and what it asks; `None` if it is about no call.
pub fn request(frame: ClientFrame) -> Option<(String, CallId, RtcRequest)> {
    let (id, call, request) = match frame {
        ClientFrame::CallStart { id, call, data } => {
            let headers = data.headers.into_iter().collect();
            (id, call, RtcRequest::Start(Start { to: data.to, from: data.from, sdp: data.sdp, headers }))
        }
        ClientFrame::CallAccept { id, call, data } => (id, call, RtcRequest::Accept { sdp: data.sdp }),
        ClientFrame::CallReject { id, call, data } => {
            let cause = match data.cause {
                api::ws::RejectCause::Busy => RejectCause::Busy,
                api::ws::RejectCause::Declined => RejectCause::Declined,
            };
            (id, call, RtcRequest::Reject { cause })
        }
        ClientFrame::CallHangup { id, call, .. } => (id, call, RtcRequest::Hangup),
        ClientFrame::CallCandidate { id, call, data } => {
            (id, call, RtcRequest::Candidate(data.candidate.map(|candidate| candidate.candidate)))
        }
        ClientFrame::CallSendDigits { id, call, data } => {
            let each = data.duration_ms.map_or(DIGIT, |ms| Duration::from_millis(ms.into()));
            (id, call, RtcRequest::SendDigits { digits: data.digits, each })
        }
        ClientFrame::CallMute { id, call, data } => (id, call, RtcRequest::Mute { muted: data.muted }),
        ClientFrame::CallReattach { id, call, data } => (id, call, RtcRequest::Reattach { sdp: data.sdp }),
        ClientFrame::CallRestartIce { id, call, data } => {
            (id, call, RtcRequest::RestartIce { sdp: data.sdp })
        }
        ClientFrame::CallHold { id, call, .. } => (id, call, RtcRequest::Hold),
        ClientFrame::CallUnhold { id, call, .. } => (id, call, RtcRequest::Unhold),
        ClientFrame::CallTransfer { id, call, data } => (id, call, RtcRequest::Transfer { to: data.to }),
        ClientFrame::CallConsult { id, call, data } => (id, call, RtcRequest::Consult { to: data.to }),
        ClientFrame::CallCompleteTransfer { id, call, .. } => (id, call, RtcRequest::CompleteTransfer),
        ClientFrame::CallCancelTransfer { id, call, .. } => (id, call, RtcRequest::CancelTransfer),
        ClientFrame::Hello { .. }
        | ClientFrame::TokenUpdate { .. }
        | ClientFrame::Ping { .. }
        | ClientFrame::Ack { .. } => return None,
    };
    Some((id, CallId(call.0), request))
}

/// The frame for a notice.
pub fn notice(seq: u64, call: CallId, notice: RtcNotice) -> ServerFrame {
    let call = api::CallId(call.0);
    match notice {
        RtcNotice::Description { sdp } => {
            let data = CallDescription { kind: DescriptionType::Answer, sdp };
            ServerFrame::CallDescription { seq, call, data }
        }
        RtcNotice::Incoming { from, from_name, to } => {
            let data = CallIncoming { from, from_name, to, state: IncomingState::Ringing };
            ServerFrame::CallIncoming { seq, call, data }
        }
        RtcNotice::State(state) => ServerFrame::CallState { seq, call, data: told(*state) },
        RtcNotice::Ringing { early_media } => {
            ServerFrame::CallRinging { seq, call, data: CallRinging { early_media } }
        }
        RtcNotice::Answered => ServerFrame::CallAnswered { seq, call, data: Empty {} },
        RtcNotice::Muted { muted, by } => {
            ServerFrame::CallMuted { seq, call, data: CallMuted { muted, by: words::muted_by(by) } }
        }
        RtcNotice::Held { held, by } => {
            ServerFrame::CallHeld { seq, call, data: CallHeld { held, by: words::held_by(by) } }
        }
        RtcNotice::Transfer { kind, state, to } => {
            ServerFrame::CallTransfer { seq, call, data: transfer(kind, state, to) }
        }
        RtcNotice::Digit { digit, duration } => {
            let duration_ms = u32::try_from(duration.as_millis()).unwrap_or(u32::MAX);
            ServerFrame::CallDigit { seq, call, data: CallDigit { digit, duration_ms } }
        }
        RtcNotice::Quality { browser, trunk } => {
            let data = CallQuality { browser: browser.map(quality), trunk: trunk.map(quality) };
            ServerFrame::CallQuality { seq, call, data }
        }
        RtcNotice::Judged { from_browser, to_browser } => {
            let (from_browser, to_browser) = (sound(&from_browser), sound(&to_browser));
            ServerFrame::CallMediaVerdict { seq, call, data: CallMediaVerdict { from_browser, to_browser } }
        }
        RtcNotice::Ended(outcome) => ServerFrame::CallEnded { seq, call, data: ended(outcome) },
    }
}

fn told(state: RtcState) -> CallStateTold {
    let direction = match state.side {
        Side::Caller => Crossing::Outbound,
        Side::Callee => Crossing::Inbound,
    };
    let ms = |ago: Duration| u64::try_from(ago.as_millis()).unwrap_or(u64::MAX);
    CallStateTold {
        direction,
        from: state.from,
        from_name: state.from_name,
        to: state.to,
        state: words::state(state.state),
        taken: state.taken,
        early_media: state.early_media,
        muted: state.muted,
        held: state.held,
        answered_ms_ago: state.answered_ago.map(ms),
    }
}

fn transfer(kind: TransferKind, state: engine::TransferState, to: String) -> CallTransfer {
    let (state, cause) = match state {
        engine::TransferState::Started => (TransferState::Started, None),
        engine::TransferState::Ringing => (TransferState::Ringing, None),
        engine::TransferState::Accepted => (TransferState::Accepted, None),
        engine::TransferState::Failed { cause } => (TransferState::Failed, Some(words::cause(cause))),
        engine::TransferState::Completed => (TransferState::Completed, None),
    };
    CallTransfer { kind: words::transfer_kind(kind), state, to, cause }
}

fn quality(quality: engine::Quality) -> Quality {
    Quality {
        codec: quality.codec.to_owned(),
        round_trip_ms: quality.round_trip_ms,
        loss: quality.loss,
        jitter_ms: quality.jitter_ms,
        mos: quality.mos,
        remote_mos: quality.remote_mos,
        level_dbov: quality.level_dbov,
        added_delay_p50_ms: quality.added_delay.map(|delay| ms(delay.p50)),
        added_delay_p99_ms: quality.added_delay.map(|delay| ms(delay.p99)),
    }
}

fn ms(delay: Duration) -> f32 {
    delay.as_secs_f32() * 1000.0
}

fn ended(outcome: Outcome) -> CallEnded {
    CallEnded {
        state: words::state(outcome.state),
        by: words::ended_by(outcome.by),
        cause: words::cause(outcome.cause),
        sip_code: outcome.sip_code,
        sip_reason: outcome.sip_reason,
        q850: outcome.q850,
    }
}
