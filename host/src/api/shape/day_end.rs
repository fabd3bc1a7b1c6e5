//! The day's end on the wire.

use guichet_domain::Digest;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::money::Money;
use crate::day_end;
use crate::store::{BatchRow, ClosedDay, DayCheckRow, DayFileRow, DayFindingRow};
use crate::terms::Payee;

/// A day file.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReconciliationFile {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The day it is about.
    pub accounting_date: String,
    /// `house`: we made it, the other side checks; `party`: the other way round.
    pub maker: &'static str,
    /// `biller`, `client` or `bank`.
    pub party_kind: &'static str,
    /// The other side.
    pub party: String,
    /// Counts from 1; a correction is a new number.
    pub number: u32,
    /// `csv`, `pipe`, `camt053` or `payment_order`.
    pub form: String,
    /// `UTF-8` or `GB18030`.
    pub charset: &'static str,
    /// SHA-256 of its bytes.
    pub digest: String,
    /// Its size.
    pub bytes: i64,
    /// Its lines.
    pub lines: i64,
    /// Net by currency: `CNY:123456`.
    pub totals: String,
    /// When it came or was made.
    pub created_at: String,
    /// `awaiting_confirmation`: it says nothing until a second person has confirmed
    /// it; `in_force`: the one with the highest number counts; `rejected`.
    pub state: &'static str,
    /// Who brought it, or had it made; for the operator's people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brought_by: Option<String>,
    /// Who confirmed or rejected it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<String>,
    /// Why it was rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl ReconciliationFile {
    /// As a client sees its own files: the operator's people are not named.
    pub(crate) fn without_people(self) -> Self {
        Self {
            brought_by: None,
            decided_by: None,
            ..self
        }
    }
}

impl From<DayFileRow> for ReconciliationFile {
    fn from(file: DayFileRow) -> Self {
        let decided = file.decided;
        Self {
            id: file.id.into(),
            name: file.name,
            accounting_date: file.date.to_string(),
            maker: file.maker.as_str(),
            party_kind: file.party_kind.as_str(),
            party: file.party,
            number: file.number,
            form: file.form,
            charset: file.charset.as_str(),
            digest: file.digest.to_string(),
            bytes: file.bytes,
            lines: file.lines,
            totals: file.totals,
            created_at: file.created_at.to_string(),
            state: file.state.as_str(),
            brought_by: Some(file.brought_by),
            decided_by: decided.as_ref().map(|decided| decided.by.clone()),
            decided_at: decided.as_ref().map(|decided| decided.at.to_string()),
            reason: decided.and_then(|decided| decided.reason),
        }
    }
}

/// Which file a second person has read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FileConfirmation {
    /// SHA-256 of the file that was read; with any other the answer is 409.
    #[schema(value_type = String)]
    pub digest: Digest,
}

/// Why a file is turned down.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FileRejection {
    /// 1 to 500 characters.
    pub reason: String,
}

/// A closed day.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountingDay {
    /// The day.
    pub accounting_date: String,
    /// Who closed it first.
    pub closed_by: String,
    /// When.
    pub closed_at: String,
    /// When it was counted last.
    pub counted_at: String,
    /// Payments of the day.
    pub payments: i64,
    /// Payments among them whose outcome is open: carried.
    pub open_payments: i64,
}

impl From<ClosedDay> for AccountingDay {
    fn from(day: ClosedDay) -> Self {
        Self {
            accounting_date: day.date.to_string(),
            closed_by: day.closed_by,
            closed_at: day.closed_at.to_string(),
            counted_at: day.counted_at.to_string(),
            payments: day.payments,
            open_payments: day.open_payments,
        }
    }
}

/// What making files came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct FilesMade {
    /// New ones.
    pub new: u32,
    /// Those that stand already with the same content.
    pub unchanged: u32,
    /// Parties whose day does not fit into a file.
    pub left_out: Vec<LeftOut>,
}

/// A party without a file of the day.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeftOut {
    /// `biller` or `client`.
    pub party_kind: &'static str,
    /// Which.
    pub party: String,
    /// Why.
    pub reason: String,
}

impl From<day_end::Made> for FilesMade {
    fn from(made: day_end::Made) -> Self {
        let left_out = made.left_out.into_iter().map(|one| LeftOut {
            party_kind: one.kind.as_str(),
            party: one.party,
            reason: one.reason,
        });
        Self {
            new: made.new,
            unchanged: made.unchanged,
            left_out: left_out.collect(),
        }
    }
}

/// The comparison of one biller's day.
#[derive(Debug, Serialize, ToSchema)]
pub struct DayCheck {
    /// The day.
    pub accounting_date: String,
    /// Whose.
    pub biller: String,
    /// The biller's file; none where it has not come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// References on which all agree.
    pub matched: i64,
    /// References that people must look at.
    pub different: i64,
    /// References whose outcome is still open.
    pub open_items: i64,
    /// When.
    pub checked_at: String,
}

impl From<DayCheckRow> for DayCheck {
    fn from(row: DayCheckRow) -> Self {
        Self {
            accounting_date: row.date.to_string(),
            biller: row.biller.into(),
            file: row.day_file.map(Into::into),
            matched: row.matched,
            different: row.different,
            open_items: row.open_items,
            checked_at: row.checked_at.to_string(),
        }
    }
}

/// What comparing a day came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct DayChecked {
    /// Biller by biller.
    pub billers: Vec<DayCheck>,
    /// Earlier days that were compared again, because something of theirs came to be
    /// applied since, or because nobody had compared them.
    pub earlier: Vec<DayCheck>,
    /// Open outcomes that billers' files have settled.
    pub resolved: u32,
    /// Work orders that are new, or open again.
    pub work_orders: usize,
    /// Files up to the day after that were not looked at, because they wait for a
    /// second person.
    pub awaiting_confirmation: Vec<ReconciliationFile>,
}

impl From<day_end::Checked> for DayChecked {
    fn from(checked: day_end::Checked) -> Self {
        Self {
            billers: checked.billers.into_iter().map(DayCheck::from).collect(),
            earlier: checked.earlier.into_iter().map(DayCheck::from).collect(),
            resolved: checked.resolved,
            work_orders: checked.work_orders,
            awaiting_confirmation: checked.waiting.into_iter().map(Into::into).collect(),
        }
    }
}

/// One reference that did not simply match.
#[derive(Debug, Serialize, ToSchema)]
pub struct DayFinding {
    /// A payment's id, or another side's own reference.
    pub reference: String,
    /// `surplus`, `shortage`, `amount_differs` …
    pub finding: &'static str,
    /// What bank, ledger, channel and biller say.
    #[schema(value_type = Object)]
    pub sides: serde_json::Value,
}

impl From<DayFindingRow> for DayFinding {
    fn from(row: DayFindingRow) -> Self {
        Self {
            reference: row.reference,
            finding: row.finding.as_str(),
            sides: serde_json::to_value(row.sides).unwrap_or_default(),
        }
    }
}

/// Fees of a day, of one client's payments in one currency.
#[derive(Debug, Serialize, ToSchema)]
pub struct DayFees {
    /// The client.
    pub client: String,
    /// Payments of the day whose money was taken.
    pub payments: i64,
    /// Paid by payers on top of the bills.
    pub payers: Money,
    /// Withheld from billers.
    pub billers: Money,
    /// Borne by the operator: no income.
    pub operator: Money,
    /// Paid by the client itself.
    pub client_fees: Money,
}

impl DayFees {
    pub(crate) fn new((client, currency): day_end::FeeKey, fees: day_end::Fees) -> Self {
        let money = |amount| guichet_domain::Money::new(amount, currency).into();
        Self {
            client: client.into(),
            payments: fees.payments,
            payers: money(fees.payers),
            billers: money(fees.billers),
            operator: money(fees.operator),
            client_fees: money(fees.client),
        }
    }
}

/// A settlement batch.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettlementBatch {
    /// Its id; follows from day, biller, payee and currency.
    pub id: String,
    /// The day it was made for.
    pub accounting_date: String,
    /// Whose money.
    pub biller: String,
    /// `biller` or `treasury`.
    pub payee: &'static str,
    /// Of what was applied.
    pub gross: Money,
    /// Of what was settled before and given back since.
    pub given_back: Money,
    /// Withheld.
    pub fees: Money,
    /// Paid out.
    pub net: Money,
    /// Payments in it.
    pub payments: i64,
    /// `gathering`, `made`, `sent`, `confirmed` or `returned`.
    pub state: &'static str,
    /// Counts from 1; another one after each return.
    pub attempt: i64,
    /// The payment file that carries it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_file: Option<String>,
    /// Why it came back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it last changed.
    pub updated_at: String,
}

impl From<BatchRow> for SettlementBatch {
    fn from(batch: BatchRow) -> Self {
        let money = |amount| guichet_domain::Money::new(amount, batch.currency).into();
        Self {
            id: batch.id.to_string(),
            accounting_date: batch.date.to_string(),
            biller: batch.biller.to_string(),
            payee: match batch.payee {
                Payee::Biller => "biller",
                Payee::Treasury => "treasury",
            },
            gross: money(batch.sums.gross),
            given_back: money(batch.sums.given_back),
            fees: money(batch.sums.fees),
            net: money(batch.sums.net),
            payments: batch.sums.count,
            state: batch.state.as_str(),
            attempt: batch.attempt,
            payment_file: batch.payment_file.as_ref().map(ToString::to_string),
            reason: batch.reason.clone(),
            updated_at: batch.updated_at.to_string(),
        }
    }
}

/// What settling a day came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct DaySettled {
    /// All batches of the day.
    pub batches: Vec<SettlementBatch>,
    /// The payment file that was made now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_file: Option<ReconciliationFile>,
    /// Billers that cannot be paid, with the reason.
    pub held_back: Vec<HeldBack>,
}

/// A biller that cannot be paid.
#[derive(Debug, Serialize, ToSchema)]
pub struct HeldBack {
    /// Which.
    pub biller: String,
    /// Why, and the mend.
    pub reason: String,
}

impl From<day_end::Settled> for DaySettled {
    fn from(settled: day_end::Settled) -> Self {
        let held_back = settled.held_back.into_iter();
        Self {
            batches: settled
                .batches
                .into_iter()
                .map(SettlementBatch::from)
                .collect(),
            payment_file: settled.payment_file.map(Into::into),
            held_back: held_back
                .map(|(biller, reason)| HeldBack {
                    biller: biller.into(),
                    reason,
                })
                .collect(),
        }
    }
}
