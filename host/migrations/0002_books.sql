create table accounts (
    id text primary key,
    kind text not null,
    currency text not null,
    client text,
    subject text,
    biller text,
    -- Which side may not exceed the other: none, debits or credits.
    capped text not null check (capped in ('none', 'debits', 'credits')),
    credit_limit bigint not null check (credit_limit >= 0),
    debits_pending bigint not null check (debits_pending >= 0),
    debits_posted bigint not null check (debits_posted >= 0),
    credits_pending bigint not null check (credits_pending >= 0),
    credits_posted bigint not null check (credits_posted >= 0),
    created_at bigint not null,
    check (capped <> 'debits'
        or debits_pending + debits_posted <= credits_posted + credit_limit),
    check (capped <> 'credits'
        or credits_pending + credits_posted <= debits_posted + credit_limit)
);

create index accounts_by_owner on accounts (client, subject);

-- Append only: a transfer is never changed or deleted.
create table transfers (
    id text primary key,
    kind text not null check (kind in ('single', 'pending', 'post', 'void')),
    debit_account text not null references accounts (id),
    credit_account text not null references accounts (id),
    amount bigint not null check (amount >= 0),
    currency text not null,
    -- The pending transfer that a post or void ends; each is ended once only.
    pending_id text unique references transfers (id),
    payment text,
    created_at bigint not null,
    check ((kind in ('post', 'void')) = (pending_id is not null)),
    check (debit_account <> credit_account)
);

create index transfers_by_debit on transfers (debit_account, created_at, id);
create index transfers_by_credit on transfers (credit_account, created_at, id);
create index transfers_by_payment on transfers (payment);
