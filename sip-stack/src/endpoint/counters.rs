//! What happened, counted.

/// Monotonic counts since the endpoint was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Messages received that parsed.
    pub received: u64,
    /// Messages sent for the first time.
    pub sent: u64,
    /// Messages that did not parse or did not validate.
    pub malformed: u64,
    /// Responses that match no transaction.
    pub stray_responses: u64,
    /// ACKs that match no transaction and no dialog.
    pub stray_acks: u64,
    /// Messages that we sent again.
    pub retransmissions_sent: u64,
    /// Requests that peers sent again.
    pub retransmissions_absorbed: u64,
    /// Requests refused because of [`Limits::server_transactions`](crate::Limits::server_transactions) or its
    /// share for one source.
    pub limited_transactions: u64,
    /// Requests refused because of [`Limits::calls`](crate::Limits::calls).
    pub limited_calls: u64,
    /// Requests refused because of [`ProxyLimits::contexts`](crate::proxy::ProxyLimits::contexts).
    pub limited_forwards: u64,
    /// Subscriptions refused because of [`Limits::subscriptions`](crate::Limits::subscriptions).
    pub limited_subscriptions: u64,
    /// Forks refused because of [`Limits::forks`](crate::Limits::forks).
    pub limited_forks: u64,
    /// Streams refused because of [`Limits::streams`](crate::Limits::streams) or its backlog.
    pub limited_streams: u64,
    /// Flows of ours that no longer answered keep-alives.
    pub dead_flows: u64,
    /// Streams closed because nothing came.
    pub silent_streams: u64,
    /// Streams closed because the certificate named somebody else, or there was none.
    pub wrong_peers: u64,
    /// Client transactions that nobody answered.
    pub timeouts: u64,
    /// Messages that found no listener, no stream, or a refused connection.
    pub transport_failures: u64,
    /// Requests that went on to another target because one failed.
    pub failovers: u64,
    /// Requests whose URI led nowhere.
    pub unresolved: u64,
    /// 401 and 407 that were answered.
    pub challenges_answered: u64,
    /// 401 and 407 inside of dialogs from peers that credentials were not meant for, or for a realm of another's.
    pub challenges_distrusted: u64,
    /// Responses whose Authentication-Info proved that the server does not know the password.
    pub servers_unproven: u64,
}
