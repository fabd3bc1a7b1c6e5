//! Work orders and their history, which is only ever added to.

use guichet_domain::id::RecordId;
use guichet_domain::work_order::{Kind, Proposal, Standing, State};
use guichet_domain::{AccountingDate, Moment, Money};
use serde_json::json;

use super::{RecordEvent, Row, Statement, Store, StoreError};
use crate::canonical::canonical_digest;

/// A work order as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkOrderRow {
    /// Follows from kind and record.
    pub id: RecordId,
    /// What it is about: a payment, another side's reference, a party's day.
    pub record: String,
    /// The biller, client or bank on the other side.
    pub party: String,
    /// The day it belongs to.
    pub date: AccountingDate,
    /// How much money it is about.
    pub amount: Option<Money>,
    /// Kind, state, proposal and second person.
    pub standing: Standing,
    /// Who has it: `operator`, or a person.
    pub owner: String,
    /// What was found, as JSON; nothing personal.
    pub found: serde_json::Value,
    /// Counts the history; guards every change.
    pub version: i64,
    /// Since when.
    pub opened_at: Moment,
    /// Until when it should be decided.
    pub deadline: Moment,
    /// When it last changed.
    pub updated_at: Moment,
    /// When it ended.
    pub closed_at: Option<Moment>,
}

/// One line of an order's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkOrderEvent {
    /// Counts from 1.
    pub number: i64,
    /// What happened.
    pub event: String,
    /// Through whom: a person, or `node` where the house did it itself.
    pub actor: String,
    /// On which ground.
    pub detail: String,
    /// When.
    pub at: Moment,
}

/// Which orders are listed.
#[derive(Debug, Clone, Copy, Default)]
pub struct WorkOrderFilter<'a> {
    /// Only of this state.
    pub state: Option<State>,
    /// Only this owner's.
    pub owner: Option<&'a str>,
}

macro_rules! select_orders {
    ($rest:literal) => {
        concat!(
            "select id, kind, record, party, accounting_date, amount, currency, state, owner, \
             found, proposal, agreed_by, version, opened_at, deadline, updated_at, closed_at \
             from work_orders ",
            $rest
        )
    };
}

impl Store {
    /// Opens orders; one that was opened before, however it stands now, stays as
    /// it is. Gives the ids of the new ones.
    pub async fn open_work_orders(
        &self,
        orders: &[WorkOrderRow],
    ) -> Result<Vec<RecordId>, StoreError> {
        let mut statements = Vec::with_capacity(orders.len() * 2);
        for order in orders {
            statements.push(insert(order)?);
            statements.push(Statement::new(
                "insert into work_order_events (work_order, number, event, actor, detail, at) \
                 values ($1, 1, 'opened', 'node', $2, $3) \
                 on conflict (work_order, number) do nothing",
                vec![
                    order.id.as_str().into(),
                    order.standing.kind.as_str().into(),
                    order.opened_at.into(),
                ],
            ));
        }
        let rows = self.write(statements).await?;
        let made = rows.iter().flatten();
        made.map(|row| row.parsed(0)).collect()
    }

    /// Changes an order where it still stands at the version before, and adds to
    /// its history and to the audit log; false where it has moved on.
    pub async fn change_work_order(
        &self,
        next: &WorkOrderRow,
        (event, actor, detail): (&str, &str, &str),
    ) -> Result<bool, StoreError> {
        // The history's key refuses a second change of the same version, so that
        // both are written or neither is.
        let history = Statement::new(
            "insert into work_order_events (work_order, number, event, actor, detail, at) \
             values ($1, $2, $3, $4, $5, $6) returning number",
            vec![
                next.id.as_str().into(),
                next.version.into(),
                event.into(),
                actor.into(),
                detail.into(),
                next.updated_at.into(),
            ],
        );
        let proposal = next.standing.proposal.as_ref();
        let proposal = proposal.map(serde_json::to_string).transpose()?;
        let agreed_by = next.standing.agreed_by.as_ref().map(ToString::to_string);
        let change = Statement::new(
            "update work_orders set state = $1, owner = $2, proposal = $3, agreed_by = $4, \
             version = $5, updated_at = $6, closed_at = $7, deadline = $8, found = $9 \
             where id = $10 and version = $5 - 1",
            vec![
                next.standing.state.as_str().into(),
                next.owner.as_str().into(),
                proposal.into(),
                agreed_by.into(),
                next.version.into(),
                next.updated_at.into(),
                next.closed_at.into(),
                next.deadline.into(),
                serde_json::to_string(&next.found)?.into(),
                next.id.as_str().into(),
            ],
        );
        let told = RecordEvent {
            record: next.id.clone(),
            event: event.to_owned(),
            state: next.standing.state.as_str().to_owned(),
            content: Some(canonical_digest(&json!({
                "actor": actor,
                "detail": detail,
                "owner": next.owner,
                "proposal": next.standing.proposal,
                "record": next.record,
            }))),
            at: next.updated_at,
        };
        match self.write_recorded(vec![history, change], told).await {
            Ok(_) => Ok(true),
            Err(error) if error.is_constraint() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// An order by its id.
    pub async fn work_order(&self, id: &RecordId) -> Result<Option<WorkOrderRow>, StoreError> {
        let rows = self
            .fetch(select_orders!("where id = $1"), &[id.as_str().into()])
            .await?;
        rows.first().map(read).transpose()
    }

    /// A page of orders in the order of ids, after the cursor's.
    pub async fn work_orders(
        &self,
        filter: WorkOrderFilter<'_>,
        after: &str,
        limit: u32,
    ) -> Result<Vec<WorkOrderRow>, StoreError> {
        let rows = self
            .fetch(
                select_orders!(
                    "where ($1 = '' or state = $1) and ($2 = '' or owner = $2) and id > $3 \
                     order by id limit $4"
                ),
                &[
                    filter.state.map_or("", State::as_str).into(),
                    filter.owner.unwrap_or_default().into(),
                    after.into(),
                    limit.into(),
                ],
            )
            .await?;
        rows.iter().map(read).collect()
    }

    /// A page of closed orders about payments that are people's now, in the order
    /// of ids. Found from those few payments: `|| ''` keeps SQLite from reading all
    /// orders that were ever closed.
    pub async fn closed_orders_of_operator(
        &self,
        after: &str,
        limit: u32,
    ) -> Result<Vec<WorkOrderRow>, StoreError> {
        let rows = self
            .fetch(
                select_orders!(
                    "where state || '' = 'closed' \
                     and kind in ('unknown_payment', 'bank_leg', 'refund_agreement') \
                     and record in (select p.id from payments as p where p.owner = 'operator') \
                     and id || '' > $1 order by id limit $2"
                ),
                &[after.into(), limit.into()],
            )
            .await?;
        rows.iter().map(read).collect()
    }

    /// Ids of the orders about a party's day that nobody has decided yet.
    pub async fn undecided_orders(
        &self,
        date: AccountingDate,
        party: &str,
    ) -> Result<Vec<RecordId>, StoreError> {
        let rows = self
            .fetch(
                "select id from work_orders where state in ('open', 'proposed') \
                 and accounting_date = $1 and party = $2 order by id limit 10000",
                &[date.to_string().into(), party.into()],
            )
            .await?;
        rows.iter().map(|row| row.parsed(0)).collect()
    }

    /// An order's history, oldest first.
    pub async fn work_order_events(
        &self,
        id: &RecordId,
    ) -> Result<Vec<WorkOrderEvent>, StoreError> {
        let rows = self
            .fetch(
                "select number, event, actor, detail, at from work_order_events \
                 where work_order = $1 order by number limit 1000",
                &[id.as_str().into()],
            )
            .await?;
        let event = |row: &Row| {
            Ok(WorkOrderEvent {
                number: row.int(0)?,
                event: row.text(1)?.to_owned(),
                actor: row.text(2)?.to_owned(),
                detail: row.text(3)?.to_owned(),
                at: row.moment(4)?,
            })
        };
        rows.iter().map(event).collect()
    }
}

fn insert(order: &WorkOrderRow) -> Result<Statement, StoreError> {
    let currency = order.amount.map(|money| money.currency().to_string());
    Ok(Statement::new(
        "insert into work_orders (id, kind, record, party, accounting_date, amount, currency, \
         state, owner, found, version, opened_at, deadline, updated_at) \
         values ($1, $2, $3, $4, $5, $6, $7, 'open', $8, $9, 1, $10, $11, $10) \
         on conflict (id) do nothing returning id",
        vec![
            order.id.as_str().into(),
            order.standing.kind.as_str().into(),
            order.record.as_str().into(),
            order.party.as_str().into(),
            order.date.to_string().into(),
            super::Value::Int(order.amount.map(Money::minor_units)),
            currency.into(),
            order.owner.as_str().into(),
            serde_json::to_string(&order.found)?.into(),
            order.opened_at.into(),
            order.deadline.into(),
        ],
    ))
}

fn read(row: &Row) -> Result<WorkOrderRow, StoreError> {
    let kind: Kind = row.parsed(1)?;
    let amount = match (row.int_or_none(5)?, row.text_or_none(6)?) {
        (Some(amount), Some(currency)) => {
            let currency = currency.parse().map_err(|_| StoreError::Shape(6))?;
            Some(Money::new(amount, currency))
        }
        _ => None,
    };
    let proposal: Option<Proposal> = match row.text_or_none(10)? {
        Some(text) => Some(serde_json::from_str(text)?),
        None => None,
    };
    let agreed_by = row.text_or_none(11)?.map(str::parse).transpose();
    Ok(WorkOrderRow {
        id: row.parsed(0)?,
        record: row.text(2)?.to_owned(),
        party: row.text(3)?.to_owned(),
        date: row.parsed(4)?,
        amount,
        standing: Standing {
            kind,
            state: row.parsed(7)?,
            proposal,
            agreed_by: agreed_by.map_err(|_| StoreError::Shape(11))?,
        },
        owner: row.text(8)?.to_owned(),
        found: serde_json::from_str(row.text(9)?)?,
        version: row.int(12)?,
        opened_at: row.moment(13)?,
        deadline: row.moment(14)?,
        updated_at: row.moment(15)?,
        closed_at: row.moment_or_none(16)?,
    })
}
