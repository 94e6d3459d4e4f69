//! Words: in any order, some mistyped, some left out, some too many. The rarest words say which titles could be meant;
//! how much of what was typed is in a title, and how much of the title was typed, says which one is.

use super::{Hit, Hits, Stage};
use crate::acronyms::split_title;
use crate::hash::{WORD_SEGMENT, word_hash};
use crate::index::Index;
use crate::normalise::{Name, is_article};
use crate::osa::{Pattern, distance_of_chars};
use crate::passjoin::{Places, SLIPS_MAX, probe};

const WORDS_MAX: usize = 16;
/// Words of the index that one typed word may stand for.
const MEANINGS_MAX: usize = 12;
/// Posting lists are read up to here in all.
const POSTINGS_MAX: usize = 12_000;
const SURVIVORS: usize = 48;
const PREFIX_FROM: usize = 3;
const PREFIX_RANGE_MAX: usize = 64;
const ONE_SLIP_FROM: usize = 4;
const TWO_SLIPS_FROM: usize = 8;

const EXACT: f32 = 1.0;
const ONE_SLIP: f32 = 0.85;
const TWO_SLIPS: f32 = 0.65;
const PREFIX: f32 = 0.75;

/// Ten-thousandths for each part of the fit.
const OF_QUERY: f32 = 6_200.0;
const OF_TITLE: f32 = 1_600.0;
const OF_HEAD: f32 = 1_000.0;
const IN_ORDER: f32 = 800.0;
const EDITION_UNASKED: f32 = 500.0;
const NUMBER_MISSING: f32 = 1_200.0;
const NUMBER_UNASKED: f32 = 300.0;
/// Below, nothing is said.
const POINTS_MIN: i32 = 3_500;

/// Words that name an edition, not another game.
const EDITION_WORDS: [&str; 30] = [
    "remastered",
    "remaster",
    "demo",
    "edition",
    "definitive",
    "deluxe",
    "goty",
    "soundtrack",
    "ost",
    "dlc",
    "pack",
    "pass",
    "season",
    "bundle",
    "beta",
    "alpha",
    "hd",
    "collection",
    "ultimate",
    "complete",
    "gold",
    "special",
    "enhanced",
    "trial",
    "prologue",
    "expansion",
    "anniversary",
    "remix",
    "set",
    "upgrade",
];

#[derive(Default)]
pub struct Tokens {
    places: Places,
    pattern: Pattern,
    typed: Vec<Typed>,
    gathered: Gathered,
    survivors: Vec<(f32, u32)>,
}

/// A typed word and what it may stand for.
#[derive(Default)]
struct Typed {
    meanings: Vec<Meaning>,
    /// Of the best meaning; of a word that nobody knows: as for the rarest.
    weight: f32,
    is_number: bool,
}

#[derive(Clone, Copy)]
struct Meaning {
    word: u32,
    fit: f32,
    weight: f32,
}

impl Tokens {
    pub fn look(&mut self, index: &Index, name: &Name, hits: &mut Hits) {
        if index.titles() == 0 {
            return;
        }
        self.read(index, name);
        self.gather(index);
        self.choose();
        let asked: f32 = self.typed.iter().map(|typed| typed.weight).sum();
        if asked <= 0.0 {
            return;
        }
        for &(_, id) in &self.survivors {
            let points = self.fit(index, id, asked);
            if points >= POINTS_MIN {
                let record = index.record(id);
                hits.add(Hit::new(record, points, i32::from(record.popularity) * 2, Stage::Tokens));
            }
        }
    }

    fn read(&mut self, index: &Index, name: &Name) {
        let unknown = weight_of(index, 1);
        let mut count = 0;
        for word in name.words().filter(|word| !is_article(word)).take(WORDS_MAX) {
            if self.typed.len() == count {
                self.typed.push(Typed::default());
            }
            let mut typed = std::mem::take(&mut self.typed[count]);
            typed.meanings.clear();
            self.find_meanings(index, word, &mut typed.meanings);
            typed.weight = typed.meanings.iter().map(|one| one.weight).reduce(f32::max).unwrap_or(unknown);
            if let Some(exact) = typed.meanings.iter().find(|one| one.fit >= EXACT) {
                typed.weight = exact.weight;
            }
            typed.is_number = word.bytes().all(|byte| byte.is_ascii_digit());
            self.typed[count] = typed;
            count += 1;
        }
        self.typed.truncate(count);
    }

    fn find_meanings(&mut self, index: &Index, word: &str, meanings: &mut Vec<Meaning>) {
        let add = |number: u32, fit: f32, meanings: &mut Vec<Meaning>| {
            if !meanings.iter().any(|one: &Meaning| one.word == number) {
                meanings.push(Meaning { word: number, fit, weight: weight_of(index, index.frequency(number)) });
            }
        };
        let exact = index.word_table().look(word_hash(word)).find(|&number| index.word(number) == word.as_bytes());
        if let Some(number) = exact {
            add(number, EXACT, meanings);
        }
        let length = word.chars().count();
        if length >= PREFIX_FROM {
            prefix_range(index, word, |number| add(number, PREFIX, meanings));
        }
        if exact.is_none() && length >= ONE_SLIP_FROM {
            self.find_misspelt(index, word, length, |number, fit| add(number, fit, meanings));
        }
        if meanings.len() > MEANINGS_MAX {
            meanings.sort_by(|a, b| b.fit.total_cmp(&a.fit).then(a.weight.total_cmp(&b.weight)));
            meanings.truncate(MEANINGS_MAX);
        }
    }

    fn find_misspelt(&mut self, index: &Index, word: &str, length: usize, mut found: impl FnMut(u32, f32)) {
        let slips = if length >= TWO_SLIPS_FROM { SLIPS_MAX } else { 1 };
        let is_plain = self.pattern.set(word);
        let (pattern, table) = (&self.pattern, index.word_segment_table());
        probe(WORD_SEGMENT, word, &mut self.places, slips, |hash| {
            for number in table.look(hash) {
                let other = index.word(number);
                let distance = if is_plain {
                    pattern.distance(other, slips as u32)
                } else {
                    std::str::from_utf8(other).ok().and_then(|other| distance_of_chars(word, other, slips as u32))
                };
                match distance {
                    Some(0 | 1) => found(number, ONE_SLIP),
                    Some(_) => found(number, TWO_SLIPS),
                    None => {}
                }
            }
        });
    }

    fn gather(&mut self, index: &Index) {
        let mut order: Vec<Meaning> = self.typed.iter().flat_map(|typed| typed.meanings.iter().copied()).collect();
        order.sort_by(|a, b| (b.weight * b.fit).total_cmp(&(a.weight * a.fit)));
        self.gathered.clear();
        let mut left = POSTINGS_MAX;
        for meaning in order {
            for id in index.postings(meaning.word).take(left) {
                self.gathered.add(id, meaning.weight * meaning.fit);
                left -= 1;
            }
            if left == 0 {
                break;
            }
        }
    }

    fn choose(&mut self) {
        self.survivors.clear();
        self.survivors.extend(self.gathered.iter());
        if self.survivors.len() > SURVIVORS {
            self.survivors.select_nth_unstable_by(SURVIVORS, |a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            self.survivors.truncate(SURVIVORS);
        }
    }

    /// Pure in what was read before.
    fn fit(&self, index: &Index, id: u32, asked: f32) -> i32 {
        let title_words: Vec<u32> = index.tokens(id).take(WORDS_MAX * 2).collect();
        let head_words = head_length(index, id, title_words.len());
        let mut used = [false; WORDS_MAX * 2];
        let (mut found, mut order, mut before) = (0.0, 0_u32, None);
        let mut penalty = 0.0;
        for typed in &self.typed {
            let best = title_words
                .iter()
                .enumerate()
                .filter(|&(at, _)| !used[at])
                .filter_map(|(at, word)| typed.meanings.iter().find(|one| one.word == *word).map(|one| (at, one.fit)))
                .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
            match best {
                Some((at, fit)) => {
                    used[at] = true;
                    found += typed.weight * fit;
                    order += u32::from(before.is_none_or(|before| at == before + 1));
                    before = Some(at);
                }
                None if typed.is_number => penalty += NUMBER_MISSING,
                None => {}
            }
        }
        let (mut whole, mut covered, mut head, mut head_covered) = (0.0, 0.0, 0.0, 0.0);
        for (at, &word) in title_words.iter().enumerate() {
            let weight = weight_of(index, index.frequency(word));
            whole += weight;
            covered += if used[at] { weight } else { 0.0 };
            if at < head_words {
                head += weight;
                head_covered += if used[at] { weight } else { 0.0 };
            }
            if !used[at] {
                penalty += unasked(index.word(word));
            }
        }
        let points = OF_QUERY * (found / asked)
            + OF_TITLE * share(covered, whole)
            + OF_HEAD * share(head_covered, head)
            + IN_ORDER * order as f32 / self.typed.len().max(1) as f32
            - penalty;
        points as i32
    }
}

fn share(part: f32, whole: f32) -> f32 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

fn unasked(word: &[u8]) -> f32 {
    if word.iter().all(u8::is_ascii_digit) {
        NUMBER_UNASKED
    } else if EDITION_WORDS.iter().any(|edition| edition.as_bytes() == word) {
        EDITION_UNASKED
    } else {
        0.0
    }
}

/// How many of a title's words are its head.
fn head_length(index: &Index, id: u32, words: usize) -> usize {
    let title = std::str::from_utf8(index.title(id)).unwrap_or_default();
    match split_title(title) {
        Some((head, _)) => Name::of(head).words().count(),
        None => words,
    }
}

/// The rarer a word, the more it says.
fn weight_of(index: &Index, frequency: usize) -> f32 {
    (1.0 + index.titles() as f32 / frequency.max(1) as f32).ln()
}

/// Words that begin with what was typed and go on.
fn prefix_range(index: &Index, prefix: &str, mut found: impl FnMut(u32)) {
    let (mut low, mut high) = (0, index.words());
    while low < high {
        let middle = (low + high) / 2;
        if index.word(middle as u32) <= prefix.as_bytes() { low = middle + 1 } else { high = middle }
    }
    for number in low..(low + PREFIX_RANGE_MAX).min(index.words()) {
        if !index.word(number as u32).starts_with(prefix.as_bytes()) {
            return;
        }
        found(number as u32);
    }
}

/// Titles and what speaks for each: an open-addressed table, wiped by a new epoch.
#[derive(Default)]
struct Gathered {
    slots: Vec<(u32, u32, f32)>,
    filled: Vec<u32>,
    epoch: u32,
}

/// Twice what one search can gather, as a power of two.
const SLOTS: usize = 32_768;

impl Gathered {
    fn clear(&mut self) {
        self.filled.clear();
        if self.slots.is_empty() || self.epoch == u32::MAX {
            self.slots = vec![(0, 0, 0.0); SLOTS];
            self.epoch = 0;
        }
        self.epoch += 1;
    }

    fn add(&mut self, id: u32, weight: f32) {
        let mut at = (id.wrapping_mul(0x9e37_79b1) >> 17) as usize % SLOTS;
        loop {
            let slot = &mut self.slots[at];
            if slot.0 != self.epoch {
                *slot = (self.epoch, id, weight);
                self.filled.push(at as u32);
                return;
            }
            if slot.1 == id {
                slot.2 += weight;
                return;
            }
            at = (at + 1) % SLOTS;
        }
    }

    fn iter(&self) -> impl Iterator<Item = (f32, u32)> {
        self.filled.iter().map(|&at| (self.slots[at as usize].2, self.slots[at as usize].1))
    }
}
