//! A biller with a log of its own and every way to misbehave. The log is the
//! truth that payments are judged by.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use futures::channel::mpsc::{UnboundedReceiver, unbounded};
use futures::future::BoxFuture;
use guichet::payments::BillerPort;
use guichet::terms::order::{
    Application, Order, Outcome, PendingAnswer, Refusal, RefusalGround, ReversalOrder,
    ReversalOutcome,
};
use guichet_domain::payment::StatusAnswer;
use guichet_tests::chance::Chance;
use serde_json::json;

use crate::callbacks::Notice;
use crate::executor::{Process, Spawner, Time};
use crate::services;
use crate::trace::Trace;

mod log;
mod undoing;

use log::Decision;
pub use log::{Effect, Log};

/// After this long the host has given up a call.
pub const DEADLINE_MS: u64 = 10_000;
/// A request that was delayed on its way arrives so soon after it has left, and so
/// before the biller's "not found" counts as proof.
const LATEST_MS: usize = 55_000;

/// See the module.
pub struct Biller {
    pub log: Arc<Mutex<Log>>,
    time: Arc<Time>,
    spawner: Spawner,
    chance: Mutex<Chance>,
    trace: Trace,
    calm: AtomicBool,
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
    PerhapsPaid,
    Pending,
    Unsent,
}

const FAULTS: [Fault; 9] = [
    Fault::HangBefore,
    Fault::HangAfter,
    Fault::LostBefore,
    Fault::LostAfter,
    Fault::Late,
    Fault::Refuse,
    Fault::PerhapsPaid,
    Fault::Pending,
    Fault::Unsent,
];

impl Biller {
    pub fn new(time: Arc<Time>, spawner: Spawner, chance: Chance, trace: Trace) -> Self {
        Self {
            log: Arc::default(),
            time,
            spawner,
            chance: Mutex::new(chance),
            trace,
            calm: AtomicBool::new(false),
        }
    }

    /// What it decides from now on.
    pub fn notices(&self) -> UnboundedReceiver<Notice> {
        let (notices, told) = unbounded();
        self.log().notices = Some(notices);
        told
    }

    /// From now on everything goes well.
    pub fn calm_down(&self) {
        self.calm.store(true, Ordering::Relaxed);
    }

    /// Whether it agrees to give the money of this payment back later. Once it has
    /// agreed, it stays so.
    pub fn agrees_to_refund(&self, payment: &str) -> bool {
        let agrees = self.log().refunds.contains(payment) || self.draw(2) == 0;
        if agrees {
            self.log().refunds.insert(payment.to_owned());
        }
        agrees
    }

    /// Whether it has not decided about the payment yet.
    pub fn is_undecided(&self, payment: &str) -> bool {
        self.log().decisions.get(payment) == Some(&Decision::Undecided)
    }

    /// Whether an effect of the payment stands.
    pub fn has_standing(&self, payment: &str) -> bool {
        self.log().standing(payment) > 0
    }

    fn draw(&self, bound: usize) -> usize {
        let mut chance = self.chance.lock().expect("one thread runs the simulation");
        chance.below(bound)
    }

    /// A number below `bound`, every other time close to it: the last moment is
    /// where mistakes are.
    fn draw_late(&self, bound: usize) -> u64 {
        let drawn = match self.draw(2) {
            0 => bound - 1 - self.draw(bound / 20),
            _ => self.draw(bound),
        };
        drawn as u64
    }

    fn fault(&self) -> Fault {
        if self.calm.load(Ordering::Relaxed) || self.draw(10) < 4 {
            return Fault::None;
        }
        FAULTS[self.draw(FAULTS.len())]
    }

    fn log(&self) -> std::sync::MutexGuard<'_, Log> {
        self.log.lock().expect("one thread runs the simulation")
    }

    fn tell(&self, what: &str, order: &Order, fault: Fault) {
        self.trace.tell(self.time.now(), || {
            format!(
                "biller {what} {} attempt {} {fault:?}",
                order.payment, order.attempt
            )
        });
    }

    async fn hang(&self) -> Outcome {
        self.time.sleep(DEADLINE_MS).await;
        Outcome::Unknown("deadline".to_owned())
    }

    /// Decides later what is undecided.
    fn decide_later(&self, order: &Order) {
        let (log, time) = (Arc::clone(&self.log), Arc::clone(&self.time));
        let order = order.clone();
        let delay = 500 + self.draw(20_000) as u64;
        let applies = self.draw(3) > 0;
        self.spawner.spawn(Process::World, async move {
            time.sleep(delay).await;
            let mut log = log.lock().expect("one thread runs the simulation");
            if log.decisions.get(order.payment.as_str()) != Some(&Decision::Undecided) {
                return;
            }
            let decision = if applies {
                Decision::Applied
            } else {
                Decision::Refused
            };
            log.decide(&order, decision, time.now());
        });
    }

    fn answer(order: &Order, decision: Decision) -> Outcome {
        match decision {
            Decision::Applied => Outcome::Applied(Application {
                serial: format!("S{}", order.sequence),
                amount: order.total,
                at: order.requested_at.to_string(),
                record: json!({}),
            }),
            Decision::Undecided => Outcome::Pending(PendingAnswer {
                message: "wait".to_owned(),
                ask_after_seconds: Some(2),
                record: json!({}),
            }),
            Decision::Refused => refusal(RefusalGround::Definite),
        }
    }

    async fn submitted(&self, order: &Order) -> Outcome {
        let fault = self.fault();
        self.tell("submit", order, fault);
        self.time.sleep(1 + self.draw(30) as u64).await;
        match fault {
            Fault::Unsent => return Outcome::NotSent("no connection".to_owned()),
            Fault::HangBefore => return self.hang().await,
            Fault::LostBefore => return Outcome::Unknown("reset".to_owned()),
            Fault::PerhapsPaid => return refusal(RefusalGround::PerhapsPaid),
            Fault::Late => {
                let (log, time) = (Arc::clone(&self.log), Arc::clone(&self.time));
                let (order, delay) = (order.clone(), self.draw_late(LATEST_MS));
                // It leaves at any time of the call.
                let leaves = self.draw_late(DEADLINE_MS as usize);
                self.time.sleep(leaves).await;
                let tell_late = DEADLINE_MS - leaves;
                self.spawner.spawn(Process::World, async move {
                    time.sleep(delay).await;
                    let mut log = log.lock().expect("one thread runs the simulation");
                    log.receive(&order, Decision::Applied, time.now());
                });
                self.time.sleep(tell_late).await;
                return Outcome::Unknown("deadline".to_owned());
            }
            Fault::None | Fault::HangAfter | Fault::LostAfter | Fault::Refuse | Fault::Pending => {}
        }
        let wanted = match fault {
            Fault::Refuse => Decision::Refused,
            Fault::Pending => Decision::Undecided,
            _ => Decision::Applied,
        };
        let decision = self.log().receive(order, wanted, self.time.now());
        if decision == Decision::Undecided {
            self.decide_later(order);
        }
        match fault {
            Fault::HangAfter => self.hang().await,
            Fault::LostAfter => Outcome::Unknown("reset".to_owned()),
            _ => Self::answer(order, decision),
        }
    }

    async fn asked(&self, order: &Order) -> Outcome {
        let fault = self.fault();
        self.tell("status", order, fault);
        self.time.sleep(1 + self.draw(10) as u64).await;
        if services::capabilities(&order.service).status == StatusAnswer::None {
            let complaint = format!("{} was asked about, which cannot be", order.payment);
            self.log().complaints.push(complaint);
        }
        match fault {
            Fault::HangBefore | Fault::HangAfter => return self.hang().await,
            Fault::LostBefore | Fault::LostAfter | Fault::Late => {
                return Outcome::Unknown("reset".to_owned());
            }
            Fault::Unsent => return Outcome::NotSent("no connection".to_owned()),
            Fault::None | Fault::Refuse | Fault::PerhapsPaid | Fault::Pending => {}
        }
        let decision = self.log().decisions.get(order.payment.as_str()).copied();
        decision.map_or(Outcome::NotFound, |decision| Self::answer(order, decision))
    }
}

fn refusal(ground: RefusalGround) -> Outcome {
    Outcome::Refused(Refusal {
        ground,
        code: "E1".to_owned(),
        message: "no".to_owned(),
    })
}

impl BillerPort for Biller {
    fn submit<'a>(&'a self, order: &'a Order) -> BoxFuture<'a, Outcome> {
        Box::pin(self.submitted(order))
    }

    fn status<'a>(
        &'a self,
        order: &'a Order,
        _last: Option<&'a PendingAnswer>,
    ) -> BoxFuture<'a, Outcome> {
        Box::pin(self.asked(order))
    }

    fn reverse<'a>(&'a self, reversal: &'a ReversalOrder) -> BoxFuture<'a, ReversalOutcome> {
        Box::pin(self.undo(reversal))
    }

    fn reversal_status<'a>(
        &'a self,
        reversal: &'a ReversalOrder,
        _last: Option<&'a PendingAnswer>,
    ) -> BoxFuture<'a, ReversalOutcome> {
        Box::pin(self.asked_about_undoing(reversal))
    }
}
