//! `Call-Info` (RFC 3261 §20.9).

use super::shape::uri_params;

uri_params! {
    /// More about who calls or is called (RFC 3261 §20.9).
    CallInfo
}

impl CallInfo {
    /// What it is for: `icon`, `info`, `card`, ...
    pub fn purpose(&self) -> Option<&str> {
        self.params.get("purpose")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::TypedHeader;

    #[test]
    fn a_web_address_keeps_its_marks() {
        let value = "<http://wwww.example.com/alice/photo.jpg?a=1;b,c>;purpose=icon";
        let info = CallInfo::parse(value).unwrap();
        assert_eq!(
            (info.uri.to_string().as_str(), info.purpose()),
            (value[1..].split_once('>').unwrap().0, Some("icon"))
        );
        assert!(CallInfo::parse("http://www.example.com/").is_err());
    }
}
