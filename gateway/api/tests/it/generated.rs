//! The checked-in files are what the types say. `UPDATE=1 cargo test -p api` rewrites them.

use std::collections::HashSet;
use std::path::Path;

use api::ErrorCode;

fn compare(file: &str, generated: &serde_json::Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let text = format!("{}\n", serde_json::to_string_pretty(generated).unwrap());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let checked_in = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(checked_in == text, "{file} is out of date: run UPDATE=1 cargo test -p api");
}

#[test]
fn the_schema_of_signalling_is_checked_in() {
    compare("ws.schema.json", &api::schema::ws_schema());
}

#[test]
fn the_catalogue_of_errors_is_checked_in() {
    compare("errors.json", &api::schema::error_catalogue());
}

#[test]
fn numbers_and_codes_of_errors_are_unique_and_in_order() {
    let entries: Vec<_> = ErrorCode::ALL.iter().map(|code| code.entry()).collect();
    let codes: HashSet<_> = entries.iter().map(|entry| entry.code).collect();
    assert_eq!(codes.len(), entries.len());
    assert!(entries.windows(2).all(|pair| pair[0].number < pair[1].number));
    assert!(entries.iter().all(|entry| !entry.causes.is_empty() && !entry.solutions.is_empty()));
}
