//! The generated files: `ws.schema.json` and `errors.json`.

use std::collections::BTreeMap;

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use crate::cause::Cause;
use crate::error::ErrorCode;
use crate::ws::{ClientFrame, ServerFrame};

/// The JSON Schema (2020-12) of every frame of browser signalling, under `$defs`.
pub fn ws_schema() -> Value {
    let mut generator = SchemaGenerator::new(SchemaSettings::draft2020_12());
    let client = generator.subschema_for::<ClientFrame>();
    let server = generator.subschema_for::<ServerFrame>();
    generator.subschema_for::<Cause>();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "offhook.v1",
        "description": "Every frame of GET /v1/rtc, subprotocol offhook.v1.",
        "anyOf": [client, server],
        "$defs": generator.take_definitions(true),
    })
}

/// The catalogue of errors, by number, and which of them explains which cause.
pub fn error_catalogue() -> Value {
    let errors: Vec<_> = ErrorCode::ALL.iter().map(|code| code.entry()).collect();
    let causes: BTreeMap<String, &str> =
        Cause::ALL.iter().filter_map(|cause| Some((name(*cause), cause.error()?.entry().code))).collect();
    json!({ "errors": errors, "causes": causes })
}

fn name(cause: Cause) -> String {
    json!(cause).as_str().map(str::to_owned).unwrap_or_default()
}
