create table clients (
    id text primary key,
    name text not null,
    scopes text not null,
    token_digest bytea not null unique,
    created_at bigint not null
);

-- Destroying wrapped_key destroys everything that was sealed for the subject.
create table subjects (
    id text primary key,
    wrapped_key bytea not null,
    created_at bigint not null
);

create table subject_attributes (
    subject text not null references subjects (id),
    scope text not null,
    sealed_value bytea not null,
    updated_at bigint not null,
    primary key (subject, scope)
);

create table consents (
    id text primary key,
    client text not null,
    subject text not null,
    service text not null,
    purpose text not null,
    scopes text not null,
    created_at bigint not null,
    expires_at bigint not null,
    withdrawn_at bigint
);

create index consents_by_subject on consents (subject, service);

create table bound_accounts (
    id text primary key,
    client text not null,
    subject text not null,
    service text not null,
    sealed_body bytea not null,
    created_at bigint not null
);

create index bound_accounts_by_subject on bound_accounts (client, subject, id);
