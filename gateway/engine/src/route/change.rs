//! What a route makes of a number: strip, prepend, or rewrite by a regular expression.

use regex::bytes::{Regex, RegexBuilder};

/// Bytes that a compiled expression may take.
const REGEX_BYTES_MAX: usize = 256 * 1024;

/// Signs to take away from the beginning of a number, and signs to put there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Taken away first.
    pub strip: usize,
    /// Put in front then.
    pub prepend: String,
}

impl Change {
    /// The changed number; `None` where there is nothing left of it to put anything in front of.
    pub(super) fn apply(&self, number: &str) -> Option<String> {
        let rest = number.get(self.strip..).filter(|rest| self.strip == 0 || !rest.is_empty())?;
        Some(format!("{}{rest}", self.prepend))
    }
}

/// An expression for whole numbers, and what they become.
#[derive(Clone, Debug)]
pub struct NumberRegex {
    /// As it was written.
    text: String,
    regex: Regex,
    replacement: Option<String>,
}

/// Why an expression cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRegex {
    /// Its grammar, or its size.
    #[error("no regular expression: {0}")]
    Syntax(String),
    /// A group that it does not have.
    #[error("${{{0}}} names a group that the expression does not have")]
    Group(usize),
    /// A `$` that is followed by no group.
    #[error("write groups as ${{1}}")]
    Replacement,
}

impl NumberRegex {
    /// Reads an expression that has to match a whole number, and the replacement with groups as `${1}`.
    ///
    /// # Errors
    ///
    /// [`InvalidRegex`]
    pub fn new(text: &str, replacement: Option<&str>) -> Result<Self, InvalidRegex> {
        let whole =
            RegexBuilder::new(&format!("^(?:{text})$")).unicode(false).size_limit(REGEX_BYTES_MAX).build();
        let regex = whole.map_err(|error| {
            InvalidRegex::Syntax(error.to_string().lines().last().unwrap_or_default().trim().to_owned())
        })?;
        for group in replacement.map_or(Ok(Vec::new()), groups)? {
            if group >= regex.captures_len() {
                return Err(InvalidRegex::Group(group));
            }
        }
        Ok(Self { text: text.to_owned(), regex, replacement: replacement.map(str::to_owned) })
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn is_match(&self, number: &str) -> bool {
        self.regex.is_match(number.as_bytes())
    }

    /// What a number that matches becomes.
    pub(super) fn rewrite(&self, number: &str) -> String {
        let Some(replacement) = &self.replacement else { return number.to_owned() };
        let rewritten = self.regex.replace(number.as_bytes(), replacement.as_bytes());
        String::from_utf8_lossy(&rewritten).into_owned()
    }
}

/// The groups that a replacement names.
fn groups(replacement: &str) -> Result<Vec<usize>, InvalidRegex> {
    let group = |part: &str| {
        let number = part.strip_prefix('{').and_then(|part| part.split_once('}')).map(|(number, _)| number);
        number.and_then(|number| number.parse().ok()).ok_or(InvalidRegex::Replacement)
    };
    replacement.split('$').skip(1).map(group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_stripped_and_prepended() {
        let change =
            |strip, prepend: &str, number| Change { strip, prepend: prepend.to_owned() }.apply(number);
        assert_eq!(change(1, "+49", "0301234").as_deref(), Some("+49301234"));
        assert_eq!(change(0, "9", "600").as_deref(), Some("9600"));
        assert_eq!(change(3, "+", "600"), None);
        assert_eq!(change(4, "+", "600"), None);
    }

    #[test]
    fn an_expression_has_to_match_the_whole_number() {
        let regex = NumberRegex::new(r"0([1-9]\d+)", Some("+49${1}")).unwrap();
        assert!(regex.is_match("0301234") && !regex.is_match("00301234") && !regex.is_match("90301234"));
        assert_eq!(regex.rewrite("0301234"), "+49301234");
        let either = NumberRegex::new("1|2", None).unwrap();
        assert!(either.is_match("1") && !either.is_match("13"), "alternatives are bound as a whole");
        assert_eq!(either.rewrite("1"), "1");
    }

    #[test]
    fn what_cannot_work_is_refused() {
        let refused = |text: &str, replacement: &str| NumberRegex::new(text, Some(replacement)).unwrap_err();
        assert!(matches!(refused("0(", "1"), InvalidRegex::Syntax(_)));
        assert!(matches!(refused(r"(\d{1000}){1000}", "1"), InvalidRegex::Syntax(_)));
        assert_eq!(refused("0(.)", "${2}"), InvalidRegex::Group(2));
        assert_eq!(refused("0(.)", "$1"), InvalidRegex::Replacement);
    }
}
