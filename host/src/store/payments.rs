//! Payments and their history as kept: reading, and the columns that the writer
//! writes. What may change into what is not decided here.

use guichet_domain::bill::Item;
use guichet_domain::id::{AccountId, BillerId, ClientId, RecordId, ServiceCode, SubjectId};
use guichet_domain::payment::Snapshot;
use guichet_domain::{AccountingDate, Moment, Money};
use serde::{Deserialize, Serialize};

use super::{Row, Store, StoreError, Value};
use crate::seal::{Place, Sealed, SubjectKey};
use crate::terms::Terms;
use crate::terms::order::{Application, Order, OrderItem, PendingAnswer, ReversalOrder};
use crate::terms::payer::PayerSide;
use crate::terms::price::ClientFee;

const ORDER: Place = Place {
    table: "payments",
    column: "sealed_order",
};
const ANSWER: Place = Place {
    table: "payments",
    column: "sealed_answer",
};
const REVERSAL: Place = Place {
    table: "payments",
    column: "sealed_reversal",
};

const PAYER: Place = Place {
    table: "payments",
    column: "sealed_payer",
};

/// What the biller has said so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredAnswer {
    /// Evidence, once there is some; the first stands, for the audit log knows it.
    pub application: Option<Application>,
    /// The biller's own whole answer, where other evidence came before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whole: Option<Application>,
    /// The last "not decided yet"; comes back with the next status call.
    pub pending: Option<PendingAnswer>,
    /// When the biller told of an application after it was proven that there was
    /// none: its "no" proves nothing from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contradicted_at: Option<Moment>,
    /// For the citizen: why it was refused or waits. May be the biller's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl StoredAnswer {
    /// The evidence that says most: for the citizen, and for an undoing.
    #[must_use]
    pub fn fullest(&self) -> Option<&Application> {
        self.whole.as_ref().or(self.application.as_ref())
    }
}

/// A reversal under way or ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reversal {
    /// What the biller is asked; its attempt counts those begun.
    pub order: ReversalOrder,
    /// The last "not decided yet".
    pub last: Option<PendingAnswer>,
    /// When the last attempt began.
    pub attempted_at: Option<Moment>,
}

/// A payment as kept, with its seals opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentRow {
    /// Its id.
    pub id: RecordId,
    /// The same as a number.
    pub sequence: u64,
    /// Who called.
    pub client: ClientId,
    /// The client's own reference, unique within the client.
    pub client_reference: Option<String>,
    /// On whose behalf.
    pub subject: SubjectId,
    /// The catalogue entry.
    pub service: ServiceCode,
    /// Who is paid.
    pub biller: BillerId,
    /// The query that it was made from.
    pub bill_query: RecordId,
    /// From where.
    pub payer_account: AccountId,
    /// Digest of service and account at the biller, where a limit by day holds.
    pub account_key: Option<Vec<u8>>,
    /// Sum of the items.
    pub total: Money,
    /// What the payer pays beside the total, in minor units; zero or above.
    pub payer_fee: i64,
    /// What it costs its client, where it costs something.
    pub client_fee: Option<ClientFee>,
    /// Where it and its legs stand.
    pub snapshot: Snapshot,
    /// Counts the events; guards every change.
    pub version: i64,
    /// Attempts to submit that were begun.
    pub attempts: u32,
    /// Earlier attempts that may have had an effect.
    pub exposed: u32,
    /// When the last attempt began.
    pub attempted_at: Option<Moment>,
    /// Until when a first submission makes sense.
    pub submit_until: Moment,
    /// The day it belongs to.
    pub accounting_date: AccountingDate,
    /// W3C trace context of the request.
    pub traceparent: Option<String>,
    /// The terms under which it began.
    pub terms: Terms,
    /// What the biller is asked.
    pub order: Order,
    /// What it has said.
    pub answer: StoredAnswer,
    /// Undoing.
    pub reversal: Option<Reversal>,
    /// The bank behind the payer's account, and what the payer agrees to.
    pub payer: PayerSide,
    /// Who looks after it while its outcome is open.
    pub owner: Option<String>,
    /// By when there will be news.
    pub news_by: Option<Moment>,
    /// Since when its outcome has been open.
    pub open_since: Option<Moment>,
    /// When it was asked for.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
}

impl PaymentRow {
    /// The bills and amounts.
    #[must_use]
    pub fn items(&self) -> Vec<Item> {
        self.order.items.iter().map(OrderItem::item).collect()
    }

    /// Everything, in the order of `INSERT`.
    pub(super) fn insert_values(&self, key: &SubjectKey) -> Result<Vec<Value>, StoreError> {
        let sequence = i64::try_from(self.sequence).map_err(|_| StoreError::Shape(1))?;
        let mut values = vec![
            self.id.as_str().into(),
            sequence.into(),
            self.client.as_str().into(),
            self.client_reference.clone().into(),
            self.subject.as_str().into(),
            self.service.as_str().into(),
            self.biller.as_str().into(),
            self.bill_query.as_str().into(),
            self.payer_account.as_str().into(),
            self.account_key.clone().into(),
            self.total.minor_units().into(),
            self.payer_fee.into(),
            self.total.currency().as_str().into(),
            self.submit_until.into(),
            self.accounting_date.to_string().into(),
            self.traceparent.clone().into(),
            serde_json::to_string(&self.terms)?.into(),
            key.seal(ORDER, &self.order)?.into_bytes().into(),
            self.created_at.into(),
            // Not sealed: the bank's day end asks for all payments of a bank.
            self.payer
                .bank
                .as_ref()
                .map(|bank| bank.name.to_string())
                .into(),
            self.client_fee.map_or(0, |fee| fee.amount).into(),
            self.client_fee.map_or(0, |fee| fee.back).into(),
        ];
        values.extend(self.changing_values(key)?);
        Ok(values)
    }

    /// What a change may change, in the order of `INSERT` and `UPDATE`.
    pub(super) fn changing_values(&self, key: &SubjectKey) -> Result<Vec<Value>, StoreError> {
        let answer = if self.answer == StoredAnswer::default() {
            None
        } else {
            Some(key.seal(ANSWER, &self.answer)?.into_bytes())
        };
        let reversal = match &self.reversal {
            None => None,
            Some(reversal) => Some(key.seal(REVERSAL, reversal)?.into_bytes()),
        };
        let payer = if self.payer == PayerSide::default() {
            None
        } else {
            Some(key.seal(PAYER, &self.payer)?.into_bytes())
        };
        Ok(vec![
            self.snapshot.state.as_str().into(),
            self.snapshot.hold.as_str().into(),
            self.snapshot.capture.as_str().into(),
            self.snapshot.release.as_str().into(),
            self.snapshot.refund.as_str().into(),
            self.version.into(),
            self.attempts.into(),
            self.exposed.into(),
            self.attempted_at.into(),
            answer.into(),
            reversal.into(),
            payer.into(),
            self.owner.clone().into(),
            self.news_by.into(),
            self.open_since.into(),
            self.updated_at.into(),
        ])
    }
}

macro_rules! select_payments {
    ($rest:literal) => {
        concat!(
            "select id, sequence, client, client_reference, subject, service, biller, \
             bill_query, payer_account, account_key, total, fee, currency, submit_until, \
             accounting_date, traceparent, terms, sealed_order, created_at, state, hold, \
             capture, release_leg, refund, version, attempts, exposed, attempted_at, \
             sealed_answer, sealed_reversal, sealed_payer, owner, news_by, open_since, \
             updated_at, client_fee, client_fee_back \
             from payments ",
            $rest
        )
    };
}

impl Store {
    /// A payment by its id; whose it is, the caller checks.
    pub async fn payment(&self, id: &RecordId) -> Result<Option<PaymentRow>, StoreError> {
        let rows = self
            .fetch(select_payments!("where id = $1"), &[id.as_str().into()])
            .await?;
        match rows.first() {
            Some(row) => {
                let key = self.existing_key(&row.parsed(4)?).await?;
                Ok(Some(read(row, &key)?))
            }
            None => Ok(None),
        }
    }

    /// A subject's payments through a client, newest first, before the cursor.
    pub async fn payments_of(
        &self,
        client: &ClientId,
        subject: &SubjectId,
        before: &str,
        limit: u32,
    ) -> Result<Vec<PaymentRow>, StoreError> {
        let rows = self
            .fetch(
                select_payments!(
                    "where client = $1 and subject = $2 and id < $3 order by id desc limit $4"
                ),
                &[
                    client.as_str().into(),
                    subject.as_str().into(),
                    before.into(),
                    limit.into(),
                ],
            )
            .await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let key = self.existing_key(subject).await?;
        rows.iter().map(|row| read(row, &key)).collect()
    }
}

fn client_fee(row: &Row) -> Result<Option<ClientFee>, StoreError> {
    let (amount, back) = (row.int(35)?, row.int(36)?);
    Ok((amount > 0).then_some(ClientFee { amount, back }))
}

fn small(row: &Row, position: usize) -> Result<u32, StoreError> {
    u32::try_from(row.int(position)?).map_err(|_| StoreError::Shape(position))
}

fn read(row: &Row, key: &SubjectKey) -> Result<PaymentRow, StoreError> {
    let text = |position: usize| -> Result<Option<String>, StoreError> {
        Ok(row.text_or_none(position)?.map(str::to_owned))
    };
    let sealed = |position: usize| -> Result<Option<Vec<u8>>, StoreError> {
        Ok(row.bytes_or_none(position)?.map(<[u8]>::to_vec))
    };
    let currency = row.parsed(12)?;
    let answer = match sealed(28)? {
        Some(bytes) => key.open(ANSWER, &Sealed::from_bytes(bytes))?,
        None => StoredAnswer::default(),
    };
    let reversal = match sealed(29)? {
        Some(bytes) => Some(key.open(REVERSAL, &Sealed::from_bytes(bytes))?),
        None => None,
    };
    let payer = match sealed(30)? {
        Some(bytes) => key.open(PAYER, &Sealed::from_bytes(bytes))?,
        None => PayerSide::default(),
    };
    Ok(PaymentRow {
        id: row.parsed(0)?,
        sequence: u64::try_from(row.int(1)?).map_err(|_| StoreError::Shape(1))?,
        client: row.parsed(2)?,
        client_reference: text(3)?,
        subject: row.parsed(4)?,
        service: row.parsed(5)?,
        biller: row.parsed(6)?,
        bill_query: row.parsed(7)?,
        payer_account: row.parsed(8)?,
        account_key: row.bytes_or_none(9)?.map(<[u8]>::to_vec),
        total: Money::new(row.int(10)?, currency),
        payer_fee: row.int(11)?,
        client_fee: client_fee(row)?,
        submit_until: row.moment(13)?,
        accounting_date: row.parsed(14)?,
        traceparent: text(15)?,
        terms: serde_json::from_str(row.text(16)?)?,
        order: key.open(ORDER, &Sealed::from_bytes(row.bytes(17)?.to_vec()))?,
        created_at: row.moment(18)?,
        snapshot: Snapshot {
            state: row.parsed(19)?,
            hold: row.parsed(20)?,
            capture: row.parsed(21)?,
            release: row.parsed(22)?,
            refund: row.parsed(23)?,
        },
        version: row.int(24)?,
        attempts: small(row, 25)?,
        exposed: small(row, 26)?,
        attempted_at: row.moment_or_none(27)?,
        answer,
        reversal,
        payer,
        owner: text(31)?,
        news_by: row.moment_or_none(32)?,
        open_since: row.moment_or_none(33)?,
        updated_at: row.moment(34)?,
    })
}
