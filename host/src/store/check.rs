//! The ledger check: every invariant that can be seen in the books, asked of
//! the database itself. It only reads, and may run beside a working node: all
//! questions see one moment of the database.

use guichet_domain::Moment;
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;

use super::database::Connection;
use super::{Store, StoreError, Value};

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The invariant's name.
    pub invariant: String,
    /// Account, transfer, payment or currency that breaks it.
    pub record: String,
    /// What was found.
    pub detail: String,
}

/// What the check came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerReport {
    /// Accounts looked at.
    pub accounts: i64,
    /// Transfers looked at.
    pub transfers: i64,
    /// Payments looked at.
    pub payments: i64,
    /// Payments whose outcome is open.
    pub open_payments: i64,
    /// Invariants asked.
    pub invariants: usize,
    /// Empty where the books balance. At most a hundred for each invariant.
    pub findings: Vec<Finding>,
}

/// An invariant: its name, and a query for what breaks it (record, detail).
pub(super) struct Invariant {
    name: &'static str,
    query: &'static str,
}

/// What the transfers say that a balance's sums must be.
macro_rules! sums_from_transfers {
    () => {
        "moves as ( \
         select debit as account, \
           case kind when 'pending' then amount else 0 end as dp, \
           case kind when 'pending' then 0 else amount end as dd, 0 as cp, 0 as cc \
           from transfers \
         union all select credit, 0, 0, \
           case kind when 'pending' then amount else 0 end, \
           case kind when 'pending' then 0 else amount end from transfers \
         union all select h.debit, -h.amount, 0, 0, 0 \
           from transfers as e join transfers as h on h.position = e.pending \
         union all select h.credit, 0, 0, -h.amount, 0 \
           from transfers as e join transfers as h on h.position = e.pending), \
         sums as (select account, cast(sum(dp) as bigint) as dp, cast(sum(dd) as bigint) as dd, \
           cast(sum(cp) as bigint) as cp, cast(sum(cc) as bigint) as cc \
           from moves group by account)"
    };
}

pub(super) const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "debits equal credits in every currency",
        query: "select a.currency, 'debits ' || cast(sum(b.debits_posted) as text) || ' credits ' \
            || cast(sum(b.credits_posted) as text) from accounts as a \
            join balances as b on b.account = a.number group by a.currency \
            having sum(b.debits_posted) <> sum(b.credits_posted) \
            or sum(b.debits_pending) <> sum(b.credits_pending) limit 100",
    },
    Invariant {
        name: "what the nodes have booked is what the accounts hold",
        query: "with b as (select currency, sum(debits_pending) as dp, sum(debits_posted) as dd \
            from booked group by currency), \
            h as (select a.currency, sum(b.debits_pending) as dp, sum(b.debits_posted) as dd \
            from accounts as a join balances as b on b.account = a.number group by a.currency) \
            select h.currency, 'booked ' || coalesce(cast(b.dd as text), '-') || ' held ' \
            || cast(h.dd as text) from h left join b on b.currency = h.currency \
            where coalesce(b.dp, 0) <> h.dp or coalesce(b.dd, 0) <> h.dd limit 100",
    },
    Invariant {
        name: "an account's sums are those of its transfers",
        query: concat!(
            "with ",
            sums_from_transfers!(),
            " select a.id, 'kept ' || b.debits_pending || ' ' || b.debits_posted || ' ' \
             || b.credits_pending || ' ' || b.credits_posted || ' transfers ' \
             || coalesce(s.dp, 0) || ' ' || coalesce(s.dd, 0) || ' ' \
             || coalesce(s.cp, 0) || ' ' || coalesce(s.cc, 0) \
             from accounts as a join balances as b on b.account = a.number \
             left join sums as s on s.account = a.number \
             where b.debits_pending <> coalesce(s.dp, 0) or b.debits_posted <> coalesce(s.dd, 0) \
             or b.credits_pending <> coalesce(s.cp, 0) or b.credits_posted <> coalesce(s.cc, 0) \
             limit 100"
        ),
    },
    Invariant {
        name: "every account has its balance",
        query: "select a.id, a.kind from accounts as a \
            left join balances as b on b.account = a.number where b.account is null limit 100",
    },
    Invariant {
        name: "held and available money is never negative",
        query: "select a.id, 'available ' \
            || (credits_posted + credit_limit - debits_posted - debits_pending) \
            from balances as b join accounts as a on a.number = b.account \
            where debits_pending < 0 or debits_posted < 0 or credits_pending < 0 \
            or credits_posted < 0 or (capped = 'debits' \
            and credits_posted + credit_limit < debits_posted + debits_pending) limit 100",
    },
    Invariant {
        name: "a transfer's accounts are of one currency",
        query: "select t.id, coalesce(d.currency, '-') || ' ' || coalesce(c.currency, '-') \
            from transfers as t left join accounts as d on d.number = t.debit \
            left join accounts as c on c.number = t.credit \
            where d.currency is null or c.currency is null or d.currency <> c.currency limit 100",
    },
    Invariant {
        name: "what ends a hold fits it",
        query: "select e.id, e.kind from transfers as e \
            left join transfers as h on h.position = e.pending \
            where e.pending is not null and (h.position is null or h.kind <> 'pending' \
            or h.debit <> e.debit or h.credit <> e.credit or e.amount > h.amount) limit 100",
    },
    Invariant {
        name: "an account's transfers are one chain",
        query: "with links as ( \
            select debit as account, position, debit_previous as previous from transfers \
            union all select credit, position, credit_previous from transfers), \
            ends as (select l.account, l.position from links as l \
            left join links as n on n.account = l.account and n.previous = l.position \
            where n.position is null) \
            select a.id, 'newest ' || b.last_transfer || ' chain ends ' \
            || coalesce(cast(e.position as text), '-') \
            from balances as b join accounts as a on a.number = b.account \
            left join ends as e on e.account = b.account \
            where coalesce(e.position, 0) <> b.last_transfer limit 100",
    },
    Invariant {
        name: "every payment has its hold",
        query: "select p.id, p.state from payments as p \
            left join transfers as h on h.id = p.id || ':hold' \
            left join accounts as a on a.number = h.debit \
            where (p.hold = 'done' or p.capture = 'done') and (h.id is null \
            or h.amount <> p.total or (p.bank is null and a.id <> p.payer_account) \
            or (p.bank is not null \
            and (a.kind <> 'clearing' or a.bank <> p.bank \
            or a.currency <> p.currency))) limit 100",
    },
    Invariant {
        name: "applied money is taken, and only applied money",
        query: "select p.id, p.state from payments as p \
            left join transfers as c on c.id = p.id || ':capture' \
            where (p.state in ('applied', 'reversing', 'reversed', 'refunding', 'refunded')) \
            <> (c.id is not null) or (c.id is not null and c.amount <> p.total) limit 100",
    },
    Invariant {
        name: "money is released only where nothing was applied",
        query: "select p.id, p.state from payments as p \
            left join transfers as r on r.id = p.id || ':release' \
            where (p.state in ('refused', 'released', 'cancelled', 'expired') \
            and (p.release_leg = 'done' or p.refund = 'done')) <> (r.id is not null) limit 100",
    },
    Invariant {
        name: "a payment that has ended in vain keeps no money",
        query: "select id, state from payments \
            where (state = 'declined' and (hold = 'done' or capture = 'done')) \
            or (state = 'released' and release_leg <> 'done' and refund <> 'done') limit 100",
    },
    Invariant {
        name: "money is given back only after a reversal or refund",
        query: "select p.id, p.state from payments as p \
            left join transfers as r on r.id = p.id || ':refund' \
            where (p.state in ('reversed', 'refunded') and p.refund = 'done') \
            <> (r.id is not null) limit 100",
    },
    Invariant {
        name: "a payer's fee goes the way of the payment",
        query: "select p.id, p.state from payments as p \
            left join transfers as h on h.id = p.id || ':fee-hold' \
            left join transfers as c on c.id = p.id || ':capture' \
            left join transfers as f on f.id = p.id || ':fee-capture' \
            where (p.hold = 'done' or p.capture = 'done') and ((p.fee > 0) <> (h.id is not null) \
            or (p.fee > 0 and ((c.id is null) <> (f.id is null) or h.amount <> p.fee))) limit 100",
    },
    Invariant {
        name: "a client's fee goes the way of the payment",
        query: "select p.id, p.state from payments as p \
            left join transfers as h on h.id = p.id || ':client-fee-hold' \
            left join transfers as c on c.id = p.id || ':client-fee-capture' \
            left join transfers as r on r.id = p.id || ':client-fee-release' \
            left join transfers as b on b.id = p.id || ':client-fee-refund' \
            left join accounts as a on a.number = h.debit \
            where (p.client_fee > 0) <> (h.id is not null) \
            or (p.client_fee > 0 and (h.amount <> p.client_fee or a.client <> p.client \
            or (p.state in ('applied', 'reversing', 'reversed', 'refunding', 'refunded')) \
            <> (c.id is not null) or c.amount <> p.client_fee \
            or (p.state in ('declined', 'cancelled', 'expired', 'refused', 'released')) \
            <> (r.id is not null) \
            or (p.client_fee_back > 0 and p.refund = 'done' \
            and p.state in ('reversed', 'refunded')) <> (b.id is not null) \
            or b.amount <> p.client_fee_back)) limit 100",
    },
    Invariant {
        name: "every open payment is looked after",
        query: "select p.id, p.state from payments as p \
            left join outbox as o on o.payment = p.id \
            where o.payment is null and (p.state in ('requested', 'requires_action', 'held', \
            'submitted', 'pending', 'unknown', 'refused', 'reversing', 'refunding') \
            or (p.state = 'applied' and p.capture <> 'done') \
            or (p.state = 'reversed' and p.refund <> 'done') \
            or (p.state in ('cancelled', 'expired') and (p.hold = 'done' or p.capture = 'done') \
            and p.release_leg <> 'done' and p.refund <> 'done')) limit 100",
    },
    Invariant {
        name: "an open outcome has an owner and an age",
        query: "select id, state from payments where (state in ('pending', 'unknown', \
            'reversing', 'refunding') or 'unknown' in (hold, capture, release_leg, refund) \
            or (state <> 'declined' and 'refused' in (capture, release_leg, refund))) \
            and (owner is null or news_by is null or open_since is null) limit 100",
    },
    Invariant {
        name: "an ended payment holds no bill",
        query: "select b.payment, coalesce(p.state, 'no such payment') from open_bills as b \
            left join payments as p on p.id = b.payment \
            where p.id is null or p.state in ('declined', 'cancelled', 'expired', 'released', \
            'reversed', 'refunded') or (p.state = 'applied' and b.kept_until is null) limit 100",
    },
    Invariant {
        name: "an open payment holds its bills",
        query: "select p.id, p.state from payments as p \
            where p.state in ('requested', 'requires_action', 'held', 'submitted', 'pending', \
            'unknown', 'refused') \
            and not exists (select 1 from open_bills as b where b.payment = p.id \
            and b.kept_until is null) limit 100",
    },
    Invariant {
        name: "the history leads to the state, without a gap",
        query: "select p.id, p.state || ' version ' || p.version || ' events ' || e.events \
            from payments as p join (select record, count(*) as events, max(number) as last \
            from events group by record) as e on e.record = p.id \
            join events as l on l.record = p.id and l.number = e.last \
            where e.events <> p.version or e.last <> p.version or l.state <> p.state limit 100",
    },
    Invariant {
        name: "every payment has a history",
        query: "select p.id, p.state from payments as p \
            where not exists (select 1 from events as e where e.record = p.id) limit 100",
    },
    Invariant {
        name: "no leaf is missing in a node's log",
        query: "select cast(l.log as text), 'events ' || l.events || ' last index ' || l.last from \
            (select position / 281474976710656 as log, count(*) as events, \
            max(position % 281474976710656) as last from events \
            group by position / 281474976710656) as l where l.events <> l.last + 1 limit 100",
    },
    Invariant {
        name: "every payment was acknowledged under one key",
        query: "select p.id, cast(count(i.record) as text) from payments as p \
            left join idempotency as i on i.record = p.id group by p.id \
            having count(i.record) <> 1 limit 100",
    },
];

const COUNTS: &str = "select (select count(*) from accounts), (select count(*) from transfers), \
    (select count(*) from payments), (select count(*) from payments where state in \
    ('requested', 'requires_action', 'held', 'submitted', 'pending', 'unknown', 'refused', \
    'reversing', 'refunding'))";

impl Store {
    /// Asks every invariant. `now` finds what nobody has looked after for long.
    pub async fn check_ledger(&self, now: Moment) -> Result<LedgerReport, StoreError> {
        let store = self.clone();
        let work = async move { store.ask_every_invariant(now).await };
        // On an embedded database this would keep a thread that serves others.
        match (self.inner.readers.is_embedded(), Handle::try_current()) {
            (true, Ok(runtime)) => runtime
                .spawn_blocking(move || futures::executor::block_on(work))
                .await
                .map_err(|_| StoreError::Closed)?,
            (true, Err(_)) | (false, _) => work.await,
        }
    }

    async fn ask_every_invariant(&self, now: Moment) -> Result<LedgerReport, StoreError> {
        let mut connection = self.inner.readers.acquire().await?;
        connection
            .execute(super::dialect::begin_snapshot(&connection), &[])
            .await?;
        let report = ask(&mut connection, now).await;
        // Nothing was written: the end of the transaction cannot lose anything.
        if connection.execute("rollback", &[]).await.is_err() {
            connection.discard();
        }
        report
    }
}

async fn ask(connection: &mut Connection, now: Moment) -> Result<LedgerReport, StoreError> {
    let mut findings = Vec::new();
    for invariant in INVARIANTS {
        for row in connection.fetch(invariant.query, &[]).await? {
            findings.push(Finding {
                invariant: invariant.name.to_owned(),
                record: row.text(0)?.to_owned(),
                detail: row.text(1)?.to_owned(),
            });
        }
    }
    let counts = connection.fetch(COUNTS, &[]).await?;
    let counts = counts.first().ok_or(StoreError::Shape(0))?;
    findings.append(&mut neglected(connection, now).await?);
    Ok(LedgerReport {
        accounts: counts.int(0)?,
        transfers: counts.int(1)?,
        payments: counts.int(2)?,
        open_payments: counts.int(3)?,
        invariants: INVARIANTS.len() + 1,
        findings,
    })
}

/// The worker looks at everything due within moments; a day is neglect. A
/// stopped node makes rows due, not neglected: they count from the last change.
async fn neglected(connection: &mut Connection, now: Moment) -> Result<Vec<Finding>, StoreError> {
    const DAYS_MS: i64 = 7 * 24 * 60 * 60_000;
    let rows = connection
        .fetch(
            "select o.payment, p.state from outbox as o join payments as p on p.id = o.payment \
             where o.due_at < $1 and p.updated_at < $1 limit 100",
            &[Value::from(now.plus_ms(-DAYS_MS))],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Finding {
                invariant: "nothing is due for more than a week".to_owned(),
                record: row.text(0)?.to_owned(),
                detail: row.text(1)?.to_owned(),
            })
        })
        .collect()
}
