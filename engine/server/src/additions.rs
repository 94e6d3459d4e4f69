//! Titles learnt since an index was built, in the files that `engine/additions.ts` writes beside it.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// As the TypeScript side reads them: of a file that somebody filled by other means the rest is not read.
const TITLES_MAX: usize = 5_000;
const TITLE_CHARACTERS_MAX: usize = 200;
const BYTES_MAX: u64 = 4 * 1024 * 1024;
const YEARS: std::ops::RangeInclusive<u16> = 1950..=2099;

#[derive(Deserialize)]
struct Line {
    title: String,
    year: Option<u16>,
}

/// Those that are being put into the index first, then those learnt meanwhile.
pub fn files_of(index: &Path) -> [PathBuf; 2] {
    ["compacting.jsonl", "additions.jsonl"].map(|ending| index.with_extension(ending))
}

/// As lines of a file of titles: title, count, year.
pub fn read(index: &Path) -> String {
    let texts = files_of(index).map(|path| read_bounded(&path));
    to_lines(texts.iter().flat_map(|text| text.lines()))
}

/// Pure. A line that was cut off, or that somebody spoilt, is passed over.
fn to_lines<'t>(lines: impl Iterator<Item = &'t str>) -> String {
    let titles = lines.filter_map(|line| serde_json::from_str::<Line>(line).ok()).filter(is_fit).take(TITLES_MAX);
    titles.fold(String::new(), |all, Line { title, year }| {
        let words: Vec<&str> = title.split_whitespace().collect();
        let year = year.map(|year| year.to_string()).unwrap_or_default();
        all + &words.join(" ") + "\t1\t" + &year + "\n"
    })
}

fn is_fit(line: &Line) -> bool {
    let title = line.title.trim();
    !title.is_empty()
        && title.encode_utf16().count() <= TITLE_CHARACTERS_MAX
        && line.year.is_none_or(|year| YEARS.contains(&year))
}

fn read_bounded(path: &Path) -> String {
    let mut bytes = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(BYTES_MAX).read_to_end(&mut bytes));
    if read.is_err() {
        return String::new();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::to_lines;

    #[test]
    fn passes_over_what_is_no_title() {
        let long = format!("{{\"title\":\"{}\"}}", "x".repeat(201));
        let lines = [
            "",
            r#"{"title":"Quxley  Adventures","year":2019}"#,
            r#"{"title":"With a\ttab"}"#,
            r#"{"title":"  "}"#,
            r#"{"title":"Old","year":1800}"#,
            r#"{"title":7}"#,
            r#"{"title":"cut of"#,
            "[]",
            &long,
        ];
        assert_eq!(to_lines(lines.into_iter()), "Quxley Adventures\t1\t2019\nWith a tab\t1\t\n");
    }
}
