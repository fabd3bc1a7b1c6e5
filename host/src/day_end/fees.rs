//! Fee income of a day, by client and by who bears it. It adds up what the
//! payments of the day say; booking fees is the payment room's.

use std::collections::BTreeMap;

use guichet_domain::fee::FeeBearer;
use guichet_domain::id::ClientId;
use guichet_domain::reconciliation::LedgerSide;
use guichet_domain::{AccountingDate, Currency};

use super::sides::ledger_side;
use super::{DayEnd, DayEndError, PAGE, Scope};
use crate::store::DayPayment;

/// Fees of one client's payments in one currency, in minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fees {
    /// Payments of the day whose money was taken.
    pub payments: i64,
    /// Paid by payers on top.
    pub payers: i64,
    /// Withheld from billers.
    pub billers: i64,
    /// Borne by the operator: no income.
    pub operator: i64,
    /// Paid by the client itself.
    pub client: i64,
}

/// Whose fees, and in which currency.
pub type FeeKey = (ClientId, Currency);

impl DayEnd {
    /// The day's fees, in the order of clients.
    pub async fn fees(&self, date: AccountingDate) -> Result<BTreeMap<FeeKey, Fees>, DayEndError> {
        self.require_closed(date).await?;
        let mut all: BTreeMap<FeeKey, Fees> = BTreeMap::new();
        let scope = Scope { date, biller: None };
        for biller in self.billers(&scope).await? {
            let mut after = String::new();
            loop {
                let page = self
                    .store
                    .payments_of_day(date, &biller, &after, PAGE)
                    .await?;
                let Some(last) = page.last() else { break };
                after = last.id.to_string();
                for payment in &page {
                    if matches!(ledger_side(payment), LedgerSide::Taken(_)) {
                        let key = (payment.client.clone(), payment.total.currency());
                        add(all.entry(key).or_default(), payment);
                    }
                }
            }
        }
        Ok(all)
    }
}

fn add(fees: &mut Fees, payment: &DayPayment) {
    fees.payments += 1;
    fees.client = fees.client.saturating_add(payment.client_fee);
    let Some(fee) = payment.terms.fee.of(payment.total) else {
        return;
    };
    let sum = match fee.bearer {
        FeeBearer::Payer => &mut fees.payers,
        FeeBearer::Biller => &mut fees.billers,
        FeeBearer::Operator => &mut fees.operator,
    };
    *sum = sum.saturating_add(fee.amount.minor_units());
}
