//! Finds a game by what people type. Knows titles and files; has never heard of JavaScript, chat or the network.

pub mod acronyms;
pub mod build;
pub mod catalogue;
pub mod format;
pub mod hash;
pub mod index;
pub mod library;
pub mod normalise;
pub mod osa;
pub mod passjoin;
mod plain;
pub mod prefetch;
pub mod record;
pub mod search;
pub mod sigbus;
pub mod table;
