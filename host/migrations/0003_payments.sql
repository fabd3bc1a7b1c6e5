create table bill_queries (
    id text primary key,
    client text not null,
    subject text not null,
    service text not null,
    release text not null,
    state text not null check (state in ('ready', 'pending', 'ask_more')),
    sealed_body bytea not null,
    created_at bigint not null,
    expires_at bigint not null
);

create table payments (
    id text primary key,
    sequence bigint not null unique,
    client text not null,
    client_reference text,
    subject text not null,
    service text not null,
    biller text not null,
    bill_query text not null,
    payer_account text not null references accounts (id),
    -- Service and account at the biller, where a limit by day was to be kept.
    account_key bytea,
    total bigint not null check (total > 0),
    fee bigint not null check (fee >= 0),
    -- What it costs its client, and how much of that comes back where it is undone.
    client_fee bigint not null check (client_fee >= 0),
    client_fee_back bigint not null check (client_fee_back between 0 and client_fee),
    currency text not null,
    -- Behind the payer's account; null where the books hold it.
    bank text,
    state text not null,
    hold text not null,
    capture text not null,
    release_leg text not null,
    refund text not null,
    version bigint not null,
    attempts bigint not null,
    exposed bigint not null,
    attempted_at bigint,
    submit_until bigint not null,
    accounting_date text not null,
    traceparent text,
    terms text not null,
    sealed_order bytea not null,
    sealed_answer bytea,
    sealed_reversal bytea,
    sealed_payer bytea,
    owner text,
    news_by bigint,
    open_since bigint,
    created_at bigint not null,
    updated_at bigint not null,
    unique (client, client_reference)
);

create index payments_by_subject on payments (client, subject, id);
-- By date first: what is written on one day stands together, however old the table.
create index payments_by_day on payments (accounting_date, account_key)
    where account_key is not null;
create index payments_by_bank on payments (bank, accounting_date) where bank is not null;

-- At most one open payment per service, account and bill; and what a bill query
-- has named is paid by one payment, for as long as the query lives.
create table open_bills (
    bill_key bytea primary key,
    payment text not null,
    -- The end of the bill query; null where the payment's end is the end.
    kept_until bigint
);

create index open_bills_by_payment on open_bills (payment);
create index open_bills_by_end on open_bills (kept_until) where kept_until is not null;

-- What happened, in the order in which each node committed it: the leaves of the
-- node's audit log. Append only.
create table events (
    -- The node's slot, and the leaf's index within the node's log.
    position bigint primary key,
    record text not null,
    -- Counts from one within the record.
    number bigint not null,
    event text not null,
    state text not null,
    attempt bigint not null,
    -- SHA-256 of what the event is about, where that is more than its name says.
    content bytea,
    at bigint not null
);

create unique index events_by_record on events (record, number);

-- Key by client and route; the acknowledgement lives as long as the payment.
create table idempotency (
    client text not null,
    route text not null,
    key text not null,
    body_digest bytea not null,
    record text not null,
    sealed_response bytea,
    created_at bigint not null,
    primary key (client, route, key)
);

create table outbox (
    payment text primary key references payments (id),
    service text not null,
    due_at bigint not null,
    tries bigint not null,
    lease_node text,
    lease_until bigint not null
);

create index outbox_by_due on outbox (due_at);
create index outbox_by_lease on outbox (lease_node);

-- Billers' own messages that were taken in, each once.
create table callbacks (
    service text not null,
    message text not null,
    payment text not null,
    received_at bigint not null,
    primary key (service, message)
);

create table client_policies (
    client text primary key,
    -- In minor units: 0 is always, null is never.
    authorise_above bigint check (authorise_above >= 0),
    payer_per_day bigint check (payer_per_day > 0),
    updated_at bigint not null
);

create table account_policies (
    account text primary key,
    second_person bigint not null check (second_person in (0, 1)),
    updated_at bigint not null
);
