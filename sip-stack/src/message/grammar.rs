//! The basic rules of RFC 3261 §25.1, on one unfolded header value.

use nom::bytes::complete::{take_while, take_while_m_n, take_while1};
use nom::character::complete::char;
use nom::combinator::map_res;
use nom::error::{Error, ErrorKind};
use nom::sequence::delimited;
use nom::{Err, IResult, Parser};

use super::limits::COMMENT_DEPTH_MAX;

pub(crate) type Parsed<'a, T> = IResult<&'a str, T>;

pub(crate) fn fail<T>(input: &str) -> Parsed<'_, T> {
    Err(Err::Error(Error::new(input, ErrorKind::Verify)))
}

/// Runs a rule that has to eat the whole value.
pub(crate) fn complete<'a, T>(value: &'a str, rule: impl FnMut(&'a str) -> Parsed<'a, T>) -> Option<T> {
    let mut rule = rule;
    match rule(value.trim_matches(BLANKS)) {
        Ok(("", parsed)) => Some(parsed),
        Ok(_) | Err(_) => None,
    }
}

/// What a header value is padded with.
pub(crate) const BLANKS: [char; 2] = [' ', '\t'];

/// Which bytes a `token` is made of; a table, since every header name runs through it.
const TOKEN_BYTES: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let marks = b"-.!%*_+`'~";
    let mut index = 0;
    while index < marks.len() {
        table[marks[index] as usize] = true;
        index += 1;
    }
    table
};

pub(crate) const fn is_token_byte(byte: u8) -> bool {
    TOKEN_BYTES[byte as usize]
}

pub(crate) fn is_token_char(letter: char) -> bool {
    u8::try_from(letter).is_ok_and(is_token_byte)
}

pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_token_byte)
}

/// `token`
pub(crate) fn token(input: &str) -> Parsed<'_, &str> {
    take_while1(is_token_char)(input)
}

/// `SWS`; folds are already spaces here.
pub(crate) fn sws(input: &str) -> Parsed<'_, &str> {
    take_while(|letter| BLANKS.contains(&letter))(input)
}

/// `LWS`
pub(crate) fn lws(input: &str) -> Parsed<'_, &str> {
    take_while1(|letter| BLANKS.contains(&letter))(input)
}

/// `COMMA`, `SEMI`, `SLASH`, `EQUAL`, `COLON`: a separator in blanks.
pub(crate) fn separator<'a>(mark: char) -> impl FnMut(&'a str) -> Parsed<'a, char> {
    move |input| delimited(sws, char(mark), sws).parse(input)
}

/// A number of at most ten digits that fits.
pub(crate) fn number<T: std::str::FromStr>(input: &str) -> Parsed<'_, T> {
    map_res(take_while_m_n(1, 10, |letter: char| letter.is_ascii_digit()), str::parse).parse(input)
}

/// `quoted-string`; yields what is between the quotes, still escaped.
pub(crate) fn quoted_string(input: &str) -> Parsed<'_, &str> {
    if !input.starts_with('"') {
        return fail(input);
    }
    let bytes = input.as_bytes();
    let mut at = 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => return Ok((&input[at + 1..], &input[1..at])),
            b'\\' if bytes.get(at + 1).is_some_and(u8::is_ascii) => at += 2,
            b'\\' => return fail(input),
            b'\t' => at += 1,
            _ if byte.is_ascii_control() => return fail(input),
            _ => at += 1,
        }
    }
    fail(input)
}

/// Takes the backslashes out of a quoted string's inside.
pub(crate) fn unescape(inside: &str) -> String {
    let mut text = String::with_capacity(inside.len());
    let mut letters = inside.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => text.extend(letters.next()),
            _ => text.push(letter),
        }
    }
    text
}

/// Writes a quoted string; CR and LF, which no escape can carry, become spaces.
pub(crate) fn write_quoted(text: &str, out: &mut String) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '\r' | '\n' => out.push(' '),
            '"' | '\\' => out.extend(['\\', letter]),
            _ if letter.is_ascii_control() && letter != '\t' => out.extend(['\\', letter]),
            _ => out.push(letter),
        }
    }
    out.push('"');
}

/// `comment`, with comments inside counted, not recursed into; yields it with its parentheses.
pub(crate) fn comment(input: &str) -> Parsed<'_, &str> {
    let bytes = input.as_bytes();
    let (mut at, mut depth) = (0, 0);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'(' if depth < COMMENT_DEPTH_MAX => depth += 1,
            b'(' => return fail(input),
            b')' if depth > 0 => depth -= 1,
            b'\\' if bytes.get(at + 1).is_some_and(u8::is_ascii) => at += 1,
            b'\\' => return fail(input),
            _ if byte.is_ascii_control() && byte != b'\t' => return fail(input),
            _ => {}
        }
        at += 1;
        if depth == 0 {
            break;
        }
    }
    if depth == 0 && at > 1 { Ok((&input[at..], &input[..at])) } else { fail(input) }
}

/// A run of permitted characters and `%HH` escapes, at least one.
pub(crate) fn escaped1<'a>(permitted: fn(u8) -> bool) -> impl FnMut(&'a str) -> Parsed<'a, &'a str> {
    move |input| {
        let end = escaped_end(input, permitted);
        if end == 0 { fail(input) } else { Ok((&input[end..], &input[..end])) }
    }
}

/// The same, possibly empty.
pub(crate) fn escaped0<'a>(permitted: fn(u8) -> bool) -> impl FnMut(&'a str) -> Parsed<'a, &'a str> {
    move |input| {
        let end = escaped_end(input, permitted);
        Ok((&input[end..], &input[..end]))
    }
}

fn escaped_end(input: &str, permitted: fn(u8) -> bool) -> usize {
    let bytes = input.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if permitted(byte) {
            at += 1;
        } else if is_escape(&bytes[at..]) {
            at += 3;
        } else {
            break;
        }
    }
    at
}

fn is_escape(bytes: &[u8]) -> bool {
    matches!(bytes, [b'%', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit())
}

/// Writes text with `%HH` for what is not permitted; escapes already there stay as they are.
pub(crate) fn write_escaped(text: &str, permitted: fn(u8) -> bool, out: &mut String) {
    let bytes = text.as_bytes();
    for (at, &byte) in bytes.iter().enumerate() {
        if permitted(byte) || is_escape(&bytes[at..]) {
            out.push(char::from(byte));
        } else {
            out.extend(['%', hex_digit(byte >> 4), hex_digit(byte & 15)]);
        }
    }
}

fn hex_digit(nibble: u8) -> char {
    char::from(b"0123456789ABCDEF"[usize::from(nibble & 15)])
}

/// Takes `%HH` escapes out, once.
pub(crate) fn percent_decode(text: &str) -> Vec<u8> {
    let mut rest = text.as_bytes();
    let mut decoded = Vec::with_capacity(rest.len());
    while let [first, after @ ..] = rest {
        if let (true, [high, low, after @ ..]) = (is_escape(rest), after) {
            decoded.push(hex_value(*high) << 4 | hex_value(*low));
            rest = after;
        } else {
            decoded.push(*first);
            rest = after;
        }
    }
    decoded
}

fn hex_value(digit: u8) -> u8 {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok()).unwrap_or_default()
}

/// Splits a header value at its top-level commas: those outside quotes, angle brackets and comments.
///
/// Empty pieces are kept, so that the rule behind refuses them.
pub(crate) fn split_list(value: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(value);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = top_level_comma(text);
        rest = end.map(|at| &text[at + 1..]);
        Some(text[..end.unwrap_or(text.len())].trim_matches(BLANKS))
    })
}

fn top_level_comma(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut bracketed = false;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' if !bracketed => at += quoted_len(&text[at..]).saturating_sub(1),
            b'<' => bracketed = true,
            b'>' => bracketed = false,
            b',' if !bracketed => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

fn quoted_len(text: &str) -> usize {
    match quoted_string(text) {
        Ok((rest, _)) => text.len() - rest.len(),
        Err(_) => text.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_string_ends_at_the_first_bare_quote() {
        assert_eq!(quoted_string(r#""a\"<b" rest"#), Ok((" rest", r#"a\"<b"#)));
        assert!(quoted_string("\"open").is_err());
        assert!(quoted_string("\"a\\").is_err());
        assert!(quoted_string("\"a\u{7}\"").is_err());
        assert_eq!(unescape(r#"a\"\\b"#), r#"a"\b"#);
    }

    #[test]
    fn writing_quotes_escapes_what_would_end_the_string() {
        let mut out = String::new();
        write_quoted("a\"b\\c\r\nd\u{7}", &mut out);
        assert_eq!(out, "\"a\\\"b\\\\c  d\\\u{7}\"");
    }

    #[test]
    fn comments_nest_up_to_a_depth() {
        assert_eq!(comment("(a (b) \\) c) d"), Ok((" d", "(a (b) \\) c)")));
        assert!(comment("(a").is_err());
        let deep = "(".repeat(100_000);
        assert!(comment(&deep).is_err());
    }

    #[test]
    fn commas_in_quotes_and_brackets_do_not_split() {
        let value = r#""a, b" <sip:x,y@z>;p="1,2", <sip:q>"#;
        let pieces: Vec<_> = split_list(value).collect();
        assert_eq!(pieces, [r#""a, b" <sip:x,y@z>;p="1,2""#, "<sip:q>"]);
        assert_eq!(split_list("a,,b").collect::<Vec<_>>(), ["a", "", "b"]);
    }

    #[test]
    fn escapes_are_taken_out_once() {
        assert_eq!(percent_decode("%2541%"), b"%41%");
        let mut out = String::new();
        write_escaped("a b%20\r", |byte| byte.is_ascii_alphanumeric(), &mut out);
        assert_eq!(out, "a%20b%20%0D");
    }
}
