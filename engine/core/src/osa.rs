//! How many slips lie between two keys: insertion, deletion, substitution and the swap of two neighbours count one each
//! (optimal string alignment).

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
    let one: Vec<char> = one.chars().collect();
    let other: Vec<char> = other.chars().collect();
    if one.len().abs_diff(other.len()) > most as usize {
        return None;
    }
    let width = other.len() + 1;
    let mut before: Vec<u32> = vec![0; width];
    let mut above: Vec<u32> = (0..width as u32).collect();
    let mut row: Vec<u32> = vec![0; width];
    for (i, a) in one.iter().enumerate() {
        row[0] = i as u32 + 1;
        for (j, b) in other.iter().enumerate() {
            let mut best = (above[j] + u32::from(a != b)).min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == other[j - 1] && one[i - 1] == *b {
                best = best.min(before[j - 1] + 1);
            }
            row[j + 1] = best;
        }
        std::mem::swap(&mut before, &mut above);
        std::mem::swap(&mut above, &mut row);
    }
    above.last().copied().filter(|&distance| distance <= most)
}

/// How likely a slip is, in hundredths: neighbours on the keyboard, doubled letters and swaps come easier than others.
/// For choosing among titles that are equally many slips away.
pub fn weighed_distance(typed: &[u8], title: &[u8]) -> u32 {
    const FULL: u32 = 100;
    const NEIGHBOUR: u32 = 80;
    const DOUBLED: u32 = 80;
    const SWAP: u32 = 85;
    const FOREIGN: u32 = 110;
    let width = title.len() + 1;
    let mut before = vec![0; width];
    let mut above: Vec<u32> = (0..width as u32).map(|at| at * FULL).collect();
    let mut row = vec![0; width];
    for i in 0..typed.len() {
        row[0] = (i as u32 + 1) * FULL;
        for j in 0..title.len() {
            let substitution = match (typed[i], title[j]) {
                (a, b) if a == b => 0,
                (a, b) if are_neighbours(a, b) => NEIGHBOUR,
                _ => FOREIGN,
            };
            let surplus = if i > 0 && typed[i] == typed[i - 1] { DOUBLED } else { FULL };
            let missing = if j > 0 && title[j] == title[j - 1] { DOUBLED } else { FULL };
            let mut best = (above[j] + substitution).min(above[j + 1] + surplus).min(row[j] + missing);
            if i > 0 && j > 0 && typed[i] == title[j - 1] && typed[i - 1] == title[j] {
                best = best.min(before[j - 1] + SWAP);
            }
            row[j + 1] = best;
        }
        std::mem::swap(&mut before, &mut above);
        std::mem::swap(&mut above, &mut row);
    }
    above[title.len()]
}

/// On a QWERTY keyboard, in a row or one row apart.
fn are_neighbours(a: u8, b: u8) -> bool {
    const ROWS: [&[u8]; 4] = [b"1234567890", b"qwertyuiop", b"asdfghjkl", b"zxcvbnm"];
    let place = |key: u8| {
        ROWS.iter().enumerate().find_map(|(row, keys)| keys.iter().position(|&one| one == key).map(|at| (row, at)))
    };
    let (Some((row_a, at_a)), Some((row_b, at_b))) = (place(a), place(b)) else { return false };
    match row_a.abs_diff(row_b) {
        0 => at_a.abs_diff(at_b) == 1,
        // Each row stands half a key to the right of the one above.
        1 => {
            let (upper, lower) = if row_a < row_b { (at_a, at_b) } else { (at_b, at_a) };
            upper == lower || upper == lower + 1
        }
        _ => false,
    }
}

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
        fn bits_and_table_agree(one in "[a-d]{1,20}", other in "[a-d]{0,20}", most in 0_u32..5) {
            let mut pattern = Pattern::default();
            prop_assert!(pattern.set(&one));
            prop_assert_eq!(pattern.distance(other.as_bytes(), most), distance_of_chars(&one, &other, most));
        }
    }
}
