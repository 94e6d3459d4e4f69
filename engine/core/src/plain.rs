//! The words of a short text of letters, digits and what stands between words, as most are: eight bytes at a time, and
//! then word by word, because which byte ends a word is nothing that a processor could guess.

/// A bit of a word for each; a longer text goes the other way.
const BYTES_MAX: usize = u64::BITS as usize;
/// So many are looked at at once.
const EIGHT: usize = 8;
/// Words are copied so many bytes at a time, the last of them too many.
const COPIED: usize = 16;
/// One end for each, and a byte between them.
const WORDS_MAX: usize = BYTES_MAX / 2 + 1;

/// One is filled again and again: its room is not cleared.
#[derive(Debug, Clone)]
pub struct Plain {
    lower: [u8; BYTES_MAX + COPIED],
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
    pub fn key(&self) -> &str {
        std::str::from_utf8(&self.key[..self.length]).unwrap_or_default()
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
        let mut marks = Marks::default();
        let mut is_other = 0;
        self.lower[..text.len()].copy_from_slice(text);
        // What is left of a longer text before: as if it ended in zeroes.
        self.lower[text.len()..text.len() + EIGHT].fill(0);
        let eights = self.lower.chunks_exact_mut(EIGHT).take(text.len().div_ceil(EIGHT));
        for (number, lower) in eights.enumerate() {
            let bytes = Eight::of(lower);
            is_other |=
                bytes.0 & HIGHEST | bytes.is_within(b'&', b'(') & !bytes.is(b'\'') | bytes.is(b'+') | bytes.is(b'[');
            let (small, letters, digits) = bytes.lower();
            lower.copy_from_slice(&small.0.to_le_bytes());
            marks.in_key |= to_bits(letters | digits) << (number * EIGHT);
            marks.is_digit |= to_bits(digits) << (number * EIGHT);
            marks.is_roman |= to_bits(small.is(b'i') | small.is(b'v') | small.is(b'x')) << (number * EIGHT);
            marks.is_silent |= to_bits(bytes.is(b'\'') | bytes.is(b'`')) << (number * EIGHT);
        }
        (is_other == 0).then_some(marks)
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
#[derive(Default)]
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

/// Eight bytes of ASCII, in the order of the text. What is asked of them is answered in the highest bit of each.
#[derive(Clone, Copy)]
struct Eight(u64);

const HIGHEST: u64 = 0x8080_8080_8080_8080;

const fn of_each(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

impl Eight {
    fn of(bytes: &[u8]) -> Self {
        Self(bytes.try_into().map_or(0, u64::from_le_bytes))
    }

    fn is_from(self, least: u8) -> u64 {
        ((self.0 | HIGHEST) - of_each(least)) & HIGHEST
    }

    fn is_within(self, least: u8, most: u8) -> u64 {
        self.is_from(least) & !self.is_from(most + 1)
    }

    fn is(self, byte: u8) -> u64 {
        HIGHEST.wrapping_sub(self.0 ^ of_each(byte)) & HIGHEST
    }

    /// And which of them are letters, and which are digits.
    fn lower(self) -> (Self, u64, u64) {
        const TO_LOWER: u32 = (0x80_u8 / (b'a' - b'A')).trailing_zeros();
        let small = Self(self.0 | self.is_within(b'A', b'Z') >> TO_LOWER);
        (small, small.is_within(b'a', b'z'), small.is_within(b'0', b'9'))
    }
}

/// The highest bit of each byte, side by side.
fn to_bits(answer: u64) -> u64 {
    const SIDE_BY_SIDE: u64 = 0x0102_0408_1020_4080;
    (answer >> 7).wrapping_mul(SIDE_BY_SIDE) >> 56
}

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
