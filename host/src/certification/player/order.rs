//! The order that a scenario pays, made from what its query found, in the
//! payment room's own words and then translated as every payment is.

use guichet_domain::id::{ClientId, SubjectId};
use guichet_domain::{Currency, Money};
use guichet_registry::scenario::{Item, Payment};
use guichet_sandbox::Question;
use guichet_sandbox::contract::bill_payment::{Pending, Statement};

use super::{Player, circumstances};
use crate::plugins::translate;
use crate::terms::order::{Application, Order, OrderItem, PendingAnswer, ReversalOrder};

/// Why nothing can be ordered.
pub(in crate::certification) type NoOrder = String;

impl Player<'_> {
    /// What the citizen filled in.
    pub(in crate::certification) fn inputs(&self) -> Vec<(String, String)> {
        let inputs = self.scenario.inputs.iter();
        inputs
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    /// The order for bills of a statement.
    pub(in crate::certification) fn order(
        &self,
        payment: &Payment,
        statement: &Statement,
        inputs: Vec<(String, String)>,
    ) -> Result<Order, NoOrder> {
        let items: Vec<OrderItem> = payment
            .items
            .iter()
            .map(|item| order_item(item, statement))
            .collect::<Result<_, _>>()?;
        let currency = items
            .first()
            .map_or(Currency::CNY, |item| item.amount.currency());
        let total = Money::checked_sum(currency, items.iter().map(|item| item.amount))
            .map_err(|error| error.to_string())?;
        let scenario = &self.scenario;
        Ok(Order {
            payment: payment.reference.clone(),
            sequence: payment.sequence,
            attempt: 1,
            service: self.service.code.clone(),
            release: self.admission.release.to_string(),
            biller: self.service.biller.id.clone(),
            subject: SubjectId::new("certification").expect("the text is a subject's id"),
            client: ClientId::new("certification").expect("the text is a client's id"),
            account_number: statement
                .account
                .as_ref()
                .map(|account| account.number.clone()),
            items,
            total,
            fee: None,
            inputs,
            circumstances: circumstances::of_order(scenario, &self.service),
            accounting_date: scenario
                .clock
                .accounting_date(guichet_domain::CutOff::MIDNIGHT),
            requested_at: scenario.clock,
        })
    }

    /// The undoing of an order that was applied.
    pub(in crate::certification) fn reversal(
        &self,
        order: &Order,
        application: &Application,
        attempt: u32,
    ) -> ReversalOrder {
        ReversalOrder {
            reversal: self.scenario.values().reversal,
            attempt,
            order: order.clone(),
            application: application.clone(),
            reason: "certification".to_owned(),
            requested_at: self.scenario.clock,
        }
    }
}

fn order_item(item: &Item, statement: &Statement) -> Result<OrderItem, NoOrder> {
    let bill = statement.bills.iter().find(|bill| bill.number == item.bill);
    let bill = bill.ok_or_else(|| format!("the query found no bill {:?}", item.bill))?;
    let payable = translate::money(&bill.payable);
    let payable = payable.ok_or_else(|| format!("bill {:?} has no lawful amount", item.bill))?;
    Ok(OrderItem {
        bill: bill.number.clone(),
        title: bill.title.clone(),
        token: bill.token.clone(),
        amount: Money::new(item.amount, payable.currency()),
    })
}

/// The question of an attempt.
pub(in crate::certification) fn submit(order: &Order, attempt: u32) -> Question {
    let order = Order {
        attempt,
        ..order.clone()
    };
    Question::SubmitPayment {
        order: Box::new(translate::order(&order)),
    }
}

/// The question about an order.
pub(in crate::certification) fn status(order: &Order, last: Option<&PendingAnswer>) -> Question {
    Question::PaymentStatus {
        order: Box::new(translate::order(order)),
        last: translate::last_pending(last),
    }
}

/// The question that undoes; none where the application does not read.
pub(in crate::certification) fn reverse(reversal: &ReversalOrder) -> Option<Question> {
    Some(Question::ReversePayment {
        reversal: Box::new(translate::reversal(reversal)?),
    })
}

/// The question about an undoing.
pub(in crate::certification) fn reversal_status(
    reversal: &ReversalOrder,
    last: Option<Pending>,
) -> Option<Question> {
    Some(Question::ReversalStatus {
        reversal: Box::new(translate::reversal(reversal)?),
        last,
    })
}
