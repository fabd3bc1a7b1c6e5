//! Whether the bank carries an order out. A refusal is as final as a deed: the
//! same reference is never decided twice.

use super::Standing;
use super::{Answer, Books, Custom, Decision, Fate, Line, Memory, ORDERS_LIMIT, Open, Place};
use crate::order::{Leg, Order};

/// Why an order is refused: the code of the protocol, and a text for the payer.
type No = (&'static str, &'static str);

impl Books {
    /// Decides an order, or finds what was decided. Changes nothing: the caller
    /// enters the lines once they are in the journal.
    pub(crate) fn decide(&self, order: &Order, at: &str) -> (Vec<Line>, Answer) {
        if self.memory == Memory::Keeps
            && let Some(known) = self.find(&order.reference)
        {
            let answer = if known.order.is_same(order) {
                Answer::Known(known.clone())
            } else {
                Answer::Conflict
            };
            return (Vec::new(), answer);
        }
        let mut lines = Vec::new();
        if !self.standings.contains_key(&order.account) {
            lines.push(Line::Account {
                number: order.account.clone(),
                opening: self.opening,
                standing: Standing::Open,
            });
        }
        let fate = match self.check(order) {
            Ok(()) => Fate::Done {
                serial: format!("B{:010}", self.effects.len() + 1),
            },
            Err((code, message)) => Fate::Refused {
                code: code.to_owned(),
                message: message.to_owned(),
            },
        };
        let decision = Decision {
            order: order.clone(),
            fate,
            at: at.to_owned(),
        };
        lines.push(Line::Decision(Box::new(decision.clone())));
        (lines, Answer::New(decision))
    }

    /// Refuses an order whatever it says, unless it was decided before.
    pub(crate) fn refuse(&self, order: &Order, at: &str) -> (Vec<Line>, Answer) {
        if self.find(&order.reference).is_some() {
            return self.decide(order, at);
        }
        let decision = Decision {
            order: order.clone(),
            fate: Fate::Refused {
                code: "refused_on_purpose".to_owned(),
                message: "银行拒绝了这笔交易".to_owned(),
            },
            at: at.to_owned(),
        };
        (
            vec![Line::Decision(Box::new(decision.clone()))],
            Answer::New(decision),
        )
    }

    fn check(&self, order: &Order) -> Result<(), No> {
        if self.decisions.len() >= ORDERS_LIMIT {
            return Err(("too_many_orders", "银行系统繁忙"));
        }
        let standing = self.standings.get(&order.account);
        match standing.copied().unwrap_or(Standing::Open) {
            Standing::Open => {}
            // What was taken of it can still be given back.
            Standing::Blocked if matches!(order.leg, Leg::Release | Leg::Refund) => {}
            Standing::Blocked => return Err(("account_blocked", "账户已冻结")),
            Standing::Closed => return Err(("account_unknown", "账户不存在")),
        }
        match (self.custom, order.leg, &order.original) {
            (Custom::HoldFirst, Leg::Hold, None) | (Custom::CaptureFirst, Leg::Capture, None) => {
                self.check_funds(order)
            }
            (Custom::HoldFirst, Leg::Capture | Leg::Release, Some(hold)) => {
                self.check_original(order, hold, Leg::Hold)
            }
            (_, Leg::Refund, Some(capture)) => self.check_original(order, capture, Leg::Capture),
            _ => Err(("not_offered", "银行不支持此类交易")),
        }
    }

    fn check_funds(&self, order: &Order) -> Result<(), No> {
        let available = if self.standings.contains_key(&order.account) {
            self.balance(&Place::customer(&order.account))
        } else {
            self.opening
        };
        if order.amount.amount > available {
            return Err(("insufficient_funds", "余额不足"));
        }
        Ok(())
    }

    fn check_original(&self, order: &Order, original: &str, leg: Leg) -> Result<(), No> {
        let known = self
            .find(original)
            .filter(|known| known.order.leg == leg && matches!(known.fate, Fate::Done { .. }));
        let known = known.ok_or(("original_unknown", "原交易不存在"))?;
        if known.order.account != order.account || known.order.amount != order.amount {
            return Err(("original_differs", "与原交易不符"));
        }
        if self.memory == Memory::Keeps && self.open.get(original) != Some(&Open::Yes) {
            return Err(("original_ended", "原交易已结束"));
        }
        Ok(())
    }
}
