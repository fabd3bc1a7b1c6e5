//! Banks with logs of their own and every way to misbehave: one that holds first,
//! and one that takes first. A bank's log is the truth that the payers' money is
//! judged by.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use futures::future::BoxFuture;
use guichet::bank::{AccountNumber, Bank, BankAnswer, BankOrder, Banks, Custom};
use guichet_domain::id::BankName;
use guichet_tests::chance::Chance;

use crate::biller::DEADLINE_MS;
use crate::executor::{Process, Spawner, Time};
use crate::trace::Trace;

mod log;

pub use log::BankLog;

/// An order that was delayed on its way arrives so soon after it has left.
const LATEST_MS: usize = 55_000;

/// The bank of every other payer, and the account's number there.
pub fn of_payer(number: usize) -> Option<(BankName, AccountNumber)> {
    let custom = match number {
        2 => Custom::HoldFirst,
        3 => Custom::CaptureFirst,
        _ => return None,
    };
    let account = AccountNumber::new(format!("6222020200{number:09}"));
    Some((name(custom), account.expect("a lawful number")))
}

fn name(custom: Custom) -> BankName {
    let name = match custom {
        Custom::HoldFirst => "holding",
        Custom::CaptureFirst => "taking",
    };
    BankName::new(name).expect("a lawful name")
}

/// What goes wrong with one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    HangBefore,
    HangAfter,
    LostBefore,
    LostAfter,
    Late,
    Refuse,
    NotFound,
}

const FAULTS: [Fault; 7] = [
    Fault::HangBefore,
    Fault::HangAfter,
    Fault::LostBefore,
    Fault::LostAfter,
    Fault::Late,
    Fault::Refuse,
    Fault::NotFound,
];

/// Both banks. Cheap to clone.
#[derive(Clone)]
pub struct BankTown(Arc<[SimulatedBank; 2]>);

struct SimulatedBank {
    name: BankName,
    log: Arc<Mutex<BankLog>>,
    time: Arc<Time>,
    spawner: Spawner,
    chance: Mutex<Chance>,
    trace: Trace,
    calm: AtomicBool,
}

impl BankTown {
    pub fn new(time: &Arc<Time>, spawner: &Spawner, seed: u64, trace: &Trace) -> Self {
        let bank = |custom, part| SimulatedBank {
            name: name(custom),
            log: Arc::new(Mutex::new(BankLog::new(custom))),
            time: Arc::clone(time),
            spawner: spawner.clone(),
            chance: Mutex::new(Chance::of(seed, 7, part)),
            trace: trace.clone(),
            calm: AtomicBool::new(false),
        };
        Self(Arc::new([
            bank(Custom::HoldFirst, 0),
            bank(Custom::CaptureFirst, 1),
        ]))
    }

    /// From now on everything goes well.
    pub fn calm_down(&self) {
        for bank in self.0.iter() {
            bank.calm.store(true, Ordering::Relaxed);
        }
    }

    /// The log of one bank.
    pub fn log(&self, name: &BankName) -> Option<MutexGuard<'_, BankLog>> {
        let bank = self.0.iter().find(|bank| bank.name == *name)?;
        Some(bank.log())
    }
}

impl Banks for BankTown {
    fn bank(&self, name: &str) -> Option<&dyn Bank> {
        let bank = self.0.iter().find(|bank| bank.name.as_str() == name)?;
        Some(bank)
    }
}

impl SimulatedBank {
    fn log(&self) -> MutexGuard<'_, BankLog> {
        self.log.lock().expect("one thread runs the simulation")
    }

    fn draw(&self, bound: usize) -> usize {
        let mut chance = self.chance.lock().expect("one thread runs the simulation");
        chance.below(bound)
    }

    fn fault(&self) -> Fault {
        if self.calm.load(Ordering::Relaxed) || self.draw(10) < 6 {
            return Fault::None;
        }
        FAULTS[self.draw(FAULTS.len())]
    }

    fn tell(&self, what: &str, order: &BankOrder, fault: Fault) {
        self.trace.tell(self.time.now(), || {
            let amount = order.amount.minor_units();
            format!("bank {what} {} {amount} {fault:?}", order.reference())
        });
    }

    async fn hang(&self) -> BankAnswer {
        self.time.sleep(DEADLINE_MS).await;
        BankAnswer::Unknown("deadline".to_owned())
    }

    async fn ordered(&self, order: &BankOrder) -> BankAnswer {
        let fault = self.fault();
        self.tell("order", order, fault);
        self.time.sleep(1 + self.draw(20) as u64).await;
        let lost = || BankAnswer::Unknown("reset".to_owned());
        match fault {
            Fault::None | Fault::NotFound => self.log().carry_out(order),
            Fault::HangBefore => self.hang().await,
            Fault::LostBefore => lost(),
            Fault::HangAfter => {
                self.log().carry_out(order);
                self.hang().await
            }
            Fault::LostAfter => {
                self.log().carry_out(order);
                lost()
            }
            Fault::Late => {
                let (log, time) = (Arc::clone(&self.log), Arc::clone(&self.time));
                let (order, delay) = (order.clone(), self.draw(LATEST_MS) as u64);
                self.spawner.spawn(Process::World, async move {
                    time.sleep(delay).await;
                    let mut log = log.lock().expect("one thread runs the simulation");
                    log.carry_out(&order);
                });
                self.hang().await
            }
            Fault::Refuse => self.log().refuse(order),
        }
    }

    async fn asked(&self, order: &BankOrder) -> BankAnswer {
        let fault = self.fault();
        self.tell("status", order, fault);
        self.time.sleep(1 + self.draw(10) as u64).await;
        match fault {
            Fault::HangBefore | Fault::HangAfter => self.hang().await,
            Fault::LostBefore | Fault::LostAfter => BankAnswer::Unknown("garbage".to_owned()),
            // A copy of its books that is behind.
            Fault::NotFound => BankAnswer::NotFound,
            Fault::None | Fault::Late | Fault::Refuse => self.log().answer(&order.reference()),
        }
    }
}

impl Bank for SimulatedBank {
    fn custom(&self) -> Custom {
        self.log().custom()
    }

    fn order<'a>(&'a self, order: &'a BankOrder) -> BoxFuture<'a, BankAnswer> {
        Box::pin(self.ordered(order))
    }

    fn status<'a>(&'a self, order: &'a BankOrder) -> BoxFuture<'a, BankAnswer> {
        Box::pin(self.asked(order))
    }
}
