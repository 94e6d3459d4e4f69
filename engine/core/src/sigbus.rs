//! What keeps a process alive whose mapped file was cut short by a stranger. Reading behind the new end raises SIGBUS;
//! the handler puts zeroes there, marks the map as damaged and lets the reader go on, as Wayland compositors do with the
//! memory of their clients. Zeroes are read as "nothing": every access is checked.

use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Maps watched at one time: old ones end with their index.
const WATCHED_MAX: usize = 32;

struct Watched {
    /// 0: free.
    start: AtomicUsize,
    end: AtomicUsize,
    is_damaged: AtomicBool,
}

static WATCHED: [Watched; WATCHED_MAX] =
    [const { Watched { start: AtomicUsize::new(0), end: AtomicUsize::new(0), is_damaged: AtomicBool::new(false) } };
        WATCHED_MAX];
static INSTALLED: Once = Once::new();
static mut BEFORE: Option<libc::sigaction> = None;

/// A map under watch; ends with it.
pub struct Watch(Option<usize>);

impl Watch {
    pub fn of(map: &[u8]) -> Self {
        INSTALLED.call_once(install);
        let start = map.as_ptr() as usize;
        let free = WATCHED
            .iter()
            .position(|one| one.start.compare_exchange(0, start, Ordering::AcqRel, Ordering::Relaxed).is_ok());
        if let Some(at) = free {
            WATCHED[at].is_damaged.store(false, Ordering::Release);
            WATCHED[at].end.store(start + map.len(), Ordering::Release);
        }
        Self(free)
    }

    /// Bytes have gone: whatever was read since may be zeroes.
    #[inline]
    pub fn is_damaged(&self) -> bool {
        self.0.is_some_and(|at| WATCHED[at].is_damaged.load(Ordering::Relaxed))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(at) = self.0 {
            WATCHED[at].end.store(0, Ordering::Release);
            WATCHED[at].start.store(0, Ordering::Release);
        }
    }
}

fn install() {
    // SAFETY: both structures are plain data for which zeroes are valid; the handler has the signature SA_SIGINFO asks
    // for; BEFORE is written here only, once, before the handler can run.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        let mut before: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = on_bus_error as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
        libc::sigemptyset(&mut action.sa_mask);
        if libc::sigaction(libc::SIGBUS, std::ptr::null(), &mut before) == 0 {
            BEFORE = Some(before);
            libc::sigaction(libc::SIGBUS, &action, std::ptr::null_mut());
        }
    }
}

/// Uses atomics and two system calls only: nothing else is allowed in a signal handler.
extern "C" fn on_bus_error(_: libc::c_int, info: *mut libc::siginfo_t, _: *mut libc::c_void) {
    // SAFETY: the kernel hands over a valid siginfo; for SIGBUS it holds the address.
    let address = unsafe { (*info).si_addr() } as usize;
    let hit = WATCHED.iter().find(|one| {
        let start = one.start.load(Ordering::Acquire);
        start != 0 && (start..one.end.load(Ordering::Acquire)).contains(&address)
    });
    if let Some(watched) = hit
        && put_zeroes(address)
    {
        watched.is_damaged.store(true, Ordering::Release);
        return;
    }
    // None of ours: as if this handler had never been.
    // SAFETY: BEFORE was written before the handler was installed, and never since.
    unsafe {
        match &raw const BEFORE {
            before if (*before).is_some() => {
                if let Some(action) = &*before {
                    libc::sigaction(libc::SIGBUS, action, std::ptr::null_mut());
                }
            }
            _ => {
                libc::signal(libc::SIGBUS, libc::SIG_DFL);
            }
        }
    }
}

fn put_zeroes(address: usize) -> bool {
    // SAFETY: the page lies within a map of ours, which lives as long as it is watched; it is replaced by one that can
    // be read as well.
    unsafe {
        let page = libc::sysconf(libc::_SC_PAGESIZE) as usize;
        let start = (address & !(page - 1)) as *mut libc::c_void;
        let flags = libc::MAP_FIXED | libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        libc::mmap(start, page, libc::PROT_READ, flags, -1, 0) == start
    }
}
