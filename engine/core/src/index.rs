//! An open index: a mapped file, or bytes in memory. Whatever stands in the bytes, reading them gives a value or nothing.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::Path;

use memmap2::Mmap;

use crate::build::Entry;
use crate::format::{
    self, EXTRA_ALIAS, EXTRA_KIND_SHIFT, Failure, FailureCode, Header, NAME_REF_BITS, RECORD_BYTES, Ranges,
    SEGMENT_REF_BITS, Section, WORD_REF_BITS, fail, word,
};
use crate::record::Record;
use crate::sigbus::Watch;
use crate::table::{Slots, Table};

/// Checked each time a file is opened; larger ones by `verify`.
const CHECKED_AT_OPEN_BYTES: usize = 16 * 1024;

enum Bytes {
    /// The watch ends before the map does.
    Map {
        watch: Watch,
        map: Mmap,
    },
    Owned(Vec<u8>),
}

pub struct Index {
    bytes: Bytes,
    header: Header,
    ranges: Ranges,
}

impl Index {
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return fail(FailureCode::Missing, "there is no such file");
            }
            Err(error) => return fail(FailureCode::Missing, format!("it cannot be opened: {error}")),
        };
        if !file.metadata().is_ok_and(|facts| facts.is_file() && facts.len() > 0) {
            return fail(FailureCode::Corrupt, "it is empty, or no file");
        }
        // SAFETY: the map is read only, and the product never changes an index in place: a new one takes its name. A
        // stranger who shortens it meets the watch; bytes that change under us are read through checked accesses only,
        // so that they make a wrong answer at worst.
        let map = match unsafe { Mmap::map(&file) } {
            Ok(map) => map,
            Err(error) => return fail(FailureCode::Corrupt, format!("it cannot be mapped: {error}")),
        };
        let watch = Watch::of(&map);
        Self::of(Bytes::Map { watch, map })
    }

    pub fn of_bytes(bytes: Vec<u8>) -> Result<Self, Failure> {
        Self::of(Bytes::Owned(bytes))
    }

    fn of(bytes: Bytes) -> Result<Self, Failure> {
        let (header, ranges) = format::read(slice(&bytes))?;
        let index = Self { bytes, header, ranges };
        index.check_counts()?;
        index.check_sums(CHECKED_AT_OPEN_BYTES)?;
        Ok(index)
    }

    /// Every section against the sum it was written with: reads the whole file.
    pub fn verify(&self) -> Result<(), Failure> {
        self.check_sums(usize::MAX)
    }

    fn check_sums(&self, bytes_max: usize) -> Result<(), Failure> {
        for (number, (range, sum)) in self.ranges.iter().enumerate() {
            if range.len() <= bytes_max && crc32fast::hash(&slice(&self.bytes)[range.clone()]) != *sum {
                return fail(FailureCode::Corrupt, format!("section {number} is damaged"));
            }
        }
        Ok(())
    }

    fn check_counts(&self) -> Result<(), Failure> {
        let titles = self.titles();
        let counts = [
            (Section::Records, titles),
            (Section::TokenAt, titles + 1),
            (Section::PostingAt, self.words() + 1),
            (Section::Postings, self.count(Section::Tokens)),
        ];
        for (section, count) in counts {
            if self.count(section) != count {
                return fail(
                    FailureCode::Corrupt,
                    format!("section {section:?} has {} rows, not {count}", self.count(section)),
                );
            }
        }
        Ok(())
    }

    /// False once the file was found to be shorter than it was: what is read is not what was written.
    #[inline]
    pub fn is_intact(&self) -> bool {
        match &self.bytes {
            Bytes::Map { watch, .. } => !watch.is_damaged(),
            Bytes::Owned(_) => true,
        }
    }

    pub fn header(&self) -> &Header {
        &self.header
    }

    pub fn bytes(&self) -> usize {
        slice(&self.bytes).len()
    }

    pub fn titles(&self) -> usize {
        self.header.titles as usize
    }

    pub fn words(&self) -> usize {
        self.count(Section::WordAt).saturating_sub(1)
    }

    fn count(&self, section: Section) -> usize {
        self.ranges[section as usize].0.len() / format::ELEMENT_BYTES[section as usize]
    }

    #[inline]
    fn section(&self, section: Section) -> &[u8] {
        &slice(&self.bytes)[self.ranges[section as usize].0.clone()]
    }

    #[inline]
    fn number(&self, section: Section, at: usize) -> usize {
        word(self.section(section), at * 4) as usize
    }

    #[inline]
    fn range(&self, section: Section, at: usize) -> Range<usize> {
        self.number(section, at)..self.number(section, at + 1)
    }

    #[inline]
    fn text(&self, pool: Section, range: Range<usize>) -> &[u8] {
        self.section(pool).get(range).unwrap_or_default()
    }

    /// The numbers of a range of an array of them.
    #[inline]
    fn numbers(&self, section: Section, range: Range<usize>) -> impl ExactSizeIterator<Item = u32> + Clone {
        let bytes = range.start.checked_mul(4).zip(range.end.checked_mul(4));
        let bytes = bytes.and_then(|(start, end)| self.section(section).get(start..end)).unwrap_or_default();
        bytes.chunks_exact(4).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
    }

    /// Of a title that is not there: one without texts.
    #[inline]
    pub fn record(&self, id: u32) -> Record {
        let start = id as usize * RECORD_BYTES;
        let bytes = self.section(Section::Records).get(start..start + RECORD_BYTES);
        Record::read(bytes.and_then(|bytes| bytes.try_into().ok()).unwrap_or(&[0; RECORD_BYTES]))
    }

    pub fn title(&self, id: u32) -> &[u8] {
        self.text(Section::Texts, self.record(id).title())
    }

    #[inline]
    pub fn raw_key(&self, id: u32) -> &[u8] {
        self.text(Section::Texts, self.record(id).raw_key())
    }

    #[inline]
    pub fn canonical_key(&self, id: u32) -> &[u8] {
        self.text(Section::Texts, self.record(id).canonical_key())
    }

    pub fn year(&self, id: u32) -> Option<u16> {
        Some(self.record(id).year).filter(|&year| year != 0)
    }

    #[inline]
    pub fn popularity(&self, id: u32) -> u8 {
        self.record(id).popularity
    }

    pub fn extra_key(&self, extra: u32) -> &[u8] {
        let at = extra as usize * 2;
        self.text(Section::ExtraKeys, self.number(Section::Extras, at)..self.number(Section::Extras, at + 2))
    }

    /// Its kind and its title.
    pub fn extra(&self, extra: u32) -> (u8, u32) {
        let number = self.number(Section::Extras, extra as usize * 2 + 1) as u32;
        ((number >> EXTRA_KIND_SHIFT) as u8, number & ((1 << EXTRA_KIND_SHIFT) - 1))
    }

    fn extras(&self) -> usize {
        self.count(Section::Extras).saturating_sub(1)
    }

    pub fn name_table(&self) -> Slots<'_> {
        Slots::new(self.section(Section::NameSlots), NAME_REF_BITS)
    }

    pub fn segment_table(&self) -> Table<'_> {
        Table::new(self.section(Section::SegmentBuckets), self.section(Section::SegmentEntries), SEGMENT_REF_BITS)
    }

    pub fn word_table(&self) -> Table<'_> {
        Table::new(self.section(Section::WordBuckets), self.section(Section::WordEntries), WORD_REF_BITS)
    }

    pub fn word_segment_table(&self) -> Table<'_> {
        Table::new(self.section(Section::WordSegmentBuckets), self.section(Section::WordSegmentEntries), WORD_REF_BITS)
    }

    #[inline]
    pub fn word(&self, number: u32) -> &[u8] {
        self.text(Section::Words, self.range(Section::WordAt, number as usize))
    }

    /// In how many titles, counting each time.
    #[inline]
    pub fn frequency(&self, number: u32) -> usize {
        self.range(Section::PostingAt, number as usize).len()
    }

    pub fn postings(&self, number: u32) -> impl ExactSizeIterator<Item = u32> {
        self.numbers(Section::Postings, self.range(Section::PostingAt, number as usize))
    }

    pub fn tokens(&self, id: u32) -> impl ExactSizeIterator<Item = u32> + Clone {
        self.numbers(Section::Tokens, self.range(Section::TokenAt, id as usize))
    }

    /// What it was built from, as far as it is kept: for building anew with more.
    pub fn entries(&self) -> Vec<Entry> {
        let mut entries: Vec<Entry> = (0..self.titles() as u32)
            .map(|id| Entry {
                title: String::from_utf8_lossy(self.title(id)).into_owned(),
                year: self.year(id),
                popularity: self.popularity(id),
                aliases: Vec::new(),
            })
            .collect();
        for extra in 0..self.extras() as u32 {
            let (EXTRA_ALIAS, id) = self.extra(extra) else { continue };
            if let Some(entry) = entries.get_mut(id as usize) {
                entry.aliases.push(String::from_utf8_lossy(self.extra_key(extra)).into_owned());
            }
        }
        entries
    }
}

#[inline]
fn slice(bytes: &Bytes) -> &[u8] {
    match bytes {
        Bytes::Map { map, .. } => map,
        Bytes::Owned(bytes) => bytes,
    }
}
