//! The name of a dialog: its Call-ID and both its tags.

use crate::message::Params;
use crate::message::header::{CallId, HeaderError, TypedHeader, parse_whole};
use crate::message::params::params;

/// A header that names a dialog, with the parameters that hold its two tags.
macro_rules! dialog_id {
    ($(#[$doc:meta])* $name:ident {
        $(#[$ours_doc:meta])* $ours:ident = $ours_param:literal,
        $(#[$theirs_doc:meta])* $theirs:ident = $theirs_param:literal,
    }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            /// Its Call-ID.
            pub call_id: $crate::message::header::CallId,
            #[doc = concat!("`", $ours_param, "`, `", $theirs_param, "`, ...")]
            pub params: $crate::message::Params,
        }

        impl $name {
            $(#[$ours_doc])*
            pub fn $ours(&self) -> Option<&str> {
                self.params.get($ours_param)
            }

            $(#[$theirs_doc])*
            pub fn $theirs(&self) -> Option<&str> {
                self.params.get($theirs_param)
            }
        }

        impl $crate::message::TypedHeader for $name {
            const NAME: $crate::message::HeaderName = $crate::message::HeaderName::$name;
            const SHAPE: $crate::message::header::Shape = $crate::message::header::Shape::Single;

            fn parse(value: &str) -> Result<Self, $crate::message::HeaderError> {
                let tags = [$ours_param, $theirs_param];
                let (call_id, params) = $crate::message::header::shape::dialog_id::parse::<Self>(value, tags)?;
                Ok(Self { call_id, params })
            }

            fn write(&self, out: &mut String) {
                $crate::message::TypedHeader::write(&self.call_id, out);
                self.params.write(out);
            }
        }
    };
}

pub(in crate::message::header) use dialog_id;

/// A Call-ID and parameters, both tags among them.
pub(in crate::message::header) fn parse<H: TypedHeader>(
    value: &str,
    tags: [&str; 2],
) -> Result<(CallId, Params), HeaderError> {
    let malformed = || HeaderError::Malformed(H::NAME);
    let end = value.find([';', ' ', '\t']).ok_or_else(malformed)?;
    let call_id = CallId::parse(&value[..end]).map_err(|_| malformed())?;
    let params = parse_whole::<H, _>(&value[end..], params)?;
    if tags.iter().all(|tag| params.contains(tag)) { Ok((call_id, params)) } else { Err(malformed()) }
}
