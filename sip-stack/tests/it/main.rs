//! The stack through its public interface; the endpoint in virtual time.

#![allow(clippy::unwrap_used, reason = "clippy spares only the functions marked as tests, not their helpers")]

mod addresses;
mod any_order;
mod authentication;
mod basic_call;
mod bearer;
mod broken_streams;
mod call;
mod cancel;
mod digest;
mod digest_client;
mod digest_leak;
mod digest_server;
mod event_packages;
mod first_response;
mod forking;
mod header_properties;
mod in_dialog;
mod late_offer;
mod limits;
mod lone;
mod lossy;
mod message_corpus;
mod message_properties;
mod net;
mod node;
mod noise;
mod non_invite_silence;
mod outgoing;
mod pair;
mod proxy;
mod refusals;
mod registrar;
mod registration;
mod reliable;
mod reoffer;
mod screened;
mod secure_peers;
mod streams;
mod torture;
mod torture_wire;
mod update;
mod websocket;
mod wire;
