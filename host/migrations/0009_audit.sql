-- Who signs here: one name and one key for all nodes of the installation. The
-- secret is sealed by the vault's key.
create table installations (
    only_one bigint primary key check (only_one = 1),
    name text not null,
    public_key text not null,
    sealed_secret bytea not null,
    created_at bigint not null
);

-- Hashes of the audit logs' trees in runs of up to 256 of one height: leaves at
-- level 0, complete subtrees of 256 leaves at level 1, and so on. Full ones never
-- change; at level 0 only full ones are kept, since the events are there.
create table audit_tiles (
    log bigint not null,
    level bigint not null,
    position bigint not null,
    hashes bytea not null,
    primary key (log, level, position)
);

-- The newest signed tree head of each log; every older one leads to it.
create table audit_checkpoints (
    log bigint primary key,
    size bigint not null,
    note text not null,
    signed_at bigint not null
);
