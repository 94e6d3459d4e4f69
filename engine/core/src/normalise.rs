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
    /// In brackets: "Doom (1993)".
    pub year: Option<u16>,
    /// The raw key and its words, where the text is plain; they stay where they are.
    plain: Plain,
    is_plain: bool,
    /// And where it is not.
    raw: String,
    words: Words,
    /// Unless it is the raw key.
    canonical: String,
    /// Of the canonical one.
    kept: Words,
    picked: Vec<(usize, usize)>,
    folded: String,
    is_whole: bool,
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
        self.is_as_typed = false;
        self.is_plain = self.plain.fill(text);
        if self.is_plain {
            return;
        }
        if text.is_ascii() {
            split(text, &mut self.raw, &mut self.words);
        } else {
            self.folded.clear();
            fold(text, &mut self.folded);
            split(&self.folded, &mut self.raw, &mut self.words);
        }
        let year = self.raw_words().find_map(|(word, in_brackets)| if in_brackets { to_year(word) } else { None });
        self.year = year;
    }

    /// The canonical key and the words, unless they are there.
    pub fn complete(&mut self) {
        if !self.is_whole {
            self.is_whole = true;
            self.is_as_typed = self.is_plain
                && self.plain.is_simple()
                && !self.raw_words().next().is_some_and(|(word, _)| is_article(word));
            if !self.is_as_typed {
                self.keep_words();
            }
        }
    }

    /// All words without the spaces: "thewitcheriii".
    #[inline]
    pub fn raw(&self) -> &str {
        if self.is_plain { self.plain.key() } else { &self.raw }
    }

    /// Without brackets and leading article, numerals as digits: "witcher3". Of a name that is complete.
    pub fn canonical(&self) -> &str {
        if self.is_as_typed { self.raw() } else { &self.canonical }
    }

    /// The canonical key where it is another than the raw one.
    pub fn other_canonical(&self) -> Option<&str> {
        (!self.is_as_typed && self.canonical != self.raw()).then_some(&self.canonical)
    }

    /// The words of the canonical key.
    pub fn words(&self) -> impl Iterator<Item = &str> + Clone {
        let (plain, kept) = (self.plain.ends(), &self.kept.0);
        let count = if self.is_as_typed { plain.len() } else { kept.len() };
        let ends = (0..count).map(move |at| if self.is_as_typed { usize::from(plain[at]) } else { kept[at].0 });
        between(self.canonical(), ends)
    }

    /// All words, spaced: "the witcher iii".
    pub fn spaced(&self) -> String {
        self.raw_words().map(|(word, _)| word).collect::<Vec<_>>().join(" ")
    }

    /// And whether in brackets.
    fn raw_words(&self) -> impl Iterator<Item = (&str, bool)> + Clone {
        let ends = self.raw_ends();
        between(self.raw(), ends.clone().map(|(end, _)| end)).zip(ends.map(|(_, in_brackets)| in_brackets))
    }

    fn raw_ends(&self) -> impl Iterator<Item = (usize, bool)> + Clone {
        let (plain, words) = (self.plain.ends(), &self.words.0);
        let count = if self.is_plain { plain.len() } else { words.len() };
        (0..count).map(move |at| if self.is_plain { (usize::from(plain[at]), false) } else { words[at] })
    }

    fn keep_words(&mut self) {
        let outside = self.raw_ends().any(|(_, in_brackets)| !in_brackets);
        let mut start = 0;
        let mut picked = std::mem::take(&mut self.picked);
        picked.clear();
        for (end, in_brackets) in self.raw_ends() {
            if !(outside && in_brackets) {
                picked.push((start, end));
            }
            start = end;
        }
        let raw = if self.is_plain { self.plain.key() } else { &self.raw };
        let word = |at: usize| picked.get(at).map_or("", |&(start, end)| &raw[start..end]);
        let is_letter = |at: usize| {
            let bytes = picked.get(at).and_then(|&(start, end)| raw.as_bytes().get(start..end));
            matches!(bytes, Some([b'a'..=b'z']))
        };
        let is_run = |at: usize| is_letter(at) && is_letter(at + 1);
        let has_article = picked.len() > 1 && is_article(word(0)) && !is_run(0);
        let first = usize::from(has_article);
        let mut is_inside_run = false;
        for at in first..picked.len() {
            if is_inside_run {
                // "s t a l k e r" is one word: it goes on.
                self.kept.0.pop();
            }
            let begins_run = is_run(at);
            let is_name = at == first || is_inside_run || begins_run;
            let written = if is_name { word(at) } else { to_digits(word(at)).unwrap_or(word(at)) };
            self.canonical.push_str(written);
            self.kept.end_word(&self.canonical, false);
            is_inside_run = begins_run;
        }
        self.picked = picked;
    }
}

/// The parts of `text` that end at `ends`.
fn between(text: &str, ends: impl Iterator<Item = usize> + Clone) -> impl Iterator<Item = &str> + Clone {
    let starts = std::iter::once(0).chain(ends.clone());
    starts.zip(ends).map(move |(start, end)| &text[start..end])
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

pub fn is_article(word: &str) -> bool {
    matches!(word, "the" | "a" | "an")
}

fn to_year(word: &str) -> Option<u16> {
    let year = if word.len() == 4 { word.parse().ok()? } else { return None };
    YEARS.contains(&year).then_some(year)
}

pub fn to_digits(word: &str) -> Option<&'static str> {
    // Nearly all words end here.
    if !matches!(word.as_bytes().first(), Some(b'i' | b'v' | b'x')) {
        return None;
    }
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
