//! An open index: a mapped file, or bytes in memory. Whatever stands in the bytes, reading them gives a value or nothing.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::Path;

use memmap2::Mmap;

use crate::build::Entry;
use crate::format::{
    self, EXTRA_ALIAS, EXTRA_HEAD_BYTES, Failure, FailureCode, Header, NAME_KIND_SHIFT, NAME_REF_BITS, PLACE_BYTES,
    PLACES_MAX, RECORD_BYTES, Ranges, SEGMENT_REF_BITS, Section, WORD_REF_BITS, fail, places_of, word,
};
use crate::prefetch::{LINE_BYTES, prefetch};
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

/// Another name of a title.
pub struct Extra<'i> {
    pub kind: u8,
    /// Its place.
    pub title: u32,
    pub key: &'i [u8],
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
            (Section::TextAt, titles),
            (Section::Letters, titles),
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
        let at = self.section(Section::TextAt).get(id as usize * 4..).unwrap_or_default();
        if at.len() < 4 { Record::default() } else { self.record_at(word(at, 0)) }
    }

    /// As the table of names knows it.
    #[inline]
    pub fn record_at(&self, place: u32) -> Record {
        let start = place as usize * PLACE_BYTES;
        let bytes = self.section(Section::Texts).get(start..start + RECORD_BYTES);
        bytes
            .and_then(|bytes| bytes.try_into().ok())
            .map_or_else(Record::default, |bytes| Record::read(bytes, start + RECORD_BYTES))
    }

    /// One of the texts of a record.
    #[inline]
    pub fn text_of(&self, range: Range<usize>) -> &[u8] {
        self.text(Section::Texts, range)
    }

    /// Of the raw key.
    #[inline]
    pub fn letters(&self, id: u32) -> u32 {
        word(self.section(Section::Letters), id as usize * 4)
    }

    /// And where its texts lie.
    #[inline]
    pub fn prefetch_letters(&self, id: u32) {
        prefetch(self.section(Section::Letters), id as usize * 4);
        prefetch(self.section(Section::TextAt), id as usize * 4);
    }

    #[inline]
    pub fn prefetch_texts(&self, id: u32) {
        self.prefetch_texts_at(self.number(Section::TextAt, id as usize) as u32);
    }

    /// Most texts of a title end on the line after that of its record.
    #[inline]
    pub fn prefetch_texts_at(&self, place: u32) {
        let start = place as usize * PLACE_BYTES;
        prefetch(self.section(Section::Texts), start);
        prefetch(self.section(Section::Texts), start + LINE_BYTES);
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
        self.record(id).year()
    }

    #[inline]
    pub fn popularity(&self, id: u32) -> u8 {
        self.record(id).popularity
    }

    /// Of another name: its kind, the place of its title, its key. One without a key where none is.
    #[inline]
    pub fn extra(&self, place: u32) -> Extra<'_> {
        let rows = self.section(Section::Extras);
        let start = place as usize * PLACE_BYTES;
        let (number, length) = (word(rows, start), rows.get(start + 4..start + EXTRA_HEAD_BYTES).unwrap_or_default());
        let length = length.iter().rev().fold(0, |length, &byte| length << 8 | usize::from(byte));
        let start = start + EXTRA_HEAD_BYTES;
        Extra {
            kind: (number >> NAME_KIND_SHIFT) as u8,
            title: number & PLACES_MAX as u32,
            key: rows.get(start..start + length).unwrap_or_default(),
        }
    }

    fn extras(&self) -> impl Iterator<Item = Extra<'_>> {
        let places = self.section(Section::Extras).len().div_ceil(PLACE_BYTES) as u32;
        let mut next = 0;
        std::iter::from_fn(move || {
            let extra = (next < places).then(|| self.extra(next))?;
            next += places_of(EXTRA_HEAD_BYTES + extra.key.len()) as u32;
            Some(extra)
        })
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
        for extra in self.extras().filter(|extra| extra.kind == EXTRA_ALIAS) {
            if let Some(entry) = entries.get_mut(self.record_at(extra.title).id as usize) {
                entry.aliases.push(String::from_utf8_lossy(extra.key).into_owned());
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
