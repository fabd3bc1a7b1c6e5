//! The city as a whole: every service with its keys and books, the faults that
//! wait, and the log of effects. It speaks no HTTP.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use guichet_stage::{Faults, Journal};

use crate::catalogue::{Kind, Reversal, Service};
use crate::clock::Clock;
use crate::code::Code;
use crate::fault::FaultRule;
use crate::keys::{PackageKeys, RsaKeys};
use crate::ledger::{Effect, Gate, ORDERS_LIMIT, Receipt, Submission, Terms, Undoing};
use crate::place::Place;
use crate::world::World;

/// Minutes of a day.
const DAY_MINUTES: u16 = 24 * 60;

/// How the city is set up.
#[derive(Debug, Clone)]
pub struct Options {
    /// Another seed is another country.
    pub seed: u64,
    /// Where effects are kept; without it they end with the process.
    pub log: Option<PathBuf>,
    /// Seconds until a credit report is ready.
    pub report_seconds: u32,
    /// Where the time comes from.
    pub clock: Clock,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 1,
            log: None,
            report_seconds: 2,
            clock: Clock::System,
        }
    }
}

/// Why the city cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum CityError {
    /// The log of effects cannot be read or written.
    #[error("the log of effects {path}: {source}")]
    Log {
        /// The file.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
}

/// The simulated country's state.
#[derive(Debug)]
pub struct City {
    pub(crate) world: World,
    pub(crate) clock: Clock,
    pub(crate) faults: Faults<FaultRule>,
    pub(crate) rsa: RsaKeys,
    pub(crate) report_seconds: u32,
    places: Vec<Place>,
    by_code: HashMap<String, usize>,
    packages: BTreeMap<String, Arc<PackageKeys>>,
    log: Journal,
    log_path: Option<PathBuf>,
    orders: AtomicUsize,
}

impl City {
    /// Opens a city of these services, and reads its log of effects, where there
    /// is one.
    ///
    /// # Errors
    /// Where the log cannot be opened or read.
    pub fn open(services: &[Service], options: &Options) -> Result<Self, CityError> {
        let mut packages = BTreeMap::new();
        let places: Vec<Place> = services
            .iter()
            .map(|service| {
                let keys = packages.entry(service.package.clone()).or_insert_with(|| {
                    Arc::new(PackageKeys::new(
                        options.seed,
                        &service.package,
                        service.dialect,
                    ))
                });
                Place::new(service.clone(), keys.clone())
            })
            .collect();
        let by_code = places
            .iter()
            .enumerate()
            .map(|(at, place)| (place.service.code.clone(), at))
            .collect();
        let mut city = Self {
            world: World {
                seed: options.seed,
                today: options.clock.now().date(),
            },
            clock: options.clock.clone(),
            faults: Faults::default(),
            rsa: RsaKeys::built_in(),
            report_seconds: options.report_seconds,
            places,
            by_code,
            packages,
            log: Journal::default(),
            log_path: options.log.clone(),
            orders: AtomicUsize::new(0),
        };
        if let Some(path) = &options.log {
            let log = Journal::open(path, |effect: Effect| {
                // Effects of services that left the catalogue stay in the file.
                if let Some(place) = city.place(&effect.service) {
                    place.books().restore(effect);
                }
            });
            city.log = log.map_err(|source| CityError::Log {
                path: path.display().to_string(),
                source,
            })?;
            let restored = city
                .places
                .iter()
                .map(|place| place.books().order_count())
                .sum();
            city.orders = AtomicUsize::new(restored);
        }
        Ok(city)
    }

    /// The file of effects.
    pub(crate) fn log_path(&self) -> Option<&Path> {
        self.log_path.as_deref()
    }

    /// The service of this code.
    pub(crate) fn place(&self, code: &str) -> Option<&Place> {
        self.by_code.get(code).map(|index| &self.places[*index])
    }

    /// Every service.
    pub(crate) fn places(&self) -> &[Place] {
        &self.places
    }

    /// Every package's keys by its name.
    pub(crate) fn packages(&self) -> &BTreeMap<String, Arc<PackageKeys>> {
        &self.packages
    }

    /// Applies an order at a service.
    pub(crate) fn apply(
        &self,
        place: &Place,
        submission: &Submission,
        terms: &Terms<'_>,
    ) -> Result<Receipt, Code> {
        let now = self.clock.now();
        if place.service.kind != Kind::BillPayment {
            return Err(Code::NotSupported);
        }
        if place.is_in_maintenance(now) || place.is_out_of_season(now) {
            return Err(Code::Maintenance);
        }
        if self.orders.load(Ordering::Relaxed) >= ORDERS_LIMIT {
            return Err(Code::SystemBusy);
        }
        let mut books = place.books();
        let before = books.order_count();
        let receipt = books.apply(&self.gate(place), submission, terms)?;
        self.orders
            .fetch_add(books.order_count() - before, Ordering::Relaxed);
        Ok(receipt)
    }

    /// Reverses an order at a service.
    pub(crate) fn undo(&self, place: &Place, undoing: &Undoing) -> Result<Receipt, Code> {
        if place.is_in_maintenance(self.clock.now()) {
            return Err(Code::Maintenance);
        }
        let rule = match place.service.traits.reversal {
            Reversal::SameDay { .. } if place.is_forced_open() => Reversal::SameDay {
                until_minute: DAY_MINUTES,
            },
            rule @ (Reversal::SameDay { .. } | Reversal::None) => rule,
        };
        place.books().undo(&self.gate(place), undoing, rule)
    }

    fn gate<'a>(&'a self, place: &'a Place) -> Gate<'a> {
        Gate {
            seed: self.world.seed,
            service: &place.service.code,
            deduplicates: place.service.traits.deduplicates,
            log: &self.log,
            now: self.clock.now(),
        }
    }
}
