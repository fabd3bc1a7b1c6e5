//! The people behind the counter. They work off the orders that the house opens for
//! them: one finds out and proposes, another agrees. What they say is what the
//! parties' own logs say when they look; they may look too early.

use std::sync::{Arc, Mutex};

use guichet::store::{WorkOrderFilter, WorkOrderRow};
use guichet::work_orders::WorkOrderError;
use guichet_domain::id::PersonId;
use guichet_domain::work_order::{Decision, Kind, Proposal, State};
use guichet_tests::chance::Chance;

use crate::accountant::{AFTER_US, day_ends};
use crate::biller::Biller;
use crate::executor::Time;
use crate::nodes::Nodes;
use crate::pace::{Mood, Pace};
use crate::trace::Trace;

/// How long they look away while anything goes wrong.
const EVERY_MS: [u64; 5] = [3_000, 6_000, 12_000, 60_000, 120_000];
/// How long in a lull, but never beyond its end.
const LULL_EVERY_MS: u64 = 900_000;
/// And once everything is calm.
const CALM_EVERY_MS: u64 = 1_800_000;

/// See the module.
#[derive(Clone)]
pub struct People {
    pub nodes: Nodes,
    pub time: Arc<Time>,
    pub chance: Chance,
    pub biller: Arc<Biller>,
    pub pace: Pace,
    pub trace: Trace,
    /// What the house must not have let them do.
    pub complaints: Arc<Mutex<Vec<String>>>,
}

impl People {
    /// Works for as long as the world goes on.
    pub async fn work(mut self) {
        loop {
            let pause = match self.pace.mood() {
                Mood::Calm => CALM_EVERY_MS,
                Mood::Wild => *self.chance.pick(&EVERY_MS),
                Mood::Lull => until_morning_ms(self.time.now()).min(LULL_EVERY_MS),
            };
            self.time.sleep(pause).await;
            for order in self.orders().await {
                if self.pace.mood() == Mood::Calm || self.chance.below(2) == 0 {
                    self.look_at(&order).await;
                }
            }
        }
    }

    fn node(&mut self) -> usize {
        self.chance.below(self.nodes.count())
    }

    fn person(&mut self) -> PersonId {
        let name = *self.chance.pick(&["paul", "petra", "pia"]);
        PersonId::new(name).expect("a lawful name")
    }

    /// The orders that nobody has decided, after a sweep.
    async fn orders(&mut self) -> Vec<WorkOrderRow> {
        let node = self.node();
        let listed = self.nodes.ask(node, |room| {
            Box::pin(async move {
                let _away = room.work_orders.sweep().await;
                let mut orders = Vec::new();
                for state in [State::Open, State::Proposed] {
                    let filter = WorkOrderFilter {
                        state: Some(state),
                        owner: None,
                    };
                    let page = room.work_orders.list(filter, "", 200).await;
                    orders.append(&mut page.unwrap_or_default());
                }
                orders
            })
        });
        listed.await.unwrap_or_default()
    }

    async fn look_at(&mut self, order: &WorkOrderRow) {
        match order.standing.state {
            State::Open => self.propose(order).await,
            State::Proposed if self.chance.below(8) == 0 => self.decline(order).await,
            State::Proposed => self.agree(order).await,
            State::Decided | State::Closed => {}
        }
    }

    async fn propose(&mut self, order: &WorkOrderRow) {
        let Some(decision) = self.find_out(order) else {
            return;
        };
        let (node, by) = (self.node(), self.person());
        self.tell(&by, &format!("proposes {decision}"), order);
        let id = order.id.clone();
        let proposal = Proposal {
            by,
            decision,
            evidence: "as it stands in the log".to_owned(),
            serial: None,
            seen: None,
        };
        let proposed = self.nodes.ask(node, |room| {
            Box::pin(async move { room.work_orders.propose(&id, proposal).await.ok() })
        });
        // Some sit side by side.
        if let Some(Some(proposed)) = proposed.await
            && self.chance.below(2) == 0
        {
            self.agree(&proposed).await;
        }
    }

    async fn agree(&mut self, order: &WorkOrderRow) {
        let (node, by) = (self.node(), self.person());
        self.tell(&by, "agrees", order);
        let (id, version, person) = (order.id.clone(), order.version, by.clone());
        let agreed = self.nodes.ask(node, move |room| {
            Box::pin(async move { room.work_orders.agree(&id, version, &person).await })
        });
        let proposal = match agreed.await {
            Some(Ok(order)) => order.standing.proposal,
            Some(Err(WorkOrderError::NotCarriedOut(why))) => {
                self.tell(&by, &format!("is told: {why}"), order);
                return;
            }
            Some(Err(_)) | None => return,
        };
        if proposal.is_some_and(|proposal| proposal.by == by) {
            let complaint = format!("{by} alone has decided {}", order.id);
            let mut complaints = self.complaints.lock().expect("one thread");
            complaints.push(complaint);
        }
    }

    async fn decline(&mut self, order: &WorkOrderRow) {
        let (node, by) = (self.node(), self.person());
        self.tell(&by, "declines", order);
        let id = order.id.clone();
        let declined = self.nodes.ask(node, |room| {
            Box::pin(async move { room.work_orders.decline(&id, &by, "no").await.is_ok() })
        });
        declined.await;
    }

    /// What the parties say about it now.
    fn find_out(&mut self, order: &WorkOrderRow) -> Option<Decision> {
        let payment = &order.record;
        match order.standing.kind {
            Kind::BankLeg => Some(Decision::TryAgain),
            Kind::RefundAgreement if self.biller.agrees_to_refund(payment) => {
                Some(Decision::RefundAgreed)
            }
            Kind::RefundAgreement => Some(Decision::RefundRefused),
            Kind::UnknownPayment if self.biller.is_undecided(payment) => None,
            Kind::UnknownPayment if self.biller.has_standing(payment) => Some(Decision::Applied),
            Kind::UnknownPayment => Some(Decision::NotApplied),
            Kind::Surplus if self.biller.agrees_to_refund(payment) => Some(Decision::RefundPayer),
            Kind::Surplus | Kind::AmountDiffers => Some(Decision::PartyCorrects),
            Kind::Shortage => Some(Decision::OperatorBears),
            Kind::Duplicate
            | Kind::BankDiffers
            | Kind::ChannelDiffers
            | Kind::MissingFile
            | Kind::ReturnedSettlement => None,
        }
    }

    fn tell(&self, by: &PersonId, what: &str, order: &WorkOrderRow) {
        self.trace.tell(self.time.now(), || {
            format!("{by} {what}: {} {}", order.standing.kind, order.record)
        });
    }
}

/// How long until the day is compared.
fn until_morning_ms(now: i64) -> u64 {
    let left = (day_ends() + AFTER_US - now) / 1_000;
    left.max(1_000).unsigned_abs()
}
