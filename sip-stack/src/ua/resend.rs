//! The same request once more, changed as a response asked for (RFC 3261 §8.1.3.5, §22.2).

use crate::endpoint::core::Core;
use crate::message::header::{CSeq, MinSe, SessionExpires};
use crate::message::{Header, HeaderName, Request};
use crate::transaction::TransactionId;
use crate::transaction::hop::Hop;
use crate::ua::answers::Answers;
use crate::ua::user::User;

/// What is different this time.
#[derive(Debug)]
pub(crate) enum Change {
    /// The answer to a challenge.
    Authorize(Answers),
    /// A longer session interval (RFC 4028 §7.3).
    SessionInterval { expires_s: u32, min_se: u32 },
    /// A longer registration (RFC 3261 §10.2.8).
    Expires(u32),
    /// A registration by address instead of by flow (RFC 5626 §4.2.1).
    Contact(String),
}

impl Change {
    /// The `Min-SE` that the rest of the call repeats.
    pub(crate) fn min_se(&self) -> Option<u32> {
        match self {
            Self::SessionInterval { min_se, .. } => Some(*min_se),
            Self::Authorize(_) | Self::Expires(_) | Self::Contact(_) => None,
        }
    }
}

/// Sends a copy of `request` with this sequence number and change, in a new transaction.
pub(crate) fn resend(
    core: &mut Core,
    request: &Request,
    number: u32,
    change: Change,
    hop: impl Into<Hop>,
    user: User,
) -> TransactionId {
    let mut copy = request.clone();
    copy.headers.remove(&HeaderName::Via);
    copy.headers.set(Header::from_typed(&CSeq { number, method: copy.method.clone() }));
    match change {
        Change::Authorize(answers) => answers.put(&mut copy.headers),
        Change::Expires(seconds) => copy.headers.set(Header::new(HeaderName::Expires, seconds.to_string())),
        Change::Contact(contact) => {
            copy.headers.set(Header::new(HeaderName::Contact, contact));
            copy.headers.remove(&HeaderName::Supported);
        }
        Change::SessionInterval { expires_s, min_se } => {
            let refresher =
                request.headers.typed::<SessionExpires>().ok().flatten().and_then(|now| now.refresher());
            copy.headers.set(Header::from_typed(&SessionExpires::new(expires_s, refresher)));
            copy.headers.set(Header::from_typed(&MinSe { seconds: min_se, params: Default::default() }));
        }
    }
    core.request(copy, hop, user)
}
