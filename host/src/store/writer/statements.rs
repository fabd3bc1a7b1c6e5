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

/// Payments that ended without effect do not count, nor those for which no limit
/// by day held.
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

/// The same for a payer, who pays the fee too.
pub(super) static READ_PAYER_DAYS: Bulk = Bulk::new(
    "with s(client, subject, accounting_date) as (",
    3,
    ") select s.client, s.subject, s.accounting_date, cast(sum(t.total + t.fee) as bigint) \
     from s join payments as t on t.client = s.client and t.subject = s.subject \
     and t.accounting_date = s.accounting_date where t.state not in \
     ('declined', 'cancelled', 'expired', 'refused', 'released', 'reversed', 'refunded') \
     group by s.client, s.subject, s.accounting_date",
);

/// First lock: payments, in the order of their ids.
pub(super) static READ_VERSIONS: Bulk = Bulk::locking(
    "with s(id) as (",
    1,
    ") select t.id, t.version from s join payments as t on t.id = s.id order by t.id",
);

/// Second lock: balances, in the order of their accounts' numbers.
pub(super) static READ_ACCOUNTS: Bulk = Bulk::locking(
    "with s(id) as (",
    1,
    ") select a.id, a.currency, t.capped, t.credit_limit, t.debits_pending, t.debits_posted, \
     t.credits_pending, t.credits_posted, a.number, t.last_transfer \
     from s join accounts as a on a.id = s.id join balances as t on t.account = a.number \
     order by t.account",
);

pub(super) static READ_TRANSFERS: Bulk = Bulk::new(
    "with s(id) as (",
    1,
    ") select t.id, t.kind, d.id, k.id, t.amount, d.currency, h.id, t.expires_at, t.position \
     from s join transfers as t on t.id = s.id \
     join accounts as d on d.number = t.debit join accounts as k on k.number = t.credit \
     left join transfers as h on h.position = t.pending",
);

/// What ended the pending transfers of these ids.
pub(super) static READ_ENDERS: Bulk = Bulk::new(
    "with s(id) as (",
    1,
    ") select t.id, t.kind, d.id, k.id, t.amount, d.currency, h.id, t.expires_at, t.position \
     from s join transfers as h on h.id = s.id join transfers as t on t.pending = h.position \
     join accounts as d on d.number = t.debit join accounts as k on k.number = t.credit",
);

/// Another node may open the same account at the same time.
pub(super) static INSERT_ACCOUNTS: Bulk = Bulk::new(
    "with s(id, kind, currency, client, subject, biller, bank, created_at) as (",
    8,
    ") insert into accounts (id, kind, currency, client, subject, biller, bank, created_at) \
     select id, kind, currency, client, subject, biller, bank, created_at from s where true \
     on conflict (id) do nothing",
);

pub(super) static INSERT_BALANCES: Bulk = Bulk::new(
    "with s(id, capped, credit_limit) as (",
    3,
    ") insert into balances (account, capped, credit_limit, debits_pending, debits_posted, \
     credits_pending, credits_posted, last_transfer) \
     select a.number, s.capped, s.credit_limit, 0, 0, 0, 0, 0 \
     from s join accounts as a on a.id = s.id where true on conflict (account) do nothing",
);

pub(super) static UPDATE_BALANCES: Bulk = Bulk::new(
    "with s(account, debits_pending, debits_posted, credits_pending, credits_posted, \
     last_transfer) as (",
    6,
    ") update balances set debits_pending = balances.debits_pending + s.debits_pending, \
     debits_posted = balances.debits_posted + s.debits_posted, \
     credits_pending = balances.credits_pending + s.credits_pending, \
     credits_posted = balances.credits_posted + s.credits_posted, \
     last_transfer = s.last_transfer from s where balances.account = s.account",
);

pub(super) static ADD_BOOKED: Bulk = Bulk::new(
    "with s(slot, currency, debits_pending, debits_posted, credits_pending, credits_posted) as (",
    6,
    ") insert into booked (slot, currency, debits_pending, debits_posted, credits_pending, \
     credits_posted) select slot, currency, debits_pending, debits_posted, credits_pending, \
     credits_posted from s where true on conflict (slot, currency) do update set \
     debits_pending = booked.debits_pending + excluded.debits_pending, \
     debits_posted = booked.debits_posted + excluded.debits_posted, \
     credits_pending = booked.credits_pending + excluded.credits_pending, \
     credits_posted = booked.credits_posted + excluded.credits_posted",
);

pub(super) static INSERT_TRANSFERS: Bulk = Bulk::new(
    "insert into transfers (position, id, kind, debit, credit, amount, pending, expires_at, \
     debit_previous, credit_previous, payment, created_at)",
    12,
    "",
);

pub(super) static INSERT_EXPIRING: Bulk =
    Bulk::new("insert into expiring (expires_at, transfer)", 2, "");

pub(super) static INSERT_PAYMENTS: Bulk = Bulk::new(
    "insert into payments (id, sequence, client, client_reference, subject, service, biller, \
     bill_query, payer_account, account_key, total, fee, currency, submit_until, \
     accounting_date, traceparent, terms, sealed_order, created_at, bank, client_fee, \
     client_fee_back, state, hold, capture, release_leg, refund, version, attempts, exposed, \
     attempted_at, sealed_answer, sealed_reversal, sealed_payer, owner, news_by, open_since, \
     updated_at)",
    38,
    "",
);

pub(super) static UPDATE_PAYMENTS: Bulk = Bulk::new(
    "with s(id, state, hold, capture, release_leg, refund, version, attempts, exposed, \
     attempted_at, sealed_answer, sealed_reversal, sealed_payer, owner, news_by, open_since, \
     updated_at) as (",
    17,
    ") update payments set state = s.state, hold = s.hold, capture = s.capture, \
     release_leg = s.release_leg, refund = s.refund, version = s.version, \
     attempts = s.attempts, exposed = s.exposed, attempted_at = s.attempted_at, \
     sealed_answer = s.sealed_answer, sealed_reversal = s.sealed_reversal, \
     sealed_payer = s.sealed_payer, owner = s.owner, news_by = s.news_by, \
     open_since = s.open_since, updated_at = s.updated_at from s where payments.id = s.id",
);

pub(super) static INSERT_KEYS: Bulk = Bulk::new(
    "insert into idempotency (client, route, key, body_digest, record, sealed_response, \
     created_at)",
    7,
    "",
);

pub(super) static INSERT_BILLS: Bulk = Bulk::new(
    "insert into open_bills (bill_key, payment, kept_until)",
    3,
    "",
);

/// Where a payment was applied, what its bill query has named stays.
pub(super) static DELETE_BILLS: Bulk = Bulk::new(
    "with s(payment, applied) as (",
    2,
    ") delete from open_bills where payment in (select payment from s) and \
     (kept_until is null or payment in (select payment from s where applied = 0))",
);

pub(super) static INSERT_EVENTS: Bulk = Bulk::new(
    "insert into events (position, record, number, event, state, attempt, content, at)",
    8,
    "",
);

/// Counts on from what the record's history has.
pub(super) const INSERT_EVENT: &str = "insert into events (position, record, number, event, state, attempt, content, at) \
     select $1, $2, (select count(*) from events where record = $2) + 1, $3, $4, 0, $5, $6";

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
