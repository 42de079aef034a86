//! Why calls end, and what SIP and Q.850 call it.

/// Why a call, or one leg of it, ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// Somebody hung up a call that was answered.
    Normal,
    /// The caller gave up before an answer.
    Canceled,
    /// The callee is in another call.
    Busy,
    /// The callee refused.
    Declined,
    /// The callee's phone gave up ringing.
    NoAnswer,
    /// The number does not exist.
    NotFound,
    /// The callee has no phone connected.
    Unavailable,
    /// The caller may not place this call.
    Forbidden,
    /// The number is not one.
    InvalidNumber,
    /// No route leads to the number.
    NoRoute,
    /// The trunk does not answer.
    TrunkUnreachable,
    /// The trunk refused the call.
    TrunkRejected,
    /// The sound could not be set up.
    MediaFailed,
    /// The sound stopped.
    MediaTimeout,
    /// Both sides share no codec.
    NoCommonCodec,
    /// Another phone of the callee took the call.
    AnsweredElsewhere,
    /// The browser went away.
    SessionLost,
    /// The call goes on without this leg: it was handed over.
    Transferred,
    /// A limit on calls is reached.
    LimitReached,
    /// Nobody answered within the gateway's own limit.
    RingTimeout,
    /// The gateway is at fault.
    GatewayError,
    /// The gateway was stopped.
    GatewayRestart,
}

/// Whether a final response came from the network or from our own timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The peer sent it.
    Peer,
    /// Timer B or a dead transport made it up.
    Local,
}

impl Cause {
    /// What a final response to our INVITE means.
    pub const fn from_sip(code: u16, origin: Origin) -> Self {
        match (origin, code) {
            (Origin::Local, _) => Self::TrunkUnreachable,
            (_, 404 | 410 | 604) => Self::NotFound,
            (_, 408) => Self::NoAnswer,
            (_, 480) => Self::Unavailable,
            (_, 484 | 485) => Self::InvalidNumber,
            (_, 486 | 600) => Self::Busy,
            (_, 487) => Self::Canceled,
            (_, 488 | 606) => Self::NoCommonCodec,
            (_, 603 | 607 | 608) => Self::Declined,
            (_, 502..=504) => Self::TrunkUnreachable,
            (_, _) => Self::TrunkRejected,
        }
    }

    /// The final response to an INVITE that fails for this cause.
    pub const fn to_sip(self) -> u16 {
        match self {
            // A peer that still waits for an answer learns that its caller is gone.
            Self::Normal | Self::Canceled | Self::AnsweredElsewhere | Self::Transferred => 487,
            // RFC 3261 §21.6.2 lets a 6xx end all branches; one phone's refusal speaks for itself only.
            Self::Busy | Self::Declined => 486,
            Self::NoAnswer | Self::RingTimeout | Self::Unavailable | Self::SessionLost => 480,
            Self::NotFound | Self::NoRoute => 404,
            Self::Forbidden => 403,
            Self::InvalidNumber => 484,
            Self::NoCommonCodec => 488,
            Self::TrunkUnreachable | Self::TrunkRejected | Self::LimitReached | Self::GatewayRestart => 503,
            Self::MediaFailed | Self::MediaTimeout | Self::GatewayError => 500,
        }
    }

    /// The Q.850 cause (ITU-T Q.850 table 1; mapping in the spirit of RFC 3398 §7.2.4.1 and §8.2.6.1).
    pub const fn q850(self) -> u16 {
        match self {
            Self::NotFound => 1,
            Self::NoRoute => 3,
            Self::Normal | Self::Canceled | Self::Transferred => 16,
            Self::Busy => 17,
            Self::RingTimeout => 18,
            Self::NoAnswer => 19,
            Self::Unavailable | Self::SessionLost => 20,
            Self::Declined | Self::TrunkRejected | Self::Forbidden => 21,
            Self::AnsweredElsewhere => 26,
            Self::TrunkUnreachable => 27,
            Self::InvalidNumber => 28,
            Self::LimitReached => 34,
            Self::GatewayError | Self::GatewayRestart | Self::MediaFailed | Self::MediaTimeout => 41,
            Self::NoCommonCodec => 65,
        }
    }

    /// A word for a `Reason` header.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Normal => "Normal call clearing",
            Self::Canceled => "Caller gave up",
            Self::Busy => "User busy",
            Self::Declined => "Call rejected",
            Self::NoAnswer | Self::RingTimeout => "No answer",
            Self::NotFound => "Unallocated number",
            Self::Unavailable => "No phone connected",
            Self::Forbidden => "Not allowed",
            Self::InvalidNumber => "Invalid number",
            Self::NoRoute => "No route to destination",
            Self::TrunkUnreachable => "Destination out of order",
            Self::TrunkRejected => "Refused by the next hop",
            Self::MediaFailed | Self::MediaTimeout => "Media failure",
            Self::NoCommonCodec => "No common codec",
            Self::AnsweredElsewhere => "Call completed elsewhere",
            Self::Transferred => "Call transferred",
            Self::SessionLost => "Connection to the browser lost",
            Self::LimitReached => "Limit reached",
            Self::GatewayError => "Temporary failure",
            Self::GatewayRestart => "Gateway restart",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_of_a_phone_keep_their_meaning() {
        let meanings = [
            (404, Cause::NotFound),
            (480, Cause::Unavailable),
            (486, Cause::Busy),
            (600, Cause::Busy),
            (603, Cause::Declined),
            (488, Cause::NoCommonCodec),
            (503, Cause::TrunkUnreachable),
            (403, Cause::TrunkRejected),
            (302, Cause::TrunkRejected),
        ];
        for (code, cause) in meanings {
            assert_eq!(Cause::from_sip(code, Origin::Peer), cause, "{code}");
        }
    }

    #[test]
    fn our_own_timer_blames_the_trunk() {
        assert_eq!(Cause::from_sip(408, Origin::Local), Cause::TrunkUnreachable);
        assert_eq!(Cause::from_sip(408, Origin::Peer), Cause::NoAnswer);
    }
}
