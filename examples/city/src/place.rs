//! One service as the city serves it: its facts, its books, its keys, and the
//! samples it gives out. Deciding what a request gets is `desk`'s.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicI8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::catalogue::{Bills, Daily, Flow, Input, Kind, Season, Service};
use crate::clock::Moment;
use crate::draw::Draw;
use crate::keys::PackageKeys;
use crate::ledger::Books;
use crate::world::{Standing, World};

/// Samples that are told apart; later ones may repeat.
const SAMPLES_LIMIT: usize = 2_000_000;

/// Reports that are remembered, so that a repeated order is the same order.
const REPORTS_LIMIT: usize = 100_000;

/// What a sample's account should be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// At least so many bills now.
    Bills(usize),
    /// Exists and owes nothing.
    Clear,
    /// Does not exist.
    Missing,
}

/// One service of the city.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) service: Service,
    pub(crate) keys: Arc<PackageKeys>,
    books: Mutex<Books>,
    samples: Mutex<Samples>,
    /// Reports that were ordered, by reference.
    reports: Mutex<HashMap<String, Moment>>,
    /// Set by `/_maintenance`: 1 closed, -1 open, 0 by the calendar.
    forced: AtomicI8,
}

#[derive(Debug, Default)]
struct Samples {
    next: u64,
    given: HashSet<u64>,
}

impl Place {
    /// Opens the service with empty books.
    pub(crate) fn new(service: Service, keys: Arc<PackageKeys>) -> Self {
        Self {
            service,
            keys,
            books: Mutex::default(),
            samples: Mutex::default(),
            reports: Mutex::default(),
            forced: AtomicI8::new(0),
        }
    }

    /// The books. A panic elsewhere leaves them whole: they change in one step.
    pub(crate) fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes or opens the service against its calendar; none follows it again.
    pub(crate) fn force(&self, closed: Option<bool>) {
        let value = closed.map_or(0, |closed| if closed { 1 } else { -1 });
        self.forced.store(value, Ordering::Relaxed);
    }

    /// Whether the service is open against its calendar.
    pub(crate) fn is_forced_open(&self) -> bool {
        self.forced.load(Ordering::Relaxed) < 0
    }

    /// Whether nothing at all is answered now.
    pub(crate) fn is_in_maintenance(&self, now: Moment) -> bool {
        match self.forced.load(Ordering::Relaxed) {
            0 => self
                .service
                .traits
                .maintenance
                .is_some_and(|hours| is_within(hours, now)),
            forced => forced > 0,
        }
    }

    /// Whether payments are not taken at this time of the year.
    pub(crate) fn is_out_of_season(&self, now: Moment) -> bool {
        let forced = self.forced.load(Ordering::Relaxed);
        forced == 0
            && self
                .service
                .traits
                .season
                .is_some_and(|season| !is_in(season, now))
    }

    /// When the report of this reference is ready: as the first order said.
    pub(crate) fn ready_at(&self, reference: &str, proposed: Moment) -> Moment {
        let mut reports = self.reports.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ready) = reports.get(reference) {
            return *ready;
        }
        if reports.len() < REPORTS_LIMIT {
            reports.insert(reference.to_owned(), proposed);
        }
        proposed
    }

    /// Inputs like nobody was given before; none where no such account is found.
    pub(crate) fn sample(&self, world: World, wanted: Wanted) -> Option<BTreeMap<String, String>> {
        let mut samples = self.samples();
        for _ in 0..2_000 {
            samples.next += 1;
            let number = samples.next.to_string();
            let inputs = self.draw_inputs(world, &number, wanted);
            let first = self
                .service
                .inputs
                .first()
                .and_then(|input| inputs.get(input.name));
            let Some(first) = first else {
                return Some(inputs);
            };
            if !self.suits(world, first, wanted) {
                continue;
            }
            let mark = Draw::of(world.seed, &["mark", first]).value();
            if samples.given.len() >= SAMPLES_LIMIT || samples.given.insert(mark) {
                return Some(inputs);
            }
        }
        None
    }

    fn samples(&self) -> MutexGuard<'_, Samples> {
        self.samples.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn draw_inputs(&self, world: World, number: &str, wanted: Wanted) -> BTreeMap<String, String> {
        let mut inputs = BTreeMap::new();
        // Of optional inputs only the first is filled in: they exclude each other.
        let asked = |(index, input): &(usize, &Input)| *index == 0 || !input.optional;
        for (index, input) in self.service.inputs.iter().enumerate().filter(asked) {
            let names = ["sample", &self.service.code, input.name, number];
            let mut value = input.form.sample(Draw::of(world.seed, &names).value());
            let ending = match wanted {
                Wanted::Missing => "0000",
                Wanted::Clear => "1111",
                Wanted::Bills(_) => "",
            };
            // The last four digits say that an account is missing or clear.
            let cut = value.len().saturating_sub(ending.len());
            let digits = value
                .get(cut..)
                .is_some_and(|end| end.bytes().all(|b| b.is_ascii_digit()));
            if index == 0 && digits {
                value.replace_range(cut.., ending);
            }
            inputs.insert(input.name.to_owned(), value);
        }
        inputs
    }

    fn suits(&self, world: World, account: &str, wanted: Wanted) -> bool {
        let standing = world.standing(&self.service, account);
        let Wanted::Bills(count) = wanted else {
            let right = if wanted == Wanted::Clear {
                Standing::Clear
            } else {
                Standing::Missing
            };
            return standing == right;
        };
        if standing == Standing::Missing {
            return false;
        }
        let has_bills = self.service.kind == Kind::BillPayment
            && matches!(self.service.flow, Flow::Query | Flow::SecondStep)
            && !matches!(self.service.bills, Bills::None | Bills::Open);
        if !has_bills {
            return true;
        }
        if self.service.flow == Flow::SecondStep {
            let accounts = world.accounts_of(&self.service, account);
            return accounts
                .iter()
                .any(|account| self.unpaid(world, account) >= count);
        }
        self.unpaid(world, account) >= count
    }

    fn unpaid(&self, world: World, account: &str) -> usize {
        let bills = world.bills(&self.service, account);
        let books = self.books();
        bills
            .iter()
            .filter(|bill| books.paid(&bill.number) == 0)
            .count()
    }
}

fn is_within(hours: Daily, now: Moment) -> bool {
    let (from, to, minute) = (hours.from_minute, hours.to_minute, now.minute_of_day());
    if from <= to {
        (from..to).contains(&minute)
    } else {
        minute >= from || minute < to
    }
}

fn is_in(season: Season, now: Moment) -> bool {
    let date = now.date();
    let day = (u8::from(date.month()), date.day());
    if season.from <= season.to {
        (season.from..=season.to).contains(&day)
    } else {
        day >= season.from || day <= season.to
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{Dialect, country};

    #[test]
    fn hours_and_seasons_may_run_past_their_end() {
        // 2026-11-21 16:30 in Shanghai.
        let now = Moment(1_795_249_800_000);
        let daily = |from_minute, to_minute| Daily {
            from_minute,
            to_minute,
        };
        assert!(is_within(daily(16 * 60, 17 * 60), now));
        assert!(!is_within(daily(17 * 60, 16 * 60), now));
        assert!(is_within(daily(16 * 60 + 30, 5), now));
        assert!(is_in(
            Season {
                from: (11, 15),
                to: (3, 15)
            },
            now
        ));
        assert!(!is_in(
            Season {
                from: (4, 1),
                to: (11, 20)
            },
            now
        ));
    }

    #[test]
    fn every_service_of_the_country_gives_samples_and_can_be_served() {
        let world = World {
            seed: 1,
            today: time::macros::date!(2026 - 11 - 21),
        };
        let keys = Arc::new(PackageKeys::new(1, "guichet-demo/any", Dialect::JsonHmac));
        let mut dialects = HashMap::new();
        for service in country().services() {
            let package = dialects.entry(service.package.clone());
            assert_eq!(
                *package.or_insert(service.dialect),
                service.dialect,
                "{} has keys for one dialect",
                service.package
            );
            assert!(
                service.kind == Kind::BillPayment
                    || service.dialect == Dialect::JsonHmac
                    || !service.dialect.is_declarative(),
                "{} is an inquiry that only json-hmac answers",
                service.code
            );
            let place = Place::new(service.clone(), keys.clone());
            let sample = place.sample(world, Wanted::Bills(1));
            assert!(sample.is_some(), "{}", service.code);
            // Subject data fills in what a service without inputs asks for.
            let has_inputs = sample.is_some_and(|inputs| !inputs.is_empty());
            assert!(
                !has_inputs || place.samples().given.len() == 1,
                "{} remembers what it gave",
                service.code
            );
        }
    }
}
