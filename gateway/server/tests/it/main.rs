//! The gateway through its faces: files, command line, HTTP, WebSocket, and SIP on the wire.

mod auth;
mod command_line;
mod config;
mod events;
mod gateway;
mod pages;
mod rest;
mod signal;
mod trunk;
