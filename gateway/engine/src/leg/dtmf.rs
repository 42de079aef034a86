//! Digits in SIP INFO: `application/dtmf-relay` and `application/dtmf`.

use std::time::Duration;

use sip_stack::Body;

/// Bytes of a body worth reading.
const BODY_BYTES_MAX: usize = 256;
/// What `application/dtmf` means by a digit, which has no duration.
const DURATION_DEFAULT: Duration = Duration::from_millis(160);
/// The longest duration that is believed.
const DURATION_MAX: Duration = Duration::from_secs(6);
/// Digits in one request.
const DIGITS_MAX: usize = 64;

/// The digit in its one spelling, if it is one.
pub(crate) const fn digit(sign: char) -> Option<char> {
    match sign {
        '0'..='9' | '*' | '#' | 'A'..='D' => Some(sign),
        'a'..='d' => Some(sign.to_ascii_uppercase()),
        _ => None,
    }
}

/// The digits in their one spelling, if all are, and they are neither none nor too many.
pub(crate) fn digits(text: &str) -> Option<String> {
    let digits: String = text.chars().map(digit).collect::<Option<_>>()?;
    (1..=DIGITS_MAX).contains(&digits.len()).then_some(digits)
}

/// The body of an INFO that sends one digit.
pub(crate) fn write(digit: char, duration: Duration) -> Body {
    let content = format!("Signal={digit}\r\nDuration={}\r\n", duration.as_millis());
    Body { content_type: "application/dtmf-relay".to_owned(), content: content.into() }
}

/// The digit that an INFO brings, if it brings one.
pub(crate) fn read(body: &Body) -> Option<(char, Duration)> {
    let media_type = body.content_type.split(';').next().unwrap_or_default().trim();
    let text = body.content.get(..BODY_BYTES_MAX.min(body.content.len()))?;
    let text = std::str::from_utf8(text).ok()?;
    if media_type.eq_ignore_ascii_case("application/dtmf") {
        return Some((signal(text)?, DURATION_DEFAULT));
    }
    if !media_type.eq_ignore_ascii_case("application/dtmf-relay") {
        return None;
    }
    let field = |wanted: &str| {
        text.lines()
            .filter_map(|line| line.split_once('='))
            .find_map(|(name, value)| name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim()))
    };
    let duration = field("duration").and_then(|millis| millis.parse().ok()).map(Duration::from_millis);
    Some((signal(field("signal")?)?, duration.unwrap_or(DURATION_DEFAULT).min(DURATION_MAX)))
}

/// One sign, or the event numbers 10 and 11 that some gateways write for `*` and `#`.
fn signal(text: &str) -> Option<char> {
    match text.trim() {
        "10" => Some('*'),
        "11" => Some('#'),
        text => {
            let mut signs = text.chars();
            let first = signs.next().and_then(digit)?;
            signs.next().is_none().then_some(first)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(content_type: &str, content: &str) -> Body {
        Body { content_type: content_type.to_owned(), content: content.to_owned().into() }
    }

    #[test]
    fn what_is_written_is_read() {
        let duration = Duration::from_millis(120);
        assert_eq!(read(&write('#', duration)), Some(('#', duration)));
    }

    #[test]
    fn both_dialects_are_read() {
        assert_eq!(read(&body("application/dtmf", "5")), Some(('5', DURATION_DEFAULT)));
        let relay = body("Application/DTMF-Relay; charset=x", "Signal= *\nDuration= 250\n");
        assert_eq!(read(&relay), Some(('*', Duration::from_millis(250))));
        assert_eq!(read(&body("application/dtmf-relay", "signal=11")), Some(('#', DURATION_DEFAULT)));
    }

    #[test]
    fn what_brings_no_digit_is_none() {
        for (content_type, content) in [
            ("application/dtmf-relay", "Duration=100"),
            ("application/dtmf-relay", "Signal=12"),
            ("application/dtmf", ""),
            ("application/dtmf", "!"),
            ("text/plain", "5"),
        ] {
            assert_eq!(read(&body(content_type, content)), None, "{content}");
        }
    }

    #[test]
    fn a_duration_is_bounded() {
        let long = body("application/dtmf-relay", "Signal=1\r\nDuration=4000000000\r\n");
        assert_eq!(read(&long), Some(('1', DURATION_MAX)));
    }
}
