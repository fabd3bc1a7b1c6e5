//! One file: what the running system reads, what is certainly on the medium, and
//! the changes in between. Knows no names and no faults.

use guichet_tests::chance::Chance;

use crate::image::Loss;

/// The unit that a medium writes as a whole.
pub const SECTOR: usize = 512;

/// A change that was not forced to the medium yet.
#[derive(Debug, Clone)]
pub enum Change {
    /// Bytes from an offset on.
    Write(usize, Vec<u8>),
    /// The file ends here.
    Truncate(usize),
}

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct Inode {
    seen: Vec<u8>,
    durable: Vec<u8>,
    unsynced: Vec<Change>,
}

impl Inode {
    /// A file that is on the medium as it is read.
    pub fn of(bytes: Vec<u8>) -> Self {
        Self {
            seen: bytes.clone(),
            durable: bytes,
            unsynced: Vec::new(),
        }
    }

    /// What a reader sees.
    pub fn seen(&self) -> &[u8] {
        &self.seen
    }

    /// Whether anything waits for being forced to the medium.
    pub fn is_clean(&self) -> bool {
        self.unsynced.is_empty()
    }

    /// Changes the file for its readers.
    pub fn change(&mut self, change: Change) {
        apply(&mut self.seen, &change);
        self.unsynced.push(change);
    }

    /// Everything is on the medium.
    pub fn sync(&mut self) {
        for change in std::mem::take(&mut self.unsynced) {
            apply(&mut self.durable, &change);
        }
    }

    /// Forcing failed: some of it is on the medium and the rest never will be,
    /// though readers go on seeing it. So does Linux after a failed fsync: the
    /// next one has nothing left to write, and succeeds.
    pub fn sync_failed(&mut self, loss: Loss, chance: &mut Chance) {
        self.durable = self.left(loss, chance);
        self.unsynced.clear();
    }

    /// One of the contents that a loss of power may leave.
    pub fn left(&self, loss: Loss, chance: &mut Chance) -> Vec<u8> {
        let mut left = self.durable.clone();
        let parts: usize = self.unsynced.iter().map(parts_of).sum();
        let mut keep = loss.over(parts, chance);
        for change in &self.unsynced {
            match change {
                Change::Truncate(_) => {
                    if keep.next_part() {
                        apply(&mut left, change);
                    }
                }
                Change::Write(offset, bytes) => {
                    let mut at = 0;
                    while at < bytes.len() {
                        let room = SECTOR - (offset + at) % SECTOR;
                        let end = (at + room).min(bytes.len());
                        if keep.next_part() {
                            write(&mut left, offset + at, &bytes[at..end]);
                        } else if keep.is_torn() {
                            // Power went while the medium was writing this one.
                            let garbage = keep.garbage(end - at);
                            write(&mut left, offset + at, &garbage);
                        }
                        at = end;
                    }
                }
            }
        }
        left
    }
}

/// How many parts of a change reach the medium or not, each by itself.
fn parts_of(change: &Change) -> usize {
    match change {
        Change::Truncate(_) => 1,
        Change::Write(_, bytes) if bytes.is_empty() => 0,
        Change::Write(offset, bytes) => (offset + bytes.len() - 1) / SECTOR - offset / SECTOR + 1,
    }
}

fn apply(content: &mut Vec<u8>, change: &Change) {
    match change {
        Change::Write(offset, bytes) => write(content, *offset, bytes),
        Change::Truncate(size) => content.resize(*size, 0),
    }
}

fn write(content: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    let end = offset + bytes.len();
    if content.len() < end {
        content.resize(end, 0);
    }
    content[offset..end].copy_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_forced_stays_and_the_rest_may_go() {
        let mut file = Inode::default();
        file.change(Change::Write(0, vec![1; 1_024]));
        file.sync();
        file.change(Change::Write(500, vec![2; 600]));
        file.change(Change::Truncate(100));
        assert_eq!(file.seen().len(), 100);
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..2_000 {
            let mut chance = Chance::of(seed, 0, 0);
            let loss = Loss::draw(&mut chance);
            let left = file.left(loss, &mut chance);
            let untouched = left.iter().take(100).all(|byte| *byte == 1);
            assert!(untouched, "no byte outside of what was written changes");
            seen.insert((left.len(), left.get(511).copied(), left.get(512).copied()));
        }
        for expected in [
            (1_024, Some(1), Some(1)),
            (1_100, Some(2), Some(2)),
            (1_100, Some(1), Some(2)),
            (1_024, Some(2), Some(1)),
            (100, None, None),
        ] {
            assert!(seen.contains(&expected), "{expected:?} of {seen:?}");
        }
    }

    #[test]
    fn a_failed_sync_is_not_made_good_by_the_next_one() {
        let mut file = Inode::default();
        file.change(Change::Write(0, vec![7; 512]));
        file.sync_failed(Loss::All, &mut Chance::of(1, 0, 0));
        assert_eq!(file.seen(), vec![7; 512]);
        file.sync();
        let left = file.left(Loss::Nothing, &mut Chance::of(1, 0, 0));
        assert!(left.is_empty());
    }
}
