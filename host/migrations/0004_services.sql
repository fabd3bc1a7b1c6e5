create table inquiries (
    id text primary key,
    client text not null,
    subject text not null,
    service text not null,
    state text not null check (state in ('ready', 'pending', 'ask_more')),
    sealed_body bytea not null,
    created_at bigint not null,
    expires_at bigint
);

create index inquiries_by_subject on inquiries (client, subject, id);

-- That a credential was issued; never the code itself.
create table credentials (
    id text primary key,
    client text not null,
    subject text not null,
    service text not null,
    kind text not null,
    created_at bigint not null
);

create table package_secrets (
    package text not null,
    kind text not null check (kind in ('secret', 'key')),
    name text not null,
    algorithm text not null,
    -- Of the sealed value: the registry's log says which one counts.
    digest text not null,
    sealed_value bytea not null,
    created_at bigint not null,
    primary key (package, kind, name, digest)
);

create table kv (
    package text not null,
    service text not null,
    scope text not null,
    key text not null,
    -- Null once deleted: the row stays, so that versions never restart.
    value bytea,
    version bigint not null,
    primary key (package, service, scope, key)
);

create table transcripts (
    call text primary key,
    service text not null,
    package text not null,
    -- The bill query, inquiry, credential or payment that the call belongs to.
    record text not null,
    client text not null,
    subject text not null,
    -- The consent it was made under; empty where none was needed.
    consent text not null,
    function text not null,
    -- full, digest or none: how much is kept.
    class text not null,
    component text not null,
    -- Empty once the transcript was let go.
    segment text not null,
    position bigint not null,
    length bigint not null,
    created_at bigint not null
);

create index transcripts_by_package on transcripts (package, created_at, call);
create index transcripts_by_segment on transcripts (segment);
create index transcripts_by_record on transcripts (record);
