//! Added to the copy of the sources by the mutation run. One build holds all
//! mutants; the environment says which one of them is awake.

use std::fs::File;
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{LazyLock, Mutex};

/// More than a room has.
const MOST: usize = 1 << 14;

static AWAKE: LazyLock<u32> = LazyLock::new(|| {
    let text = std::env::var("GUICHET_MUTANT").unwrap_or_default();
    text.parse().unwrap_or(0)
});

/// Where the numbers of the mutants go that a test comes by.
static DIARY: LazyLock<Option<Mutex<File>>> = LazyLock::new(|| {
    let path = std::env::var_os("GUICHET_MUTANTS_SEEN")?;
    File::create(path).ok().map(Mutex::new)
});

static SEEN: [AtomicBool; MOST] = [const { AtomicBool::new(false) }; MOST];

/// Whether this mutant is awake.
pub(crate) fn on(mutant: u32) -> bool {
    if let Some(diary) = &*DIARY
        && let Some(seen) = SEEN.get(mutant as usize)
        && !seen.swap(true, Ordering::Relaxed)
        && let Ok(mut diary) = diary.lock()
    {
        let _ = writeln!(diary, "{mutant}");
    }
    *AWAKE == mutant
}
