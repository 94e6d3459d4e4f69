//! What belongs to one title and is needed together, in one piece of a cache line.

use std::ops::Range;

use crate::format::RECORD_BYTES;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Where the raw key begins; the title and the canonical key follow it.
    pub at: u32,
    pub raw_bytes: u16,
    pub title_bytes: u16,
    /// 0 where it is the raw key.
    pub canonical_bytes: u16,
    /// 0 where it has none.
    pub year: u16,
    pub popularity: u8,
    /// Of the raw key.
    pub letters: u32,
}

impl Record {
    #[inline]
    pub fn read(bytes: &[u8; RECORD_BYTES]) -> Self {
        let two = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        let four = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let last = four(12);
        Self {
            at: four(0),
            raw_bytes: two(4),
            title_bytes: two(6),
            canonical_bytes: two(8),
            year: two(10),
            popularity: last as u8,
            letters: last >> 8,
        }
    }

    pub fn write(&self, to: &mut Vec<u8>) {
        to.extend(self.at.to_le_bytes());
        for two in [self.raw_bytes, self.title_bytes, self.canonical_bytes, self.year] {
            to.extend(two.to_le_bytes());
        }
        to.extend((self.letters << 8 | u32::from(self.popularity)).to_le_bytes());
    }

    #[inline]
    pub fn raw_key(&self) -> Range<usize> {
        let start = self.at as usize;
        start..start + usize::from(self.raw_bytes)
    }

    #[inline]
    pub fn title(&self) -> Range<usize> {
        let start = self.raw_key().end;
        start..start + usize::from(self.title_bytes)
    }

    #[inline]
    pub fn canonical_key(&self) -> Range<usize> {
        if self.canonical_bytes == 0 {
            return self.raw_key();
        }
        let start = self.title().end;
        start..start + usize::from(self.canonical_bytes)
    }
}

/// Which letters a key has, in 24 bits: a slip changes two of them at most, so that most strangers are told apart
/// without a look at the key.
pub fn letters_of(key: &str) -> u32 {
    const LETTERS: u32 = 24;
    key.chars().fold(0, |letters, one| letters | 1 << (one as u32 % LETTERS))
}
