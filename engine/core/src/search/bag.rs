//! The words of a title whatever their order: sorted, without the small ones, numerals as digits.

use crate::hash::{BAG, Hash};
use crate::normalise::{is_article, to_digits};

/// Of fewer words the order says all.
const WORDS_MIN: usize = 2;
const WORDS_MAX: usize = 24;

#[derive(Default)]
pub struct Bag {
    text: String,
    ranges: Vec<(usize, usize)>,
}

impl Bag {
    pub fn fill<'w>(&mut self, words: impl Iterator<Item = &'w str>) {
        self.text.clear();
        self.ranges.clear();
        for word in words.filter(|word| !is_article(word) && *word != "and") {
            let start = self.text.len();
            self.text.push_str(to_digits(word).unwrap_or(word));
            self.ranges.push((start, self.text.len()));
        }
        let text = &self.text;
        self.ranges.sort_unstable_by(|&a, &b| text[a.0..a.1].cmp(&text[b.0..b.1]));
    }

    pub fn hash(&self) -> Option<u32> {
        if !(WORDS_MIN..=WORDS_MAX).contains(&self.ranges.len()) {
            return None;
        }
        let hash = self.words().fold(Hash::new(BAG), |hash, word| hash.bytes(word.as_bytes()).bytes(b" "));
        Some(hash.finish())
    }

    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.ranges.iter().map(|&(start, end)| &self.text[start..end])
    }
}
