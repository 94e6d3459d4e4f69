//! The file: a header of 64 bytes, a table of sections, the sections. Little endian, never changed in place: a new one is
//! written beside it and takes its name. Everything read from it is checked against its length before it is used.

use std::fmt;

pub const MAGIC: [u8; 8] = *b"KBXGAMES";
pub const MAJOR: u16 = 3;
pub const MINOR: u16 = 0;
pub const HEADER_BYTES: usize = 64;
pub const SECTION_ROW_BYTES: usize = 16;
const ALIGNED_TO: usize = 64;

/// The sections in their order in the file. `TABLES` says how many bytes one element has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Section {
    /// The place in `Texts` of each title's record: small enough to stay in a cache while titles are looked up.
    TextAt,
    /// Which letters each raw key has.
    Letters,
    /// Of each title: its record, its raw key, the title, its canonical key where that differs.
    Texts,
    /// Of each other name: its kind above the place of its title (4), the length of its key (2), the key. Each begins at
    /// a place, as a record does.
    Extras,
    NameSlots,
    SegmentBuckets,
    SegmentEntries,
    Words,
    WordAt,
    WordBuckets,
    WordEntries,
    WordSegmentBuckets,
    WordSegmentEntries,
    PostingAt,
    Postings,
    TokenAt,
    Tokens,
}

pub const SECTIONS: usize = Section::Tokens as usize + 1;
pub const ELEMENT_BYTES: [usize; SECTIONS] = [4, 4, 1, 1, 4, 4, 4, 1, 4, 4, 4, 4, 4, 4, 4, 4, 4];

/// What a look-up needs of a title lies together, before its texts: how many bytes each of the three has (2, 2, 2), its
/// year or 0 (2), popularity (1), its number (3).
pub const RECORD_BYTES: usize = 12;
/// A record begins at a multiple of so many bytes; which multiple is its place.
pub const PLACE_BYTES: usize = 4;
pub const EXTRA_HEAD_BYTES: usize = 6;

/// Entries of the hash tables: a tag of the hash above, a reference below.
pub const NAME_REF_BITS: u32 = 26;
pub const SEGMENT_REF_BITS: u32 = 21;
pub const WORD_REF_BITS: u32 = 20;
/// What the references can count. A title that lies behind the last place is found by slips and words alone.
pub const PLACES_MAX: usize = (1 << NAME_KIND_SHIFT) - 1;
pub const TITLES_MAX: usize = (1 << 20) - 1;
/// The kind of a name, above the place of its title or of the other name: no list of titles is between the two.
pub const NAME_KIND_SHIFT: u32 = 24;
pub const NAME_RAW: u32 = 0;
pub const NAME_CANONICAL: u32 = 1;
pub const NAME_EXTRA: u32 = 2;
pub const NAME_BAG: u32 = 3;

pub const EXTRA_ALIAS: u8 = 0;
pub const EXTRA_HEAD: u8 = 1;
pub const EXTRA_ACRONYM: u8 = 2;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureCode {
    Missing,
    Foreign,
    Outdated,
    Corrupt,
}

impl FailureCode {
    pub fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Foreign => "foreign",
            Self::Outdated => "outdated",
            Self::Corrupt => "corrupt",
        }
    }
}

/// Why a file cannot be searched.
#[derive(Debug)]
pub struct Failure {
    pub code: FailureCode,
    pub problem: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}: {}", self.code.name(), self.problem)
    }
}

impl std::error::Error for Failure {}

pub fn fail<T>(code: FailureCode, problem: impl Into<String>) -> Result<T, Failure> {
    Err(Failure { code, problem: problem.into() })
}

#[derive(Clone, Copy, Debug)]
pub struct Header {
    pub normaliser: u32,
    pub titles: u32,
    /// Milliseconds since the epoch.
    pub built_at: u64,
    /// Of the titles that went in.
    pub digest: u32,
}

/// Puts the sections into one file.
pub fn write(header: &Header, sections: &[Vec<u8>; SECTIONS]) -> Vec<u8> {
    let table_bytes = SECTIONS * SECTION_ROW_BYTES;
    let mut at = (HEADER_BYTES + table_bytes).next_multiple_of(ALIGNED_TO);
    let mut table = Vec::with_capacity(table_bytes);
    let mut starts = [0; SECTIONS];
    for (number, section) in sections.iter().enumerate() {
        starts[number] = at;
        table.extend((at as u32).to_le_bytes());
        table.extend((section.len() as u32).to_le_bytes());
        table.extend(crc32fast::hash(section).to_le_bytes());
        table.extend((ELEMENT_BYTES[number] as u32).to_le_bytes());
        at = (at + section.len()).next_multiple_of(ALIGNED_TO);
    }
    let mut file = vec![0; at];
    file[..8].copy_from_slice(&MAGIC);
    file[8..10].copy_from_slice(&MAJOR.to_le_bytes());
    file[10..12].copy_from_slice(&MINOR.to_le_bytes());
    file[12..16].copy_from_slice(&header.normaliser.to_le_bytes());
    file[16..20].copy_from_slice(&header.titles.to_le_bytes());
    file[20..24].copy_from_slice(&(SECTIONS as u32).to_le_bytes());
    file[24..32].copy_from_slice(&header.built_at.to_le_bytes());
    file[32..36].copy_from_slice(&header.digest.to_le_bytes());
    file[36..40].copy_from_slice(&(at as u32).to_le_bytes());
    file[40..44].copy_from_slice(&crc32fast::hash(&table).to_le_bytes());
    let crc = crc32fast::hash(&file[..60]);
    file[60..64].copy_from_slice(&crc.to_le_bytes());
    file[HEADER_BYTES..HEADER_BYTES + table_bytes].copy_from_slice(&table);
    for (number, section) in sections.iter().enumerate() {
        file[starts[number]..starts[number] + section.len()].copy_from_slice(section);
    }
    file
}

/// Where each section lies, and the crc it was written with.
pub type Ranges = [(std::ops::Range<usize>, u32); SECTIONS];

pub fn read(file: &[u8]) -> Result<(Header, Ranges), Failure> {
    use FailureCode::{Corrupt, Foreign, Outdated};
    if file.len() < 8 || file[..8] != MAGIC {
        return fail(Foreign, "this is no index of games");
    }
    if file.len() < HEADER_BYTES {
        return fail(Corrupt, format!("it ends after {} bytes, within its header", file.len()));
    }
    let major = u16::from_le_bytes([file[8], file[9]]);
    let normaliser = word(file, 12);
    // Another format may keep its crc elsewhere: first whether it is ours to read.
    if major != MAJOR {
        return fail(Outdated, format!("it has format {major}, and {MAJOR} is read"));
    }
    if crc32fast::hash(&file[..60]) != word(file, 60) {
        return fail(Corrupt, "its header is damaged");
    }
    if normaliser != crate::normalise::VERSION {
        return fail(
            Outdated,
            format!("its titles are normalised by rules {normaliser}, not {}", crate::normalise::VERSION),
        );
    }
    let stated = word(file, 36) as usize;
    if stated != file.len() {
        return fail(Corrupt, format!("it has {} bytes and says {stated}", file.len()));
    }
    if word(file, 20) as usize != SECTIONS {
        return fail(Corrupt, "it has another number of sections");
    }
    let header = Header {
        normaliser,
        titles: word(file, 16),
        built_at: u64::from(word(file, 24)) | u64::from(word(file, 28)) << 32,
        digest: word(file, 32),
    };
    Ok((header, read_table(file)?))
}

fn read_table(file: &[u8]) -> Result<Ranges, Failure> {
    use FailureCode::Corrupt;
    let Some(table) = file.get(HEADER_BYTES..HEADER_BYTES + SECTIONS * SECTION_ROW_BYTES) else {
        return fail(Corrupt, "it ends within its table of sections");
    };
    if crc32fast::hash(table) != word(file, 40) {
        return fail(Corrupt, "its table of sections is damaged");
    }
    let mut ranges: Ranges = std::array::from_fn(|_| (0..0, 0));
    for (number, range) in ranges.iter_mut().enumerate() {
        let row = number * SECTION_ROW_BYTES;
        let (start, length) = (word(table, row) as usize, word(table, row + 4) as usize);
        let element = word(table, row + 12) as usize;
        let end = start.checked_add(length).filter(|&end| end <= file.len());
        match end {
            Some(end) if element == ELEMENT_BYTES[number] && length % element == 0 && start >= HEADER_BYTES => {
                *range = (start..end, word(table, row + 8));
            }
            _ => return fail(Corrupt, format!("section {number} lies outside of it")),
        }
    }
    Ok(ranges)
}

/// How many of them so many bytes take.
pub fn places_of(bytes: usize) -> usize {
    bytes.div_ceil(PLACE_BYTES)
}

pub fn word(bytes: &[u8], at: usize) -> u32 {
    match bytes.get(at..at + 4) {
        Some(four) => u32::from_le_bytes([four[0], four[1], four[2], four[3]]),
        None => 0,
    }
}
