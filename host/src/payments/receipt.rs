//! What a receipt says of a payment: facts that stand fixed from the moment in
//! which the biller applied it. Their digest is the content of that event in the
//! audit log. Signs and proves nothing.

use guichet_domain::fee::Fee;
use guichet_domain::id::{BillerId, RecordId, ServiceCode};
use guichet_domain::{AccountingDate, Digest, Moment, Money};
use serde::{Deserialize, Serialize};

use crate::canonical::canonical_digest;
use crate::store::PaymentRow;

/// The event from which on there is a receipt.
pub const APPLIED: &str = "applied";

/// Characters of a number that stay readable at its end.
const SHOWN: usize = 4;

/// One bill of a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaidItem {
    /// The bill's number; the account's number within it is masked.
    pub bill: String,
    /// Its title as the biller gave it.
    pub title: String,
    /// What was paid of it.
    pub amount: Money,
}

/// The biller's evidence, as far as a receipt shows it. Tokens for a meter are
/// worth money and stay with the payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// The biller's serial number.
    pub serial: String,
    /// What the biller has credited.
    pub amount: Money,
    /// The biller's own time, as it wrote it.
    pub at: String,
    /// The code of a payment to a treasury.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub treasury_code: Option<String>,
    /// The number of a fiscal receipt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fiscal_receipt: Option<String>,
}

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// The payment's id, and the reference that the biller saw.
    pub payment: RecordId,
    /// Number of at most 18 digits under which some billers keep it.
    pub sequence: u64,
    /// The catalogue entry.
    pub service: ServiceCode,
    /// Who was paid.
    pub biller: BillerId,
    /// The account at the biller, all but its end masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_number: Option<String>,
    /// What was paid.
    pub items: Vec<PaidItem>,
    /// The sum of the items.
    pub total: Money,
    /// Beside the total.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fee: Option<Fee>,
    /// Where the money came from, all but its end masked.
    pub payer_account: String,
    /// The day it belongs to.
    pub accounting_date: AccountingDate,
    /// When it was asked for.
    pub requested_at: Moment,
    /// The biller's evidence.
    pub application: Evidence,
}

impl Facts {
    /// The facts of a payment that the biller has applied; none of another.
    #[must_use]
    pub fn of(row: &PaymentRow) -> Option<Self> {
        let application = row.answer.application.as_ref()?;
        let word = |name: &str| application.record[name].as_str().map(str::to_owned);
        let account = row.order.account_number.as_deref();
        let items = row.order.items.iter().map(|item| PaidItem {
            bill: without(account, &item.bill),
            title: without(account, &item.title),
            amount: item.amount,
        });
        Some(Self {
            payment: row.id.clone(),
            sequence: row.sequence,
            service: row.service.clone(),
            biller: row.biller.clone(),
            account_number: account.map(masked),
            items: items.collect(),
            total: row.total,
            fee: row.order.fee,
            payer_account: masked(row.payer_account.as_str()),
            accounting_date: row.accounting_date,
            requested_at: row.created_at,
            application: Evidence {
                serial: application.serial.clone(),
                amount: application.amount,
                at: application.at.clone(),
                treasury_code: word("treasury_code"),
                fiscal_receipt: word("fiscal_receipt"),
            },
        })
    }

    /// SHA-256 of the canonical form (RFC 8785).
    #[must_use]
    pub fn digest(&self) -> Digest {
        let value = serde_json::to_value(self);
        canonical_digest(&value.expect("names, numbers and texts are always JSON"))
    }
}

/// Many billers write the account's number into that of the bill.
fn without(account: Option<&str>, text: &str) -> String {
    match account {
        Some(account) if account.chars().count() > SHOWN => text.replace(account, &masked(account)),
        Some(_) | None => text.to_owned(),
    }
}

/// The end of a number; of a short one, less than half of it.
fn masked(number: &str) -> String {
    let characters: Vec<char> = number.chars().collect();
    let shown = SHOWN.min(characters.len() / 3);
    let end: String = characters[characters.len() - shown..].iter().collect();
    format!("****{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_is_masked_within_other_numbers() {
        let account = Some("9716959791");
        assert_eq!(without(account, "202608-9716959791"), "202608-****791");
        assert_eq!(without(account, "2026年8月"), "2026年8月");
        assert_eq!(without(Some("2026"), "202608"), "202608");
        assert_eq!(without(None, "202608"), "202608");
    }

    #[test]
    fn a_masked_number_shows_its_end_alone() {
        assert_eq!(masked("3301000012345678"), "****5678");
        assert_eq!(masked("0099"), "****9");
        assert_eq!(masked("户号一二三四五六七"), "****五六七");
        assert_eq!(masked("1"), "****");
        assert_eq!(masked(""), "****");
    }
}
