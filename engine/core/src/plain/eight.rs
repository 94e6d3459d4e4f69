//! Eight bytes of ASCII at a time, in the order of the text, in a number: what any processor can do.

use super::{Lower, Marks};

const EIGHT: usize = 8;

pub(super) fn read(text: &[u8], lower: &mut Lower) -> Option<Marks> {
    let mut marks = Marks::default();
    let mut is_other = 0;
    lower[..text.len()].copy_from_slice(text);
    // What is left of a longer text before: as if it ended in zeroes.
    lower[text.len()..text.len() + EIGHT].fill(0);
    let eights = lower.chunks_exact_mut(EIGHT).take(text.len().div_ceil(EIGHT));
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

/// What is asked of them is answered in the highest bit of each.
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
