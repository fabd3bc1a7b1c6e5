-- A node's number within payment numbers. A name keeps its slot for ever, so
-- that two nodes never give the same number.
create table nodes (
    slot bigint primary key check (slot between 0 and 99),
    node text not null unique
);

-- A word that only the vault's key opens: a node with another key is refused at
-- its start, instead of finding out later.
create table vaults (
    only_one bigint primary key check (only_one = 1),
    sealed_word bytea not null
);

-- When this database was put back from a backup. Payments that are older are asked
-- about and never sent again.
create table restorations (
    at bigint primary key,
    -- When the backup was made.
    backup_of bigint not null
);
