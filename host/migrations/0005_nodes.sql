-- A node's number within payment numbers. A name keeps its slot for ever, so
-- that two nodes never give the same number.
create table nodes (
    slot bigint primary key check (slot between 0 and 99),
    node text not null unique
);
