//! The configuration: TOML in, a checked value or a list of faults out.
//!
//! `offhook.example.toml` explains every field. `OFFHOOK_SECTION__FIELD` in the environment replaces a field.

mod check;
mod environment;
mod fault;
mod fields;
mod list;
mod routing;
mod values;

use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, Deserializer};

pub use fault::{Fault, Faults};
pub use fields::{
    Auth, Calls, Config, Http, Limits, Log, LogFormat, Media, Number, PublicKey, Recordings, Sip, SipTls,
    Sounds, Storage, Trunk, User, Webhooks,
};
pub use list::List;
pub use routing::{Calendar, NumberStyle, Route, Strategy, TrunkGroup};
pub use values::{
    Codec, DigestAlgorithm, DnsServer, Dtmf, NumberPattern, Origin, Parsed, PortRange, Secret,
    SignatureAlgorithm, SipListen, SipTransport, Srtp, TrunkAddress,
};

use environment::Environment;
use fault::Source;
use serde::Deserialize;

/// Bytes of a configuration file.
const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// The configuration of the demo, when no file is named.
const DEMO: &str = include_str!("demo.toml");

impl Config {
    /// Reads and checks a file; `variables` are those of the process.
    ///
    /// # Errors
    ///
    /// Every fault that was found, each with its place and what to write instead.
    pub fn load(path: &Path, variables: impl Iterator<Item = (String, String)>) -> Result<Self, Faults> {
        let name = path.display().to_string();
        let unreadable = |problem: String| {
            Fault::whole(&name, format!("{problem}: write the path of a configuration file after --config"))
        };
        let size =
            std::fs::metadata(path).map_err(|error| unreadable(format!("cannot be read ({error})")))?.len();
        if size > FILE_BYTES_MAX {
            return Err(unreadable(format!("is over {FILE_BYTES_MAX} bytes")).into());
        }
        let text =
            std::fs::read_to_string(path).map_err(|error| unreadable(format!("cannot be read ({error})")))?;
        Self::parse(&name, &text, variables)
    }

    /// The demo's configuration: everything on loopback, one user, the demo phone as the only trunk.
    ///
    /// # Errors
    ///
    /// The faults of `variables`.
    pub fn demo(secret: String, variables: impl Iterator<Item = (String, String)>) -> Result<Self, Faults> {
        let key = ("OFFHOOK_AUTH__HS256_SECRET".to_owned(), secret);
        Self::parse("the built-in demo configuration", DEMO, std::iter::once(key).chain(variables))
    }

    /// Reads and checks a text; `name` is what faults call it.
    ///
    /// # Errors
    ///
    /// As [`Config::load`].
    pub fn parse(
        name: &str,
        text: &str,
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, Faults> {
        let mut source = Source::new(name, text);
        let environment = Environment::of(variables);
        let mut table = DeTable::parse(text).map_err(|error| source.syntax(&error))?;
        environment.apply(&mut table, &mut source)?;
        let places = table.clone();
        let config = deserialize(table).map_err(|error| source.shape(&error, places.get_ref()))?;
        let faults = check::check(&config, &source);
        if faults.is_empty() { Ok(config) } else { Err(Faults(faults)) }
    }
}

fn deserialize(table: Spanned<DeTable<'_>>) -> Result<Config, toml::de::Error> {
    Config::deserialize(Deserializer::from(table))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    const EXAMPLE: &str = include_str!("../../../../offhook.example.toml");

    /// The example with every setting that it shows switched on.
    fn everything() -> String {
        let switched_on = |line: &str| match line.strip_prefix('#') {
            Some(setting) if setting.starts_with(|c: char| c.is_ascii_lowercase() || c == '[') => {
                setting.to_owned()
            }
            Some(_) | None => line.to_owned(),
        };
        EXAMPLE.lines().map(switched_on).collect::<Vec<_>>().join("\n")
    }

    /// Dotted names of all fields; elements of a list count together.
    fn fields(value: &Value, path: &str, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(object) => object.iter().for_each(|(key, value)| {
                let path = format!("{path}.{key}");
                found.insert(path.clone());
                fields(value, &path, found);
            }),
            Value::Array(array) => array.iter().for_each(|value| fields(value, path, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    #[test]
    fn the_example_is_valid_as_it_stands_and_with_everything_switched_on() {
        let check = |text: &str| Config::parse("offhook.example.toml", text, std::iter::empty()).map(drop);
        assert_eq!(check(EXAMPLE), Ok(()));
        let all = check(&everything());
        let rules = |faults: &Faults| faults.0.iter().all(|fault| fault.advice.contains("exactly one of"));
        assert!(all.as_ref().err().is_none_or(rules), "{all:?}");
    }

    #[test]
    fn the_example_shows_every_field() {
        let written: toml::Table = everything().parse().unwrap();
        let known: Config = toml::from_str(&everything()).unwrap();
        let (mut in_example, mut in_code) = (BTreeSet::new(), BTreeSet::new());
        fields(&serde_json::to_value(&written).unwrap(), "", &mut in_example);
        fields(&serde_json::to_value(&known).unwrap(), "", &mut in_code);
        // What a value is made of is written as one string.
        let composite = |path: &&String| {
            [".sip.listen.", ".media.rtp_ports.", ".trunks.address."]
                .iter()
                .any(|part| path.starts_with(part))
        };
        let missing: Vec<_> = in_code.difference(&in_example).filter(|path| !composite(path)).collect();
        assert_eq!(missing, Vec::<&String>::new());
    }

    #[test]
    fn the_demo_is_valid_and_stays_on_loopback() {
        let demo = Config::demo("0".repeat(64), std::iter::empty()).unwrap();
        assert!(demo.http.listen.iter().all(|address| address.ip().is_loopback()));
        assert!(demo.sip.listen.get_ref().iter().all(|listen| listen.address.ip().is_loopback()));
    }
}
