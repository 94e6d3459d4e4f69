//! 32-bit hashes that the TypeScript engine computes alike: four bytes a step, and the finaliser of MurmurHash3.

const OFFSET: u32 = 0x811c_9dc5;
const FACTOR: u32 = 0x9e37_79b1;
const TURNED_BY: u32 = 13;

#[derive(Clone, Copy)]
pub struct Hash(u32);

impl Hash {
    /// `seed` keeps keys of different kinds apart in one table.
    pub fn new(seed: u32) -> Self {
        Self(OFFSET ^ seed.wrapping_mul(FACTOR))
    }

    #[inline]
    fn word(self, word: u32) -> Self {
        Self((self.0 ^ word).wrapping_mul(FACTOR).rotate_left(TURNED_BY))
    }

    /// Of one key; the same bytes in two parts have another hash.
    #[inline]
    pub fn bytes(self, bytes: &[u8]) -> Self {
        let words = bytes.chunks_exact(4);
        let rest = words.remainder();
        let hash = words.fold(self, |hash, four| hash.word(u32::from_le_bytes([four[0], four[1], four[2], four[3]])));
        match (rest.first(), rest.last()) {
            // Of one to three bytes the first, that in the middle and the last are all, and how many says which.
            (Some(&first), Some(&last)) => {
                hash.word(u32::from_le_bytes([first, rest[rest.len() / 2], last, rest.len() as u8]))
            }
            _ => hash,
        }
    }

    #[inline]
    pub fn finish(self) -> u32 {
        let mut hash = self.0;
        hash ^= hash >> 16;
        hash = hash.wrapping_mul(0x85eb_ca6b);
        hash ^= hash >> 13;
        hash = hash.wrapping_mul(0xc2b2_ae35);
        hash ^ (hash >> 16)
    }
}

/// Seeds: what is hashed.
pub const NAME: u32 = 1;
pub const BAG: u32 = 2;
pub const WORD: u32 = 3;
/// Plus 256 times the key's length and the number of the segment.
pub const KEY_SEGMENT: u32 = 4;
pub const WORD_SEGMENT: u32 = 5;

pub fn name_hash(key: &str) -> u32 {
    Hash::new(NAME).bytes(key.as_bytes()).finish()
}

pub fn word_hash(word: &str) -> u32 {
    Hash::new(WORD).bytes(word.as_bytes()).finish()
}

pub fn segment_start(kind: u32, length: usize, number: usize) -> Hash {
    Hash::new(kind | (length as u32 & 0xffff) << 8 | (number as u32) << 24)
}

/// For maps that live while an index is built: their keys are titles, not an attacker's choice of collisions that would
/// last.
#[derive(Default, Clone)]
pub struct FastHasher(u64);

impl std::hash::Hasher for FastHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut eight = [0; 8];
            eight[..chunk.len()].copy_from_slice(chunk);
            self.0 = (self.0.rotate_left(5) ^ u64::from_le_bytes(eight)).wrapping_mul(0x517c_c1b7_2722_0a95);
        }
    }

    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 29
    }
}

pub type FastMap<V> = std::collections::HashMap<String, V, std::hash::BuildHasherDefault<FastHasher>>;
