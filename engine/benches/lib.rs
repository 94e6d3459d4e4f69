//! Nothing: see benches/search.rs.
