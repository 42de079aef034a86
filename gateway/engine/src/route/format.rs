//! How a trunk spells numbers, and back to E.164.

/// Digits of a national number where nothing marks one; shorter ones are short codes.
const NATIONAL_DIGITS_MIN: usize = 7;

/// In which form numbers go to a trunk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NumberStyle {
    /// As they are.
    #[default]
    Unchanged,
    /// `+49301234`.
    E164,
    /// `49301234`.
    E164Digits,
    /// `0049301234`, with the international prefix.
    International,
    /// `0301234` at home, with the national prefix; others with the international one.
    National,
}

/// A trunk's spelling. Numbers that cannot be read as E.164, such as short codes, go as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NumberFormat {
    /// The form.
    pub style: NumberStyle,
    /// The trunk's own country: `49`.
    pub country_code: Option<String>,
    /// What precedes a country code: `00`. Empty: only `+` does.
    pub international_prefix: String,
    /// What precedes an area code: `0`. Empty: nothing does.
    pub national_prefix: String,
}

impl NumberFormat {
    /// The number as the trunk is to get it.
    pub fn write(&self, number: &str) -> String {
        let Some(e164) = self.e164(number).filter(|_| self.style != NumberStyle::Unchanged) else {
            return number.to_owned();
        };
        let digits = e164.trim_start_matches('+');
        match self.style {
            NumberStyle::Unchanged | NumberStyle::E164 => e164,
            NumberStyle::E164Digits => digits.to_owned(),
            NumberStyle::International => format!("{}{digits}", self.international_prefix),
            NumberStyle::National => {
                match self.country_code.as_deref().and_then(|code| digits.strip_prefix(code)) {
                    Some(national) => format!("{}{national}", self.national_prefix),
                    None => format!("{}{digits}", self.international_prefix),
                }
            }
        }
    }

    /// A number that the trunk wrote, as E.164 where it can be read so.
    pub fn read(&self, number: &str) -> String {
        if self.style == NumberStyle::Unchanged {
            return number.to_owned();
        }
        let bare =
            self.style == NumberStyle::E164Digits && is_digits(number) && number.len() >= NATIONAL_DIGITS_MIN;
        let international = || (bare && !number.starts_with('0')).then(|| format!("+{number}"));
        international().or_else(|| self.e164(number)).unwrap_or_else(|| number.to_owned())
    }

    fn e164(&self, number: &str) -> Option<String> {
        if let Some(digits) = number.strip_prefix('+') {
            return is_digits(digits).then(|| number.to_owned());
        }
        if !is_digits(number) {
            return None;
        }
        let international = number.strip_prefix(self.international_prefix.as_str());
        if let Some(digits) = international.filter(|rest| rest.len() < number.len()) {
            return Some(format!("+{digits}"));
        }
        let country_code = self.country_code.as_deref()?;
        let national = number.strip_prefix(self.national_prefix.as_str())?;
        let marked = !self.national_prefix.is_empty() || national.len() >= NATIONAL_DIGITS_MIN;
        (marked && !national.is_empty()).then(|| format!("+{country_code}{national}"))
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(style: NumberStyle, country: &str, international: &str, national: &str) -> NumberFormat {
        NumberFormat {
            style,
            country_code: (!country.is_empty()).then(|| country.to_owned()),
            international_prefix: international.to_owned(),
            national_prefix: national.to_owned(),
        }
    }

    #[test]
    fn numbers_go_out_as_the_trunk_spells_them() {
        use NumberStyle::{E164, E164Digits, International, National, Unchanged};
        for (style, number, sent) in [
            (Unchanged, "0049301234", "0049301234"),
            (E164, "030 1234".replace(' ', "").as_str(), "+49301234"),
            (E164, "0049301234", "+49301234"),
            (E164, "+49301234", "+49301234"),
            (E164Digits, "+49301234", "49301234"),
            (International, "0301234", "0049301234"),
            (National, "+49301234", "0301234"),
            (National, "+4312345678", "004312345678"),
            (E164, "110", "110"),
            (National, "*21#", "*21#"),
        ] {
            assert_eq!(format(style, "49", "00", "0").write(number), sent, "{style:?} {number}");
        }
    }

    #[test]
    fn countries_without_a_national_prefix_tell_numbers_from_short_codes_by_length() {
        let plain = format(NumberStyle::E164, "45", "00", "");
        assert_eq!((plain.write("32123456").as_str(), plain.write("112").as_str()), ("+4532123456", "112"));
        let unknown = format(NumberStyle::National, "", "00", "0");
        assert_eq!(
            (unknown.write("0301234").as_str(), unknown.write("+4930").as_str()),
            ("0301234", "004930")
        );
    }

    #[test]
    fn what_the_trunk_writes_is_read_back() {
        use NumberStyle::{E164, E164Digits, International, National, Unchanged};
        for (style, written, read) in [
            (Unchanged, "0301234", "0301234"),
            (E164, "+49301234", "+49301234"),
            (E164Digits, "49301234", "+49301234"),
            (E164Digits, "0301234", "+49301234"),
            (International, "0049301234", "+49301234"),
            (National, "0301234", "+49301234"),
            (National, "alice", "alice"),
            (E164Digits, "600", "600"),
        ] {
            assert_eq!(format(style, "49", "00", "0").read(written), read, "{style:?} {written}");
        }
    }
}
