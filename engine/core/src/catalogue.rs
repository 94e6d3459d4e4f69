//! The games that come with the product, and files of titles.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::build::Entry;

/// Title, year, renown (1 to 100), short forms, nicknames, names in other languages; the last three with "|" between.
const CATALOGUE: &str = include_str!("../../catalogue.tsv");
/// Renown 1 of the catalogue stands above everything that only a file of titles knows.
const CATALOGUE_FROM: f32 = 130.0;
const CATALOGUE_STEP: f32 = 1.25;
/// The most often counted title of a file.
const COUNTED_MOST: f32 = 119.0;
const COUNTED_LEAST: f32 = 4.0;
/// Counts below this are taken for a small scale, so that 39 systems are not made the peer of a million players.
const COUNT_SCALE_MIN: f32 = 40.0;

pub const TITLES_FILE_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// With or without what the catalogue knows besides titles: without, for measuring what the rules alone find.
pub fn shipped(with_aliases: bool) -> Vec<Entry> {
    CATALOGUE
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| to_entry(line, with_aliases))
        .collect()
}

fn to_entry(line: &str, with_aliases: bool) -> Entry {
    let mut columns = line.split('\t');
    let title = columns.next().unwrap_or_default().to_owned();
    let year = columns.next().and_then(|year| year.parse().ok());
    let renown: f32 = columns.next().and_then(|renown| renown.parse().ok()).unwrap_or(1.0);
    let aliases = if with_aliases {
        columns.flat_map(|names| names.split('|')).filter(|name| !name.is_empty()).map(str::to_owned).collect()
    } else {
        Vec::new()
    };
    Entry { title, year, popularity: (CATALOGUE_FROM + CATALOGUE_STEP * renown.clamp(0.0, 100.0)) as u8, aliases }
}

pub struct TitlesFile {
    pub entries: Vec<Entry>,
    /// Lines without a title.
    pub skipped: usize,
}

/// One title a line; behind tabs, if known, how often it was counted (for renown) and its year.
pub fn read_titles(path: &Path) -> io::Result<TitlesFile> {
    // What a device or a pipe will give, its length does not tell.
    let mut bytes = Vec::new();
    File::open(path)?.take(TITLES_FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > TITLES_FILE_BYTES_MAX {
        let problem = format!("it has more than {TITLES_FILE_BYTES_MAX} bytes");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, problem));
    }
    // No text has a zero; read all the same, an index of rubbish would take the place of a good one.
    if bytes.contains(&0) {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is no text"));
    }
    let titles = parse_titles(&String::from_utf8_lossy(&bytes));
    // An index without them would take the place of one that has them.
    if titles.entries.is_empty() {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "there is no title in it"));
    }
    Ok(titles)
}

pub fn parse_titles(text: &str) -> TitlesFile {
    let rows: Vec<(&str, f32, Option<u16>)> = text.lines().filter_map(parse_row).collect();
    let most = rows.iter().map(|row| row.1).fold(COUNT_SCALE_MIN, f32::max);
    let entries: Vec<Entry> = rows
        .iter()
        .map(|&(title, count, year)| {
            let share = count.max(1.0).ln() / most.ln();
            let popularity = (COUNTED_LEAST + COUNTED_MOST * share) as u8;
            Entry { title: title.to_owned(), year, popularity, aliases: Vec::new() }
        })
        .collect();
    let skipped = text.lines().filter(|line| !line.is_empty()).count() - entries.len();
    TitlesFile { entries, skipped }
}

fn parse_row(line: &str) -> Option<(&str, f32, Option<u16>)> {
    let mut columns = line.split('\t');
    let title = columns.next().map(str::trim).filter(|title| !title.is_empty())?;
    if title.chars().any(char::is_control) {
        return None;
    }
    let count = columns.next().and_then(|count| count.trim().parse().ok()).unwrap_or(1.0);
    let year = columns.next().and_then(|year| year.trim().parse().ok());
    Some((title, count, year))
}
