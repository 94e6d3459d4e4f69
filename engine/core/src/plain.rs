//! The words of a short text of letters, digits and what stands between words, as most are: sixteen or eight bytes at a
//! time, and then word by word, because which byte ends a word is nothing that a processor could guess.

#[cfg(any(test, not(target_arch = "x86_64")))]
mod eight;
#[cfg(target_arch = "x86_64")]
mod sixteen;

/// A bit of a word for each; a longer text goes the other way.
const BYTES_MAX: usize = u64::BITS as usize;
/// Words are copied so many bytes at a time, the last of them too many.
const COPIED: usize = 16;
/// One end for each, and a byte between them.
const WORDS_MAX: usize = BYTES_MAX / 2 + 1;

/// One is filled again and again: its room is not cleared.
#[derive(Debug, Clone)]
pub struct Plain {
    lower: Lower,
    key: [u8; BYTES_MAX + COPIED],
    length: usize,
    ends: [u8; WORDS_MAX],
    words: usize,
    is_simple: bool,
}

impl Default for Plain {
    fn default() -> Self {
        Self {
            lower: [0; BYTES_MAX + COPIED],
            key: [0; BYTES_MAX + COPIED],
            length: 0,
            ends: [0; WORDS_MAX],
            words: 0,
            is_simple: false,
        }
    }
}

impl Plain {
    /// The words one behind the other, in lower case.
    #[inline]
    pub fn key(&self) -> &str {
        // SAFETY: what is copied into it is letters and digits of ASCII, or comes after its end.
        unsafe { std::str::from_utf8_unchecked(&self.key[..self.length]) }
    }

    /// Where in the key each word ends.
    pub fn ends(&self) -> &[u8] {
        &self.ends[..self.words]
    }

    /// No word is a numeral or a single letter: not even what is none is taken for one.
    pub fn is_simple(&self) -> bool {
        self.is_simple
    }

    /// False for a text that is longer, or has brackets, signs that are words, or what is no ASCII.
    pub fn fill(&mut self, text: &str) -> bool {
        (self.length, self.words) = (0, 0);
        if text.len() > BYTES_MAX {
            return false;
        }
        let Some(marks) = self.read(text.as_bytes()) else { return false };
        self.is_simple = marks.are_simple();
        self.keep(marks);
        true
    }

    fn read(&mut self, text: &[u8]) -> Option<Marks> {
        #[cfg(target_arch = "x86_64")]
        return sixteen::read(text, &mut self.lower);
        #[cfg(not(target_arch = "x86_64"))]
        return eight::read(text, &mut self.lower);
    }

    fn keep(&mut self, marks: Marks) {
        let (mut left, mut end) = (marks.in_key, 0);
        while left != 0 {
            let start = left.trailing_zeros();
            // What is silent stands within a word, or beside it.
            if self.length > 0 && (marks.is_silent >> end).trailing_ones() < start - end {
                self.end_word();
            }
            let size = (left >> start).trailing_ones();
            end = start + size;
            self.copy(start as usize, size as usize);
            left = if end < u64::BITS { left >> end << end } else { 0 };
        }
        self.end_word();
    }

    fn copy(&mut self, start: usize, size: usize) {
        for at in (0..size).step_by(COPIED) {
            let (from, to) = (start + at, self.length + at);
            if let (Some(from), Some(to)) = (self.lower.get(from..from + COPIED), self.key.get_mut(to..to + COPIED)) {
                to.copy_from_slice(from);
            }
        }
        self.length += size;
    }

    fn end_word(&mut self) {
        if self.length > 0
            && let Some(end) = self.ends.get_mut(self.words)
        {
            *end = self.length as u8;
            self.words += 1;
        }
    }
}

/// One bit for each byte of a text.
#[derive(Default, Debug, PartialEq, Eq)]
struct Marks {
    in_key: u64,
    is_digit: u64,
    /// Of a numeral.
    is_roman: u64,
    /// It stands within words.
    is_silent: u64,
}

impl Marks {
    /// No word is a numeral or a single letter; rather once too rarely than too often.
    fn are_simple(&self) -> bool {
        let starts = self.in_key & !(self.in_key << 1);
        let single_letters = starts & !(self.in_key >> 1) & !self.is_digit;
        // One added to the start of a word of such letters alone is carried to behind its end.
        let (carried, is_last) = self.is_roman.overflowing_add(starts & self.is_roman);
        single_letters == 0 && !is_last && carried & !self.is_roman & !self.in_key == 0
    }
}

/// Room for a text in lower case, and for what is read and copied behind it.
type Lower = [u8; BYTES_MAX + COPIED];

#[cfg(test)]
mod tests {
    use super::Plain;

    #[test]
    fn tells_words_apart() {
        let longest = format!("{} b", "a".repeat(62));
        for (text, key, ends) in [
            ("", "", vec![]),
            ("  ", "", vec![]),
            ("Doom", "doom", vec![4]),
            ("The Witcher 3: Wild Hunt", "thewitcher3wildhunt", vec![3, 10, 11, 15, 19]),
            ("Baldur's Gate", "baldursgate", vec![7, 11]),
            ("Rock 'n' Roll", "rocknroll", vec![4, 5, 9]),
            ("'", "", vec![]),
            ("a'' b", "ab", vec![1, 2]),
            ("z{Z@0/9:", "zz09", vec![1, 2, 3, 4]),
            (&longest, &longest.replace(' ', ""), vec![62, 63]),
            ("abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwxyz", vec![26]),
        ] {
            let mut plain = Plain::default();
            assert!(plain.fill(text), "{text}");
            assert_eq!((plain.key(), plain.ends()), (key, ends.as_slice()), "{text}");
        }
    }

    #[test]
    fn knows_what_is_simple() {
        let last = format!("{} xiv", "a".repeat(60));
        for (text, is_simple) in [
            ("Doom", true),
            ("Doom 2", true),
            ("Vixen Drive", true),
            ("Final Fantasy VII", false),
            ("VII Days", false),
            ("S.T.A.L.K.E.R.", false),
            ("Don't", false),
            (&last, false),
        ] {
            let mut plain = Plain::default();
            assert!(plain.fill(text), "{text}");
            assert_eq!(plain.is_simple(), is_simple, "{text}");
        }
    }

    #[test]
    fn leaves_what_is_not_plain() {
        for text in ["a & b", "a+b", "Doom (1993)", "a [b", "Pokémon", "a\u{7f}é"] {
            assert!(!Plain::default().fill(text), "{text}");
        }
        assert!(!Plain::default().fill(&"a".repeat(65)));
    }
}
