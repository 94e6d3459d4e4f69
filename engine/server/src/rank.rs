//! Puts candidates in the order in which they fit a query: by the engine's own search over just these, and by plain
//! likeness what the search does not find.

use std::collections::HashMap;

use kissbot_games::build::{Entry, build, merge};
use kissbot_games::index::Index;
use kissbot_games::normalise::Name;
use kissbot_games::osa::distance_of_chars;
use kissbot_games::search::Searcher;

pub const CANDIDATES_MAX: usize = 100;
pub const TEXT_BYTES_MAX: usize = 512;

/// The engine's points for an exact title.
const FULL: f64 = 10_000.0;
/// What the search does not find stays below all that it finds.
const LIKENESS_MOST: f64 = 0.5;

#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    /// Where it stood among the candidates.
    pub index: usize,
    /// 0 to 1.
    pub score: f64,
}

/// Every candidate once, the best first; of two that fit alike the one that came first.
pub fn rank(query: &str, candidates: &[String]) -> Vec<Ranked> {
    let found = search(query, candidates);
    let asked = Name::of(query);
    let mut ranked: Vec<Ranked> = candidates
        .iter()
        .enumerate()
        .map(|(index, candidate)| {
            let name = Name::of(candidate);
            let score = found
                .get(name.raw())
                .copied()
                .unwrap_or_else(|| LIKENESS_MOST * likeness(asked.canonical(), name.canonical()));
            Ranked { index, score }
        })
        .collect();
    ranked.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.index.cmp(&b.index)));
    ranked
}

/// Scores by name, so that candidates that are spelt alike share one.
fn search(query: &str, candidates: &[String]) -> HashMap<String, f64> {
    let entries = merge(candidates.iter().map(|title| Entry { title: title.clone(), ..Entry::default() }));
    let Ok(index) = Index::of_bytes(build(&entries, 0)) else {
        return HashMap::new();
    };
    let mut searcher = Searcher::default();
    searcher
        .search(&index, query, candidates.len())
        .iter()
        .map(|hit| {
            let key = String::from_utf8_lossy(index.raw_key(hit.id)).into_owned();
            let score = LIKENESS_MOST + (1.0 - LIKENESS_MOST) * f64::from(hit.points) / FULL;
            (key, score.clamp(0.0, 1.0))
        })
        .collect()
}

/// 1: the same; 0: nothing in common.
fn likeness(one: &str, other: &str) -> f64 {
    let longest = one.chars().count().max(other.chars().count());
    if longest == 0 {
        return 0.0;
    }
    let most = u32::try_from(longest).unwrap_or(u32::MAX);
    let edits = distance_of_chars(one, other, most).unwrap_or(most);
    1.0 - f64::from(edits.min(most)) / longest as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn order(query: &str, candidates: &[&str]) -> Vec<usize> {
        let candidates: Vec<String> = candidates.iter().map(|&title| title.to_owned()).collect();
        rank(query, &candidates).iter().map(|ranked| ranked.index).collect()
    }

    #[test]
    fn the_one_that_was_meant_comes_first() {
        for (query, meant, others) in [
            ("doom 2", "Doom II", &["Doom 3", "Doom"][..]),
            ("vampire survivers", "Vampire Survivors", &["Vampire: The Masquerade"]),
            ("witcher 3", "The Witcher 3: Wild Hunt", &["The Witcher", "Wither 3"]),
            ("hades", "Hades", &["Hades II"]),
            ("stardewvalley", "Stardew Valley", &["Star Wars"]),
            ("pokemon", "Pokémon", &["Pac-Man"]),
        ] {
            let candidates: Vec<&str> = others.iter().copied().chain([meant]).collect();
            let first = order(query, &candidates)[0];
            assert_eq!(candidates[first], meant, "{query}");
        }
    }

    #[test]
    fn an_exact_title_has_the_full_score() {
        let ranked = rank("Hades", &["Hades".to_owned()]);
        assert!((ranked[0].score - 1.0).abs() < 0.03, "{}", ranked[0].score);
    }

    #[test]
    fn those_that_fit_alike_keep_their_order() {
        assert_eq!(order("zzz", &["Same", "Same", "same"]), [0, 1, 2]);
        assert_eq!(order("", &["B", "A"]), [0, 1]);
        assert_eq!(order("x", &[]), Vec::<usize>::new());
    }

    proptest! {
        #[test]
        fn every_candidate_comes_once(query in ".{0,60}", candidates in prop::collection::vec(".{0,40}", 0..40)) {
            let ranked = rank(&query, &candidates);
            let mut indices: Vec<usize> = ranked.iter().map(|one| one.index).collect();
            prop_assert!(ranked.iter().all(|one| (0.0..=1.0).contains(&one.score)));
            prop_assert!(ranked.windows(2).all(|pair| pair[0].score >= pair[1].score));
            indices.sort_unstable();
            prop_assert_eq!(indices, (0..candidates.len()).collect::<Vec<_>>());
        }
    }
}
