//! RFC 5359 as scenarios, as far as a proxy and plain calls make them: holding (§2.1), forwarding (§2.7 to §2.9),
//! finding (§2.12) and screening (§2.13, §2.14). What needs REFER or a dialog package has files of its own.

mod forwarding;
mod holding;
mod screening;
