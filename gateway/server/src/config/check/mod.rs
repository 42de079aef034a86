//! What the types cannot say: names that must meet, ranges, and what must be there at all.

mod routing;

use std::collections::BTreeSet;
use std::path::PathBuf;

use toml::Spanned;
use tracing_subscriber::filter::{LevelFilter, Targets};

use super::fault::{Fault, Source};
use super::fields::Config;
use super::values::{Codec, SipTransport};

/// RFC 7518 §3.2: a key at least as long as the hash.
const SECRET_BYTES_MIN: usize = 32;
const RING_TIMEOUT_S_MAX: u32 = 600;
/// Longer than anybody talks on without signalling.
const RESUME_WINDOW_S_MAX: u32 = 300;
/// SIP's own limit (timer B, RFC 3261 §17.1.1.2).
const FIRST_RESPONSE_S_MAX: u32 = 32;
/// A hundred years.
const KEEP_EVENTS_DAYS_MAX: u32 = 36_500;
/// A day, which is 2.7 GB; a WAV file ends at 4.
const RECORDING_MINUTES_MAX: u32 = 1440;
const USERS_MAX: usize = 100_000;

/// Every fault of a configuration whose fields have the right types.
pub(super) fn check(config: &Config, source: &Source<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault = |span: std::ops::Range<usize>, field: &str, advice: String| {
        faults.push(source.fault(span, field, advice));
    };
    keys(config, &mut fault);
    listeners(config, &mut fault);
    ranges(config, &mut fault);
    users(config, &mut fault);
    trunks(config, &mut fault);
    routing::check(config, &mut fault);
    numbers(config, &mut fault);
    faults
}

type Report<'a> = &'a mut dyn FnMut(std::ops::Range<usize>, &str, String);

fn keys(config: &Config, fault: Report<'_>) {
    match &config.auth.hs256_secret {
        Some(secret) if secret.get_ref().expose().len() < SECRET_BYTES_MIN => {
            let advice =
                format!("shorter than {SECRET_BYTES_MIN} bytes; write the output of: openssl rand -hex 32");
            fault(secret.span(), "auth.hs256_secret", advice);
        }
        Some(_) => {}
        None if config.auth.public_keys.is_empty() => {
            let advice = "no key to check tokens with; add hs256_secret or [[auth.public_keys]] to [auth]";
            fault(0..0, "auth", advice.to_owned());
        }
        None => {}
    }
}

fn listeners(config: &Config, fault: Report<'_>) {
    if config.http.listen.is_empty() {
        fault(0..0, "http.listen", "empty; write an address such as \"127.0.0.1:8080\"".to_owned());
    }
    pair("http", &config.http.certificate, &config.http.certificate_key, fault);
    if config.sip.listen.get_ref().is_empty() {
        fault(0..0, "sip.listen", "empty; write a listener such as \"udp:0.0.0.0:5060\"".to_owned());
    }
    let tls = &config.sip.tls;
    pair("sip.tls", &tls.certificate, &tls.certificate_key, fault);
    if listens_for_tls(config) && tls.certificate.is_none() && tls.certificate_key.is_none() {
        let advice = "a tls listener needs a certificate; write certificate and certificate_key in [sip.tls]";
        fault(config.sip.listen.span(), "sip.listen", advice.to_owned());
    }
}

fn listens_for_tls(config: &Config) -> bool {
    config.sip.listen.get_ref().iter().any(|listen| listen.transport == SipTransport::Tls)
}

/// A certificate and its key are written both or not at all.
fn pair(
    section: &str,
    certificate: &Option<Spanned<PathBuf>>,
    key: &Option<Spanned<PathBuf>>,
    fault: Report<'_>,
) {
    let (file, field, missing) = match (certificate, key) {
        (Some(certificate), None) => (certificate, "certificate", "certificate_key"),
        (None, Some(key)) => (key, "certificate_key", "certificate"),
        (Some(_), Some(_)) | (None, None) => return,
    };
    let advice = format!("needs the other half; write the path of a PEM file as {missing} too");
    fault(file.span(), &format!("{section}.{field}"), advice);
}

fn ranges(config: &Config, fault: Report<'_>) {
    let ring = &config.calls.ring_timeout_s;
    if !(1..=RING_TIMEOUT_S_MAX).contains(ring.get_ref()) {
        fault(ring.span(), "calls.ring_timeout_s", format!("write a number from 1 to {RING_TIMEOUT_S_MAX}"));
    }
    let minutes = &config.recordings.minutes_max;
    if !(1..=RECORDING_MINUTES_MAX).contains(minutes.get_ref()) {
        let advice = format!("write a number from 1 to {RECORDING_MINUTES_MAX}");
        fault(minutes.span(), "recordings.minutes_max", advice);
    }
    let window = &config.calls.resume_window_s;
    if *window.get_ref() > RESUME_WINDOW_S_MAX {
        let advice = format!("write a number from 0 to {RESUME_WINDOW_S_MAX}");
        fault(window.span(), "calls.resume_window_s", advice);
    }
    let first = &config.sip.first_response_s;
    if !(1..=FIRST_RESPONSE_S_MAX).contains(first.get_ref()) {
        fault(
            first.span(),
            "sip.first_response_s",
            format!("write a number from 1 to {FIRST_RESPONSE_S_MAX}"),
        );
    }
    let keep = &config.storage.keep_events_days;
    if !(1..=KEEP_EVENTS_DAYS_MAX).contains(keep.get_ref()) {
        let advice = format!("write a number from 1 to {KEEP_EVENTS_DAYS_MAX}");
        fault(keep.span(), "storage.keep_events_days", advice);
    }
    let rate = &config.limits.messages_per_s;
    if *rate.get_ref() == 0 {
        fault(rate.span(), "limits.messages_per_s", "write a number from 1".to_owned());
    }
    let ports = &config.media.rtp_ports;
    let workers = config.media.workers.max(1);
    let browsers = config.media.port..=config.media.port.saturating_add(workers - 1);
    if browsers.clone().any(|port| ports.get_ref().ports().contains(&port)) {
        let advice = format!("overlaps media.port ({}); write a range apart from it", config.media.port);
        fault(ports.span(), "media.rtp_ports", advice);
    }
    let level = &config.log.level;
    if !names_levels(level.get_ref()) {
        fault(level.span(), "log.level", "write error, warn, info, debug or trace".to_owned());
    }
}

/// `info`, or `info,sip=debug` with the names of parts of the program.
fn names_levels(level: &str) -> bool {
    level.parse::<Targets>().is_ok()
        && level.split(',').all(|part| part.contains('=') || part.trim().parse::<LevelFilter>().is_ok())
}

fn users(config: &Config, fault: Report<'_>) {
    unique("users", "name", config.users.iter().map(|user| &user.name), fault);
    if config.users.len() > USERS_MAX {
        fault(0..0, "users", format!("more than {USERS_MAX}; split them over several gateways"));
    }
    for (index, user) in config.users.iter().enumerate() {
        let Some(password) = user.password.as_ref() else { continue };
        let field = format!("users[{index}].password");
        if password.get_ref().expose().is_empty() {
            fault(password.span(), &field, "empty; write one, or leave the line out".to_owned());
        }
        if config.sip.domains.is_empty() {
            let advice = "no domain to register in; write one in sip.domains, or leave the password out";
            fault(password.span(), &field, advice.to_owned());
        }
    }
}

fn trunks(config: &Config, fault: Report<'_>) {
    unique("trunks", "name", config.trunks.iter().map(|trunk| &trunk.name), fault);
    for (index, trunk) in config.trunks.iter().enumerate() {
        let span = trunk.name.span();
        if trunk.register && (trunk.username.is_none() || trunk.password.is_none()) {
            let advice =
                "registers without credentials; add username and password, or write register = false";
            fault(span.clone(), &format!("trunks[{index}]"), advice.to_owned());
        }
        if trunk.transport == SipTransport::Tls && !listens_for_tls(config) {
            let advice = "tls without a tls listener of ours; add \"tls:0.0.0.0:5061\" to sip.listen";
            fault(span.clone(), &format!("trunks[{index}].transport"), advice.to_owned());
        }
        if trunk.codecs.is_empty() {
            let advice = "empty; write some of \"pcmu\", \"pcma\", \"g722\"".to_owned();
            fault(span.clone(), &format!("trunks[{index}].codecs"), advice);
        }
        if trunk.codecs.contains(&Codec::Opus) && trunk.codecs.len() == 1 {
            let advice = "only opus; add a telephone codec such as \"pcmu\"".to_owned();
            fault(span, &format!("trunks[{index}].codecs"), advice);
        }
    }
}

fn numbers(config: &Config, fault: Report<'_>) {
    unique("numbers", "number", config.numbers.iter().map(|number| &number.number), fault);
    let known: BTreeSet<&str> = config.users.iter().map(|user| user.name.get_ref().as_str()).collect();
    for (index, number) in config.numbers.iter().enumerate() {
        let user = &number.user;
        if !known.contains(user.get_ref().as_str()) {
            let advice = format!("there is no user {:?}; write one of: {}", user.get_ref(), listed(&known));
            fault(user.span(), &format!("numbers[{index}].user"), advice);
        }
    }
}

fn unique<'a>(
    section: &str,
    field: &str,
    names: impl Iterator<Item = &'a Spanned<String>>,
    fault: Report<'_>,
) {
    let mut seen = BTreeSet::new();
    for (index, name) in names.enumerate() {
        let path = format!("{section}[{index}].{field}");
        if name.get_ref().trim().is_empty() {
            fault(name.span(), &path, "empty; write a name".to_owned());
        } else if !seen.insert(name.get_ref()) {
            fault(name.span(), &path, format!("{:?} is written twice; rename or remove one", name.get_ref()));
        }
    }
}

/// The first few names, for a sentence.
fn listed(names: &BTreeSet<&str>) -> String {
    const SHOWN_MAX: usize = 10;
    if names.is_empty() {
        return "(none is defined yet)".to_owned();
    }
    names.iter().take(SHOWN_MAX).copied().collect::<Vec<_>>().join(", ")
}
