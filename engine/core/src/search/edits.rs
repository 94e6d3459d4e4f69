//! One or two slips in the whole title: Pass-Join finds what could be meant, a bit-parallel distance says what is.

use std::cmp::Ordering;

use super::{Hit, Hits, Stage};
use crate::hash::KEY_SEGMENT;
use crate::index::Index;
use crate::normalise::Name;
use crate::osa::{Pattern, distance_of_chars, weighed_distance};
use crate::passjoin::{Places, SLIPS_MAX, probe, probe_swapped};
use crate::record::letters_of;

const KEYS_SHIFT: u32 = 20;
const ID_MASK: u32 = (1 << KEYS_SHIFT) - 1;
/// In characters: from here on one slip, and from here on two.
const ONE_SLIP_FROM: usize = 4;
const TWO_SLIPS_FROM: usize = 6;
/// One may go, and one may come.
const LETTERS_PER_SLIP: u32 = 2;
const FULL: i32 = super::score::FULL;
/// People rarely get the first letter wrong.
const FIRST_LETTER_DIFFERS: i32 = 200;
/// "Mega Man 2" is no slip of the finger for "Mega Man 3".
const NUMBERS_DIFFER: i32 = 900;
/// So near to the best that the way of the slips decides.
const NEAR: i32 = 700;

#[derive(Default)]
pub struct Edits {
    places: Places,
    pattern: Pattern,
    candidates: Vec<Candidate>,
    hashes: Vec<u32>,
    buckets: Vec<(u32, u32)>,
    references: Vec<u32>,
    /// Of a candidate.
    title: Name,
}

#[derive(Clone, Copy)]
struct Candidate {
    id: u32,
    is_raw: bool,
    slips: u32,
    points: i32,
    is_doubtful: bool,
}

impl Edits {
    pub fn look(&mut self, index: &Index, name: &Name, hits: &mut Hits) {
        self.candidates.clear();
        self.look_for(index, name.raw());
        if let Some(canonical) = name.other_canonical() {
            self.look_for(index, canonical);
        }
        self.weigh(index, name);
        self.doubt(index, name);
        for candidate in &self.candidates {
            let record = index.record(candidate.id);
            let bonus = i32::from(record.popularity) / 2 + i32::from(candidate.is_raw);
            let hit = Hit::new(record, candidate.points, bonus, Stage::Edits);
            hits.add(if candidate.is_doubtful { hit.doubtful() } else { hit });
        }
    }

    fn look_for(&mut self, index: &Index, key: &str) {
        let length = key.chars().count();
        let slips = match length {
            TWO_SLIPS_FROM.. => SLIPS_MAX,
            ONE_SLIP_FROM.. => 1,
            _ => return,
        };
        let is_plain = self.pattern.set(key);
        let before = self.candidates.len();
        self.hashes.clear();
        let table = index.segment_table();
        let hashes = &mut self.hashes;
        probe(KEY_SEGMENT, key, &mut self.places, slips, |hash| {
            table.prefetch_bucket(hash);
            hashes.push(hash);
        });
        self.check(index, key, length, slips as u32, is_plain);
        if self.candidates.len() == before && slips == SLIPS_MAX {
            self.hashes.clear();
            probe_swapped(KEY_SEGMENT, key, &self.places, slips, |hash| self.hashes.push(hash));
            self.check(index, key, length, slips as u32, is_plain);
        }
    }

    /// All hashes one step at a time: every step waits for memory, and so all of them wait together.
    fn check(&mut self, index: &Index, key: &str, length: usize, slips: u32, is_plain: bool) {
        let Self { pattern, candidates, hashes, buckets, references, .. } = self;
        let table = index.segment_table();
        buckets.clear();
        buckets.extend(hashes.iter().map(|&hash| table.bucket(hash)));
        buckets.iter().for_each(|&bucket| table.prefetch(bucket));
        references.clear();
        for (&bucket, &hash) in buckets.iter().zip(hashes.iter()) {
            references.extend(table.look_in(bucket, hash));
        }
        references.iter().for_each(|&reference| index.prefetch_letters(reference & ID_MASK));
        let letters = letters_of(key);
        // A canonical key may have other letters than the raw one, whose letters are kept.
        references.retain(|&reference| {
            reference >> KEYS_SHIFT != 0
                || (index.letters(reference & ID_MASK) ^ letters).count_ones() <= LETTERS_PER_SLIP * slips
        });
        references.iter().for_each(|&reference| index.prefetch_texts(reference & ID_MASK));
        references.sort_unstable();
        references.dedup();
        let check = Check { index, key, length, slips, pattern: is_plain.then_some(pattern) };
        references.iter().for_each(|&reference| check.add(reference, candidates));
    }

    /// A slip that makes another number, or another word, may have been none.
    fn doubt(&mut self, index: &Index, name: &Name) {
        for one in &mut self.candidates {
            // Its words stand in the index, too, in three places that are far from its keys.
            self.title.fill(std::str::from_utf8(index.title(one.id)).unwrap_or_default());
            // A numeral shows as a number in the canonical key alone.
            let is_other_number = !digits(name.canonical().as_bytes()).eq(digits(self.title.canonical().as_bytes()));
            one.is_doubtful = is_other_number || has_other_word(name.words(), self.title.words());
        }
    }

    /// Among those that are about equally near, slips that fingers make easily count less.
    fn weigh(&mut self, index: &Index, name: &Name) {
        let Some(best) = self.candidates.iter().map(|one| one.points).max() else { return };
        self.candidates.retain(|one| one.points + NEAR >= best);
        if self.candidates.len() < 2 {
            return;
        }
        for one in &mut self.candidates {
            let key = if one.is_raw { index.raw_key(one.id) } else { index.canonical_key(one.id) };
            let typed = if one.is_raw { name.raw() } else { name.canonical() };
            let length = typed.len().max(1) as i32;
            let weighed = weighed_distance(typed.as_bytes(), key) as i32;
            one.points += (one.slips as i32 * 100 - weighed) * (FULL / 100) / length;
        }
    }
}

/// Pure. Words of one title each.
fn has_other_word<'w>(
    typed: impl Iterator<Item = &'w str> + Clone,
    title: impl Iterator<Item = &'w str> + Clone,
) -> bool {
    match typed.clone().count().cmp(&title.clone().count()) {
        Ordering::Equal => typed.zip(title).any(|(one, other)| one != other && is_other_word(one, other)),
        Ordering::Less => is_without_a_word(typed, title),
        Ordering::Greater => is_without_a_word(title, typed),
    }
}

/// "SF" for "TK", "F016" for "B016": half the word, or what looks like a code.
fn is_other_word(one: &str, other: &str) -> bool {
    let is_code = |word: &str| word.bytes().any(|byte| byte.is_ascii_digit());
    let longer = one.chars().count().max(other.chars().count());
    match distance_of_chars(one, other, SLIPS_MAX as u32) {
        Some(0 | 1) => is_code(one) || is_code(other),
        Some(slips) => slips as usize * 2 >= longer || is_code(one) || is_code(other),
        // The words differ in place: a space was lost, and another one came.
        None => false,
    }
}

/// The longer, but for one word, is the shorter.
fn is_without_a_word<'w>(shorter: impl Iterator<Item = &'w str>, mut longer: impl Iterator<Item = &'w str>) -> bool {
    let mut has_skipped = false;
    for word in shorter {
        let mut next = longer.next();
        if next != Some(word) && !has_skipped {
            has_skipped = true;
            next = longer.next();
        }
        if next != Some(word) {
            return false;
        }
    }
    longer.count() == usize::from(!has_skipped)
}

struct Check<'c> {
    index: &'c Index,
    key: &'c str,
    length: usize,
    slips: u32,
    pattern: Option<&'c Pattern>,
}

impl Check<'_> {
    fn add(&self, reference: u32, candidates: &mut Vec<Candidate>) {
        let (is_raw, id) = (reference >> KEYS_SHIFT == 0, reference & ID_MASK);
        if candidates.iter().any(|one| one.id == id && one.is_raw == is_raw) {
            return;
        }
        let key = if is_raw { self.index.raw_key(id) } else { self.index.canonical_key(id) };
        let slips = match self.pattern {
            Some(pattern) => pattern.distance(key, self.slips),
            None => std::str::from_utf8(key).ok().and_then(|key| distance_of_chars(self.key, key, self.slips)),
        };
        if let Some(slips) = slips {
            candidates.push(Candidate { id, is_raw, slips, points: self.points(slips, key), is_doubtful: false });
        }
    }

    fn points(&self, slips: u32, key: &[u8]) -> i32 {
        let mut points = FULL - FULL * slips as i32 / self.length as i32;
        if self.key.as_bytes().first() != key.first() {
            points -= FIRST_LETTER_DIFFERS;
        }
        if !digits(self.key.as_bytes()).eq(digits(key)) {
            points -= NUMBERS_DIFFER;
        }
        points
    }
}

fn digits(key: &[u8]) -> impl Iterator<Item = &u8> {
    key.iter().filter(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::has_other_word;

    #[test]
    fn tells_another_word_from_a_slip() {
        for (typed, title, is_other) in [
            ("gem pack sf", "gem pack tk", true),
            ("card f016", "card b016", true),
            ("graces f", "graces", true),
            ("strikers", "strikers 2", true),
            ("female style", "fmale style", false),
            ("commander kene", "commander keen", false),
            ("stardewvalley", "stardew valley", false),
            ("star dewvalley", "stardew valley", false),
            ("hollow knihgt", "hollow knight", false),
            ("hollow of", "hollow og", false),
            ("", "a", true),
            ("", "", false),
        ] {
            assert_eq!(
                has_other_word(typed.split_whitespace(), title.split_whitespace()),
                is_other,
                "{typed} / {title}"
            );
        }
    }
}
