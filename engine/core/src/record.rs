//! What belongs to one title and is needed together, before its texts: mostly on the same cache line.

use std::ops::Range;

use crate::format::RECORD_BYTES;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Where the raw key begins; the title and the canonical key follow it. Not written: it is behind the record.
    pub at: usize,
    pub raw_bytes: u16,
    pub title_bytes: u16,
    /// 0 where it is the raw key.
    pub canonical_bytes: u16,
    /// 0 where it has none.
    pub year: u16,
    pub popularity: u8,
    /// The title's number.
    pub id: u32,
}

impl Record {
    #[inline]
    pub fn read(bytes: &[u8; RECORD_BYTES], at: usize) -> Self {
        let two = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        Self {
            at,
            raw_bytes: two(0),
            title_bytes: two(2),
            canonical_bytes: two(4),
            year: two(6),
            popularity: bytes[8],
            id: u32::from_le_bytes([bytes[9], bytes[10], bytes[11], 0]),
        }
    }

    pub fn write(&self, to: &mut Vec<u8>) {
        for two in [self.raw_bytes, self.title_bytes, self.canonical_bytes, self.year] {
            to.extend(two.to_le_bytes());
        }
        to.push(self.popularity);
        to.extend(&self.id.to_le_bytes()[..3]);
    }

    #[inline]
    pub fn year(&self) -> Option<u16> {
        Some(self.year).filter(|&year| year != 0)
    }

    #[inline]
    pub fn raw_key(&self) -> Range<usize> {
        self.at..self.at + usize::from(self.raw_bytes)
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

/// Which letters a key has, in 32 bits: a slip changes two of them at most, so that most strangers are told apart
/// without a look at the key.
pub fn letters_of(key: &str) -> u32 {
    key.chars().fold(0, |letters, one| letters | 1 << (one as u32 % u32::BITS))
}
