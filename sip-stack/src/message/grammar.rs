//! The basic rules of RFC 3261 §25.1, on one unfolded header value.

use nom::error::{Error, ErrorKind};
use nom::{Err, IResult};
use smol_str::SmolStr;

use super::byte_set::ByteSet;
use super::limits::COMMENT_DEPTH_MAX;
use super::text::small;

const NUMBER_DIGITS_MAX: usize = 10;

pub(crate) type Parsed<'a, T> = IResult<&'a str, T>;

pub(crate) fn fail<T>(input: &str) -> Parsed<'_, T> {
    Err(Err::Error(Error::new(input, ErrorKind::Verify)))
}

/// Runs a rule that has to eat the whole value.
#[inline]
pub(crate) fn complete<'a, T>(value: &'a str, rule: impl FnMut(&'a str) -> Parsed<'a, T>) -> Option<T> {
    let mut rule = rule;
    match rule(trim_blanks(value)) {
        Ok(("", parsed)) => Some(parsed),
        Ok(_) | Err(_) => None,
    }
}

/// Runs a rule on the first value of a list; yields what follows the comma behind it too, if there is one.
#[inline]
pub(crate) fn first<'a, T>(
    list: &'a str,
    rule: impl FnOnce(&'a str) -> Parsed<'a, T>,
) -> Option<(T, Option<&'a str>)> {
    let (rest, value) = rule(&list[blanks(list.as_bytes())..]).ok()?;
    match separated(rest, b',') {
        None if blanks(rest.as_bytes()) < rest.len() => None,
        after => Some((value, after)),
    }
}

/// Takes off what a header value is padded with.
#[inline]
pub(crate) fn trim_blanks(value: &str) -> &str {
    let bytes = value.as_bytes();
    if let [first, .., last] = bytes
        && !is_blank(*first)
        && !is_blank(*last)
    {
        return value;
    }
    let start = blanks(bytes);
    let end = start + without_trailing_blanks(&bytes[start..]);
    &value[start..end]
}

/// How long the bytes are up to their last that is no blank.
#[inline]
pub(crate) fn without_trailing_blanks(bytes: &[u8]) -> usize {
    match bytes.last() {
        Some(last) if !is_blank(*last) => bytes.len(),
        _ => bytes.iter().rposition(|byte| !is_blank(*byte)).map_or(0, |last| last + 1),
    }
}

const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// `token` without its length.
pub(crate) static TOKEN: ByteSet = ByteSet::alphanumeric_and(b"-.!%*_+`'~");

pub(crate) fn is_token_char(letter: char) -> bool {
    u8::try_from(letter).is_ok_and(|byte| TOKEN.contains(byte))
}

pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty() && TOKEN.run(text.as_bytes()) == text.len()
}

/// A run of permitted bytes, at least one.
pub(crate) fn run1<'a>(permitted: &'static ByteSet) -> impl FnMut(&'a str) -> Parsed<'a, &'a str> {
    move |input| match permitted.run(input.as_bytes()) {
        0 => fail(input),
        end => Ok((&input[end..], &input[..end])),
    }
}

/// The same, possibly empty.
pub(crate) fn run0<'a>(permitted: &'static ByteSet) -> impl FnMut(&'a str) -> Parsed<'a, &'a str> {
    move |input| {
        let end = permitted.run(input.as_bytes());
        Ok((&input[end..], &input[..end]))
    }
}

/// Writes a token; what has no place in one is left out.
pub(crate) fn write_token(text: &str, out: &mut String) {
    if is_token(text) {
        out.push_str(text);
    } else {
        out.extend(text.chars().filter(|letter| is_token_char(*letter)));
    }
}

/// `token`
#[inline]
pub(crate) fn token(input: &str) -> Parsed<'_, &str> {
    run1(&TOKEN)(input)
}

/// How many blanks the bytes begin with.
#[inline]
pub(crate) fn blanks(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| !is_blank(*byte)).unwrap_or(bytes.len())
}

/// `SWS`; folds are already spaces here.
pub(crate) fn sws(input: &str) -> Parsed<'_, &str> {
    let end = blanks(input.as_bytes());
    Ok((&input[end..], &input[..end]))
}

/// `LWS`
pub(crate) fn lws(input: &str) -> Parsed<'_, &str> {
    match sws(input)? {
        (_, "") => fail(input),
        parsed => Ok(parsed),
    }
}

/// What follows a separator in blanks, which is an ASCII character.
#[inline]
pub(crate) fn separated(input: &str, mark: u8) -> Option<&str> {
    let bytes = input.as_bytes();
    let at = blanks(bytes);
    if bytes.get(at) != Some(&mark) {
        return None;
    }
    let after = at + 1 + blanks(&bytes[at + 1..]);
    input.get(after..)
}

/// `COMMA`, `SEMI`, `SLASH`, `EQUAL`, `COLON`: a separator in blanks.
pub(crate) fn separator<'a>(mark: u8) -> impl FnMut(&'a str) -> Parsed<'a, ()> {
    move |input| separated(input, mark).map_or_else(|| fail(input), |rest| Ok((rest, ())))
}

/// Values with a mark between them, or none.
#[inline]
pub(crate) fn list<'a, T>(
    mark: u8,
    input: &'a str,
    one: impl Fn(&'a str) -> Parsed<'a, T>,
) -> Parsed<'a, Vec<T>> {
    let Ok((mut rest, first)) = one(input) else { return Ok((input, Vec::new())) };
    let mut values = Vec::with_capacity(VALUES_USUAL);
    values.push(first);
    while let Some((after, value)) = separated(rest, mark).and_then(|after| one(after).ok()) {
        values.push(value);
        rest = after;
    }
    Ok((rest, values))
}

/// As many as most lists have.
const VALUES_USUAL: usize = 12;

/// A number of at most ten digits that fits.
#[inline]
pub(crate) fn number<T: TryFrom<u64>>(input: &str) -> Parsed<'_, T> {
    let digits = input.bytes().take(NUMBER_DIGITS_MAX).take_while(u8::is_ascii_digit);
    let (len, number) =
        digits.fold((0, 0), |(len, number), digit| (len + 1, number * 10 + u64::from(digit - b'0')));
    match T::try_from(number) {
        Ok(number) if len > 0 => Ok((&input[len..], number)),
        Ok(_) | Err(_) => fail(input),
    }
}

/// Writes a number; the formatting machinery would cost more than the message's other octets.
pub(crate) fn write_number(number: u64, out: &mut String) {
    let mut digits = [0; 20];
    let (mut at, mut rest) = (digits.len(), number);
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend(digits[at..].iter().copied().map(char::from));
}

/// `quoted-string`; yields what is between the quotes, still escaped.
pub(crate) fn quoted_string(input: &str) -> Parsed<'_, &str> {
    if !input.starts_with('"') {
        return fail(input);
    }
    let bytes = input.as_bytes();
    let mut at = 1;
    loop {
        at += QUOTED.run(&bytes[at..]);
        match bytes[at..] {
            [b'"', ..] => return Ok((&input[at + 1..], &input[1..at])),
            [b'\\', escaped, ..] if escaped.is_ascii() => at += 2,
            [b'\t', ..] => at += 1,
            _ => return fail(input),
        }
    }
}

/// What stands for itself in a quoted string; the tab does too, but it is rare.
static QUOTED: ByteSet = ByteSet::all_but_controls_and(b"\"\\");

/// Takes the backslashes out of a quoted string's inside.
pub(crate) fn unescape(inside: &str) -> SmolStr {
    if memchr::memchr(b'\\', inside.as_bytes()).is_none() {
        return small(inside);
    }
    let mut text = String::with_capacity(inside.len());
    let mut letters = inside.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => text.extend(letters.next()),
            _ => text.push(letter),
        }
    }
    text.into()
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

/// What follows a run of permitted characters and `%HH` escapes, and the run; it may be empty.
#[inline]
pub(crate) fn escaped<'a>(permitted: &ByteSet, input: &'a str) -> (&'a str, &'a str) {
    let (run, rest) = input.split_at(escaped_end(input, permitted));
    (rest, run)
}

#[inline]
fn escaped_end(input: &str, permitted: &ByteSet) -> usize {
    let bytes = input.as_bytes();
    let mut at = permitted.run(bytes);
    while is_escape(&bytes[at..]) {
        at += 3;
        at += permitted.run(&bytes[at..]);
    }
    at
}

fn is_escape(bytes: &[u8]) -> bool {
    matches!(bytes, [b'%', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit())
}

/// Writes text with `%HH` for what is not permitted; escapes already there stay as they are.
pub(crate) fn write_escaped(text: &str, permitted: &ByteSet, out: &mut String) {
    let mut rest = text;
    while !rest.is_empty() {
        let end = escaped_end(rest, permitted);
        out.push_str(&rest[..end]);
        let mut letters = rest[end..].chars();
        for byte in letters.next().into_iter().flat_map(utf8) {
            out.extend(['%', hex_digit(byte >> 4), hex_digit(byte & 15)]);
        }
        rest = letters.as_str();
    }
}

fn utf8(letter: char) -> impl Iterator<Item = u8> {
    let mut octets = [0; 4];
    let len = letter.encode_utf8(&mut octets).len();
    octets.into_iter().take(len)
}

fn hex_digit(nibble: u8) -> char {
    char::from(b"0123456789ABCDEF"[usize::from(nibble & 15)])
}

/// Takes `%HH` escapes out, once.
pub(crate) fn percent_decode(text: &str) -> Vec<u8> {
    percent_decode_if(text, |_| true)
}

/// Takes the `%HH` escapes of some bytes out; those that stay are in lower case.
pub(crate) fn percent_decode_if(text: &str, is_decoded: impl Fn(u8) -> bool) -> Vec<u8> {
    let mut rest = text.as_bytes();
    let mut decoded = Vec::with_capacity(rest.len());
    while let [first, after @ ..] = rest {
        let ([b'%', high, low, ..], true) = (rest, is_escape(rest)) else {
            decoded.push(*first);
            rest = after;
            continue;
        };
        match hex_value(*high) << 4 | hex_value(*low) {
            byte if is_decoded(byte) => decoded.push(byte),
            _ => decoded.extend([b'%', high.to_ascii_lowercase(), low.to_ascii_lowercase()]),
        }
        rest = &rest[3..];
    }
    decoded
}

fn hex_value(digit: u8) -> u8 {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok()).unwrap_or_default()
}

/// Splits a header value at its top-level commas: those outside quotes and angle brackets.
///
/// Empty pieces are kept, so that the rule behind refuses them.
#[inline]
pub(crate) fn split_list(value: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(value);
    std::iter::from_fn(move || {
        let (piece, after) = split_first(rest?);
        rest = after;
        Some(piece)
    })
}

/// The piece before the first of these commas, and what follows it.
#[inline]
pub(crate) fn split_first(list: &str) -> (&str, Option<&str>) {
    let end = top_level_comma(list);
    (trim_blanks(&list[..end.unwrap_or(list.len())]), end.map(|at| &list[at + 1..]))
}

fn top_level_comma(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        at += memchr::memchr3(b',', b'<', b'"', &bytes[at..])?;
        at += match bytes[at] {
            b',' => return Some(at),
            b'<' => memchr::memchr(b'>', &bytes[at..])?,
            _ => quoted_len(&text[at..]),
        };
    }
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
    fn the_first_of_a_list_ends_at_a_comma_or_with_the_text() {
        assert_eq!(first(" a\t, b", token), Some(("a", Some("b"))));
        assert_eq!(first("a,", token), Some(("a", Some(""))));
        assert_eq!(first("a ", token), Some(("a", None)));
        assert_eq!((first("a b", token), first(",a", token), first("", token)), (None, None, None));
    }

    #[test]
    fn escapes_are_taken_out_once() {
        assert_eq!(percent_decode("%2541%"), b"%41%");
        let mut out = String::new();
        static LETTERS: ByteSet = ByteSet::alphanumeric_and(b"");
        write_escaped("a b%20\r\u{e9}%", &LETTERS, &mut out);
        assert_eq!(out, "a%20b%20%0D%C3%A9%25");
    }
}
