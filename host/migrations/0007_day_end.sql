-- A day that was closed; closing it again counts anew.
create table accounting_days (
    accounting_date text primary key,
    closed_by text not null,
    closed_at bigint not null,
    counted_at bigint not null,
    payments bigint not null,
    open_payments bigint not null
);

create index payments_by_biller_day on payments (biller, accounting_date, id);
create index payments_of_operator on payments (id) where owner = 'operator';

-- Day files of both directions; the bytes are objects named by their digest. A
-- correction is a new number; only whether a file counts is decided later. Several
-- may wait under one number, one of them comes into force.
create table day_files (
    id text primary key,
    name text not null,
    accounting_date text not null,
    maker text not null check (maker in ('house', 'party')),
    party_kind text not null check (party_kind in ('biller', 'client', 'bank')),
    party text not null,
    number bigint not null check (number > 0),
    charset text not null,
    form text not null check (form in ('csv', 'pipe', 'camt053', 'payment_order')),
    digest text not null,
    bytes bigint not null,
    lines bigint not null,
    totals text not null,
    brought_by text not null,
    created_at bigint not null,
    state text not null check (state in ('awaiting_confirmation', 'in_force', 'rejected')),
    -- Who confirmed or rejected it; null where that is not needed, or not done yet.
    decided_by text,
    decided_at bigint,
    -- Why it was rejected.
    reason text,
    check ((decided_by is null) = (decided_at is null)),
    check ((reason is null) = (state <> 'rejected')),
    check (decided_by is null or state <> 'awaiting_confirmation'),
    check (decided_by is not null or state <> 'rejected'),
    -- The word of a biller or a bank counts only where a second person confirms it.
    check (
        maker = 'house' or party_kind = 'client' or state <> 'in_force'
        or (decided_by is not null and decided_by <> brought_by)
    )
);

create unique index day_files_in_force
    on day_files (accounting_date, maker, party_kind, party, number) where state = 'in_force';
create unique index day_files_by_digest
    on day_files (accounting_date, maker, party_kind, party, digest) where state <> 'rejected';
create index day_files_waiting
    on day_files (accounting_date, id) where state = 'awaiting_confirmation';
create index day_files_by_day on day_files (accounting_date, id);
create index day_files_by_party on day_files (party_kind, party, accounting_date);

-- The latest comparison of a biller's day; made anew each time.
create table day_checks (
    accounting_date text not null,
    biller text not null,
    -- The biller's file; null where it has not come.
    day_file text,
    matched bigint not null,
    different bigint not null,
    open_items bigint not null,
    checked_at bigint not null,
    primary key (accounting_date, biller)
);

-- What is not matched, one row for each reference.
create table day_findings (
    accounting_date text not null,
    biller text not null,
    reference text not null,
    finding text not null,
    sides text not null,
    primary key (accounting_date, biller, reference)
);

create table work_orders (
    id text primary key,
    kind text not null,
    -- What it is about: a payment, another side's reference, a missing file.
    record text not null,
    party text not null,
    accounting_date text not null,
    amount bigint,
    currency text,
    state text not null check (state in ('open', 'proposed', 'decided', 'closed')),
    owner text not null,
    found text not null,
    proposal text,
    agreed_by text,
    version bigint not null,
    opened_at bigint not null,
    deadline bigint not null,
    updated_at bigint not null,
    closed_at bigint
);

create index work_orders_by_state on work_orders (state, id);
create index work_orders_by_record on work_orders (record);

-- Append only.
create table work_order_events (
    work_order text not null references work_orders (id),
    number bigint not null,
    event text not null,
    actor text not null,
    detail text not null,
    at bigint not null,
    primary key (work_order, number)
);

create table settlement_batches (
    id text primary key,
    accounting_date text not null,
    biller text not null,
    payee text not null check (payee in ('biller', 'treasury')),
    currency text not null,
    attempt bigint not null check (attempt > 0),
    gross bigint not null,
    given_back bigint not null,
    fees bigint not null,
    net bigint not null,
    payments bigint not null,
    state text not null
        check (state in ('gathering', 'made', 'sent', 'confirmed', 'returned')),
    -- Digest of the register's record that names the account it was sent to.
    biller_record text,
    payment_file text references day_files (id),
    reason text,
    version bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    check (gross - given_back - fees = net),
    unique (accounting_date, biller, payee, currency)
);

create index settlement_batches_by_state on settlement_batches (state, id);

-- A payment is settled once, and taken off once where it was given back later.
create table settlement_shares (
    payment text not null references payments (id),
    share text not null check (share in ('application', 'given_back')),
    batch text not null references settlement_batches (id),
    total bigint not null check (total > 0),
    fee bigint not null check (fee >= 0),
    primary key (payment, share)
);

create index settlement_shares_by_batch on settlement_shares (batch, payment);
