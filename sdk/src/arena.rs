//! The plugin's memory. The host gives every call a fresh instance and throws
//! it away afterwards, so nothing is ever freed: memory is handed out in one
//! direction. That halves a component, because all code that gives memory back
//! falls away, and it makes every address a function of the inputs alone. The
//! binding's memory limit bounds what a call can use.
#![allow(unsafe_code, reason = "an allocator cannot be written without")]

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

const PAGE_BYTES: usize = 65_536;

/// Growing costs a system call in the host, so it is done in large steps.
const STEP_PAGES: usize = 8;

unsafe extern "C" {
    /// The linker's mark: memory from here on is nobody's.
    static __heap_base: u8;
}

/// Hands out memory and takes none back.
#[derive(Debug)]
pub struct Arena {
    /// Where the next allocation may begin; zero before the first one.
    next: AtomicUsize,
    /// Where the memory ends.
    end: AtomicUsize,
}

impl Arena {
    /// An arena that has handed out nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            next: AtomicUsize::new(0),
            end: AtomicUsize::new(0),
        }
    }

    fn start(&self) -> usize {
        let next = self.next.load(Relaxed);
        if next != 0 {
            return next;
        }
        self.end.store(wasm32::memory_size(0) * PAGE_BYTES, Relaxed);
        (&raw const __heap_base).addr()
    }

    /// Makes memory up to `wanted_end` usable; false where the limit is reached.
    #[cold]
    fn grow(&self, wanted_end: usize) -> bool {
        let missing = (wanted_end - self.end.load(Relaxed)).div_ceil(PAGE_BYTES);
        // Where the large step does not fit any more, the smallest may.
        [missing.max(STEP_PAGES), missing].into_iter().any(|pages| {
            let before = wasm32::memory_grow(0, pages);
            let grown = before != usize::MAX;
            if grown {
                self.end
                    .store((before + pages).saturating_mul(PAGE_BYTES), Relaxed);
            }
            grown
        })
    }
}

impl Default for Arena {
    fn default() -> Self {
        Self::new()
    }
}

// SAFETY: addresses between `start` and `end` are inside the linear memory, were
// handed out to nobody before because `next` only moves forward, and are aligned
// as asked. A plugin has one thread.
unsafe impl GlobalAlloc for Arena {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let begin = self.start().checked_next_multiple_of(layout.align());
        let place = begin.and_then(|begin| Some((begin, begin.checked_add(layout.size())?)));
        let Some((begin, end)) = place else {
            return core::ptr::null_mut();
        };
        if end > self.end.load(Relaxed) && !self.grow(end) {
            return core::ptr::null_mut();
        }
        self.next.store(end, Relaxed);
        core::ptr::with_exposed_provenance_mut(begin)
    }

    #[inline(always)]
    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // Fresh memory is zero, and all memory here is fresh.
        // SAFETY: the caller's promise about the layout is passed on.
        unsafe { self.alloc(layout) }
    }

    unsafe fn realloc(&self, old: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        if new_size <= layout.size() {
            return old;
        }
        if old.addr() + layout.size() == self.next.load(Relaxed) {
            // The last allocation grows where it is.
            self.next.store(old.addr(), Relaxed);
        }
        // SAFETY: the size is the caller's and the alignment was valid before.
        // Where the block moves, both are valid for the old block's size; where
        // it stays, nothing is to be copied.
        unsafe {
            let new = self.alloc(Layout::from_size_align_unchecked(new_size, layout.align()));
            if !new.is_null() && new != old {
                core::ptr::copy_nonoverlapping(old, new, layout.size());
            }
            new
        }
    }
}
