-- Payers' accounts at a bank. The books hold no money of theirs: the row of
-- `accounts` only lets payments name them.
create table bank_accounts (
    account text primary key references accounts (id),
    client text not null,
    subject text not null,
    bank text not null,
    currency text not null,
    -- The request that linked it: repeated, it gives the same account again.
    link_key text not null,
    body_digest bytea not null,
    sealed_body bytea not null,
    created_at bigint not null,
    -- Since when the payer's mandate is withdrawn.
    ended_at bigint,
    unique (client, link_key)
);

create index bank_accounts_by_owner on bank_accounts (client, subject);

-- What clients pay for payments; a list counts until the next one.
create table client_prices (
    client text not null,
    valid_from bigint not null,
    body text not null,
    person text not null,
    primary key (client, valid_from)
);

-- Who paid into a client's account or changed its credit limit.
create table client_acts (
    id text primary key,
    client text not null,
    act text not null check (act in ('top-up', 'credit-limit')),
    amount bigint not null,
    currency text not null,
    reference text not null,
    person text not null,
    at bigint not null
);

create index client_acts_by_client on client_acts (client, at);
