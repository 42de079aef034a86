//! The binary itself: what it prints and how it exits when it cannot start.

use std::net::{TcpListener, UdpSocket};
use std::path::PathBuf;
use std::process::{Command, Output};

fn offhook(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_offhook")).args(arguments).output().unwrap()
}

fn file(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn fails_with(arguments: &[&str], sentence: &str) {
    let output = offhook(arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains(sentence), "{said}");
}

const SECRET: &str = "[auth]\nhs256_secret = \"0123456789abcdef0123456789abcdef\"\n";

#[test]
fn a_missing_file_a_bad_file_and_a_bad_argument_exit_with_2() {
    fails_with(&["--config", "/nowhere/offhook.toml"], "write the path of a configuration file");
    fails_with(&["check-config", "/nowhere/offhook.toml"], "/nowhere/offhook.toml");
    fails_with(&["--colour"], "--help");
    let bad = file("unknown.toml", &format!("{SECRET}[htp]\n"));
    fails_with(&["check-config", bad.to_str().unwrap()], "unknown.toml:3: htp: unknown field; write http");
}

#[test]
fn a_valid_file_is_called_valid() {
    let valid = file("valid.toml", SECRET);
    let output = offhook(&["check-config", valid.to_str().unwrap()]);
    assert!(output.status.success());
}

#[test]
fn a_key_file_that_is_missing_or_holds_no_key_is_named() {
    let key =
        |path: &str| format!("{SECRET}[[auth.public_keys]]\nalgorithm = \"ES256\"\nfile = \"{path}\"\n");
    let missing = file("missing_key.toml", &key("/nowhere/key.pem"));
    fails_with(&["check-config", missing.to_str().unwrap()], "/nowhere/key.pem cannot be read");
    let no_key = file("no_key.pem", "this is no key");
    let wrong = file("wrong_key.toml", &key(no_key.to_str().unwrap()));
    fails_with(&["check-config", wrong.to_str().unwrap()], "holds no public key");
}

#[test]
fn a_port_in_use_is_one_sentence() {
    let http = TcpListener::bind("127.0.0.1:0").unwrap();
    let sip = UdpSocket::bind("127.0.0.1:0").unwrap();
    let media = "[media]\naddresses = [\"127.0.0.1\"]\nport = 0\nworkers = 1\n";
    let taken = http.local_addr().unwrap();
    let text =
        format!("{SECRET}[http]\nlisten = [\"{taken}\"]\n[sip]\nlisten = [\"udp:127.0.0.1:0\"]\n{media}");
    let path = file("http_taken.toml", &text);
    fails_with(&["--config", path.to_str().unwrap()], &format!("{taken} is already in use"));
    let taken = sip.local_addr().unwrap();
    let text =
        format!("{SECRET}[http]\nlisten = [\"127.0.0.1:0\"]\n[sip]\nlisten = [\"udp:{taken}\"]\n{media}");
    let path = file("sip_taken.toml", &text);
    fails_with(&["--config", path.to_str().unwrap()], &format!("{taken} is already in use"));
}
