//! One line of the log of effects, and how the books follow from such lines.

use serde::{Deserialize, Serialize};
use time::Date;

use super::{Books, Order, Undone};
use crate::clock::{Moment, iso, read_date};

/// Something that was really applied. A reversal has a negative amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Effect {
    /// The payment's id.
    pub(crate) reference: String,
    pub(crate) service: String,
    /// Fen.
    pub(crate) amount: i64,
    /// RFC 3339, UTC.
    pub(crate) at: String,
    pub(crate) serial: String,
    pub(crate) account: String,
    /// What each bill got; an open bill is named `open`.
    pub(crate) items: Vec<EffectItem>,
    pub(crate) accounting_date: String,
    /// The reversal's own id, where this is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reversal: Option<String>,
}

/// What one bill got, in fen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EffectItem {
    pub(crate) bill: String,
    pub(crate) amount: i64,
    /// The part that went to the account's balance.
    pub(crate) to_balance: i64,
}

impl Effect {
    /// When it was applied; lines are written by this program, so that an
    /// unreadable time can only come from a damaged file.
    fn moment(&self) -> Moment {
        Moment::read_rfc3339(&self.at).unwrap_or(Moment(0))
    }
}

impl Books {
    /// Enters an effect: the only way in which books change, so that books read
    /// from a log are those that wrote it.
    pub(super) fn enter(&mut self, effect: Effect) {
        for item in &effect.items {
            if item.amount != item.to_balance {
                *self.paid.entry(item.bill.clone()).or_default() += item.amount - item.to_balance;
            }
            if item.to_balance != 0 {
                *self.balances.entry(effect.account.clone()).or_default() += item.to_balance;
            }
        }
        match &effect.reversal {
            Some(reversal) => {
                self.reversals
                    .insert(reversal.clone(), effect.reference.clone());
                if let Some(order) = self.orders.get_mut(&effect.reference) {
                    order.standing = order.standing.saturating_sub(1);
                    order.undone = Some(Undone {
                        serial: effect.serial.clone(),
                        at: effect.moment(),
                    });
                }
            }
            None => self.enter_order(&effect),
        }
        self.effects.push(effect);
    }

    fn enter_order(&mut self, effect: &Effect) {
        let order = self
            .orders
            .entry(effect.reference.clone())
            .or_insert_with(|| Order {
                account: effect.account.clone(),
                items: Vec::new(),
                total: effect.amount,
                accounting_date: read_date(&effect.accounting_date).unwrap_or(Date::MIN),
                serial: effect.serial.clone(),
                at: effect.moment(),
                standing: 0,
                ever: 0,
                undone: None,
            });
        order.items.clone_from(&effect.items);
        order.standing += 1;
        order.ever += 1;
    }

    /// How many orders are remembered.
    pub(crate) fn order_count(&self) -> usize {
        self.orders.len()
    }

    /// Enters what a log file says.
    pub(crate) fn restore(&mut self, effect: Effect) {
        self.enter(effect);
    }
}

/// The accounting date as the log writes it.
pub(super) fn dated(date: Date) -> String {
    iso(date)
}
