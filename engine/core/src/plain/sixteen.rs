//! Sixteen bytes at a time, by what every x86-64 has (SSE2): half of the time of eight in a number.

use std::arch::x86_64::{
    __m128i, _mm_and_si128, _mm_cmpeq_epi8, _mm_cmpgt_epi8, _mm_loadu_si128, _mm_movemask_epi8, _mm_or_si128,
    _mm_set1_epi8, _mm_storeu_si128,
};

use super::{Lower, Marks};

const SIXTEEN: usize = 16;
const TO_LOWER: u8 = b'a' - b'A';

pub(super) fn read(text: &[u8], lower: &mut Lower) -> Option<Marks> {
    // SAFETY: every x86-64 has SSE2.
    unsafe { read_by_sse2(text, lower) }
}

#[target_feature(enable = "sse2")]
fn read_by_sse2(text: &[u8], lower: &mut Lower) -> Option<Marks> {
    let mut marks = Marks::default();
    let mut is_other = 0;
    let mut look = |bytes: &[u8; SIXTEEN], at: usize| {
        let sixteen = Sixteen::of(bytes);
        is_other |= sixteen.other();
        let small = sixteen.lower();
        if let Some(to) = lower[at..].first_chunk_mut() {
            small.write(to);
        }
        small.mark(&mut marks, at);
    };
    let (whole, rest) = text.as_chunks::<SIXTEEN>();
    for (number, bytes) in whole.iter().enumerate() {
        look(bytes, number * SIXTEEN);
    }
    match text.last_chunk() {
        _ if rest.is_empty() => {}
        // The last sixteen, of which some were looked at before and say the same again.
        Some(bytes) => look(bytes, text.len() - SIXTEEN),
        None => {
            let mut bytes = [0; SIXTEEN];
            bytes[..text.len()].copy_from_slice(text);
            look(&bytes, 0);
        }
    }
    (is_other == 0).then_some(marks)
}

/// What is asked of them is answered by a bit for each.
#[derive(Clone, Copy)]
struct Sixteen(__m128i);

impl Sixteen {
    #[inline]
    #[target_feature(enable = "sse2")]
    fn of(bytes: &[u8; SIXTEEN]) -> Self {
        // SAFETY: sixteen bytes can be read there, and need not be aligned.
        Self(unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) })
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn write(self, to: &mut [u8; SIXTEEN]) {
        // SAFETY: sixteen bytes can be written there, and need not be aligned.
        unsafe { _mm_storeu_si128(to.as_mut_ptr().cast(), self.0) }
    }

    /// Bytes that are no ASCII are less than any that is.
    #[inline]
    #[target_feature(enable = "sse2")]
    fn within(self, least: u8, most: u8) -> Self {
        Self(_mm_and_si128(_mm_cmpgt_epi8(self.0, of_each(least - 1)), _mm_cmpgt_epi8(of_each(most + 1), self.0)))
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn is(self, byte: u8) -> Self {
        Self(_mm_cmpeq_epi8(self.0, of_each(byte)))
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn or(self, other: Self) -> Self {
        Self(_mm_or_si128(self.0, other.0))
    }

    /// The highest of each.
    #[inline]
    #[target_feature(enable = "sse2")]
    fn bits(self) -> u64 {
        u64::from(_mm_movemask_epi8(self.0) as u16)
    }

    /// What is no ASCII, and signs that are words, or brackets.
    #[inline]
    #[target_feature(enable = "sse2")]
    fn other(self) -> u64 {
        self.or(self.is(b'&')).or(self.is(b'(')).or(self.is(b'+')).or(self.is(b'[')).bits()
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn lower(self) -> Self {
        self.or(Self(_mm_and_si128(self.within(b'A', b'Z').0, of_each(TO_LOWER))))
    }

    /// Of bytes in lower case that stand at `at`.
    #[inline]
    #[target_feature(enable = "sse2")]
    fn mark(self, marks: &mut Marks, at: usize) {
        let digits = self.within(b'0', b'9');
        marks.in_key |= self.within(b'a', b'z').or(digits).bits() << at;
        marks.is_digit |= digits.bits() << at;
        marks.is_roman |= self.is(b'i').or(self.is(b'v')).or(self.is(b'x')).bits() << at;
        marks.is_silent |= self.is(b'\'').or(self.is(b'`')).bits() << at;
    }
}

#[inline]
#[target_feature(enable = "sse2")]
fn of_each(byte: u8) -> __m128i {
    _mm_set1_epi8(byte as i8)
}

#[cfg(test)]
mod tests {
    use super::super::{BYTES_MAX, COPIED, eight};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn says_what_eight_at_a_time_say(text in prop::collection::vec(prop_oneof![b' '..=b'~', 0..=255_u8], 0..=BYTES_MAX)) {
            let (mut lower, mut other) = ([7; BYTES_MAX + COPIED], [7; BYTES_MAX + COPIED]);
            prop_assert_eq!(super::read(&text, &mut lower), eight::read(&text, &mut other));
            if text.is_ascii() {
                prop_assert_eq!(&lower[..text.len()], &other[..text.len()]);
            }
        }

        #[test]
        fn says_so_of_plain_ones_too(text in "[a-zA-Z0-9 '`:.ivx]{0,64}") {
            let (mut lower, mut other) = ([7; BYTES_MAX + COPIED], [7; BYTES_MAX + COPIED]);
            let marks = super::read(text.as_bytes(), &mut lower);
            prop_assert!(marks.is_some());
            prop_assert_eq!(marks, eight::read(text.as_bytes(), &mut other));
            prop_assert_eq!(&lower[..text.len()], &other[..text.len()]);
        }
    }
}
