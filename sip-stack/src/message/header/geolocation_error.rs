//! `Geolocation-Error` (RFC 6442 §4.3).

use nom::Parser;
use nom::combinator::verify;

use super::{HeaderError, Shape, TypedHeader, parse_whole, push_display};
use crate::message::grammar::number;
use crate::message::name::HeaderName;
use crate::message::params::{Params, params};

/// What was wrong with the location of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeolocationError {
    /// At most three digits: 100 that it cannot be read, 200 and 300 that the sender has to allow more.
    pub error: u16,
    /// `code`, which is the error in words, and extensions.
    pub params: Params,
}

impl TypedHeader for GeolocationError {
    const NAME: HeaderName = HeaderName::GeolocationError;
    const SHAPE: Shape = Shape::Single;

    fn parse(value: &str) -> Result<Self, HeaderError> {
        let mut rule = (verify(number, |error: &u16| *error < 1000), params);
        let (error, params) = parse_whole::<Self, _>(value, |rest| rule.parse(rest))?;
        Ok(Self { error, params })
    }

    fn write(&self, out: &mut String) {
        push_display(out, &self.error);
        self.params.write(out);
    }
}
