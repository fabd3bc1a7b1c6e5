-- Every act of the registry, in order; nothing is ever changed or deleted. The
-- checkpoint is the signed tree head over the entries up to this one.
create table registry_log (
    position bigint primary key,
    entry text not null,
    checkpoint text not null
);

-- How persons prove who they are; what they may do stands in the log. The digest
-- is sealed together with the person, so that nobody who only has the database
-- can make a token somebody else's.
create table person_tokens (
    token_digest bytea primary key,
    person text not null,
    sealed_digest bytea not null,
    created_at bigint not null,
    expires_at bigint not null
);

create index person_tokens_by_person on person_tokens (person);

-- Settlement accounts, authorisations and contacts of billers, named in the log
-- by their digest.
create table biller_records (
    digest text primary key,
    biller text not null,
    sealed_body bytea not null,
    created_at bigint not null
);

create index biller_records_by_biller on biller_records (biller, created_at);

-- How releases fare, by node and ten seconds, for roll-outs that watch themselves.
create table release_figures (
    release text not null,
    node text not null,
    slot bigint not null,
    calls bigint not null,
    faults bigint not null,
    busy_us bigint not null,
    primary key (release, node, slot)
);
