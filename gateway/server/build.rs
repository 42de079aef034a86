//! The pages are part of the binary: build it again when they change.

fn main() {
    println!("cargo:rerun-if-changed=../../static/dist");
    println!("cargo:rerun-if-changed=build.rs");
}
