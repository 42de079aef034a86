//! `History-Info` (RFC 7044 §5).

use super::shape::address;
use super::{ReasonHeader, TypedHeader};
use crate::message::grammar::percent_decode;

address! {
    /// Where the request was sent on its way here, a target each (RFC 7044 §5).
    HistoryInfo: List
}

impl HistoryInfo {
    /// The place of the target in the tree of targets: `1`, `1.1`, `1.2`, ...
    pub fn index(&self) -> Option<&str> {
        self.params.get("index")
    }

    /// Why the request was sent on from this target, out of the headers of its URI.
    pub fn reason(&self) -> Option<ReasonHeader> {
        let (_, value) = self.uri.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("Reason"))?;
        ReasonHeader::parse(&String::from_utf8(percent_decode(value)).ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_has_an_index_and_a_reason() {
        let value = "<sip:bob@192.0.2.4?Reason=SIP%3Bcause%3D302%3Btext%3D%22Moved%22>;index=1.1;rc=1";
        let entry = HistoryInfo::parse(value).unwrap();
        let reason = entry.reason().unwrap();
        assert_eq!((entry.index(), reason.cause(), reason.text()), (Some("1.1"), Some(302), Some("Moved")));
    }
}
