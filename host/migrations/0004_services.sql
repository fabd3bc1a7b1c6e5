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

create table releases (
    package text not null,
    version text not null,
    digest text not null unique,
    bundle_path text not null,
    state text not null,
    record text not null,
    admitted_at bigint not null,
    primary key (package, version)
);

-- An empty service stands for all services of the release.
create table bindings (
    release text not null,
    service text not null,
    body text not null,
    updated_at bigint not null,
    primary key (release, service)
);

create table package_secrets (
    package text not null,
    kind text not null check (kind in ('secret', 'key')),
    name text not null,
    algorithm text not null,
    sealed_value bytea not null,
    updated_at bigint not null,
    primary key (package, kind, name)
);

create table catalogue_version (
    only_row bigint primary key check (only_row = 1),
    version bigint not null
);

insert into catalogue_version (only_row, version) values (1, 0);

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
    -- The bill query, inquiry, credential or payment that the call belongs to.
    record text not null,
    component text not null,
    segment text not null,
    position bigint not null,
    length bigint not null,
    created_at bigint not null
);

create index transcripts_by_record on transcripts (record);

-- One leaf for every state change; `position` is given by the sequencer.
create table audit_leaves (
    id text primary key,
    record text not null,
    digest bytea not null,
    position bigint unique,
    created_at bigint not null
);

create index audit_leaves_by_record on audit_leaves (record);
