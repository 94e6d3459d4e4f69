//! A gate that processes pass one at a time before they write to one database.
//!
//! SQLite's own lock knows no queue: whoever finds it taken sleeps for 1, 2, 5, 10… milliseconds and looks again,
//! however soon it was free. Here the kernel wakes the next one as soon as the one before has left (futex(2), on a
//! word of a file that all have mapped). The gate keeps nobody out for ever and is never what data depends on: who
//! has waited too long, because the one inside was killed or stopped, goes in all the same and meets SQLite's lock.

// Elsewhere there is no futex, and no gate: writers wait as SQLite lets them.
#![cfg(target_os = "linux")]
// The macros leave the exports out of a test build, and clippy over all targets makes one.
#![cfg_attr(test, allow(dead_code))]

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use memmap2::{MmapOptions, MmapRaw};
use napi::bindgen_prelude::{Error, Result, Status};
use napi_derive::napi;

const FREE: u32 = 0;
const TAKEN: u32 = 1;
/// Taken, and somebody may be asleep.
const AWAITED: u32 = 2;

/// Words in the file: who is inside, and how many have left since one of them was told that it is its turn.
const INSIDE: usize = 0;
const LEFT: usize = 1;
const BYTES: u64 = 64;

#[napi]
pub struct WriteGate {
    shared: MmapRaw,
}

#[napi]
impl WriteGate {
    /// A file of zeros is a gate that nobody is in: whoever comes first need do nothing more than create it.
    #[napi(factory, catch_unwind)]
    pub fn open(file: String) -> Result<Self> {
        let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(file);
        let file = opened.map_err(to_error)?;
        if file.metadata().map_err(to_error)?.len() < BYTES {
            file.set_len(BYTES).map_err(to_error)?;
        }
        let shared = MmapOptions::new().len(BYTES as usize).map_raw(&file).map_err(to_error)?;
        Ok(Self { shared })
    }

    /// Answers when the one before has left, or after so long. Sleeps: the thread does nothing meanwhile.
    #[napi(catch_unwind)]
    pub fn enter(&self, patience_ms: u32) {
        let inside = self.word(INSIDE);
        if inside.compare_exchange(FREE, TAKEN, Ordering::Acquire, Ordering::Relaxed).is_ok() {
            return;
        }
        let deadline = Instant::now() + Duration::from_millis(patience_ms.into());
        // Whoever slept can't know whether others still do, and says so for them.
        while inside.swap(AWAITED, Ordering::Acquire) != FREE {
            let rest = deadline.saturating_duration_since(Instant::now());
            if rest.is_zero() {
                return;
            }
            sleep_while(inside, AWAITED, rest);
        }
    }

    /// Wakes one that waits. True for one in `every` of all who leave.
    #[napi(catch_unwind)]
    pub fn leave(&self, every: u32) -> bool {
        let inside = self.word(INSIDE);
        if inside.swap(FREE, Ordering::Release) == AWAITED {
            wake_one(inside);
        }
        let left = self.word(LEFT);
        if left.fetch_add(1, Ordering::Relaxed) + 1 < every {
            return false;
        }
        left.swap(0, Ordering::Relaxed) >= every
    }

    fn word(&self, at: usize) -> &AtomicU32 {
        // SAFETY: the mapping is page-aligned, longer than the words in it, and lives as long as `self`; all who map it
        // use these words as atomics only.
        unsafe { AtomicU32::from_ptr(self.shared.as_mut_ptr().cast::<u32>().add(at)) }
    }
}

/// Until it is woken, the word is another one, or so long; also for no reason at all.
fn sleep_while(word: &AtomicU32, is: u32, at_most: Duration) {
    let timeout =
        libc::timespec { tv_sec: at_most.as_secs() as libc::time_t, tv_nsec: at_most.subsec_nanos() as libc::c_long };
    // SAFETY: the kernel reads the word and the timeout, both alive during the call. Not FUTEX_PRIVATE: others are
    // other processes.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAIT, is, &raw const timeout) };
}

fn wake_one(word: &AtomicU32) {
    // SAFETY: the kernel takes the address as a name and touches nothing.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE, 1) };
}

fn to_error(problem: std::io::Error) -> Error {
    Error::new(Status::GenericFailure, problem.to_string())
}
