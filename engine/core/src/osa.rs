//! How many slips lie between two keys: insertion, deletion, substitution and the swap of two neighbours count one each
//! (optimal string alignment).

use crate::passjoin::SLIPS_MAX;

/// The bits of a pattern of at most 64 bytes, for Hyyrö's bit-parallel distance. Set once per query.
pub struct Pattern {
    positions: [u64; 256],
    text: Vec<u8>,
}

pub const PATTERN_BYTES_MAX: usize = 64;

impl Default for Pattern {
    fn default() -> Self {
        Self { positions: [0; 256], text: Vec::with_capacity(PATTERN_BYTES_MAX) }
    }
}

impl Pattern {
    /// False when the text is too long or not plain: then `distance_of_chars` is the way.
    pub fn set(&mut self, text: &str) -> bool {
        for &byte in &self.text {
            self.positions[usize::from(byte)] = 0;
        }
        self.text.clear();
        if text.len() > PATTERN_BYTES_MAX || !text.is_ascii() || text.is_empty() {
            return false;
        }
        self.text.extend_from_slice(text.as_bytes());
        for (at, &byte) in text.as_bytes().iter().enumerate() {
            self.positions[usize::from(byte)] |= 1 << at;
        }
        true
    }

    /// More than `most`: None.
    pub fn distance(&self, other: &[u8], most: u32) -> Option<u32> {
        let length = self.text.len();
        if length.abs_diff(other.len()) > most as usize {
            return None;
        }
        let last = 1_u64 << (length - 1);
        let (mut vp, mut vn, mut d0, mut positions_before) = (!0_u64, 0_u64, 0_u64, 0_u64);
        let mut distance = length as u32;
        for (at, &byte) in other.iter().enumerate() {
            let positions = self.positions[usize::from(byte)];
            let swapped = (((!d0) & positions) << 1) & positions_before;
            d0 = ((((positions & vp).wrapping_add(vp)) ^ vp) | positions | vn) | swapped;
            let hp = vn | !(d0 | vp);
            let hn = d0 & vp;
            distance = distance.wrapping_add(u32::from(hp & last != 0)).wrapping_sub(u32::from(hn & last != 0));
            let hp = (hp << 1) | 1;
            vp = (hn << 1) | !(d0 | hp);
            vn = hp & d0;
            positions_before = positions;
            // Each byte still to come can mend one at most.
            if distance > most + (other.len() - at - 1) as u32 {
                return None;
            }
        }
        (distance <= most).then_some(distance)
    }
}

/// The same by the table, for anything. More than `most`: None.
pub fn distance_of_chars(one: &str, other: &str, most: u32) -> Option<u32> {
    if one.is_ascii() && other.is_ascii() {
        return distance_by_table(one.as_bytes(), other.as_bytes(), most);
    }
    let one: Vec<char> = one.chars().collect();
    let other: Vec<char> = other.chars().collect();
    distance_by_table(&one, &other, most)
}

/// A row as long as most words are needs no allocation.
const ROW_MAX: usize = 32;

fn distance_by_table<T: PartialEq>(one: &[T], other: &[T], most: u32) -> Option<u32> {
    if one.len().abs_diff(other.len()) > most as usize {
        return None;
    }
    let (one, other) = without_ends(one, other);
    let width = other.len() + 1;
    if width <= ROW_MAX {
        let (mut before, mut above, mut row) = ([0; ROW_MAX], [0; ROW_MAX], [0; ROW_MAX]);
        fill_table(one, other, [&mut before[..width], &mut above[..width], &mut row[..width]], most)
    } else {
        let (mut before, mut above, mut row) = (vec![0; width], vec![0; width], vec![0; width]);
        fill_table(one, other, [&mut before, &mut above, &mut row], most)
    }
}

/// Without what both begin and end with, which no slip is in.
fn without_ends<'t, T: PartialEq>(one: &'t [T], other: &'t [T]) -> (&'t [T], &'t [T]) {
    let start = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (one, other) = (&one[start..], &other[start..]);
    let end = one.iter().rev().zip(other.iter().rev()).take_while(|(a, b)| a == b).count();
    (&one[..one.len() - end], &other[..other.len() - end])
}

fn fill_table<T: PartialEq>(one: &[T], other: &[T], rows: [&mut [u32]; 3], most: u32) -> Option<u32> {
    let [mut before, mut above, mut row] = rows;
    above.iter_mut().zip(0..).for_each(|(cell, at)| *cell = at);
    for (i, a) in one.iter().enumerate() {
        row[0] = i as u32 + 1;
        for (j, b) in other.iter().enumerate() {
            let mut best = (above[j] + u32::from(a != b)).min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == other[j - 1] && one[i - 1] == *b {
                best = best.min(before[j - 1] + 1);
            }
            row[j + 1] = best;
        }
        (before, above, row) = (above, row, before);
    }
    above.last().copied().filter(|&distance| distance <= most)
}

/// How likely a slip is, in hundredths.
const SLIP: u32 = 100;
const NEIGHBOUR: u32 = 80;
const DOUBLED: u32 = 80;
const SWAP: u32 = 85;
const FOREIGN: u32 = 110;
/// More than any distance, and no overflow.
const FAR: u32 = u32::MAX / 4;
/// A row of the table near its diagonal: so many columns before and behind, and one at each end that is far.
const BAND: usize = 2 * SLIPS_MAX + 3;
/// Who strays from the band has lost or won a character more often than `SLIPS_MAX`.
const IN_BAND_MAX: u32 = (SLIPS_MAX as u32 + 1) * DOUBLED;

/// Neighbours on the keyboard, doubled letters and swaps come easier than other slips. For choosing among titles that
/// are equally many slips away.
pub fn weighed_distance(typed: &[u8], title: &[u8]) -> u32 {
    let near = weighed_in_band(typed, title);
    if near <= IN_BAND_MAX { near } else { weighed_in_full(typed, title) }
}

fn weighed_in_band(typed: &[u8], title: &[u8]) -> u32 {
    let column = |i: usize, at: usize| (i + at).checked_sub(SLIPS_MAX + 1).filter(|&j| j <= title.len());
    let mut before = [FAR; BAND];
    let mut above = [FAR; BAND];
    for (at, cell) in above.iter_mut().enumerate().take(BAND - 1).skip(1) {
        *cell = column(0, at).map_or(FAR, |j| j as u32 * SLIP);
    }
    for i in 1..=typed.len() {
        let mut row = [FAR; BAND];
        for at in 1..BAND - 1 {
            row[at] = match column(i, at) {
                None => FAR,
                Some(0) => i as u32 * SLIP,
                // The row above begins one column earlier.
                Some(j) => weighed_cell(typed, title, (i, j), [before[at], above[at], above[at + 1], row[at - 1]]),
            };
        }
        (before, above) = (above, row);
    }
    let end = (title.len() + SLIPS_MAX + 1).checked_sub(typed.len());
    end.and_then(|at| above.get(at)).copied().unwrap_or(FAR)
}

fn weighed_in_full(typed: &[u8], title: &[u8]) -> u32 {
    let width = title.len() + 1;
    let mut before = vec![0; width];
    let mut above: Vec<u32> = (0..width as u32).map(|at| at * SLIP).collect();
    let mut row = vec![0; width];
    for i in 1..=typed.len() {
        row[0] = i as u32 * SLIP;
        for j in 1..width {
            let swapped = before[j.saturating_sub(2)];
            row[j] = weighed_cell(typed, title, (i, j), [swapped, above[j - 1], above[j], row[j - 1]]);
        }
        std::mem::swap(&mut before, &mut above);
        std::mem::swap(&mut above, &mut row);
    }
    above[title.len()]
}

/// Of the first `i` and the first `j` bytes: by a swap, by two bytes for one another, by one too many, by one too few.
#[inline]
fn weighed_cell(typed: &[u8], title: &[u8], (i, j): (usize, usize), [swap, other, surplus, missing]: [u32; 4]) -> u32 {
    let (a, b) = (typed[i - 1], title[j - 1]);
    let a_before = if i > 1 { Some(typed[i - 2]) } else { None };
    let b_before = if j > 1 { Some(title[j - 2]) } else { None };
    let substitution = match (a, b) {
        (a, b) if a == b => 0,
        (a, b) if are_neighbours(a, b) => NEIGHBOUR,
        _ => FOREIGN,
    };
    let surplus = surplus + if a_before == Some(a) { DOUBLED } else { SLIP };
    let missing = missing + if b_before == Some(b) { DOUBLED } else { SLIP };
    let best = (other + substitution).min(surplus).min(missing);
    if a_before == Some(b) && b_before == Some(a) { best.min(swap + SWAP) } else { best }
}

/// On a QWERTY keyboard, in a row or one row apart.
fn are_neighbours(a: u8, b: u8) -> bool {
    /// Of each key, one bit for each of its neighbours.
    const NEIGHBOURS: [u128; 128] = {
        let mut table = [0; 128];
        let mut upper = 0;
        while upper < ROWS.len() {
            let mut at = 0;
            while at < ROWS[upper].len() {
                // Each row stands half a key to the right of the one above.
                let places = [(upper, at + 1), (upper + 1, at), (upper + 1, at.wrapping_sub(1))];
                let mut place = 0;
                while place < places.len() {
                    let (row, other) = places[place];
                    if row < ROWS.len() && other < ROWS[row].len() {
                        let (a, b) = (ROWS[upper][at], ROWS[row][other]);
                        table[a as usize] |= 1 << b;
                        table[b as usize] |= 1 << a;
                    }
                    place += 1;
                }
                at += 1;
            }
            upper += 1;
        }
        table
    };
    b < 128 && NEIGHBOURS.get(usize::from(a)).is_some_and(|others| others & 1 << b != 0)
}

const ROWS: [&[u8]; 4] = [b"1234567890", b"qwertyuiop", b"asdfghjkl", b"zxcvbnm"];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn counts_slips() {
        for (one, other, slips) in [
            ("zelda", "zelda", 0),
            ("zleda", "zelda", 1),
            ("zeld", "zelda", 1),
            ("zxlda", "zelda", 1),
            ("zlead", "zelda", 2),
        ] {
            let mut pattern = Pattern::default();
            assert!(pattern.set(one));
            assert_eq!(pattern.distance(other.as_bytes(), 3), Some(slips), "{one} {other}");
            assert_eq!(distance_of_chars(one, other, 3), Some(slips), "{one} {other}");
        }
    }

    #[test]
    fn weighs_likely_slips_less() {
        assert!(weighed_distance(b"halp", b"half") > weighed_distance(b"hald", b"half"));
        assert!(weighed_distance(b"zeldda", b"zelda") < weighed_distance(b"zeldxa", b"zelda"));
    }

    proptest! {
        #[test]
        fn the_band_holds_what_is_near(one in "[a-ds]{0,12}", other in "[a-ds]{0,12}") {
            let (one, other) = (one.as_bytes(), other.as_bytes());
            prop_assert_eq!(weighed_distance(one, other), weighed_in_full(one, other));
        }

        #[test]
        fn bits_and_table_agree(one in "[a-d]{1,20}", other in "[a-d]{0,20}", most in 0_u32..5) {
            let mut pattern = Pattern::default();
            prop_assert!(pattern.set(&one));
            prop_assert_eq!(pattern.distance(other.as_bytes(), most), distance_of_chars(&one, &other, most));
        }
    }
}
