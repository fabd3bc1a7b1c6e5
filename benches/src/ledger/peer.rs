//! `pgbench` making the same transfers, one commit for each: a row, and two
//! balances that may not fall below zero.

use anyhow::{Context as _, Result, ensure};
use guichet_tests::postgres::Cluster;

use super::ACCOUNTS;
use super::draw::{EXPONENT, Skew};

/// Connections; with more the rate falls on two cores.
const CLIENTS: u32 = 32;
const SECONDS: u32 = 8;

/// What PostgreSQL does by itself.
pub(super) fn transfers_per_second(cluster: &Cluster, skew: Skew) -> Result<f64> {
    let database = format!("peer_{}", skew.name());
    cluster.database(&database)?;
    cluster.sql(
        &database,
        &format!(
            "create table balances (account bigint primary key, \
             amount bigint not null check (amount >= 0)) with (fillfactor = 50); \
             create table transfers (id bigint generated always as identity primary key, \
             debit bigint not null, credit bigint not null, amount bigint not null, \
             created_at timestamptz not null); \
             insert into balances select generate_series(1, {ACCOUNTS}), 1000000000"
        ),
    )?;
    let draw = match skew {
        Skew::Uniform => format!("random(1, {ACCOUNTS})"),
        Skew::Zipf => format!("random_zipfian(1, {ACCOUNTS}, {EXPONENT})"),
    };
    // The lower account first, so that no two transactions wait for each other.
    let script = format!(
        "\\set a {draw}\n\\set b {draw}\n\\set debit least(:a, :b)\n\
         \\set credit greatest(:a, :b + case when :a = :b then 1 else 0 end)\n\
         begin;\n\
         insert into transfers (debit, credit, amount, created_at) \
         values (:debit, :credit, 1, now());\n\
         update balances set amount = amount - 1 where account = :debit;\n\
         update balances set amount = amount + 1 where account = :credit;\n\
         commit;\n"
    );
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("transfer.sql");
    std::fs::write(&file, script)?;
    let output = cluster
        .client("pgbench")
        .args(["--no-vacuum", "--protocol=prepared", "--jobs=2"])
        .args([
            "--client",
            &CLIENTS.to_string(),
            "--time",
            &SECONDS.to_string(),
        ])
        .arg("--file")
        .arg(&file)
        .arg(&database)
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    ensure!(
        output.status.success(),
        "pgbench: {text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let rate = text
        .lines()
        .find_map(|line| line.strip_prefix("tps = ")?.split(' ').next())
        .context("pgbench says no rate")?;
    Ok(rate.parse()?)
}
