//! `Session-Expires` (RFC 4028 §4).

use super::shape::seconds;
use crate::message::Params;

seconds! {
    /// How long a session holds without a refresh; `refresher` is among its parameters (RFC 4028 §4).
    SessionExpires
}

/// Who keeps the session alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refresher {
    /// The side that sent the request this header answers.
    Uac,
    /// The side that answers it.
    Uas,
}

impl SessionExpires {
    /// The header with or without a word on who refreshes.
    pub fn new(seconds: u32, refresher: Option<Refresher>) -> Self {
        let mut params = Params::new();
        match refresher {
            Some(Refresher::Uac) => params.set("refresher", "uac"),
            Some(Refresher::Uas) => params.set("refresher", "uas"),
            None => {}
        }
        Self { seconds, params }
    }

    /// Who refreshes, if it says so.
    pub fn refresher(&self) -> Option<Refresher> {
        let word = self.params.get("refresher")?;
        [("uac", Refresher::Uac), ("uas", Refresher::Uas)]
            .into_iter()
            .find_map(|(name, refresher)| name.eq_ignore_ascii_case(word).then_some(refresher))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::TypedHeader;

    #[test]
    fn the_refresher_is_a_word_in_any_case() {
        let header = SessionExpires::parse("1800 ; refresher=UAS").unwrap();
        assert_eq!((header.seconds, header.refresher()), (1800, Some(Refresher::Uas)));
        assert_eq!(SessionExpires::parse("90").unwrap().refresher(), None);
    }
}
