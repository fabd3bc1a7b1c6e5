//! Reversals: undoing an application on the same accounting date.

use super::effect::dated;
use super::{Books, Effect, EffectItem, Gate, Receipt, Undoing};
use crate::catalogue::Reversal;
use crate::code::Code;

impl Books {
    /// Reverses an order, or says why not.
    pub(crate) fn undo(
        &mut self,
        gate: &Gate<'_>,
        undoing: &Undoing,
        rule: Reversal,
    ) -> Result<Receipt, Code> {
        if undoing.reference.is_empty() || undoing.reference.len() > 32 {
            return Err(Code::BadRequest);
        }
        if let Some(payment) = self.reversals.get(&undoing.reference) {
            return Ok(self.undone(&undoing.reference, payment));
        }
        let order = self
            .orders
            .get(&undoing.payment)
            .ok_or(Code::OrderNotFound)?;
        let in_time = match rule {
            Reversal::None => false,
            Reversal::SameDay { until_minute } => {
                // A payment made after cut-off belongs to the next day already.
                order.accounting_date >= gate.now.date() && gate.now.minute_of_day() < until_minute
            }
        };
        if !in_time || order.standing == 0 {
            return Err(Code::ReversalRefused);
        }
        if undoing.amount != order.total {
            return Err(Code::AmountWrong);
        }
        let effect = Effect {
            reference: undoing.payment.clone(),
            service: gate.service.to_owned(),
            amount: -order.total,
            at: gate.now.rfc3339(),
            serial: gate.serial(&undoing.reference, 0),
            account: order.account.clone(),
            items: order
                .items
                .iter()
                .map(|item| EffectItem {
                    bill: item.bill.clone(),
                    amount: -item.amount,
                    to_balance: -item.to_balance,
                })
                .collect(),
            accounting_date: dated(order.accounting_date),
            reversal: Some(undoing.reference.clone()),
        };
        gate.log
            .append(std::slice::from_ref(&effect))
            .map_err(|_| Code::SystemBusy)?;
        self.enter(effect);
        Ok(self.undone(&undoing.reference, &undoing.payment))
    }
}
