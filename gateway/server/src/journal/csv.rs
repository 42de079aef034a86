//! CDRs as comma-separated values (RFC 4180).

use api::rest::Cdr;
use serde_json::Value;

const COLUMNS: [&str; 20] = [
    "call",
    "direction",
    "state",
    "from",
    "to",
    "user",
    "trunk",
    "created_at",
    "answered_at",
    "ended_at",
    "duration_ms",
    "talk_ms",
    "ended_by",
    "cause",
    "sip_code",
    "q850",
    "added_delay_from_browser/p50_us",
    "added_delay_from_browser/p99_us",
    "added_delay_from_trunk/p50_us",
    "added_delay_from_trunk/p99_us",
];

/// A line of names, then one line for each record.
pub fn csv(cdrs: &[Cdr]) -> String {
    let mut text = COLUMNS.map(|column| column.replace('/', "_")).join(",") + "\r\n";
    for cdr in cdrs {
        let cdr = serde_json::to_value(cdr).unwrap_or_default();
        let cells: Vec<String> = COLUMNS.iter().map(|column| cell(at(&cdr, column))).collect();
        text += &cells.join(",");
        text += "\r\n";
    }
    text
}

/// A field, or one of a field's own.
fn at<'a>(cdr: &'a Value, column: &str) -> &'a Value {
    column.split('/').fold(cdr, |value, name| &value[name])
}

fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => return String::new(),
        Value::String(text) => harmless(text),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    };
    if text.contains([',', '"', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

/// A stranger's name must not be a formula in somebody's spreadsheet; a number may begin with a plus.
fn harmless(text: &str) -> String {
    let number = text.strip_prefix('+').is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !number;
    if formula { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_never_formulas() {
        for (text, expected) in [
            ("+4930111", "+4930111"),
            ("=1+1", "'=1+1"),
            ("+cmd", "'+cmd"),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("@x\n", "\"'@x\n\""),
        ] {
            assert_eq!(cell(&Value::from(text)), expected);
        }
        assert_eq!((cell(&Value::Null), cell(&Value::from(7))), (String::new(), "7".to_owned()));
    }
}
