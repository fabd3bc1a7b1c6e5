//! The payment file: what the operator's bank pays out to billers. It holds
//! their account numbers, so that it is kept sealed.

use guichet_domain::AccountingDate;
use guichet_domain::Money;
use guichet_domain::id::BillerId;
use guichet_domain::reconciliation::{
    Charset, FileState, Maker, PartyKind, PaymentOrder, write_payment_orders,
};
use guichet_domain::settlement::{BatchEvent, BatchState};
use guichet_registry::sign::{sha256, sha256_parts};

use super::files::PAYMENT_ORDER;
use super::settle::bank_reference;
use super::{DayEnd, DayEndError, PAGE, PayTo};
use crate::store::{BatchRow, DayFileKey, DayFileRow};
use crate::terms::Payee;

/// The party of payment files: the operator's own bank.
const SETTLEMENT_BANK: &str = "settlement";

/// Billers that cannot be paid, with the reason.
type HeldBack = Vec<(BillerId, String)>;

impl DayEnd {
    /// Puts everything that is made into one payment file, and marks it sent. A
    /// file that was kept before a node was killed holds nothing back: what it
    /// names is put into the next one under the same references, which the bank
    /// pays once.
    pub(super) async fn send(
        &self,
        date: AccountingDate,
        by: &str,
    ) -> Result<(Option<DayFileRow>, HeldBack), DayEndError> {
        let (mut ready, mut held_back): (Vec<(BatchRow, PayTo)>, HeldBack) = Default::default();
        let mut after = String::new();
        loop {
            let page = self
                .store
                .batches(Some(BatchState::Made), None, &after, PAGE)
                .await?;
            let Some(last) = page.last() else { break };
            after = last.id.to_string();
            for batch in page {
                match self.accounts.pay_to(&batch.biller).await? {
                    Some(to) => ready.push((batch, to)),
                    None => {
                        let why = DayEndError::NoAccount(batch.biller.to_string()).to_string();
                        held_back.push((batch.biller.clone(), why));
                    }
                }
            }
        }
        if ready.is_empty() {
            return Ok((None, held_back));
        }
        let file = self.keep_payment_file(date, &ready, by).await?;
        for (batch, to) in ready {
            // Booked before it is called sent, should a node have been killed
            // right after it was made.
            self.book_out(&batch).await?;
            let next = BatchRow {
                biller_record: Some(to.record),
                payment_file: Some(file.id.clone()),
                ..batch.clone()
            };
            self.move_to(&batch, BatchEvent::Sent, next).await?;
        }
        Ok((Some(file), held_back))
    }

    async fn keep_payment_file(
        &self,
        date: AccountingDate,
        ready: &[(BatchRow, PayTo)],
        by: &str,
    ) -> Result<DayFileRow, DayEndError> {
        let key = DayFileKey {
            date,
            maker: Maker::House,
            party_kind: PartyKind::Bank,
            party: SETTLEMENT_BANK,
        };
        let newest = self.store.newest_day_file(key).await?;
        let number = newest.map_or(1, |newest| newest.number + 1);
        let orders: Vec<PaymentOrder> = ready.iter().map(|(batch, to)| order(batch, to)).collect();
        let now = self.ports.now();
        let written = write_payment_orders((date, number, now), &orders, sha256_parts);
        let too_large = || DayEndError::TooLarge("the payment file".to_owned());
        let (bytes, totals) = written.ok_or_else(too_large)?;
        let file = DayFileRow {
            id: self.ports.record_id("rcf"),
            name: format!("guichet-payment-orders-{date}-{number}.csv"),
            date,
            maker: Maker::House,
            party_kind: PartyKind::Bank,
            party: SETTLEMENT_BANK.to_owned(),
            number,
            form: PAYMENT_ORDER.to_owned(),
            charset: Charset::Utf8,
            digest: sha256(&bytes),
            bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            lines: i64::try_from(orders.len()).unwrap_or(i64::MAX),
            totals,
            brought_by: by.to_owned(),
            created_at: now,
            state: FileState::InForce,
            decided: None,
        };
        self.keep(&file, bytes.into()).await?;
        Ok(file)
    }
}

fn order(batch: &BatchRow, to: &PayTo) -> PaymentOrder {
    let purpose = match batch.payee {
        Payee::Biller => "settlement",
        Payee::Treasury => "non-tax revenue",
    };
    PaymentOrder {
        reference: bank_reference(batch),
        amount: Money::new(batch.sums.net, batch.currency),
        holder: to.holder.clone(),
        bank_code: to.bank_code.clone(),
        account: to.account.clone(),
        purpose: format!("{purpose} {} {}", batch.biller, batch.date),
    }
}
