//! Makes an index of a list of titles: in memory, then as one file beside the old one, then by one rename.

use std::fs::{self, File};
use std::io::{self, Write};
use std::panic::resume_unwind;
use std::path::Path;
use std::thread;

use crate::acronyms::{derive, split_title};
use crate::format::{
    self, EXTRA_ACRONYM, EXTRA_ALIAS, EXTRA_HEAD, Header, NAME_BAG, NAME_CANONICAL, NAME_EXTRA, NAME_KIND_SHIFT,
    NAME_RAW, NAME_REF_BITS, PLACE_BYTES, PLACES_MAX, RECORD_BYTES, SECTIONS, SEGMENT_REF_BITS, Section, TITLES_MAX,
    WORD_REF_BITS, places_of,
};
use crate::hash::{self, FastMap, name_hash, word_hash};
use crate::normalise::{self, Name, TEXT_BYTES_MAX, cut};
use crate::passjoin::{Places, key_hashes};
use crate::record::{Record, letters_of};
use crate::search::bag::Bag;
use crate::table::{TableBuilder, to_bytes};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    pub title: String,
    pub year: Option<u16>,
    /// 0 to 255, on a logarithmic scale.
    pub popularity: u8,
    pub aliases: Vec<String>,
}

/// Of the games that share a head or a short form: so many, the best known.
const SHARED_MAX: usize = 8;
/// A game must be so well known for people to shorten its name.
const ACRONYM_POPULARITY_MIN: u8 = 35;
const ENTRIES_PER_BUCKET: usize = 2;

/// One entry for each game: the same name again is the same game, unless both say their year and the years differ.
pub fn merge(entries: impl IntoIterator<Item = Entry>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = entries.into_iter().collect();
    let keys = raw_keys(&mut entries);
    let mut merged: Vec<Entry> = Vec::with_capacity(entries.len());
    // Those of one key are a chain: the last of them here, and beside each entry the one before it.
    let mut last_of: FastMap<usize> = FastMap::with_capacity_and_hasher(entries.len(), Default::default());
    let mut before: Vec<Option<usize>> = Vec::with_capacity(entries.len());
    for (mut entry, key) in entries.into_iter().zip(keys) {
        if key.is_empty() || merged.len() == TITLES_MAX {
            continue;
        }
        let last = last_of.get(&key).copied();
        let known = std::iter::successors(last, |&at| before[at])
            .filter(|&at| {
                let year = merged[at].year;
                year.is_none() || entry.year.is_none() || year == entry.year
            })
            // The first that was added.
            .last();
        match known {
            Some(at) => {
                let old = &mut merged[at];
                old.popularity = old.popularity.max(entry.popularity);
                old.year = old.year.or(entry.year);
                old.aliases.append(&mut entry.aliases);
            }
            None => {
                last_of.insert(key, merged.len());
                before.push(last);
                merged.push(entry);
            }
        }
    }
    // Best known first: ids then say which of two is better known, and posting lists begin with what people mean.
    merged.sort_unstable_by(|a, b| {
        b.popularity.cmp(&a.popularity).then_with(|| a.title.cmp(&b.title)).then(a.year.cmp(&b.year))
    });
    merged
}

/// The raw key of each, half of them on another thread; cuts what is too long, and reads years out of titles.
fn raw_keys(entries: &mut [Entry]) -> Vec<String> {
    fn read(entries: &mut [Entry]) -> Vec<String> {
        let mut name = Name::default();
        let keys = entries.iter_mut().map(|entry| {
            name.fill_raw(&entry.title);
            if entry.title.len() > TEXT_BYTES_MAX {
                entry.title = cut(&entry.title, TEXT_BYTES_MAX).to_owned();
            }
            entry.year = entry.year.or(name.year);
            name.raw().to_owned()
        });
        keys.collect()
    }
    let (one, other) = entries.split_at_mut(entries.len() / 2);
    let (mut keys, rest) = at_once(|| read(one), || read(other));
    keys.extend(rest);
    keys
}

/// Both, the second on a thread of its own.
fn at_once<A, B: Send>(one: impl FnOnce() -> A, other: impl FnOnce() -> B + Send) -> (A, B) {
    thread::scope(|scope| {
        let other = scope.spawn(other);
        let one = one();
        (one, other.join().unwrap_or_else(|panic| resume_unwind(panic)))
    })
}

/// `entries` as `merge` gave them.
pub fn build(entries: &[Entry], built_at: u64) -> Vec<u8> {
    let (builder, extras) = at_once(|| Builder::of(entries), || Extras::of(entries));
    builder.finish(entries, extras, built_at)
}

/// The index at `path` is the old one or the new one, never half of one; who has the old one open keeps it.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let fresh = path.with_extension(format!("{}.tmp", std::process::id()));
    let written = (|| {
        let mut file = File::create(&fresh)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&fresh, path)
    })();
    if written.is_err() {
        let _ = fs::remove_file(&fresh);
    }
    written
}

/// A string pool with where each string begins.
struct Pool {
    bytes: Vec<u8>,
    at: Vec<u32>,
}

impl Default for Pool {
    fn default() -> Self {
        Self { bytes: Vec::new(), at: vec![0] }
    }
}

impl Pool {
    fn push(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
        self.at.push(self.bytes.len() as u32);
    }
}

#[derive(Default)]
struct Shared(FastMap<Vec<u32>>);

impl Shared {
    fn add(&mut self, key: &str, id: u32) {
        let Some(ids) = self.0.get_mut(key) else {
            self.0.insert(key.to_owned(), vec![id]);
            return;
        };
        // Ids come in order of renown: the first ones stay.
        if ids.len() < SHARED_MAX && ids.last() != Some(&id) {
            ids.push(id);
        }
    }
}

struct Builder {
    text_at: Vec<u32>,
    letters: Vec<u32>,
    texts: Vec<u8>,
    names: TableBuilder,
    segments: TableBuilder,
    word_numbers: FastMap<u32>,
    word_texts: Vec<String>,
    tokens: Vec<u32>,
    token_at: Vec<u32>,
    places: Places,
    name: Name,
    bag: Bag,
    digest: crc32fast::Hasher,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            text_at: Vec::new(),
            letters: Vec::new(),
            texts: Vec::new(),
            names: TableBuilder::new(NAME_REF_BITS),
            segments: TableBuilder::new(SEGMENT_REF_BITS),
            word_numbers: FastMap::default(),
            word_texts: Vec::new(),
            tokens: Vec::new(),
            token_at: vec![0],
            places: Places::default(),
            name: Name::default(),
            bag: Bag::default(),
            digest: crc32fast::Hasher::new(),
        }
    }
}

impl Builder {
    fn of(entries: &[Entry]) -> Self {
        let mut builder = Self::default();
        for (id, entry) in entries.iter().enumerate() {
            builder.add(id as u32, entry);
        }
        builder
    }

    fn add(&mut self, id: u32, entry: &Entry) {
        self.digest.update(entry.title.as_bytes());
        self.digest.update(&[entry.popularity]);
        let mut name = std::mem::take(&mut self.name);
        name.fill(&entry.title);
        let place = self.add_record(id, entry, &name);
        self.add_keys(id, place, &name);
        self.add_words(place, &name);
        self.name = name;
    }

    /// Its place.
    fn add_record(&mut self, id: u32, entry: &Entry, name: &Name) -> u32 {
        let place = places_of(self.texts.len());
        let start = place * PLACE_BYTES;
        self.texts.resize(start, 0);
        let canonical = name.other_canonical().unwrap_or_default();
        let record = Record {
            at: start + RECORD_BYTES,
            raw_bytes: name.raw().len() as u16,
            title_bytes: entry.title.len() as u16,
            canonical_bytes: canonical.len() as u16,
            year: entry.year.unwrap_or(0),
            popularity: entry.popularity,
            id,
        };
        self.text_at.push(place as u32);
        self.letters.push(letters_of(name.raw()));
        record.write(&mut self.texts);
        for text in [name.raw(), entry.title.as_str(), canonical] {
            self.texts.extend_from_slice(text.as_bytes());
        }
        place as u32
    }

    fn add_name(&mut self, hash: u32, kind: u32, place: u32) {
        if (place as usize) < PLACES_MAX {
            self.names.add(hash, kind << NAME_KIND_SHIFT | place);
        }
    }

    fn add_keys(&mut self, id: u32, place: u32, name: &Name) {
        self.add_name(name_hash(name.raw()), NAME_RAW, place);
        self.add_segments(name.raw(), id);
        if name.other_canonical().is_none() {
            return;
        }
        self.add_name(name_hash(name.canonical()), NAME_CANONICAL, place);
        self.add_segments(name.canonical(), 1 << 20 | id);
    }

    fn add_segments(&mut self, key: &str, reference: u32) {
        for hash in key_hashes(hash::KEY_SEGMENT, key, &mut self.places).into_iter().flatten() {
            self.segments.add(hash, reference);
        }
    }

    fn add_words(&mut self, place: u32, name: &Name) {
        for word in name.words() {
            let number = match self.word_numbers.get(word) {
                Some(&number) => number,
                None => {
                    let number = self.word_texts.len() as u32;
                    self.word_numbers.insert(word.to_owned(), number);
                    self.word_texts.push(word.to_owned());
                    number
                }
            };
            self.tokens.push(number);
        }
        self.token_at.push(self.tokens.len() as u32);
        self.bag.fill(name.words());
        if let Some(hash) = self.bag.hash() {
            self.add_name(hash, NAME_BAG, place);
        }
    }

    fn finish(mut self, entries: &[Entry], extras: ExtraRows, built_at: u64) -> Vec<u8> {
        let mut sections: [Vec<u8>; SECTIONS] = std::array::from_fn(|_| Vec::new());
        let mut put = |section: Section, bytes: Vec<u8>| sections[section as usize] = bytes;
        put(Section::Extras, extras.put(&self.text_at, &mut self.names));
        put(Section::TextAt, to_bytes(&self.text_at));
        put(Section::Letters, to_bytes(&self.letters));
        put(Section::Texts, self.texts);
        put(Section::NameSlots, self.names.finish_slots());
        let Self { segments, word_texts, tokens, token_at, mut places, .. } = self;
        let (table, words) = at_once(
            || segments.finish(ENTRIES_PER_BUCKET),
            || Vocabulary::of(word_texts, &tokens, &token_at).sections(&mut places),
        );
        put(Section::SegmentBuckets, table.0);
        put(Section::SegmentEntries, table.1);
        put(Section::TokenAt, to_bytes(&token_at));
        words.into_iter().for_each(|(section, bytes)| put(section, bytes));
        let header = Header {
            normaliser: normalise::VERSION,
            titles: entries.len() as u32,
            built_at,
            digest: self.digest.finalize(),
        };
        format::write(&header, &sections)
    }
}

/// Names that are no title: aliases, heads, short forms.
#[derive(Default)]
struct Extras {
    heads: Shared,
    acronyms: Shared,
    aliases: Shared,
}

impl Extras {
    fn of(entries: &[Entry]) -> ExtraRows {
        let mut extras = Self::default();
        let (mut name, mut other) = (Name::default(), Name::default());
        for (id, entry) in entries.iter().enumerate() {
            name.fill(&entry.title);
            extras.add(id as u32, entry, &name, &mut other);
        }
        extras.to_rows()
    }

    fn add(&mut self, id: u32, entry: &Entry, name: &Name, other: &mut Name) {
        if let Some((head, _)) = split_title(&entry.title) {
            other.fill(head);
            if other.canonical().len() > 1 && other.canonical() != name.canonical() {
                self.heads.add(other.canonical(), id);
            }
        }
        if entry.popularity >= ACRONYM_POPULARITY_MIN {
            for form in derive(&entry.title) {
                if form != name.raw() && form != name.canonical() {
                    self.acronyms.add(&form, id);
                }
            }
        }
        for alias in &entry.aliases {
            other.fill_raw(alias);
            if !other.raw().is_empty() && other.raw() != name.raw() {
                self.aliases.add(other.raw(), id);
            }
        }
    }

    fn to_rows(&self) -> ExtraRows {
        let mut rows = ExtraRows::default();
        let shared = [(EXTRA_ALIAS, &self.aliases), (EXTRA_HEAD, &self.heads), (EXTRA_ACRONYM, &self.acronyms)];
        for (kind, Shared(by_key)) in shared {
            let mut sorted: Vec<(&String, &Vec<u32>)> = by_key.iter().collect();
            sorted.sort_unstable();
            for (key, id) in sorted.into_iter().flat_map(|(key, ids)| ids.iter().map(move |&id| (key, id))) {
                rows.0.push(ExtraRow { hash: name_hash(key), kind, id, key: key.clone() });
            }
        }
        rows
    }
}

#[derive(Default)]
struct ExtraRows(Vec<ExtraRow>);

struct ExtraRow {
    hash: u32,
    kind: u8,
    id: u32,
    key: String,
}

impl ExtraRows {
    /// `places` of the titles.
    fn put(self, places: &[u32], names: &mut TableBuilder) -> Vec<u8> {
        let mut rows = Vec::new();
        for ExtraRow { hash, kind, id, key } in self.0 {
            let (title, place) = (places[id as usize], places_of(rows.len()));
            if title as usize >= PLACES_MAX || place >= PLACES_MAX {
                continue;
            }
            rows.resize(place * PLACE_BYTES, 0);
            rows.extend((u32::from(kind) << NAME_KIND_SHIFT | title).to_le_bytes());
            rows.extend((key.len() as u16).to_le_bytes());
            rows.extend_from_slice(key.as_bytes());
            names.add(hash, NAME_EXTRA << NAME_KIND_SHIFT | place as u32);
        }
        rows
    }
}

/// The words in their order in the alphabet, and the titles of each.
struct Vocabulary {
    words: Vec<String>,
    tokens: Vec<u32>,
    posting_at: Vec<u32>,
    postings: Vec<u32>,
}

impl Vocabulary {
    fn of(mut texts: Vec<String>, tokens: &[u32], token_at: &[u32]) -> Self {
        let mut order: Vec<u32> = (0..texts.len() as u32).collect();
        order.sort_unstable_by(|&a, &b| texts[a as usize].cmp(&texts[b as usize]));
        order.truncate(1 << WORD_REF_BITS);
        let mut renumbered = vec![0_u32; texts.len()];
        for (number, &old) in order.iter().enumerate() {
            renumbered[old as usize] = number as u32;
        }
        let words = order.iter().map(|&old| std::mem::take(&mut texts[old as usize])).collect::<Vec<_>>();
        let tokens: Vec<u32> = tokens.iter().map(|&old| renumbered[old as usize]).collect();
        let mut posting_at = vec![0_u32; words.len() + 1];
        for &word in &tokens {
            posting_at[word as usize + 1] += 1;
        }
        for at in 1..posting_at.len() {
            posting_at[at] += posting_at[at - 1];
        }
        let mut next = posting_at.clone();
        let mut postings = vec![0_u32; tokens.len()];
        for (id, range) in token_at.windows(2).enumerate() {
            for &word in &tokens[range[0] as usize..range[1] as usize] {
                postings[next[word as usize] as usize] = id as u32;
                next[word as usize] += 1;
            }
        }
        Self { words, tokens, posting_at, postings }
    }

    fn sections(self, places: &mut Places) -> Vec<(Section, Vec<u8>)> {
        let mut pool = Pool::default();
        let (mut table, mut segments) = (TableBuilder::new(WORD_REF_BITS), TableBuilder::new(WORD_REF_BITS));
        for (number, word) in self.words.iter().enumerate() {
            pool.push(word);
            table.add(word_hash(word), number as u32);
            for hash in key_hashes(hash::WORD_SEGMENT, word, places).into_iter().flatten() {
                segments.add(hash, number as u32);
            }
        }
        let (words, segments) = (table.finish(ENTRIES_PER_BUCKET), segments.finish(ENTRIES_PER_BUCKET));
        vec![
            (Section::Words, pool.bytes),
            (Section::WordAt, to_bytes(&pool.at)),
            (Section::WordBuckets, words.0),
            (Section::WordEntries, words.1),
            (Section::WordSegmentBuckets, segments.0),
            (Section::WordSegmentEntries, segments.1),
            (Section::PostingAt, to_bytes(&self.posting_at)),
            (Section::Postings, to_bytes(&self.postings)),
            (Section::Tokens, to_bytes(&self.tokens)),
        ]
    }
}
