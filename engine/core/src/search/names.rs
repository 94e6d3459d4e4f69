//! One or two look-ups in the table of names: the title as typed, its canonical form, an alias, a head, a short form, the
//! same words in another order.

use super::{Bag, Hit, Hits, POINTS, Query, Stage};
use crate::format::{EXTRA_ALIAS, EXTRA_HEAD, NAME_BAG, NAME_CANONICAL, NAME_EXTRA, NAME_KIND_SHIFT};
use crate::hash::name_hash;
use crate::index::Index;
use crate::record::Record;

/// Two per step of renown: at most half a tenth.
const BONUS_PER_POPULARITY: i32 = 2;
/// A year in brackets that fits, or does not.
const YEAR_FITS: i32 = 300;
const YEAR_DIFFERS: i32 = 1_500;
/// A short form of a game so well known stands above the full name of one that hardly anybody knows.
const FAMOUS: u8 = 215;
const OBSCURE: u8 = 40;
const LIFT: i32 = 1_200;
const PLACE_MASK: u32 = (1 << NAME_KIND_SHIFT) - 1;

pub fn look(index: &Index, query: &mut Query, hits: &mut Hits) {
    let (name, table) = (&mut query.name, index.name_table());
    let raw_hash = name_hash(name.raw());
    table.prefetch(raw_hash);
    // While memory is on its way: what most who are not found by this one are found by.
    name.complete();
    let canonical = name.other_canonical().filter(|key| !key.is_empty()).map(|key| (key, name_hash(key)));
    if let Some((_, hash)) = canonical {
        table.prefetch(hash);
    }
    look_for(index, name.raw(), raw_hash, Stage::Exact, hits);
    // What was typed in full is meant: another form of it could only make us less sure.
    if let Some((key, hash)) = canonical
        && hits.iter().all(|hit| hit.stage != Stage::Exact)
    {
        look_for(index, key, hash, Stage::Canonical, hits);
    }
    if let Some(year) = name.year {
        weigh_years(year, hits);
    }
    if !hits.is_one_title() {
        let has_famous = lift_famous_acronym(hits);
        keep_surest(hits, has_famous);
    }
    if hits.is_empty() {
        query.bag.fill(query.name.words());
        look_for_bag(index, &query.bag, hits);
    }
}

fn bonus(record: &Record) -> i32 {
    i32::from(record.popularity) * BONUS_PER_POPULARITY
}

fn look_for(index: &Index, key: &str, hash: u32, raw_is: Stage, hits: &mut Hits) {
    for reference in index.name_table().look(hash) {
        let (kind, at) = (reference >> NAME_KIND_SHIFT, reference & PLACE_MASK);
        let found = match kind {
            NAME_BAG => None,
            NAME_EXTRA => find_extra(index, key, at),
            _ => find_title(index, key, kind, at, raw_is),
        };
        if let Some((record, stage)) = found {
            hits.add(Hit::new(record, points_of(stage), bonus(&record), stage));
        }
    }
}

fn find_title(index: &Index, key: &str, kind: u32, place: u32, raw_is: Stage) -> Option<(Record, Stage)> {
    index.prefetch_texts_at(place);
    let record = index.record_at(place);
    let (range, stage) = match kind {
        NAME_CANONICAL => (record.canonical_key(), Stage::Canonical),
        _ => (record.raw_key(), raw_is),
    };
    (index.text_of(range) == key.as_bytes()).then_some((record, stage))
}

fn find_extra(index: &Index, key: &str, place: u32) -> Option<(Record, Stage)> {
    let extra = index.extra(place);
    // It is the one in nearly all cases.
    index.prefetch_texts_at(extra.title);
    (extra.key == key.as_bytes()).then(|| (index.record_at(extra.title), stage_of(extra.kind)))
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

fn weigh_years(asked: u16, hits: &mut Hits) {
    hits.for_each(|hit| match hit.record.year() {
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
fn lift_famous_acronym(hits: &mut Hits) -> bool {
    let is_obscure = |hit: &Hit| hit.stage == Stage::Acronym || hit.record.popularity < OBSCURE;
    if !hits.iter().all(is_obscure) {
        return false;
    }
    let best = hits.iter().filter(|hit| hit.stage == Stage::Acronym).map(|hit| hit.record.popularity).max();
    if best.is_none_or(|best| best < FAMOUS) {
        return false;
    }
    hits.for_each(|hit| {
        if hit.stage == Stage::Acronym && hit.record.popularity >= FAMOUS {
            hit.bonus += LIFT;
        }
    });
    true
}

fn look_for_bag(index: &Index, bag: &Bag, hits: &mut Hits) {
    let Some(hash) = bag.hash() else { return };
    let mut other = Bag::default();
    for reference in index.name_table().look(hash) {
        let (kind, place) = (reference >> NAME_KIND_SHIFT, reference & PLACE_MASK);
        if kind != NAME_BAG {
            continue;
        }
        let record = index.record_at(place);
        other.fill(index.tokens(record.id).map(|word| std::str::from_utf8(index.word(word)).unwrap_or_default()));
        if other.words().eq(bag.words()) {
            hits.add(Hit::new(record, POINTS.words, bonus(&record), Stage::Words));
        }
    }
}
