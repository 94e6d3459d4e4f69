//! What is left of a title, or of what a viewer typed, when nothing is left that people get wrong without meaning to:
//! case, accents, punctuation, spaces, a leading article, roman numerals. Builder, searcher and the TypeScript engine
//! share its rules; `VERSION` rises with every change of them, and files of another version are not opened.

use unicode_normalization::UnicodeNormalization;

use crate::plain::Plain;

pub const VERSION: u32 = 1;

/// Of a longer text the rest is not looked at.
pub const TEXT_BYTES_MAX: usize = 512;
/// Of what a viewer typed.
pub const QUERY_BYTES_MAX: usize = 128;
const YEARS: std::ops::RangeInclusive<u16> = 1950..=2099;

/// A normalised text. One is filled again and again: after the first few it allocates nothing.
#[derive(Default, Debug, Clone)]
pub struct Name {
    /// All words without the spaces: "thewitcheriii".
    pub raw: String,
    /// Without brackets and leading article, numerals as digits: "witcher3".
    pub canonical: String,
    /// In brackets: "Doom (1993)".
    pub year: Option<u16>,
    /// Of the raw key.
    words: Words,
    /// Of the canonical one.
    kept: Words,
    picked: Vec<(usize, usize)>,
    folded: String,
    plain: Plain,
    is_whole: bool,
    /// No numeral is in it, no single letter, and no bracket.
    is_simple: bool,
    /// The canonical key is the raw one, and `kept` stays empty.
    is_as_typed: bool,
}

/// Where the words of a text end that stand one behind the other in it, and whether in brackets.
#[derive(Default, Debug, Clone)]
struct Words(Vec<(usize, bool)>);

impl Words {
    /// `text` as far as it goes.
    fn end_word(&mut self, text: &str, in_brackets: bool) {
        if text.len() > self.0.last().map_or(0, |&(end, _)| end) {
            self.0.push((text.len(), in_brackets));
        }
    }

    fn iter<'w>(&'w self, text: &'w str) -> impl Iterator<Item = (&'w str, bool)> + Clone {
        let starts = std::iter::once(0).chain(self.0.iter().map(|&(end, _)| end));
        starts.zip(&self.0).map(|(start, &(end, in_brackets))| (&text[start..end], in_brackets))
    }
}

impl Name {
    pub fn of(text: &str) -> Self {
        let mut name = Self::default();
        name.fill(text);
        name
    }

    pub fn fill(&mut self, text: &str) {
        self.fill_raw(text);
        self.complete();
    }

    /// The raw key and the year alone: enough for what was typed as it is written.
    pub fn fill_raw(&mut self, text: &str) {
        let text = cut(text, TEXT_BYTES_MAX);
        self.raw.clear();
        self.canonical.clear();
        self.year = None;
        self.words.0.clear();
        self.kept.0.clear();
        self.is_whole = false;
        self.is_simple = false;
        if self.plain.fill(text) {
            self.raw.push_str(self.plain.key());
            self.words.0.extend(self.plain.ends().iter().map(|&end| (usize::from(end), false)));
            self.is_simple = self.plain.is_simple();
            return;
        }
        if text.is_ascii() {
            split(text, &mut self.raw, &mut self.words);
        } else {
            self.folded.clear();
            fold(text, &mut self.folded);
            split(&self.folded, &mut self.raw, &mut self.words);
        }
        self.year =
            self.words.iter(&self.raw).find_map(|(word, in_brackets)| if in_brackets { to_year(word) } else { None });
    }

    /// The canonical key and the words, unless they are there.
    pub fn complete(&mut self) {
        if !self.is_whole {
            self.is_whole = true;
            self.is_as_typed =
                self.is_simple && !self.words.iter(&self.raw).next().is_some_and(|(word, _)| is_article(word));
            if self.is_as_typed {
                self.canonical.push_str(&self.raw);
            } else {
                self.keep_words();
            }
        }
    }

    /// The words of the canonical key.
    pub fn words(&self) -> impl Iterator<Item = &str> + Clone {
        let (words, text) = if self.is_as_typed { (&self.words, &self.raw) } else { (&self.kept, &self.canonical) };
        words.iter(text).map(|(word, _)| word)
    }

    /// All words, spaced: "the witcher iii".
    pub fn spaced(&self) -> String {
        self.words.iter(&self.raw).map(|(word, _)| word).collect::<Vec<_>>().join(" ")
    }

    fn keep_words(&mut self) {
        let outside = self.words.iter(&self.raw).any(|(_, in_brackets)| !in_brackets);
        let mut start = 0;
        self.picked.clear();
        for &(end, in_brackets) in &self.words.0 {
            if !(outside && in_brackets) {
                self.picked.push((start, end));
            }
            start = end;
        }
        let word = |at: usize| self.picked.get(at).map_or("", |&(start, end)| &self.raw[start..end]);
        let is_run = |at: usize| is_single_letter(word(at)) && is_single_letter(word(at + 1));
        let has_article = self.picked.len() > 1 && is_article(word(0)) && !is_run(0);
        let first = usize::from(has_article);
        for at in first..self.picked.len() {
            let is_inside_run = at > first && is_run(at - 1);
            if is_inside_run {
                // "s t a l k e r" is one word: it goes on.
                self.kept.0.pop();
            }
            let is_name = at == first || is_inside_run || is_run(at);
            let written = if is_name { word(at) } else { to_digits(word(at)).unwrap_or(word(at)) };
            self.canonical.push_str(written);
            self.kept.end_word(&self.canonical, false);
        }
    }
}

/// At most so many bytes, ending between characters.
pub fn cut(text: &str, bytes_max: usize) -> &str {
    if text.len() <= bytes_max {
        return text;
    }
    let end = (0..=bytes_max).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    &text[..end]
}

fn split(folded: &str, raw: &mut String, words: &mut Words) {
    let mut in_brackets = false;
    for character in folded.chars() {
        if character.is_alphanumeric() {
            raw.push(character.to_ascii_lowercase());
        } else {
            separate(character, raw, words, &mut in_brackets);
        }
    }
    words.end_word(raw, in_brackets);
}

fn separate(character: char, raw: &mut String, words: &mut Words, in_brackets: &mut bool) {
    if matches!(character, '\'' | '`') {
        return;
    }
    words.end_word(raw, *in_brackets);
    match character {
        '&' => raw.push_str("and"),
        '+' => raw.push_str("plus"),
        '(' | '[' => *in_brackets = true,
        ')' | ']' => *in_brackets = false,
        _ => {}
    }
    if matches!(character, '&' | '+') {
        words.end_word(raw, *in_brackets);
    }
}

/// Lower case, no accents, no signs that stand for nothing; compatibility forms ("５", "Ⅶ") as plain ones. Marks of other
/// scripts stay: without its ring パ would be ハ.
fn fold(text: &str, folded: &mut String) {
    let lower: String = text.chars().filter(|&one| !is_silent(one)).collect::<String>().to_lowercase();
    let plain = lower.nfkd().filter(|one| !('\u{300}'..='\u{36f}').contains(one)).nfc();
    for one in plain {
        match one {
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ß' => folded.push_str("ss"),
            'þ' => folded.push_str("th"),
            'ø' => folded.push('o'),
            'đ' | 'ð' => folded.push('d'),
            'ł' => folded.push('l'),
            'ı' => folded.push('i'),
            _ => folded.extend(one.to_lowercase()),
        }
    }
}

fn is_silent(one: char) -> bool {
    matches!(one, '’' | '‘' | 'ʼ' | '´' | '™' | '®' | '©')
}

fn is_single_letter(word: &str) -> bool {
    word.len() == 1 && word.as_bytes()[0].is_ascii_lowercase()
}

pub fn is_article(word: &str) -> bool {
    matches!(word, "the" | "a" | "an")
}

fn to_year(word: &str) -> Option<u16> {
    let year = if word.len() == 4 { word.parse().ok()? } else { return None };
    YEARS.contains(&year).then_some(year)
}

pub fn to_digits(word: &str) -> Option<&'static str> {
    Some(match word {
        "ii" => "2",
        "iii" => "3",
        "iv" => "4",
        "v" => "5",
        "vi" => "6",
        "vii" => "7",
        "viii" => "8",
        "ix" => "9",
        "x" => "10",
        "xi" => "11",
        "xii" => "12",
        "xiii" => "13",
        "xiv" => "14",
        "xv" => "15",
        "xvi" => "16",
        "xvii" => "17",
        "xviii" => "18",
        "xix" => "19",
        "xx" => "20",
        _ => return None,
    })
}
