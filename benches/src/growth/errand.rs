//! Payers with their accounts, and one payment of theirs.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use guichet::accounts::Accounts;
use guichet::payments::{Create, Payments};
use guichet::ports::Ports;
use guichet::store::{Payable, Store, StoredBillQuery};
use guichet::terms::order::{Assurance, Circumstances, PayerType};
use guichet_domain::Money;
use guichet_domain::bill::{AmountRule, Bill, Item, Limits, Payability, Selection};
use guichet_domain::id::{AccountId, ClientId, SubjectId};
use guichet_domain::payment::State;
use serde_json::json;

use super::town;

/// More than a bench can spend.
const OPENING: i64 = 1_000_000_000;
/// How long a payment may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// One who pays.
pub(super) struct Payer {
    client: ClientId,
    subject: SubjectId,
    account: AccountId,
}

pub(super) async fn open_accounts(store: &Store, count: usize) -> Result<Vec<Payer>> {
    let accounts = Accounts::new(store.clone(), Ports::system());
    let client = ClientId::new("bench")?;
    let mut payers = Vec::with_capacity(count);
    for number in 0..count {
        let subject = SubjectId::new(format!("payer-{number}"))?;
        let (funds, limit) = (Money::cny(OPENING), Money::cny(0));
        let account = accounts
            .open_funding(&client, &subject, funds, limit)
            .await?;
        let client = client.clone();
        payers.push(Payer {
            client,
            subject,
            account,
        });
    }
    Ok(payers)
}

/// Asks for a bill and pays it; how long that took.
pub(super) async fn pay(payments: &Payments, payer: &Payer, number: usize) -> Result<Duration> {
    let begun = Instant::now();
    let ports = payments.ports();
    let now = ports.now();
    let bill = format!("2026-{number:09}");
    let amount = Money::cny(50 + i64::try_from(number % 400)?);
    let query = StoredBillQuery {
        id: ports.record_id("bq"),
        client: payer.client.clone(),
        subject: payer.subject.clone(),
        service: town::service(),
        release: "sha256:00".to_owned(),
        state: "ready".to_owned(),
        inputs: vec![("account".to_owned(), number.to_string())],
        circumstances: circumstances(),
        answer: Box::default(),
        payable: Some(payable(number, &bill, amount)),
        created_at: now,
        expires_at: now.plus_ms(900_000),
    };
    payments.store().put_bill_query(&query).await?;
    let request = Create {
        client: payer.client.clone(),
        idempotency_key: drawn(number),
        body: json!({"bill_query": query.id, "bill": bill}),
        subject: payer.subject.clone(),
        bill_query: query.id,
        items: vec![Item { bill, amount }],
        payer_account: payer.account.clone(),
        client_reference: None,
        traceparent: None,
    };
    let made = payments.create(&request).await?;
    let patience = tokio::time::sleep(PATIENCE);
    let view = payments
        .wait(&payer.client, &made.payment, patience)
        .await?;
    ensure!(
        view.state == State::Applied,
        "{} is {}",
        made.payment,
        view.state
    );
    Ok(begun.elapsed())
}

/// A key as clients draw them: two that follow each other have nothing in common.
fn drawn(number: usize) -> String {
    format!(
        "{:016x}",
        (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    )
}

fn circumstances() -> Circumstances {
    Circumstances {
        region: "330100".to_owned(),
        channel: "mobile".to_owned(),
        locale: "zh-CN".to_owned(),
        journey: "j1".to_owned(),
        payer_type: PayerType::Person,
        assurance: Assurance::Low,
    }
}

/// An account of its own for every payment: nobody's limit by day is reached.
fn payable(number: usize, bill: &str, amount: Money) -> Payable {
    Payable {
        account_number: Some(format!("{number:012}")),
        bills: vec![Bill {
            number: bill.to_owned(),
            title: "水费".to_owned(),
            payable: amount,
            rule: AmountRule::Exact,
            payability: Payability::Payable,
            payable_from: None,
            payable_to: None,
            order: 1,
            group: None,
            token: "token".to_owned(),
        }],
        selection: Selection::Any,
        limits: Limits::default(),
    }
}
