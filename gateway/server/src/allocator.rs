//! How malloc is set: huge pages for the codecs' state, and memory given back once a flood is over.
//!
//! A call's codecs touch a few hundred kB with every packet. With pages of 4 kB, looking up where these are takes a fifth
//! of a transcoded call's processor time.
//!
//! malloc gives back only what lies above the last piece that is kept. Its own caches keep pieces wherever they were
//! freed, so that a flood of ten seconds left its memory with us for days.

use std::env;
use std::ffi::OsString;
use std::process::Command;

/// glibc reads it only as a program starts.
const TUNABLES: &str = "GLIBC_TUNABLES";
/// In order: huge pages where the kernel gives them on request; no caches of freed pieces; free memory beyond 1 MB is
/// given back; codecs' state stays in the heap, where huge pages are.
const WANTED: &str = "glibc.malloc.hugetlb=1:glibc.malloc.tcache_count=0:glibc.malloc.mxfast=0:\
                      glibc.malloc.trim_threshold=1048576:glibc.malloc.mmap_threshold=33554432";

/// Starts this program again, in its place, with malloc set so. Returns where that is done already, the operator has
/// set tunables of his own, or it cannot be done: then calls only cost more.
pub fn tune() {
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
        let _ = Command::new(program).arg0(name).args(arguments).env(TUNABLES, WANTED).exec();
    }
}

#[cfg(not(unix))]
fn start_again() {}
