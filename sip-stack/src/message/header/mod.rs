//! Typed headers, one a file; what several have in common is in [`shape`].

mod accept;
mod accept_contact;
mod accept_encoding;
mod accept_language;
mod accept_resource_priority;
mod alert_info;
mod allow;
mod allow_events;
mod answer_mode;
mod authentication_info;
mod authorization;
mod call_id;
mod call_info;
mod contact;
mod content_disposition;
mod content_encoding;
mod content_language;
mod content_length;
mod content_type;
mod cseq;
mod date;
mod diversion;
mod error_info;
mod event;
mod expires;
mod feature_caps;
mod flow_timer;
mod from;
mod geolocation;
mod geolocation_error;
mod geolocation_routing;
mod history_info;
mod identity;
mod in_reply_to;
mod info_package;
mod join;
mod max_breadth;
mod max_forwards;
mod mime_version;
mod min_expires;
mod min_se;
mod organization;
mod p_asserted_identity;
mod p_preferred_identity;
mod path;
mod policy_contact;
mod policy_id;
mod priority;
mod priv_answer_mode;
mod privacy;
mod proxy_authenticate;
mod proxy_authentication_info;
mod proxy_authorization;
mod proxy_require;
mod rack;
mod reason;
mod record_route;
mod recv_info;
mod refer_sub;
mod refer_to;
mod referred_by;
mod reject_contact;
mod remote_party_id;
mod replaces;
mod reply_to;
mod request_disposition;
mod require;
mod resource_priority;
mod retry_after;
mod route;
mod rseq;
mod security_client;
mod security_server;
mod security_verify;
mod server;
mod service_route;
mod session_expires;
mod session_id;
mod shape;
mod sip_etag;
mod sip_if_match;
mod subject;
mod subscription_state;
mod supported;
mod suppress_if_match;
mod target_dialog;
mod timestamp;
mod to;
mod unsupported;
mod user_agent;
mod user_to_user;
mod via;
mod warning;
mod www_authenticate;

pub use accept::Accept;
pub use accept_contact::AcceptContact;
pub use accept_encoding::AcceptEncoding;
pub use accept_language::AcceptLanguage;
pub use accept_resource_priority::AcceptResourcePriority;
pub use alert_info::AlertInfo;
pub use allow::Allow;
pub use allow_events::AllowEvents;
pub use answer_mode::AnswerMode;
pub use authentication_info::AuthenticationInfo;
pub use authorization::Authorization;
pub use call_id::CallId;
pub use call_info::CallInfo;
pub use contact::Contact;
pub use content_disposition::ContentDisposition;
pub use content_encoding::ContentEncoding;
pub use content_language::ContentLanguage;
pub use content_length::ContentLength;
pub use content_type::ContentType;
pub use cseq::CSeq;
pub use date::Date;
pub use diversion::Diversion;
pub use error_info::ErrorInfo;
pub use event::Event;
pub use expires::Expires;
pub use feature_caps::FeatureCaps;
pub use flow_timer::FlowTimer;
pub use from::From;
pub use geolocation::Geolocation;
pub use geolocation_error::GeolocationError;
pub use geolocation_routing::GeolocationRouting;
pub use history_info::HistoryInfo;
pub use identity::Identity;
pub use in_reply_to::InReplyTo;
pub use info_package::InfoPackage;
pub use join::Join;
pub use max_breadth::MaxBreadth;
pub use max_forwards::MaxForwards;
pub use mime_version::MimeVersion;
pub use min_expires::MinExpires;
pub use min_se::MinSe;
pub use organization::Organization;
pub use p_asserted_identity::PAssertedIdentity;
pub use p_preferred_identity::PPreferredIdentity;
pub use path::Path;
pub use policy_contact::PolicyContact;
pub use policy_id::PolicyId;
pub use priority::Priority;
pub use priv_answer_mode::PrivAnswerMode;
pub use privacy::Privacy;
pub use proxy_authenticate::ProxyAuthenticate;
pub use proxy_authentication_info::ProxyAuthenticationInfo;
pub use proxy_authorization::ProxyAuthorization;
pub use proxy_require::ProxyRequire;
pub use rack::RAck;
pub use reason::ReasonHeader;
pub use record_route::RecordRoute;
pub use recv_info::RecvInfo;
pub use refer_sub::ReferSub;
pub use refer_to::ReferTo;
pub use referred_by::ReferredBy;
pub use reject_contact::RejectContact;
pub use remote_party_id::RemotePartyId;
pub use replaces::Replaces;
pub use reply_to::ReplyTo;
pub use request_disposition::RequestDisposition;
pub use require::Require;
pub use resource_priority::ResourcePriority;
pub use retry_after::RetryAfter;
pub use route::Route;
pub use rseq::RSeq;
pub use security_client::SecurityClient;
pub use security_server::SecurityServer;
pub use security_verify::SecurityVerify;
pub use server::Server;
pub use service_route::ServiceRoute;
pub use session_expires::{Refresher, SessionExpires};
pub use session_id::{InvalidSessionUuid, SessionId, SessionUuid};
pub use shape::{AuthValue, ResourceValue, TokenParams};
pub use sip_etag::SipEtag;
pub use sip_if_match::SipIfMatch;
pub use subject::Subject;
pub use subscription_state::{Subscription, SubscriptionState};
pub use supported::Supported;
pub use suppress_if_match::SuppressIfMatch;
pub use target_dialog::TargetDialog;
pub use timestamp::Timestamp;
pub use to::To;
pub use unsupported::Unsupported;
pub use user_agent::UserAgent;
pub use user_to_user::UserToUser;
pub use via::{MAGIC_COOKIE, Via};
pub use warning::Warning;
pub use www_authenticate::WwwAuthenticate;

use super::grammar::{self, Parsed};
use super::name::HeaderName;

/// What can be wrong with a header.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// The value does not follow the header's grammar, or a number in it does not fit.
    #[error("malformed {0}")]
    Malformed(HeaderName),
    /// A header that may come once comes more often.
    #[error("more than one {0}")]
    Repeated(HeaderName),
    /// The header has more values than [`LIST_VALUES_MAX`](super::limits::LIST_VALUES_MAX).
    #[error("too many values of {0}")]
    TooMany(HeaderName),
}

/// How the lines of a header make up its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One line, one value.
    Single,
    /// Any number of lines of comma-separated values; each is one typed value.
    List,
    /// Any number of lines; each is one typed value, with commas of its own.
    Lines,
    /// Any number of lines of comma-separated words; all together are one typed value.
    Joined,
}

/// A header whose value has a type.
pub trait TypedHeader: Sized {
    /// Which header.
    const NAME: HeaderName;
    /// How its lines make up its values.
    const SHAPE: Shape;

    /// Reads one value.
    ///
    /// # Errors
    /// The value is malformed.
    fn parse(value: &str) -> Result<Self, HeaderError>;

    /// Reads the first value of a line of [`Shape::List`]; with it comes what follows its comma, if there is one.
    ///
    /// # Errors
    /// The value is malformed.
    fn parse_first(line: &str) -> Result<(Self, Option<&str>), HeaderError> {
        let (value, rest) = grammar::split_first(line);
        Self::parse(value).map(|header| (header, rest))
    }

    /// Appends the value as it travels.
    fn write(&self, out: &mut String);
}

/// Runs a rule that has to eat the whole value of a header.
fn parse_whole<'a, H: TypedHeader, T>(
    value: &'a str,
    rule: impl FnMut(&'a str) -> Parsed<'a, T>,
) -> Result<T, HeaderError> {
    grammar::complete(value, rule).ok_or(HeaderError::Malformed(H::NAME))
}

/// Runs a rule that eats the first value of a list and nothing of its comma.
fn parse_first<'a, H: TypedHeader, T>(
    line: &'a str,
    rule: impl FnOnce(&'a str) -> Parsed<'a, T>,
) -> Result<(T, Option<&'a str>), HeaderError> {
    grammar::first(line, rule).ok_or(HeaderError::Malformed(H::NAME))
}

/// Appends what prints itself.
fn push_display(out: &mut String, value: &impl std::fmt::Display) {
    use std::fmt::Write as _;
    // A String takes whatever is written to it.
    let _ = write!(out, "{value}");
}
