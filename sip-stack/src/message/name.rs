//! Header names: the registered ones as variants, with their compact forms.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use smol_str::SmolStr;

use super::grammar;
use super::header::TypedHeader;

macro_rules! names {
    ($($variant:ident = $name:literal $(/ $compact:literal)?;)*) => {
        /// The name of a header. Names compare without regard to case; a compact form is its long form.
        #[derive(Clone, Debug)]
        #[allow(missing_docs)]
        pub enum HeaderName {
            $($variant,)*
            /// Any other token; parse one to get it.
            Extension(ExtensionName),
        }

        /// The names without what an extension carries, so that the tables copy a byte.
        #[derive(Clone, Copy, PartialEq, Eq)]
        pub(super) enum Known {
            $($variant,)*
        }

        /// Every spelling, long and compact.
        const SPELLINGS: &[(Known, &str)] = &[
            $((Known::$variant, $name),)*
            $($((Known::$variant, $compact),)?)*
        ];

        impl From<Known> for HeaderName {
            fn from(known: Known) -> Self {
                match known {
                    $(Known::$variant => Self::$variant,)*
                }
            }
        }

        impl HeaderName {
            /// The long form, as the RFCs write it; an extension's name in the case it came in.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $name,)*
                    Self::Extension(name) => name.0.as_str(),
                }
            }
        }
    };
}

names! {
    Accept = "Accept";
    AcceptContact = "Accept-Contact" / "a";
    AcceptEncoding = "Accept-Encoding";
    AcceptLanguage = "Accept-Language";
    AcceptResourcePriority = "Accept-Resource-Priority";
    AlertInfo = "Alert-Info";
    Allow = "Allow";
    AllowEvents = "Allow-Events" / "u";
    AnswerMode = "Answer-Mode";
    AuthenticationInfo = "Authentication-Info";
    Authorization = "Authorization";
    CallId = "Call-ID" / "i";
    CallInfo = "Call-Info";
    Contact = "Contact" / "m";
    ContentDisposition = "Content-Disposition";
    ContentEncoding = "Content-Encoding" / "e";
    ContentId = "Content-ID";
    ContentLanguage = "Content-Language";
    ContentLength = "Content-Length" / "l";
    ContentTransferEncoding = "Content-Transfer-Encoding";
    ContentType = "Content-Type" / "c";
    CSeq = "CSeq";
    Date = "Date";
    Diversion = "Diversion";
    ErrorInfo = "Error-Info";
    Event = "Event" / "o";
    Expires = "Expires";
    FeatureCaps = "Feature-Caps";
    FlowTimer = "Flow-Timer";
    From = "From" / "f";
    Geolocation = "Geolocation";
    GeolocationError = "Geolocation-Error";
    GeolocationRouting = "Geolocation-Routing";
    HistoryInfo = "History-Info";
    Identity = "Identity" / "y";
    InReplyTo = "In-Reply-To";
    InfoPackage = "Info-Package";
    Join = "Join";
    MaxBreadth = "Max-Breadth";
    MaxForwards = "Max-Forwards";
    MimeVersion = "MIME-Version";
    MinExpires = "Min-Expires";
    MinSe = "Min-SE";
    Organization = "Organization";
    PAccessNetworkInfo = "P-Access-Network-Info";
    PAssertedIdentity = "P-Asserted-Identity";
    PPreferredIdentity = "P-Preferred-Identity";
    Path = "Path";
    PolicyContact = "Policy-Contact";
    PolicyId = "Policy-ID";
    Priority = "Priority";
    PrivAnswerMode = "Priv-Answer-Mode";
    Privacy = "Privacy";
    ProxyAuthenticate = "Proxy-Authenticate";
    ProxyAuthenticationInfo = "Proxy-Authentication-Info";
    ProxyAuthorization = "Proxy-Authorization";
    ProxyRequire = "Proxy-Require";
    RAck = "RAck";
    Reason = "Reason";
    RecordRoute = "Record-Route";
    RecvInfo = "Recv-Info";
    ReferSub = "Refer-Sub";
    ReferTo = "Refer-To" / "r";
    ReferredBy = "Referred-By" / "b";
    RejectContact = "Reject-Contact" / "j";
    RemotePartyId = "Remote-Party-ID";
    Replaces = "Replaces";
    ReplyTo = "Reply-To";
    RequestDisposition = "Request-Disposition" / "d";
    Require = "Require";
    ResourcePriority = "Resource-Priority";
    RetryAfter = "Retry-After";
    Route = "Route";
    RSeq = "RSeq";
    SecurityClient = "Security-Client";
    SecurityServer = "Security-Server";
    SecurityVerify = "Security-Verify";
    Server = "Server";
    ServiceRoute = "Service-Route";
    SessionExpires = "Session-Expires" / "x";
    SessionId = "Session-ID";
    SipEtag = "SIP-ETag";
    SipIfMatch = "SIP-If-Match";
    Subject = "Subject" / "s";
    SubscriptionState = "Subscription-State";
    Supported = "Supported" / "k";
    SuppressIfMatch = "Suppress-If-Match";
    TargetDialog = "Target-Dialog";
    Timestamp = "Timestamp";
    To = "To" / "t";
    Unsupported = "Unsupported";
    UserAgent = "User-Agent";
    UserToUser = "User-to-User";
    Via = "Via" / "v";
    Warning = "Warning";
    WwwAuthenticate = "WWW-Authenticate";
}

/// An open hash table over [`SPELLINGS`], made when compiling: every header of every message is looked up here.
const SLOTS: [u8; 512] = {
    let mut slots = [u8::MAX; 512];
    let mut index = 0;
    while index < SPELLINGS.len() {
        let mut at = slot(SPELLINGS[index].1.as_bytes());
        while slots[at] != u8::MAX {
            at = (at + 1) % slots.len();
        }
        slots[at] = index as u8;
        index += 1;
    }
    slots
};

const _: () = assert!(SPELLINGS.len() < u8::MAX as usize);

/// Where a spelling is looked for first: by length, first, middle and last letter.
const fn slot(text: &[u8]) -> usize {
    let len = text.len();
    if len == 0 {
        return 0;
    }
    let letters = [text[0] | 0x20, text[len / 2] | 0x20, text[len - 1] | 0x20];
    (len * 37 + letters[0] as usize * 7 + letters[1] as usize * 59 + letters[2] as usize * 131) % 512
}

/// How a name came.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// As we write it.
    Ours,
    /// In another case, or compact.
    Other,
}

/// A name that is no variant of [`HeaderName`]; only the parser makes one.
#[derive(Clone, Debug)]
pub struct ExtensionName(SmolStr);

impl HeaderName {
    /// The known name for a token in any case, long or compact.
    #[inline]
    pub(super) fn known(token: &[u8]) -> Option<(Known, Spelling)> {
        let mut at = slot(token);
        while let Some((known, spelling)) = SPELLINGS.get(usize::from(SLOTS[at])) {
            let spelling = spelling.as_bytes();
            if spelling == token {
                let is_long = token.len() > 1;
                return Some((*known, if is_long { Spelling::Ours } else { Spelling::Other }));
            }
            if spelling.eq_ignore_ascii_case(token) {
                return Some((*known, Spelling::Other));
            }
            at = (at + 1) % SLOTS.len();
        }
        None
    }

    /// The name for bytes off the wire.
    #[inline]
    pub(crate) fn of_token(bytes: &[u8]) -> Option<Self> {
        Self::known(bytes).map(|(known, _)| known.into()).or_else(|| Self::extension(bytes))
    }

    /// Whether it is the name of a typed header; those are never extensions.
    #[inline]
    pub(super) fn is_known<H: TypedHeader>(&self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(&H::NAME)
    }

    fn extension(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok().filter(|text| grammar::is_token(text))?;
        Some(Self::Extension(ExtensionName(text.into())))
    }
}

impl PartialEq for HeaderName {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
            && match (self, other) {
                (Self::Extension(ours), Self::Extension(theirs)) => ours.0.eq_ignore_ascii_case(&theirs.0),
                _ => true,
            }
    }
}

impl Eq for HeaderName {}

impl Hash for HeaderName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().to_ascii_lowercase().hash(state);
    }
}

/// The text is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a header name is a token")]
pub struct InvalidHeaderName;

impl FromStr for HeaderName {
    type Err = InvalidHeaderName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::of_token(text.as_bytes()).ok_or(InvalidHeaderName)
    }
}

impl fmt::Display for HeaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_name_is_the_same_name() {
        for (known, text) in SPELLINGS {
            let name = HeaderName::from(*known);
            assert_eq!(text.parse().as_ref(), Ok(&name));
            assert_eq!(text.to_ascii_uppercase().parse(), Ok(name));
        }
    }

    #[test]
    fn extensions_keep_their_spelling_and_compare_without_case() {
        let name: HeaderName = "X-Custom".parse().unwrap();
        assert_eq!(name.as_str(), "X-Custom");
        assert_eq!("x-CUSTOM".parse(), Ok(name));
        assert_eq!("X Y".parse::<HeaderName>(), Err(InvalidHeaderName));
        assert_eq!("X:\r\n".parse::<HeaderName>(), Err(InvalidHeaderName));
    }
}
