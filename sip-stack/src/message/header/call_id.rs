//! `Call-ID` (RFC 3261 §20.8).

use super::{HeaderError, Shape, TypedHeader};
use crate::message::byte_set::ByteSet;
use crate::message::name::HeaderName;
use crate::message::text::Text;

/// What all messages of a dialog, and all registrations of a client, have in common. Case matters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub Text);

impl TypedHeader for CallId {
    const NAME: HeaderName = HeaderName::CallId;
    const SHAPE: Shape = Shape::Single;

    fn parse(value: &str) -> Result<Self, HeaderError> {
        let well_formed = match WORD.run(value.as_bytes()) {
            0 => false,
            end if end == value.len() => true,
            end => value[end..].strip_prefix('@').is_some_and(is_word),
        };
        well_formed.then(|| Self(Text::from_word(value))).ok_or(HeaderError::Malformed(Self::NAME))
    }

    fn write(&self, out: &mut String) {
        out.push_str(&self.0);
    }
}

/// `word`
fn is_word(text: &str) -> bool {
    !text.is_empty() && WORD.run(text.as_bytes()) == text.len()
}

static WORD: ByteSet = ByteSet::alphanumeric_and(b"-.!%*_+`'~()<>:\\\"/[]?{}");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_or_two_around_an_at() {
        for good in ["a84b4c76e66710", "f81d4fae@[::1]", "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{"] {
            assert!(CallId::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "a b", "a@", "@b", "a@b@c", "a,b"] {
            assert!(CallId::parse(bad).is_err(), "{bad}");
        }
    }
}
