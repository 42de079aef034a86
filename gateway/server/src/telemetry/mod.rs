//! Logs and metrics.

mod calls;
mod log;
mod media;
mod redact;
mod sip;

use std::sync::OnceLock;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

pub use calls::CallMeter;
pub use log::start as start_log;
pub use media::MediaCounters;
pub use redact::Redacted;
pub use sip::SipCounters;

/// The process's metrics, in Prometheus's text form; started by the first who asks.
pub fn metrics() -> &'static PrometheusHandle {
    static METRICS: OnceLock<PrometheusHandle> = OnceLock::new();
    METRICS.get_or_init(|| {
        let recorder = PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        // Another recorder is installed only by a program that embeds this crate; then ours stays empty.
        let _ = ::metrics::set_global_recorder(recorder);
        handle
    })
}
