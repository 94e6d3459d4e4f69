//! Pass-Join (Li, Deng, Wang, Feng; PVLDB 5(3), 2011): cut a key into three; whatever is at most two slips away still
//! holds one piece whole, near the place where it stood.

use crate::hash::{Hash, segment_start};

pub const SLIPS_MAX: usize = 2;
pub const SEGMENTS: usize = SLIPS_MAX + 1;
/// In characters. Of a shorter key every piece is in half of all titles.
pub const LENGTH_MIN: usize = 4;

/// Where each character of a text begins, and where the last ends.
#[derive(Default)]
pub struct Places(Vec<u32>);

impl Places {
    pub fn fill(&mut self, text: &str) {
        self.0.clear();
        self.0.extend(text.char_indices().map(|(at, _)| at as u32));
        self.0.push(text.len() as u32);
    }

    pub fn length(&self) -> usize {
        self.0.len().saturating_sub(1)
    }

    fn bytes<'t>(&self, text: &'t str, start: usize, length: usize) -> &'t [u8] {
        &text.as_bytes()[self.0[start] as usize..self.0[start + length] as usize]
    }
}

/// Start and length, in characters, of one of the pieces of a key: the later ones take what does not divide.
fn segment(key_length: usize, number: usize) -> (usize, usize) {
    let (base, longer) = (key_length / SEGMENTS, key_length % SEGMENTS);
    let first_longer = SEGMENTS - longer;
    let start = number * base + number.saturating_sub(first_longer);
    (start, base + usize::from(number >= first_longer))
}

/// Under which hashes a key is kept.
pub fn key_hashes(kind: u32, key: &str, places: &mut Places) -> Option<[u32; SEGMENTS]> {
    places.fill(key);
    let length = places.length();
    if length < LENGTH_MIN {
        return None;
    }
    Some(std::array::from_fn(|number| {
        let (start, size) = segment(length, number);
        segment_start(kind, length, number).bytes(places.bytes(key, start, size)).finish()
    }))
}

/// Calls with each hash under which a key within `slips` of `query` may stand.
pub fn probe(kind: u32, query: &str, places: &mut Places, slips: usize, mut look: impl FnMut(u32)) {
    places.fill(query);
    visit(places.length(), slips, |key_length, number, position, size| {
        let piece = places.bytes(query, position, size);
        look(segment_start(kind, key_length, number).bytes(piece).finish());
    });
}

/// As `probe`, for keys where two neighbours were swapped across the border of a piece: that is one slip which spoils
/// two pieces. `places` as `probe` left it.
pub fn probe_swapped(kind: u32, query: &str, places: &Places, slips: usize, mut look: impl FnMut(u32)) {
    let length = places.length();
    let mut swapped = Vec::new();
    let mut look_for = |start: Hash, parts: [&[u8]; 2]| {
        swapped.clear();
        parts.iter().for_each(|part| swapped.extend_from_slice(part));
        look(start.bytes(&swapped).finish());
    };
    visit(length, slips, |key_length, number, position, size| {
        let start = segment_start(kind, key_length, number);
        if position > 0 && number > 0 {
            let first = places.bytes(query, position - 1, 1);
            look_for(start, [first, places.bytes(query, position + 1, size - 1)]);
        }
        if position + size < length && number + 1 < SEGMENTS {
            let last = places.bytes(query, position + size, 1);
            look_for(start, [places.bytes(query, position, size - 1), last]);
        }
    });
}

/// Each (length of the key, number of the piece, where in the query, how long): the paper's multi-match-aware windows.
fn visit(length: usize, slips: usize, mut each: impl FnMut(usize, usize, usize, usize)) {
    let (length_signed, slips_signed) = (length as isize, slips as isize);
    for key_length in length.saturating_sub(slips).max(LENGTH_MIN)..=length + slips {
        let difference = length_signed - key_length as isize;
        for number in 0..SEGMENTS {
            let (start, size) = segment(key_length, number);
            let (start, left) = (start as isize, (number as isize).min(slips_signed));
            let right = slips_signed - left;
            let from = (start - left).max(start + difference - right).max(0);
            let to = (start + left).min(start + difference + right).min(length_signed - size as isize);
            for position in from..=to {
                each(key_length, number, position as usize, size);
            }
        }
    }
}
