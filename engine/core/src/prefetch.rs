//! Asking memory for what will be needed soon: a file of an index is larger than any cache, and one who waits for a line
//! at a time waits longer than all else takes.

/// Of most processors.
pub const LINE_BYTES: usize = 64;

/// No more than a hint; nothing where `at` lies outside.
#[inline]
pub fn prefetch(bytes: &[u8], at: usize) {
    #[cfg(target_arch = "x86_64")]
    if let Some(byte) = bytes.get(at) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: every x86-64 has the instruction; it changes nothing, and raises nothing whatever the address.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(byte).cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (bytes, at);
}
