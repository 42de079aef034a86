//! The invariants of ARCHITECTURE.md, read off the tree: who may depend on whom, and what no core may touch.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A crate of the lower floors and everything that it may depend on.
struct Core {
    folder: &'static str,
    may_use: &'static [&'static str],
}

const CORES: &[Core] = &[
    Core {
        folder: "sip-stack",
        may_use: &[
            "base64",
            "bytes",
            "bytestring",
            "hex",
            "hmac",
            "md-5",
            "memchr",
            "nom",
            "p256",
            "quick-xml",
            "rustls-pki-types",
            "rustls-webpki",
            "serde",
            "serde_json",
            "sha2",
            "siphasher",
            "smallvec",
            "smol_str",
            "subtle",
            "thiserror",
            "x509-cert",
        ],
    },
    Core {
        folder: "media",
        may_use: &[
            "aes",
            "aes-gcm",
            "base64",
            "bytes",
            "ctr",
            "der",
            "dimpl",
            "ecdsa",
            "ghash",
            "hmac",
            "p256",
            "pkcs8",
            "rand_core",
            "rusty-opus",
            "sha1",
            "sha2",
            "smallvec",
            "spki",
            "str0m",
            "str0m-proto",
            "subtle",
            "thiserror",
            "x509-cert",
        ],
    },
    Core {
        folder: "gateway/engine",
        may_use: &["bytes", "jiff", "media", "regex", "sip-stack", "smallvec", "thiserror", "uuid"],
    },
    Core {
        folder: "gateway/api",
        may_use: &["schemars", "serde", "serde_json", "serde_path_to_error", "thiserror", "utoipa", "uuid"],
    },
];

/// What no core may say: time, chance, sockets, files, threads and locks come in as arguments or not at all.
const OUTSIDE: &[&str] = &[
    "Instant::now",
    "SystemTime::now",
    "UdpSocket",
    "TcpStream",
    "TcpListener",
    "std::fs",
    "std::thread",
    "std::env",
    "std::process",
    "tokio::",
    "Mutex<",
    "RwLock<",
    "mpsc::",
    "rand::rng",
    "thread_rng",
    "OsRng",
    "getrandom",
    "Uuid::now_v7",
    "Uuid::new_v4",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the workspace's root")
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            files.push(path);
        }
    }
    files
}

/// A file's product code: comments and the inline test module left out.
fn product_code(file: &Path) -> String {
    let text = fs::read_to_string(file).expect("a readable source file");
    let product = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let code = product.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.collect::<Vec<_>>().join("\n")
}

fn dependencies(folder: &str) -> BTreeSet<String> {
    let manifest = fs::read_to_string(root().join(folder).join("Cargo.toml")).expect("a manifest");
    let manifest: toml::Table = manifest.parse().expect("a manifest that parses");
    let section = manifest.get("dependencies").and_then(toml::Value::as_table);
    section.map(|table| table.keys().cloned().collect()).unwrap_or_default()
}

fn members() -> Vec<String> {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("the workspace's manifest");
    let manifest: toml::Table = manifest.parse().expect("a manifest that parses");
    let members = manifest["workspace"]["members"].as_array().expect("a list of members");
    members.iter().filter_map(|member| member.as_str().map(str::to_owned)).collect()
}

/// Files of product code that contain `word`, relative to the root. Test instruments may be clients of anything.
fn files_that_say(word: &str) -> Vec<String> {
    let product = members().into_iter().filter(|member| !member.starts_with("tests/"));
    let sources = product.flat_map(|member| rust_files(&root().join(member).join("src")));
    let saying = sources.filter(|file| product_code(file).contains(word));
    saying.map(|file| file.strip_prefix(root()).expect("a file of the tree").display().to_string()).collect()
}

#[test]
fn cores_depend_only_on_what_is_listed() {
    for core in CORES {
        let allowed: BTreeSet<String> = core.may_use.iter().map(|name| (*name).to_owned()).collect();
        let extra: Vec<_> = dependencies(core.folder).difference(&allowed).cloned().collect();
        assert!(extra.is_empty(), "{} may not depend on {extra:?}", core.folder);
    }
}

#[test]
fn cores_touch_nothing_outside() {
    for core in CORES {
        for file in rust_files(&root().join(core.folder).join("src")) {
            let code = product_code(&file);
            for word in OUTSIDE {
                assert!(!code.contains(word), "{} says {word}: pass it in as an argument", file.display());
            }
        }
    }
}

#[test]
fn sip_and_media_do_not_know_each_other() {
    for file in rust_files(&root().join("media/src")) {
        assert!(!product_code(&file).contains("sip_stack"), "{} names the SIP stack", file.display());
    }
    for file in rust_files(&root().join("sip-stack/src")) {
        assert!(!product_code(&file).contains("media::"), "{} names media", file.display());
    }
}

#[test]
fn foreign_engines_are_named_in_one_module() {
    for (library, module) in [
        ("str0m", "media/src/port/webrtc"),
        ("rusty_opus", "media/src/codec/opus"),
        ("redb", "gateway/store/src/embedded"),
        ("sqlx", "gateway/store/src/postgres"),
    ] {
        let strays: Vec<_> =
            files_that_say(library).into_iter().filter(|file| !file.starts_with(module)).collect();
        assert!(strays.is_empty(), "{library} belongs in {module} only, not in {strays:?}");
    }
}

#[test]
fn engine_types_never_serialize() {
    assert!(!dependencies("gateway/engine").contains("serde"));
}

#[test]
fn every_crate_takes_the_lints_of_the_workspace() {
    for member in members() {
        let manifest = fs::read_to_string(root().join(&member).join("Cargo.toml")).expect("a manifest");
        assert!(manifest.contains("[lints]\nworkspace = true"), "{member} does not inherit the lints");
    }
    for file in files_that_say("unsafe ") {
        let code = product_code(&root().join(&file));
        let block = code.contains("unsafe {") || code.contains("unsafe fn") || code.contains("unsafe impl");
        assert!(!block, "{file} is unsafe");
    }
}

/// What a crate compiles and links, build scripts included, by name.
fn tree(package: &str, features: &str) -> BTreeSet<String> {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--package", package, "--features", features])
        .args(["--edges", "normal,build", "--prefix", "none"])
        .current_dir(root())
        .output()
        .expect("cargo tree runs");
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8_lossy(&tree.stdout);
    tree.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[test]
fn no_c_is_compiled_or_linked() {
    // Crates that only declare the operating system's own calls.
    let declare_only = ["linux-raw-sys", "windows-sys", "js-sys", "web-sys"];
    for (package, features) in [("server", ""), ("sip-stack", "stir")] {
        let names = tree(package, features);
        assert!(names.contains(package), "the tree was not read");
        let c: Vec<_> = names
            .iter()
            .map(String::as_str)
            .filter(|name| {
                let builds_c = ["cc", "cmake", "bindgen", "pkg-config", "nasm-rs"].contains(name);
                builds_c || (name.ends_with("-sys") && !declare_only.contains(name))
            })
            .collect();
        assert!(c.is_empty(), "C creeps into {package} through {c:?}");
    }
}

#[test]
fn no_file_outgrows_a_screen_of_scrolling() {
    const LINES_MAX: usize = 600;
    for member in members() {
        for file in rust_files(&root().join(&member)) {
            let lines = fs::read_to_string(&file).expect("a readable source file").lines().count();
            assert!(lines <= LINES_MAX, "{} has {lines} lines: split it by concern", file.display());
        }
    }
}
