//! `Session-Expires` and `Min-SE` (RFC 4028).

use nom::Parser;

use super::{HeaderError, Shape, TypedHeader, parse_whole, push_display};
use crate::message::grammar::number;
use crate::message::name::HeaderName;
use crate::message::params::{Params, params};

/// Who keeps the session alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refresher {
    /// The side that sent the request this header answers.
    Uac,
    /// The side that answers it.
    Uas,
}

/// How long a session holds without a refresh (RFC 4028 §4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionExpires {
    /// Seconds.
    pub seconds: u32,
    /// `refresher` and extensions.
    pub params: Params,
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

/// The least session interval the sender accepts (RFC 4028 §5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MinSe {
    /// Seconds.
    pub seconds: u32,
    /// Extensions.
    pub params: Params,
}

macro_rules! seconds_and_params {
    ($($name:ident),*) => {$(
        impl TypedHeader for $name {
            const NAME: HeaderName = HeaderName::$name;
            const SHAPE: Shape = Shape::Single;

            fn parse(value: &str) -> Result<Self, HeaderError> {
                let (seconds, params) = parse_whole::<Self, _>(value, |rest| (number, params).parse(rest))?;
                Ok(Self { seconds, params })
            }

            fn write(&self, out: &mut String) {
                push_display(out, &self.seconds);
                self.params.write(out);
            }
        }
    )*};
}

seconds_and_params!(SessionExpires, MinSe);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_refresher_is_a_word_in_any_case() {
        let header = SessionExpires::parse("1800 ; refresher=UAS").unwrap();
        assert_eq!((header.seconds, header.refresher()), (1800, Some(Refresher::Uas)));
        assert_eq!(SessionExpires::parse("90").unwrap().refresher(), None);
    }
}
