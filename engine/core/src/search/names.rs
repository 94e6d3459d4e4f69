//! One or two look-ups in the table of names: the title as typed, its canonical form, an alias, a head, a short form, the
//! same words in another order.

use super::{Bag, Hit, Hits, POINTS, Query, Stage};
use crate::format::{EXTRA_ALIAS, EXTRA_HEAD, NAME_BAG, NAME_CANONICAL, NAME_EXTRA, NAME_RAW};
use crate::hash::name_hash;
use crate::index::Index;

/// Two per step of renown: at most half a tenth.
const BONUS_PER_POPULARITY: i32 = 2;
/// A year in brackets that fits, or does not.
const YEAR_FITS: i32 = 300;
const YEAR_DIFFERS: i32 = 1_500;
/// A short form of a game so well known stands above the full name of one that hardly anybody knows.
const FAMOUS: u8 = 215;
const OBSCURE: u8 = 40;
const LIFT: i32 = 1_200;
const KINDS_SHIFT: u32 = 20;
const ID_MASK: u32 = (1 << KINDS_SHIFT) - 1;

pub fn look(index: &Index, query: &mut Query, hits: &mut Hits) {
    let name = &mut query.name;
    look_for(index, &name.raw, Stage::Exact, hits);
    // What was typed in full is meant: another form of it could only make us less sure.
    if hits.iter().all(|hit| hit.stage != Stage::Exact) {
        name.complete();
        if name.canonical != name.raw && !name.canonical.is_empty() {
            look_for(index, &name.canonical, Stage::Canonical, hits);
        }
    }
    if let Some(year) = name.year {
        weigh_years(index, year, hits);
    }
    let has_famous = lift_famous_acronym(index, hits);
    keep_surest(hits, has_famous);
    if hits.is_empty() {
        query.bag.fill(query.name.words());
        look_for_bag(index, &query.bag, hits);
    }
}

fn bonus(index: &Index, id: u32) -> i32 {
    i32::from(index.popularity(id)) * BONUS_PER_POPULARITY
}

fn look_for(index: &Index, key: &str, raw_is: Stage, hits: &mut Hits) {
    let key_bytes = key.as_bytes();
    for reference in index.name_table().look(name_hash(key)) {
        let (kind, at) = (reference >> KINDS_SHIFT, reference & ID_MASK);
        let found = match kind {
            NAME_RAW if index.raw_key(at) == key_bytes => Some((at, raw_is)),
            NAME_CANONICAL if index.canonical_key(at) == key_bytes => Some((at, Stage::Canonical)),
            NAME_EXTRA if index.extra_key(at) == key_bytes => {
                let (kind, id) = index.extra(at);
                Some((id, stage_of(kind)))
            }
            _ => None,
        };
        if let Some((id, stage)) = found {
            hits.add(Hit::new(id, points_of(stage), bonus(index, id), stage));
        }
    }
}

fn stage_of(extra_kind: u8) -> Stage {
    match extra_kind {
        EXTRA_ALIAS => Stage::Alias,
        EXTRA_HEAD => Stage::MainTitle,
        _ => Stage::Acronym,
    }
}

fn points_of(stage: Stage) -> i32 {
    match stage {
        Stage::Exact => POINTS.exact,
        Stage::Canonical => POINTS.canonical,
        Stage::Alias => POINTS.alias,
        Stage::MainTitle => POINTS.main_title,
        _ => POINTS.acronym,
    }
}

fn weigh_years(index: &Index, asked: u16, hits: &mut Hits) {
    hits.for_each(|hit| match index.year(hit.id) {
        Some(year) if year == asked => hit.bonus += YEAR_FITS,
        Some(_) => hit.points -= YEAR_DIFFERS,
        None => {}
    });
}

/// What was typed in full is meant, not what it could also be short for; a curated alias is meant, too.
fn keep_surest(hits: &mut Hits, has_famous: bool) {
    let has = |wanted: Stage| hits.iter().any(|hit| hit.stage == wanted);
    let surest = [Stage::Exact, Stage::Canonical, Stage::Alias, Stage::MainTitle].into_iter().find(|&stage| has(stage));
    let Some(surest) = surest else { return };
    hits.retain(|hit| hit.stage == surest || hit.stage == Stage::Alias || has_famous && hit.stage == Stage::Acronym);
}

/// "lol" is League of Legends, though some cartridge of 1989 is called L.O.L.: it goes first, and stays unsure.
fn lift_famous_acronym(index: &Index, hits: &mut Hits) -> bool {
    let is_obscure = |hit: &Hit| hit.stage == Stage::Acronym || index.popularity(hit.id) < OBSCURE;
    if !hits.iter().all(is_obscure) {
        return false;
    }
    let best = hits.iter().filter(|hit| hit.stage == Stage::Acronym).map(|hit| index.popularity(hit.id)).max();
    if best.is_none_or(|best| best < FAMOUS) {
        return false;
    }
    hits.for_each(|hit| {
        if hit.stage == Stage::Acronym && index.popularity(hit.id) >= FAMOUS {
            hit.bonus += LIFT;
        }
    });
    true
}

fn look_for_bag(index: &Index, bag: &Bag, hits: &mut Hits) {
    let Some(hash) = bag.hash() else { return };
    let mut other = Bag::default();
    for reference in index.name_table().look(hash) {
        let (kind, id) = (reference >> KINDS_SHIFT, reference & ID_MASK);
        if kind != NAME_BAG {
            continue;
        }
        other.fill(index.tokens(id).map(|word| std::str::from_utf8(index.word(word)).unwrap_or_default()));
        if other.words().eq(bag.words()) {
            hits.add(Hit::new(id, POINTS.words, bonus(index, id), Stage::Words));
        }
    }
}
