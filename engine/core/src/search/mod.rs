//! The cascade: each step looks only when those before it found nothing better.

pub mod bag;
mod edits;
mod names;
mod score;
mod tokens;

use crate::index::Index;
use crate::normalise::{Name, QUERY_BYTES_MAX, cut};
use bag::Bag;
use edits::Edits;
pub use score::{Hit, Hits, POINTS, Stage};
use tokens::Tokens;

/// An answer of this score and this far ahead of the next is given without asking back (the original's rule).
pub const CONFIDENT_POINTS: i32 = 9_000;
pub const CONFIDENT_MARGIN: i32 = 500;
/// A short form of a game known so well is what is meant; of a lesser one it is looked on.
const FAMOUS: u8 = 140;
/// Slips found that are as near as this are taken; below, the words are looked at, too.
const NEAR_POINTS: i32 = 8_200;

/// What a search needs and keeps for the next: belongs to one thread.
#[derive(Default)]
pub struct Searcher {
    query: Query,
    edits: Edits,
    tokens: Tokens,
    hits: Hits,
}

/// What was typed.
#[derive(Default)]
pub struct Query {
    pub name: Name,
    pub bag: Bag,
}

impl Searcher {
    /// The best first; the margin of the first says how sure it is. With a limit of one it stops as soon as it can.
    pub fn search(&mut self, index: &Index, text: &str, limit: usize) -> &[Hit] {
        self.hits.clear();
        self.query.name.fill_raw(cut(text, QUERY_BYTES_MAX));
        if self.query.name.raw().is_empty() || limit == 0 || !index.is_intact() {
            return &[];
        }
        let found = self.cascade(index);
        self.hits.rank();
        if limit > 1 && self.hits.len() < limit && found != Found::Everything {
            self.widen(index, found);
        }
        // Found in what is no longer there, it is nothing.
        if index.is_intact() { self.hits.best(limit) } else { &[] }
    }

    fn cascade(&mut self, index: &Index) -> Found {
        names::look(index, &mut self.query, &mut self.hits);
        if self.hits.best_stage().is_some_and(|stage| stage != Stage::Acronym) || self.has_famous_acronym() {
            return Found::Names;
        }
        self.query.name.complete();
        self.edits.look(index, &self.query.name, &mut self.hits);
        if self.hits.best_points() >= NEAR_POINTS && self.hits.best_stage() == Some(Stage::Edits) {
            return Found::Edits;
        }
        self.tokens.look(index, &self.query.name, &mut self.hits);
        Found::Everything
    }

    fn has_famous_acronym(&self) -> bool {
        self.hits.iter().any(|hit| hit.stage == Stage::Acronym && hit.record.popularity >= FAMOUS)
    }

    /// More to choose from, behind what stands first already.
    fn widen(&mut self, index: &Index, found: Found) {
        self.hits.settle();
        self.query.name.complete();
        if found == Found::Names {
            self.edits.look(index, &self.query.name, &mut self.hits);
        }
        self.tokens.look(index, &self.query.name, &mut self.hits);
        self.hits.rank();
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Found {
    Names,
    Edits,
    Everything,
}
