//! Bill queries with their answers, sealed, until a payment names their bills.

use std::borrow::Cow;

use guichet_domain::Moment;
use guichet_domain::bill::{Bill, Limits, Selection};
use guichet_domain::id::{ClientId, RecordId, ServiceCode, SubjectId};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Statement, Store, StoreError};
use crate::seal::{Place, Sealed, SubjectKey};
use crate::terms::order::Circumstances;

const BODY: Place = Place {
    table: "bill_queries",
    column: "sealed_body",
};

/// What a payment needs of a ready answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payable {
    /// The account at the biller; where there is none, bills are unique within
    /// the service.
    pub account_number: Option<String>,
    /// The bills.
    pub bills: Vec<Bill>,
    /// How many of them one payment may take.
    pub selection: Selection,
    /// The biller's limits for this account.
    pub limits: Limits,
}

/// A query as kept.
#[derive(Debug, Clone)]
pub struct StoredBillQuery {
    /// Begins with `bq_`.
    pub id: RecordId,
    /// Who asked.
    pub client: ClientId,
    /// On whose behalf.
    pub subject: SubjectId,
    /// Which service.
    pub service: ServiceCode,
    /// Digest of the release that answered.
    pub release: String,
    /// `ready`, `pending` or `ask_more`.
    pub state: String,
    /// What the citizen filled in, as the plugin got it.
    pub inputs: Vec<(String, String)>,
    /// Where and how it was asked.
    pub circumstances: Circumstances,
    /// The bills' room's own form of the answer; a payment does not look into it.
    pub answer: Box<RawValue>,
    /// There when the state is `ready`.
    pub payable: Option<Payable>,
    /// When it was asked.
    pub created_at: Moment,
    /// From then on no payment can name it.
    pub expires_at: Moment,
}

/// The sealed part.
#[derive(Serialize, Deserialize)]
struct Body<'q> {
    inputs: Cow<'q, [(String, String)]>,
    circumstances: Cow<'q, Circumstances>,
    answer: Cow<'q, RawValue>,
    payable: Option<Cow<'q, Payable>>,
}

impl Store {
    /// Keeps a query, or replaces the answer of one that was pending.
    pub async fn put_bill_query(&self, query: &StoredBillQuery) -> Result<(), StoreError> {
        let key = self.subject_key(&query.subject, query.created_at).await?;
        let body = Body {
            inputs: Cow::Borrowed(&query.inputs),
            circumstances: Cow::Borrowed(&query.circumstances),
            answer: Cow::Borrowed(&query.answer),
            payable: query.payable.as_ref().map(Cow::Borrowed),
        };
        let statement = Statement::new(
            "insert into bill_queries (id, client, subject, service, release, state, \
             sealed_body, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
             on conflict (id) do update set release = excluded.release, state = excluded.state, \
             sealed_body = excluded.sealed_body, expires_at = excluded.expires_at",
            vec![
                query.id.as_str().into(),
                query.client.as_str().into(),
                query.subject.as_str().into(),
                query.service.as_str().into(),
                query.release.as_str().into(),
                query.state.as_str().into(),
                key.seal(BODY, &body)?.into_bytes().into(),
                query.created_at.into(),
                query.expires_at.into(),
            ],
        );
        self.write(vec![statement]).await.map(drop)
    }

    /// A query by its id; whose it is, the caller checks.
    pub async fn bill_query(&self, id: &RecordId) -> Result<Option<StoredBillQuery>, StoreError> {
        let rows = self
            .fetch(
                "select id, client, subject, service, release, state, sealed_body, created_at, \
                 expires_at from bill_queries where id = $1",
                &[id.as_str().into()],
            )
            .await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let subject: SubjectId = row.parsed(2)?;
        let key = self.existing_key(&subject).await?;
        let body = open_body(&key, row.bytes(6)?)?;
        Ok(Some(StoredBillQuery {
            id: row.parsed(0)?,
            client: row.parsed(1)?,
            subject,
            service: row.parsed(3)?,
            release: row.text(4)?.to_owned(),
            state: row.text(5)?.to_owned(),
            inputs: body.inputs.into_owned(),
            circumstances: body.circumstances.into_owned(),
            answer: body.answer.into_owned(),
            payable: body.payable.map(Cow::into_owned),
            created_at: row.moment(7)?,
            expires_at: row.moment(8)?,
        }))
    }

    /// Drops queries that ended before `before`, at most a thousand at a time, and
    /// what their payments keep of them.
    pub async fn drop_old_bill_queries(&self, before: Moment) -> Result<(), StoreError> {
        let drop_old = |sql| Statement::new(sql, vec![before.into()]);
        let queries = drop_old(
            "delete from bill_queries where id in \
             (select id from bill_queries where expires_at < $1 order by id limit 1000)",
        );
        // An open payment keeps its own until it ends.
        let bills = drop_old(
            "delete from open_bills where bill_key in (select b.bill_key from open_bills as b \
             join payments as p on p.id = b.payment where b.kept_until < $1 \
             and p.state = 'applied' order by b.kept_until limit 1000)",
        );
        self.write(vec![queries, bills]).await.map(drop)
    }
}

fn open_body(key: &SubjectKey, bytes: &[u8]) -> Result<Body<'static>, StoreError> {
    Ok(key.open(BODY, &Sealed::from_bytes(bytes.to_vec()))?)
}
