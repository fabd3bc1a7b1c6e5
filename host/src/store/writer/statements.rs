//! The writer's set-based statements. One text serves SQLite and PostgreSQL.

use super::super::bulk::Bulk;

pub(super) static READ_KEYS: Bulk = Bulk::new(
    "with s(client, route, key) as (",
    3,
    ") select t.client, t.route, t.key, t.body_digest, t.record, t.sealed_response \
     from s join idempotency as t on t.client = s.client and t.route = s.route and t.key = s.key",
);

pub(super) static READ_REFERENCES: Bulk = Bulk::new(
    "with s(client, reference) as (",
    2,
    ") select t.client, t.client_reference from s join payments as t \
     on t.client = s.client and t.client_reference = s.reference",
);

pub(super) static READ_BILLS: Bulk = Bulk::new(
    "with s(bill_key) as (",
    1,
    ") select t.bill_key, t.payment from s join open_bills as t on t.bill_key = s.bill_key",
);

/// Payments that ended without effect do not count.
pub(super) static READ_DAYS: Bulk = Bulk::new(
    "with s(account_key, accounting_date) as (",
    2,
    ") select s.account_key, s.accounting_date, cast(sum(t.total) as bigint) \
     from s join payments as t \
     on t.account_key = s.account_key and t.accounting_date = s.accounting_date \
     where t.state not in \
     ('declined', 'cancelled', 'expired', 'refused', 'released', 'reversed', 'refunded') \
     group by s.account_key, s.accounting_date",
);

/// First lock: payments, in the order of their ids.
pub(super) static READ_VERSIONS: Bulk = Bulk::locking(
    "with s(id) as (",
    1,
    ") select t.id, t.version from s join payments as t on t.id = s.id order by t.id",
);

/// Second lock: accounts, in the order of their ids.
pub(super) static READ_ACCOUNTS: Bulk = Bulk::locking(
    "with s(id) as (",
    1,
    ") select t.id, t.currency, t.capped, t.credit_limit, t.debits_pending, t.debits_posted, \
     t.credits_pending, t.credits_posted from s join accounts as t on t.id = s.id order by t.id",
);

pub(super) static READ_TRANSFERS: Bulk = Bulk::new(
    "with s(id) as (",
    1,
    ") select t.id, t.kind, t.debit_account, t.credit_account, t.amount, t.currency, \
     t.pending_id from s join transfers as t on t.id = s.id",
);

pub(super) static READ_ENDERS: Bulk = Bulk::new(
    "with s(id) as (",
    1,
    ") select t.id, t.kind, t.debit_account, t.credit_account, t.amount, t.currency, \
     t.pending_id from s join transfers as t on t.pending_id = s.id",
);

/// Another node may open the same account at the same time.
pub(super) static INSERT_ACCOUNTS: Bulk = Bulk::new(
    "with s(id, kind, currency, client, subject, biller, capped, credit_limit, created_at) as (",
    9,
    ") insert into accounts (id, kind, currency, client, subject, biller, capped, credit_limit, \
     debits_pending, debits_posted, credits_pending, credits_posted, created_at) \
     select id, kind, currency, client, subject, biller, capped, credit_limit, 0, 0, 0, 0, \
     created_at from s where true on conflict (id) do nothing",
);

pub(super) static UPDATE_ACCOUNTS: Bulk = Bulk::new(
    "with s(id, debits_pending, debits_posted, credits_pending, credits_posted) as (",
    5,
    ") update accounts set debits_pending = accounts.debits_pending + s.debits_pending, \
     debits_posted = accounts.debits_posted + s.debits_posted, \
     credits_pending = accounts.credits_pending + s.credits_pending, \
     credits_posted = accounts.credits_posted + s.credits_posted \
     from s where accounts.id = s.id",
);

pub(super) static INSERT_TRANSFERS: Bulk = Bulk::new(
    "insert into transfers (id, kind, debit_account, credit_account, amount, currency, \
     pending_id, payment, created_at)",
    9,
    "",
);

pub(super) static INSERT_PAYMENTS: Bulk = Bulk::new(
    "insert into payments (id, sequence, client, client_reference, subject, service, biller, \
     bill_query, payer_account, account_key, total, fee, currency, submit_until, \
     accounting_date, traceparent, terms, sealed_order, created_at, state, hold, capture, \
     release_leg, refund, version, attempts, exposed, attempted_at, sealed_answer, \
     sealed_reversal, owner, news_by, open_since, reason, updated_at)",
    35,
    "",
);

pub(super) static UPDATE_PAYMENTS: Bulk = Bulk::new(
    "with s(id, state, hold, capture, release_leg, refund, version, attempts, exposed, \
     attempted_at, sealed_answer, sealed_reversal, owner, news_by, open_since, reason, \
     updated_at) as (",
    17,
    ") update payments set state = s.state, hold = s.hold, capture = s.capture, \
     release_leg = s.release_leg, refund = s.refund, version = s.version, \
     attempts = s.attempts, exposed = s.exposed, attempted_at = s.attempted_at, \
     sealed_answer = s.sealed_answer, sealed_reversal = s.sealed_reversal, owner = s.owner, \
     news_by = s.news_by, open_since = s.open_since, reason = s.reason, \
     updated_at = s.updated_at from s where payments.id = s.id",
);

pub(super) static INSERT_KEYS: Bulk = Bulk::new(
    "insert into idempotency (client, route, key, body_digest, record, sealed_response, \
     created_at)",
    7,
    "",
);

pub(super) static INSERT_BILLS: Bulk =
    Bulk::new("insert into open_bills (bill_key, payment)", 2, "");

pub(super) static DELETE_BILLS: Bulk = Bulk::new(
    "with s(payment) as (",
    1,
    ") delete from open_bills where payment in (select payment from s)",
);

pub(super) static INSERT_EVENTS: Bulk = Bulk::new(
    "insert into payment_events (payment, number, event, state, attempt, at)",
    6,
    "",
);

pub(super) static INSERT_LEAVES: Bulk = Bulk::new(
    "insert into audit_leaves (id, record, digest, created_at)",
    4,
    "",
);

pub(super) static INSERT_OUTBOX: Bulk = Bulk::new(
    "insert into outbox (payment, service, due_at, tries, lease_node, lease_until)",
    6,
    "",
);

/// Also makes the row anew: a reversal begins after the payment's row is gone.
pub(super) static PUT_OUTBOX: Bulk = Bulk::new(
    "with s(payment, service, due_at, tries) as (",
    4,
    ") insert into outbox (payment, service, due_at, tries, lease_node, lease_until) \
     select payment, service, due_at, tries, null, 0 from s where true \
     on conflict (payment) do update set due_at = excluded.due_at, tries = excluded.tries, \
     lease_node = null, lease_until = 0",
);

pub(super) static DELETE_OUTBOX: Bulk = Bulk::new(
    "with s(payment) as (",
    1,
    ") delete from outbox where payment in (select payment from s)",
);
