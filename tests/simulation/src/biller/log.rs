//! The biller's own books, and who is told of what is written into them.

use std::collections::{BTreeMap, BTreeSet};

use futures::channel::mpsc::UnboundedSender;
use guichet::terms::order::Order;
use guichet_domain::id::BillerId;
use guichet_domain::payment::Repetition;

use crate::callbacks::Notice;
use crate::services;

/// What the biller has decided about one reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    Undecided,
    Applied,
    Refused,
}

/// Something that took effect, and when by the true time.
#[derive(Debug, Clone)]
pub struct Effect {
    pub biller: BillerId,
    pub payment: String,
    pub amount: i64,
    /// Whether it undoes an earlier one.
    pub undoes: bool,
    pub at: i64,
}

/// The biller's own books.
#[derive(Default)]
pub struct Log {
    pub(super) decisions: BTreeMap<String, Decision>,
    /// How often each reference took effect, with the amount.
    pub effects: BTreeMap<String, Vec<i64>>,
    /// How often each payment was undone.
    pub undone: BTreeMap<String, u32>,
    pub(super) undone_references: BTreeMap<String, bool>,
    /// Effects in their order.
    pub journal: Vec<Effect>,
    /// Payments that it has agreed to give back later.
    pub refunds: BTreeSet<String>,
    /// What the host must not do, and did.
    pub complaints: Vec<String>,
    /// Who is told of decisions.
    pub(super) notices: Option<UnboundedSender<Notice>>,
}

impl Log {
    /// Effects that stand.
    pub fn standing(&self, payment: &str) -> usize {
        let made = self.effects.get(payment).map_or(0, Vec::len);
        made.saturating_sub(self.undone.get(payment).copied().unwrap_or(0) as usize)
    }

    /// An order has arrived: what the biller does about it.
    pub(super) fn receive(&mut self, order: &Order, wanted: Decision, now: i64) -> Decision {
        let reference = order.payment.as_str();
        let terms = services::capabilities(&order.service);
        if let Some(known) = self.decisions.get(reference).copied()
            && terms.repetition == Repetition::Deduplicates
        {
            return known;
        }
        self.decide(order, wanted, now);
        wanted
    }

    /// Decides, now or after a while.
    pub(super) fn decide(&mut self, order: &Order, decision: Decision, now: i64) {
        let reference = order.payment.to_string();
        self.decisions.insert(reference.clone(), decision);
        if decision == Decision::Applied {
            let amount = order.total.minor_units();
            self.effects.entry(reference).or_default().push(amount);
            self.note(order, false, now);
        }
        self.tell(order, decision);
    }

    /// Undoes an application once more.
    pub(super) fn undo(&mut self, order: &Order, now: i64) {
        *self.undone.entry(order.payment.to_string()).or_default() += 1;
        self.note(order, true, now);
    }

    fn note(&mut self, order: &Order, undoes: bool, at: i64) {
        self.journal.push(Effect {
            biller: order.biller.clone(),
            payment: order.payment.to_string(),
            amount: order.total.minor_units(),
            undoes,
            at,
        });
    }

    fn tell(&self, order: &Order, decision: Decision) {
        let (Some(notices), false) = (&self.notices, decision == Decision::Undecided) else {
            return;
        };
        let notice = Notice {
            service: order.service.clone(),
            payment: order.payment.clone(),
            total: order.total,
            applied: decision == Decision::Applied,
        };
        // Nobody has to listen.
        let _told = notices.unbounded_send(notice);
    }
}
