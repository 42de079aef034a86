//! `Resource-Priority` (RFC 4412 §3.1).

use super::shape::resource_values;

resource_values! {
    /// The precedence a request claims, in the namespaces it knows (RFC 4412 §3.1).
    ResourcePriority
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::TypedHeader;

    #[test]
    fn a_value_is_a_namespace_and_a_priority() {
        let header = ResourcePriority::parse("dsn.flash , wps.3").unwrap();
        assert_eq!((header.0[1].namespace.as_str(), header.0[1].priority.as_str()), ("wps", "3"));
        for bad in ["dsn", "dsn.", ".flash", "a.b.c"] {
            assert!(ResourcePriority::parse(bad).is_err(), "{bad}");
        }
    }
}
