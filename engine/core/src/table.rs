//! Two hash tables of entries of 32 bits (some bits of the hash, so that most strangers are told apart without a look at
//! the key, and a reference). Where many entries share a hash: two flat arrays, where each bucket begins, and entries.
//! Where few do: slots, each entry in the first free one from where its hash points, so that one place is looked at.

use crate::format::word;
use crate::prefetch::prefetch;

pub struct TableBuilder {
    ref_bits: u32,
    entries: Vec<(u32, u32)>,
}

impl TableBuilder {
    pub fn new(ref_bits: u32) -> Self {
        Self { ref_bits, entries: Vec::new() }
    }

    pub fn add(&mut self, hash: u32, reference: u32) {
        self.entries.push((hash, reference));
    }

    /// Slots, as bytes. What was added first comes first.
    pub fn finish_slots(self) -> Vec<u8> {
        let mut slots = vec![FREE; self.entries.len() * SLOTS_FOR.0 / SLOTS_FOR.1 + 1];
        for (hash, reference) in &self.entries {
            let mut at = slot_of(*hash, slots.len());
            while slots[at] != FREE {
                at = if at + 1 == slots.len() { 0 } else { at + 1 };
            }
            slots[at] = hash << self.ref_bits | reference;
        }
        to_bytes(&slots)
    }

    /// Buckets and entries, as bytes. Within a bucket the order is that of adding.
    pub fn finish(self, entries_per_bucket: usize) -> (Vec<u8>, Vec<u8>) {
        let bits = bucket_bits(self.entries.len() / entries_per_bucket);
        let mut starts = vec![0_u32; (1 << bits) + 1];
        for (hash, _) in &self.entries {
            starts[bucket_of(*hash, bits) + 1] += 1;
        }
        for bucket in 1..starts.len() {
            starts[bucket] += starts[bucket - 1];
        }
        let mut next = starts.clone();
        let mut entries = vec![0_u32; self.entries.len()];
        for (hash, reference) in &self.entries {
            let at = &mut next[bucket_of(*hash, bits)];
            entries[*at as usize] = hash << self.ref_bits | reference;
            *at += 1;
        }
        (to_bytes(&starts), to_bytes(&entries))
    }
}

/// A reference is never as large as this with a tag above.
const FREE: u32 = u32::MAX;
/// Three slots for two entries.
const SLOTS_FOR: (usize, usize) = (3, 2);

#[inline]
fn slot_of(hash: u32, slots: usize) -> usize {
    ((u64::from(hash) * slots as u64) >> 32) as usize
}

fn bucket_bits(buckets: usize) -> u32 {
    buckets.max(1).next_power_of_two().trailing_zeros().clamp(1, 22)
}

#[inline]
fn bucket_of(hash: u32, bits: u32) -> usize {
    (hash >> (32 - bits)) as usize
}

pub fn to_bytes(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// One table of an open file.
#[derive(Clone, Copy)]
pub struct Table<'f> {
    buckets: &'f [u8],
    entries: &'f [u8],
    bits: u32,
    ref_bits: u32,
}

impl<'f> Table<'f> {
    pub fn new(buckets: &'f [u8], entries: &'f [u8], ref_bits: u32) -> Self {
        let count = (buckets.len() / 4).saturating_sub(1).max(1);
        Self { buckets, entries, bits: count.ilog2().max(1), ref_bits }
    }

    /// Where the entries of `hash` lie, for asking about many hashes at once: what waits for memory then waits together.
    #[inline]
    pub fn bucket(&self, hash: u32) -> (u32, u32) {
        let bucket = bucket_of(hash, self.bits) * 4;
        (word(self.buckets, bucket), word(self.buckets, bucket + 4))
    }

    /// Asks for the entries of a bucket, which are looked at later.
    #[inline]
    pub fn prefetch(&self, (start, _): (u32, u32)) {
        prefetch(self.entries, start as usize * 4);
    }

    /// Asks for the place of the bucket of a hash.
    #[inline]
    pub fn prefetch_bucket(&self, hash: u32) {
        prefetch(self.buckets, bucket_of(hash, self.bits) * 4);
    }

    /// The references kept under `hash`, and now and then one of another hash. Nothing where the file is damaged.
    #[inline]
    pub fn look(&self, hash: u32) -> impl Iterator<Item = u32> + use<'f> {
        self.look_in(self.bucket(hash), hash)
    }

    /// `bucket` as it was given for `hash`.
    #[inline]
    pub fn look_in(&self, (start, end): (u32, u32), hash: u32) -> impl Iterator<Item = u32> + use<'f> {
        let (start, end) = (start as usize, end as usize);
        let entries = self.entries.get(start * 4..end * 4).unwrap_or_default();
        let (ref_bits, tag) = (self.ref_bits, hash & (u32::MAX >> self.ref_bits));
        entries.chunks_exact(4).filter_map(move |four| {
            let entry = u32::from_le_bytes([four[0], four[1], four[2], four[3]]);
            (entry >> ref_bits == tag).then_some(entry & ((1 << ref_bits) - 1))
        })
    }
}

/// The other kind of table.
#[derive(Clone, Copy)]
pub struct Slots<'f> {
    slots: &'f [u8],
    ref_bits: u32,
}

impl<'f> Slots<'f> {
    pub fn new(slots: &'f [u8], ref_bits: u32) -> Self {
        Self { slots, ref_bits }
    }

    #[inline]
    pub fn prefetch(&self, hash: u32) {
        prefetch(self.slots, slot_of(hash, self.slots.len() / 4) * 4);
    }

    /// As `Table::look`. Each slot is looked at once at most, whatever stands in them.
    #[inline]
    pub fn look(&self, hash: u32) -> impl Iterator<Item = u32> + use<'f> {
        let (slots, ref_bits, tag) = (self.slots, self.ref_bits, hash & (u32::MAX >> self.ref_bits));
        let count = slots.len() / 4;
        let first = slot_of(hash, count);
        (first..count)
            .chain(0..first)
            .map(move |at| word(slots, at * 4))
            .take_while(|&entry| entry != FREE)
            .filter_map(move |entry| (entry >> ref_bits == tag).then_some(entry & ((1 << ref_bits) - 1)))
    }
}
