//! Huge pages for the codecs' state.
//!
//! A call's codecs touch a few hundred kB with every packet. With pages of 4 kB, looking up where these are takes a fifth
//! of a transcoded call's processor time.

use std::env;
use std::ffi::OsString;
use std::process::Command;

/// glibc reads it only as a program starts.
const TUNABLES: &str = "GLIBC_TUNABLES";
/// malloc asks the kernel for huge pages where it gives them on request.
const HUGE_PAGES: &str = "glibc.malloc.hugetlb=1";

/// Starts this program again, in its place, with malloc set to huge pages. Returns where that is done already, the
/// operator has set tunables of his own, or it cannot be done: then calls only cost more.
pub fn ask() {
    if cfg!(all(target_os = "linux", target_env = "gnu")) && env::var_os(TUNABLES).is_none() {
        start_again();
    }
}

#[cfg(unix)]
fn start_again() {
    use std::os::unix::process::CommandExt;
    let mut arguments = env::args_os();
    let name = arguments.next().unwrap_or_else(|| OsString::from("offhook"));
    if let Ok(program) = env::current_exe() {
        // Only returns where it fails.
        let _ = Command::new(program).arg0(name).args(arguments).env(TUNABLES, HUGE_PAGES).exec();
    }
}

#[cfg(not(unix))]
fn start_again() {}
