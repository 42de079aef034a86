//! Enums that differ in nothing but their crate.

use api::rest::ToneName;
use engine::{
    CallState, Cause, CollectEnding, Direction, EndedBy, HeldBy, LegKind, LegState, MutedBy, Owner, PausedBy,
    PlayEnding, RecordingFault, Side, TransferKind,
};
use media::sdp::SrtpMode;
use media::{CodecKind, DtmfMethod};
use sip_stack::Transport;

use crate::config::{Codec, Dtmf, SipTransport, Srtp};

/// A configured codec.
pub const fn codec(codec: Codec) -> CodecKind {
    match codec {
        Codec::Opus => CodecKind::Opus,
        Codec::Pcmu => CodecKind::Pcmu,
        Codec::Pcma => CodecKind::Pcma,
        Codec::G722 => CodecKind::G722,
    }
}

/// A configured way of sending digits.
pub const fn dtmf(dtmf: Dtmf) -> DtmfMethod {
    match dtmf {
        Dtmf::Auto => DtmfMethod::Auto,
        Dtmf::Rfc4733 => DtmfMethod::Rfc4733,
        Dtmf::Info => DtmfMethod::Info,
    }
}

/// Whether a trunk's sound is configured to be encrypted.
pub const fn srtp(srtp: Srtp) -> SrtpMode {
    match srtp {
        Srtp::Off => SrtpMode::Off,
        Srtp::Optional => SrtpMode::Optional,
        Srtp::Mandatory => SrtpMode::Mandatory,
    }
}

/// A tone that a request names.
pub const fn tone(tone: ToneName) -> media::source::Signal {
    use media::source::Signal;
    match tone {
        ToneName::Ringback => Signal::Ringback,
        ToneName::Busy => Signal::Busy,
        ToneName::Congestion => Signal::Congestion,
        ToneName::CallWaiting => Signal::CallWaiting,
    }
}

/// Its name, as requests and events spell it.
pub const fn tone_word(tone: ToneName) -> &'static str {
    match tone {
        ToneName::Ringback => "ringback",
        ToneName::Busy => "busy",
        ToneName::Congestion => "congestion",
        ToneName::CallWaiting => "call-waiting",
    }
}

/// Why a recording failed.
pub const fn recording_fault(fault: RecordingFault) -> api::rest::RecordingFault {
    match fault {
        RecordingFault::DiskFull => api::rest::RecordingFault::DiskFull,
        RecordingFault::DiskSlow => api::rest::RecordingFault::DiskSlow,
        RecordingFault::Unwritable => api::rest::RecordingFault::Unwritable,
    }
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A configured transport.
pub const fn transport(transport: SipTransport) -> Transport {
    match transport {
        SipTransport::Udp => Transport::Udp,
        SipTransport::Tcp => Transport::Tcp,
        SipTransport::Tls => Transport::Tls,
    }
}

/// A cause as every face spells it.
pub fn cause_word(cause: Cause) -> String {
    let word = serde_json::to_value(self::cause(cause)).ok();
    word.and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

pub(super) const fn state(state: CallState) -> api::CallState {
    match state {
        CallState::Queued => api::CallState::Queued,
        CallState::Ringing => api::CallState::Ringing,
        CallState::InProgress => api::CallState::InProgress,
        CallState::Completed => api::CallState::Completed,
        CallState::Busy => api::CallState::Busy,
        CallState::Failed => api::CallState::Failed,
        CallState::NoAnswer => api::CallState::NoAnswer,
        CallState::Canceled => api::CallState::Canceled,
    }
}

pub(super) const fn direction(direction: Direction) -> api::Direction {
    match direction {
        Direction::Inbound => api::Direction::Inbound,
        Direction::Outbound => api::Direction::Outbound,
    }
}

pub(super) const fn ended_by(by: EndedBy) -> api::EndedBy {
    match by {
        EndedBy::Caller => api::EndedBy::Caller,
        EndedBy::Callee => api::EndedBy::Callee,
        EndedBy::System => api::EndedBy::System,
    }
}

pub(super) const fn muted_by(by: MutedBy) -> api::ws::MutedBy {
    match by {
        MutedBy::User => api::ws::MutedBy::User,
        MutedBy::System => api::ws::MutedBy::System,
    }
}

pub(super) const fn held_by(by: HeldBy) -> api::HeldBy {
    match by {
        HeldBy::User => api::HeldBy::User,
        HeldBy::System => api::HeldBy::System,
        HeldBy::Far => api::HeldBy::Far,
    }
}

pub(super) const fn transfer_kind(kind: TransferKind) -> api::TransferKind {
    match kind {
        TransferKind::Blind => api::TransferKind::Blind,
        TransferKind::Attended => api::TransferKind::Attended,
    }
}

pub(super) const fn play_ending(ending: PlayEnding) -> api::event::PlayEndReason {
    match ending {
        PlayEnding::Finished => api::event::PlayEndReason::Finished,
        PlayEnding::Stopped => api::event::PlayEndReason::Stopped,
        PlayEnding::Replaced => api::event::PlayEndReason::Replaced,
        PlayEnding::Interrupted => api::event::PlayEndReason::Interrupted,
        PlayEnding::Gone => api::event::PlayEndReason::Hangup,
        PlayEnding::Failed => api::event::PlayEndReason::Failed,
    }
}

pub(super) const fn collect_ending(ending: CollectEnding) -> api::event::CollectEndReason {
    match ending {
        CollectEnding::MaxDigits => api::event::CollectEndReason::MaxDigits,
        CollectEnding::Terminator => api::event::CollectEndReason::Terminator,
        CollectEnding::FirstDigitTimeout => api::event::CollectEndReason::FirstDigitTimeout,
        CollectEnding::InterDigitTimeout => api::event::CollectEndReason::InterDigitTimeout,
        CollectEnding::Stopped => api::event::CollectEndReason::Stopped,
        CollectEnding::Gone => api::event::CollectEndReason::Hangup,
    }
}

pub(super) const fn paused_by(by: PausedBy) -> api::event::PauseReason {
    match by {
        PausedBy::Program => api::event::PauseReason::Asked,
        PausedBy::Redaction => api::event::PauseReason::Redaction,
    }
}

pub(super) const fn owner(owner: Owner) -> api::LegOwner {
    match owner {
        Owner::App => api::LegOwner::App,
        Owner::Bridge => api::LegOwner::Bridge,
        Owner::Parked => api::LegOwner::Parked,
    }
}

pub(super) const fn side(side: Side) -> api::event::DtmfSide {
    match side {
        Side::Caller => api::event::DtmfSide::Caller,
        Side::Callee => api::event::DtmfSide::Callee,
    }
}

pub(super) const fn leg_kind(kind: LegKind) -> api::LegKind {
    match kind {
        LegKind::Browser => api::LegKind::Browser,
        LegKind::Sip => api::LegKind::Sip,
    }
}

pub(super) const fn leg_state(state: LegState) -> api::LegState {
    match state {
        LegState::New => api::LegState::New,
        LegState::Offered => api::LegState::Offered,
        LegState::Ringing => api::LegState::Ringing,
        LegState::Early => api::LegState::Early,
        LegState::Answered => api::LegState::Answered,
        LegState::Ended => api::LegState::Ended,
    }
}

pub(super) const fn cause(cause: Cause) -> api::Cause {
    match cause {
        Cause::Normal => api::Cause::Normal,
        Cause::Canceled => api::Cause::Canceled,
        Cause::Busy => api::Cause::Busy,
        Cause::Declined => api::Cause::Declined,
        Cause::NoAnswer => api::Cause::NoAnswer,
        Cause::NotFound => api::Cause::NotFound,
        Cause::Unavailable => api::Cause::Unavailable,
        Cause::Forbidden => api::Cause::Forbidden,
        Cause::InvalidNumber => api::Cause::InvalidNumber,
        Cause::NoRoute => api::Cause::NoRoute,
        Cause::TrunkUnreachable => api::Cause::TrunkUnreachable,
        Cause::TrunkRejected => api::Cause::TrunkRejected,
        Cause::MediaFailed => api::Cause::MediaFailed,
        Cause::MediaTimeout => api::Cause::MediaTimeout,
        Cause::NoCommonCodec => api::Cause::NoCommonCodec,
        Cause::AnsweredElsewhere => api::Cause::AnsweredElsewhere,
        Cause::SessionLost => api::Cause::SessionLost,
        Cause::Transferred => api::Cause::Transferred,
        Cause::LimitReached => api::Cause::LimitReached,
        Cause::RingTimeout => api::Cause::RingTimeout,
        Cause::GatewayError => api::Cause::GatewayError,
        Cause::GatewayRestart => api::Cause::GatewayRestart,
    }
}
