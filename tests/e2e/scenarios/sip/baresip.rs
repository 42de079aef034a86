//! baresip: phones that register over TLS and call each other with SRTP, keyed in the SDP (RFC 4568).

use crate::ear::PHONE;
use crate::sip::two_phones;
use crate::stage::play;
use anyhow::{Context, Result, ensure};
use e2e::browser::MICROPHONE;
use e2e::gateway::{DOMAIN, Gateway, PHONE_PASSWORD, Setup};
use e2e::phone::{Account, Baresip, Codec};
use e2e::port;
use e2e::tone::Tone;
use std::path::Path;
use std::process::Command;

/// A certificate of our domain, and its key.
fn certify(certificate: &Path, key: &Path) -> Result<()> {
    let mut openssl = Command::new("openssl");
    openssl.args([
        "req",
        "-x509",
        "-nodes",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-days",
        "2",
    ]);
    openssl.args(["-subj", "/CN=phones", "-addext", &format!("subjectAltName=DNS:{DOMAIN}")]);
    let made = openssl.arg("-keyout").arg(key).arg("-out").arg(certificate).output();
    let made = made.context("make a certificate: scripts/install-test-deps.sh installs openssl")?;
    ensure!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    Ok(())
}

async fn register(user: &str, port: u16, speaks: Tone) -> Result<Baresip> {
    let account = Account::registered(user, PHONE_PASSWORD, port, "tls").in_domain(DOMAIN).encrypted();
    Baresip::open(&account, port::free(2)?, Codec::Pcmu, speaks).await
}

#[test]
fn two_call_each_other_over_tls_with_srtp() {
    play(|| async {
        let folder = tempfile::tempdir()?;
        let (certificate, key) = (folder.path().join("certificate.pem"), folder.path().join("key.pem"));
        certify(&certificate, &key)?;
        let tls = port::free(2)?;
        let setup = Setup::new(Codec::Pcmu)?.phones(&["ann", "bob"]).md5_only().tls(tls, &certificate, &key);
        let gateway = Gateway::start(setup).await?;
        let calls = async {
            let mut ann = register("ann", tls, MICROPHONE).await?;
            let mut bob = register("bob", tls, PHONE).await?;
            ann.dial(&format!("sip:bob@{DOMAIN}")).await?;
            two_phones::talk((&mut ann, PHONE), (&mut bob, MICROPHONE)).await
        };
        calls.await.with_context(|| gateway.story())
    });
}
