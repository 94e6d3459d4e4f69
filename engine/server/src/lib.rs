//! Ranks candidates of a game's name and searches the index, over HTTP on loopback. Knows nothing of the house but the
//! papers it is started with.

pub mod additions;
pub mod http;
pub mod papers;
pub mod rank;
pub mod search;
pub mod serve;
pub mod service;
