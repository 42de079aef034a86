//! The gateway through its faces: files, command line, HTTP, WebSocket, and SIP on the wire.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod actions;
mod auth;
mod authority;
mod cdrs;
mod collect;
mod command_line;
mod config;
mod dead_trunk;
mod events;
mod gateway;
mod https;
mod name_server;
mod named_trunk;
mod pages;
mod phone;
mod phones;
mod play;
mod process;
mod record;
mod rest;
mod restart;
mod resume;
mod routes;
mod signal;
mod sip_ipv6;
mod sip_tls;
mod sip_websocket;
mod torture_wire;
mod trunk;
mod webhooks;
