//! A world of the simulation whose node loses power instead of being killed: in
//! the middle of a commit, of a checkpoint, of closing, of starting. Every loss is
//! looked at in several of the images that it may leave; the world goes on from
//! one of them.

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use guichet_simulation::fate::{Fate, Shape};
use guichet_simulation::trace::Trace;
use guichet_simulation::witness::Witness;
use guichet_simulation::world::{self, BOOKS};
use guichet_tests::chance::Chance;

use crate::disk::{Disk, Fault, Honesty};
use crate::inspection::inspect;
use crate::vfs::{boot, disk_of, path};

/// What a run came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Tally {
    /// Losses of power.
    pub cuts: u64,
    /// Of these, while the node was starting.
    pub at_start: u64,
    /// Images opened by the real store and looked through.
    pub images: u64,
    /// Payments that were acknowledged, over all images.
    pub payments: u64,
    /// Writes, truncations, forcings, creations and deletions.
    pub operations: u64,
    /// Checkpoints of the write-ahead log that were begun.
    pub checkpoints: u64,
    /// Nodes that were stopped and closed their files.
    pub stops: u64,
    /// Times in which the disk was full, could not be written, or not forced.
    pub faults: u64,
}

impl Tally {
    /// Adds another run.
    pub const fn add(&mut self, other: &Self) {
        self.cuts += other.cuts;
        self.at_start += other.at_start;
        self.images += other.images;
        self.payments += other.payments;
        self.operations += other.operations;
        self.checkpoints += other.checkpoints;
        self.stops += other.stops;
        self.faults += other.faults;
    }
}

/// How a run is made.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// What the disk's word is worth.
    pub honesty: Honesty,
    /// Images looked at after each loss.
    pub images: u32,
}

/// Runs one seed. `place` names a disk that nobody else uses meanwhile; `ready` is
/// a database with its tables.
///
/// # Errors
/// What is wrong with an image, or with the world in the end.
pub fn run(place: &str, seed: u64, manner: Manner, ready: &[u8], trace: &Trace) -> Result<Tally> {
    let mut chance = Chance::of(seed, 7, 0);
    let mut disk = Disk::new(manner.honesty, Chance::of(seed, 8, 0));
    let is_first_start = chance.below(8) == 0;
    if !is_first_start {
        disk.put(BOOKS, ready.to_vec());
    }
    if is_first_start {
        disk.cut_after(fuse(&mut chance));
    }
    boot(place, disk);
    let mut cuts = Cuts {
        place: place.to_owned(),
        manner,
        chance,
        trace: trace.clone(),
        tally: Tally::default(),
        is_calm: false,
        is_armed: is_first_start,
    };
    let ended = world::run(seed, &mut cuts, trace);
    cuts.count_operations();
    boot(place, Disk::new(Honesty::Honest, Chance::of(0, 0, 0)));
    ended?;
    Ok(cuts.tally)
}

/// Operations until the power goes: often few, so that recovery is cut too.
fn fuse(chance: &mut Chance) -> u64 {
    let most = *chance.pick(&[12, 40, 120, 120, 300]);
    1 + chance.below(most) as u64
}

struct Cuts {
    place: String,
    manner: Manner,
    chance: Chance,
    trace: Trace,
    tally: Tally,
    is_calm: bool,
    is_armed: bool,
}

impl Cuts {
    /// From now on the power goes some time.
    fn arm(&mut self) {
        self.is_armed = true;
        let fuse = fuse(&mut self.chance);
        let disk = disk_of(&self.place);
        disk.lock()
            .expect("one thread uses this disk")
            .cut_after(fuse);
    }

    fn is_dark(&self) -> bool {
        disk_of(&self.place)
            .lock()
            .expect("one thread uses this disk")
            .is_dark()
    }

    fn count_operations(&mut self) {
        let disk = disk_of(&self.place);
        self.tally.operations += disk.lock().expect("one thread uses this disk").operations();
    }

    /// The power comes back: every image must be one that the node can go on from.
    fn power_returns(&mut self, witness: &Witness) -> Result<()> {
        self.tally.cuts += 1;
        self.trace.tell(0, || format!("cut {}", self.tally.cuts));
        self.count_operations();
        let dark = disk_of(&self.place);
        let spare = format!("{}-image", self.place);
        for number in 0..self.manner.images.max(1) {
            let dark = dark.lock().expect("one thread uses this disk");
            let image = dark.left(&mut self.chance);
            // The last one is what the world goes on from; it is looked at as it
            // is, and the copy is thrown away.
            let goes_on = number + 1 == self.manner.images.max(1);
            drop(dark);
            if goes_on {
                boot(&self.place, image.clone_of_medium());
            }
            boot(&spare, image);
            let looked = inspect(&path(&spare, BOOKS), witness)
                .with_context(|| format!("image {number} after cut {}", self.tally.cuts))?;
            self.tally.images += 1;
            self.tally.payments += looked;
        }
        self.trace.note("cut", self.tally.cuts);
        if !self.is_calm {
            self.arm();
        }
        Ok(())
    }

    /// The disk is full or fails for a while, or is well again.
    fn change_weather(&mut self) {
        let disk = disk_of(&self.place);
        let mut disk = disk.lock().expect("one thread uses this disk");
        let next = match disk.fault() {
            Fault::None if self.chance.below(150) == 0 => {
                self.tally.faults += 1;
                *self
                    .chance
                    .pick(&[Fault::Full, Fault::Write, Fault::Sync, Fault::Sync])
            }
            Fault::Full | Fault::Write | Fault::Sync if self.chance.below(12) == 0 => Fault::None,
            same => same,
        };
        if next != disk.fault() {
            self.trace.tell(0, || format!("disk: {next:?}"));
        }
        disk.set_fault(next);
    }

    /// Somebody copies the log back, as the writer does once it is long enough.
    fn checkpoint(&mut self) {
        let mode = *self
            .chance
            .pick(&["passive", "full", "restart", "truncate"]);
        self.tally.checkpoints += 1;
        self.trace.tell(0, || format!("checkpoint {mode}"));
        let Ok(connection) = rusqlite::Connection::open(self.database()) else {
            return;
        };
        // The power may go meanwhile; and a reader may be in the way.
        let _cut = connection.execute_batch(&format!(
            "pragma synchronous = full; pragma wal_checkpoint({mode})"
        ));
    }
}

impl Fate for Cuts {
    fn shape(&mut self) -> Shape {
        Shape {
            nodes: 1,
            clients: 10 + self.chance.below(10),
            troubles: 400,
            away_ms: 1_500,
        }
    }

    fn database(&self) -> PathBuf {
        path(&self.place, BOOKS)
    }

    fn pauses(&mut self) {
        self.is_armed = false;
        let disk = disk_of(&self.place);
        disk.lock().expect("one thread uses this disk").never_cut();
    }

    fn strikes(&mut self, _: u64, _: &Witness) -> Result<Option<usize>> {
        if self.is_calm {
            return Ok(None);
        }
        if !self.is_armed {
            self.arm();
        }
        if self.is_dark() {
            return Ok(Some(0));
        }
        self.change_weather();
        match self.chance.below(400) {
            0..4 => self.checkpoint(),
            4 => {
                self.tally.stops += 1;
                self.trace.tell(0, || "stop".to_owned());
                return Ok(Some(0));
            }
            _ => {}
        }
        Ok(self.is_dark().then_some(0))
    }

    fn lost(&mut self, witness: &Witness) -> Result<()> {
        // A node that was stopped has closed its files with the power on.
        if self.is_dark() {
            self.power_returns(witness)?;
        }
        Ok(())
    }

    fn start_failed(&mut self, witness: &Witness) -> Result<bool> {
        if !self.is_dark() {
            // A disk that is full or fails keeps a node from starting.
            let disk = disk_of(&self.place);
            let mut disk = disk.lock().expect("one thread uses this disk");
            let failed = disk.fault() != Fault::None;
            disk.set_fault(Fault::None);
            return Ok(failed);
        }
        self.tally.at_start += 1;
        self.power_returns(witness)?;
        Ok(true)
    }

    fn calm_down(&mut self) {
        self.is_calm = true;
        let disk = disk_of(&self.place);
        let mut disk = disk.lock().expect("one thread uses this disk");
        disk.never_cut();
        disk.set_fault(Fault::None);
    }
}

/// Makes the database that most runs begin with, and gives its bytes.
///
/// # Errors
/// Where it cannot be made.
pub fn make_ready() -> Result<Vec<u8>> {
    let place = "ready";
    boot(place, Disk::new(Honesty::Honest, Chance::of(0, 0, 0)));
    world::make_ready(&path(place, BOOKS))?;
    let disk = disk_of(place);
    let disk = disk.lock().expect("one thread uses this disk");
    let bytes = disk.content(BOOKS).context("the database")?;
    ensure!(
        disk.content(&format!("{BOOKS}-wal")).is_none(),
        "a log is left"
    );
    Ok(bytes)
}
