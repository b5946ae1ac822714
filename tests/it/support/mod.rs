//! What several tests need.

pub(crate) mod databases;
pub(crate) mod desk;
pub(crate) mod llama;
pub(crate) mod platform;
pub(crate) mod program;
pub(crate) mod scripted;
pub(crate) mod service;
