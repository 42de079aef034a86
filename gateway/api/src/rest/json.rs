//! Request bodies: JSON in, a value or a problem that names the field.

use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};

use super::problem::Problem;
use crate::error::ErrorCode;

/// The JSON pointer (RFC 6901) of a place in a document.
pub fn pointer(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path.iter() {
        let text = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } => key.replace('~', "~0").replace('/', "~1"),
            Segment::Enum { .. } | Segment::Unknown => continue,
        };
        pointer.push('/');
        pointer.push_str(&text);
    }
    pointer
}

/// Reads a request's body.
///
/// # Errors
///
/// A 400 problem if it is not JSON; a 422 problem that points at the field if a field is unknown, missing or wrong.
pub fn from_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Box<Problem>> {
    let value: serde_json::Value = serde_json::from_slice(body)
        .map_err(|error| Box::new(Problem::new(ErrorCode::MalformedJson).detail(error.to_string())))?;
    serde_path_to_error::deserialize(value).map_err(|error| {
        let pointer = pointer(error.path());
        let detail = error.into_inner().to_string();
        // serde has no kinds of errors to match on; this is the wording of its derive.
        let code = if detail.starts_with("unknown field") {
            ErrorCode::UnknownField
        } else {
            ErrorCode::InvalidMessage
        };
        Box::new(Problem::new(code).field(pointer, code, detail))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rest::{CreateCall, CreateToken};

    fn refused<T: DeserializeOwned + std::fmt::Debug>(body: &str) -> Problem {
        *from_json::<T>(body.as_bytes()).unwrap_err()
    }

    #[test]
    fn an_unknown_field_is_named_by_its_pointer() {
        let problem = refused::<CreateCall>(r#"{"from_user":"ann","to":"600","colour":1}"#);
        assert_eq!((problem.status, problem.code.as_str()), (422, "unknown-field"));
        assert_eq!(problem.errors[0].pointer, "/colour");
    }

    #[test]
    fn a_nested_unknown_field_is_named_by_its_pointer() {
        let problem = refused::<CreateToken>(r#"{"user":"ann","grants":{"x/y":1}}"#);
        assert_eq!(problem.errors[0].pointer, "/grants/x~1y");
    }

    #[test]
    fn a_wrong_type_inside_a_list_is_named_by_its_pointer() {
        let problem = refused::<CreateToken>(r#"{"user":"ann","grants":{"destinations":["600", 7]}}"#);
        assert_eq!((problem.status, problem.errors[0].pointer.as_str()), (422, "/grants/destinations/1"));
    }

    #[test]
    fn a_missing_field_says_its_name() {
        let problem = refused::<CreateCall>(r#"{"to":"600"}"#);
        assert!(problem.errors[0].detail.contains("from_user"));
    }

    #[test]
    fn no_json_is_a_400() {
        assert_eq!(refused::<CreateCall>("{").status, 400);
    }
}
