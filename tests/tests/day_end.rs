//! A day's end as an operator sees it: thirty bills are paid, two of them with
//! an answer lost; the day is closed; the biller hands in its own file, in which
//! one payment is missing and one is too many; two persons decide; the biller is
//! paid; the books hold.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use guichet_tests::{Answer, Client, Marketplace};
use hyper::Method;
use serde_json::{Value, json};

/// Its biller answers no questions and recognises no repetition: what becomes of
/// a lost answer only its day file can tell.
const SERVICE: &str = "water-440100-1";
const NOON: u64 = 12 * 60;

/// The minute of the day in Shanghai.
fn minute() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    (since.as_secs() / 60 + 8 * 60) % (24 * 60)
}

fn clock(minute: u64) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// The test moves the cut-off from shortly after now to shortly before; both
/// must lie in the same half of the day.
async fn away_from_noon_and_midnight() {
    loop {
        let half = minute() % NOON;
        if (4..NOON - 8).contains(&half) {
            return;
        }
        tokio::time::sleep(Duration::from_secs(10)).await;
    }
}

fn all_items(query: &Value) -> Value {
    let bills = query["bills"].as_array().unwrap();
    bills
        .iter()
        .map(|bill| json!({"bill": bill["id"], "amount": bill["amount"]}))
        .collect()
}

async fn done(answer: anyhow::Result<Answer>) -> Value {
    let answer = answer.unwrap();
    assert!(answer.status.is_success(), "{}", answer.text());
    answer.json()
}

/// Pays thirty bills; the eleventh and the twenty-first lose their answer.
async fn pay_thirty(market: &Marketplace) -> Vec<Value> {
    let mut paid = Vec::new();
    for number in 0..30 {
        let query = market.ready_bills(SERVICE).await.unwrap();
        match number {
            10 => market
                .fault(SERVICE, "reset_after", 1, "effect")
                .await
                .unwrap(),
            20 => market
                .fault(SERVICE, "reset_before", 1, "effect")
                .await
                .unwrap(),
            _ => {}
        }
        let key = format!("pay-{number}");
        let body = json!({
            "bill_query": query["id"], "items": all_items(&query),
            "payer_account": market.payer_account, "subject": market.subject,
        });
        let headers = [("idempotency-key", key.as_str()), ("prefer", "wait=2")];
        let payment = done(market.api.post("/v1/payments", &headers, &body).await).await;
        let wanted = if number == 10 || number == 20 {
            "unknown"
        } else {
            "applied"
        };
        assert_eq!(payment["state"], wanted, "{payment}");
        paid.push(payment);
    }
    paid
}

async fn step(paul: &Client, date: &str, step: &str) -> Value {
    let path = format!("/v1/accounting-days/{date}/{step}");
    done(paul.post(&path, &[], &json!({})).await).await
}

async fn decide(market: &Marketplace, order: &Value, decision: &str) {
    let paul = market.person("paul").unwrap();
    let petra = market.person("petra").unwrap();
    let path = format!("/v1/work-orders/{}", order["id"].as_str().unwrap());
    let body = json!({"decision": decision, "evidence": "letter 17 of the biller"});
    let proposals = format!("{path}/proposals");
    let read = done(paul.post(&proposals, &[], &body).await).await;
    let agree = format!("{path}/agree");
    let body = json!({"version": read["version"]});
    let alone = paul.post(&agree, &[], &body).await.unwrap();
    assert_eq!(alone.status, 403, "{}", alone.text());
    let unread = petra.post(&agree, &[], &json!({"version": 1})).await;
    assert_eq!(unread.unwrap().status, 409, "the proposal was not read");
    let closed = done(petra.post(&agree, &[], &body).await).await;
    assert_eq!(closed["state"], "closed", "{closed}");
}

/// `guichet day-end …` as this person types it: whether it was done, and the answer.
fn typed(market: &Marketplace, person: &str, arguments: &[&str]) -> (bool, Value) {
    let output = std::process::Command::new(guichet_tests::program("guichet"))
        .args(["--json", "day-end"])
        .args(arguments)
        .env("GUICHET_URL", &market.url)
        .env("GUICHET_TOKEN", market.person_token(person).unwrap())
        .output()
        .unwrap();
    let answer = serde_json::from_slice(&output.stdout);
    let said = String::from_utf8_lossy(&output.stderr);
    (
        output.status.success(),
        answer.unwrap_or_else(|_| panic!("{said}")),
    )
}

/// The file that Paul has brought says nothing until Petra has confirmed it.
async fn confirm(market: &Marketplace, date: &str, file: &Value) {
    let paul = market.person("paul").unwrap();
    let petra = market.person("petra").unwrap();
    assert_eq!(file["state"], "awaiting_confirmation", "{file}");
    let checked = step(&paul, date, "check").await;
    assert_eq!(checked["resolved"], 0, "{checked}");
    assert_eq!(checked["awaiting_confirmation"][0]["id"], file["id"]);
    let (id, digest) = (
        file["id"].as_str().unwrap(),
        file["digest"].as_str().unwrap(),
    );
    let confirm = format!("/v1/reconciliation-files/{id}/confirm");
    let body = json!({"digest": file["digest"]});
    let alone = paul.post(&confirm, &[], &body).await.unwrap();
    assert_eq!(alone.status, 403, "{}", alone.text());
    let program = market.api.post(&confirm, &[], &body).await.unwrap();
    assert_eq!(program.status, 403, "{}", program.text());
    let other = json!({"digest": format!("sha256:{}", "00".repeat(32))});
    let unread = petra.post(&confirm, &[], &other).await.unwrap();
    let problem = (unread.status.as_u16(), unread.json()["code"].clone());
    assert_eq!(problem, (409, json!("digest_differs")));
    let (_, confirmed) = typed(market, "petra", &["confirm", id, "--digest", digest]);
    assert_eq!(confirmed["state"], "in_force", "{confirmed}");
    assert_eq!(confirmed["brought_by"], "person:paul", "{confirmed}");
    assert_eq!(confirmed["decided_by"], "person:petra", "{confirmed}");
    assert_eq!(
        typed(market, "petra", &["show", id]),
        (true, confirmed.clone())
    );
    let again = done(petra.post(&confirm, &[], &body).await).await;
    assert_eq!(again, confirmed);
    let (is_done, late) = typed(market, "petra", &["reject", id, "--reason", "late"]);
    assert_eq!((is_done, &late["code"]), (false, &json!("wrong_state")));
}

async fn payment(market: &Marketplace, paid: &Value) -> Value {
    let path = format!("/v1/payments/{}", paid["id"].as_str().unwrap());
    done(market.api.get(&path).await).await
}

/// Two persons agree, but what they say cannot be known yet: their decision is not
/// kept for later, and the order is open again.
async fn too_early(market: &Marketplace, order: &Value, paid: &Value) {
    assert_eq!(order["record"], paid["id"], "{order}");
    let path = format!("/v1/work-orders/{}", order["id"].as_str().unwrap());
    let body = json!({"decision": "not_applied", "evidence": "telephone, 10:00"});
    let paul = market.person("paul").unwrap();
    let read = done(paul.post(&format!("{path}/proposals"), &[], &body).await).await;
    let petra = market.person("petra").unwrap();
    let body = json!({"version": read["version"]});
    let agreed = petra.post(&format!("{path}/agree"), &[], &body).await;
    assert_eq!(agreed.unwrap().status, 409);
    let order = done(petra.get(&path).await).await;
    assert_eq!(order["state"], "open", "{order}");
    assert_eq!(payment(market, paid).await["state"], "unknown");
}

fn sum(paid: &[Value], without: &[usize]) -> i64 {
    let kept = paid.iter().enumerate();
    kept.filter(|(position, _)| !without.contains(position))
        .map(|(_, payment)| payment["total"]["amount"].as_i64().unwrap())
        .sum()
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one day, told in its order")]
async fn thirty_bills_are_reconciled_decided_and_settled() {
    away_from_noon_and_midnight().await;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let later = clock(minute() + 6);
    let mut market = Marketplace::start_with(&data, &["--cut-off", &later]).unwrap();
    let paid = pay_thirty(&market).await;
    let date = paid[0]["accounting_date"].as_str().unwrap().to_owned();
    let paul = market.person("paul").unwrap();
    let early = format!("/v1/accounting-days/{date}/close");
    let early = paul.post(&early, &[], &json!({})).await.unwrap();
    assert_eq!(early.status, 409, "{}", early.text());

    // The day turns.
    assert_eq!(market.terminate().unwrap(), Some(0));
    let before = clock(minute() - 2);
    let market = Marketplace::start_with(&data, &["--cut-off", &before]).unwrap();
    let paul = market.person("paul").unwrap();
    let closed = step(&paul, &date, "close").await;
    assert_eq!(
        (&closed["payments"], &closed["open_payments"]),
        (&json!(30), &json!(2))
    );
    assert_eq!(step(&paul, &date, "make").await["new"], 2);
    assert_eq!(step(&paul, &date, "make").await["unchanged"], 2);

    let files = format!("/v1/reconciliation-files?date={date}");
    let files = done(paul.get(&files).await).await;
    let file = &files["items"][0];
    assert_eq!(
        (&file["maker"], &file["lines"]),
        (&json!("house"), &json!(28))
    );
    assert_eq!(file["brought_by"], "person:paul", "{file}");
    let own = format!("/v1/reconciliation-files?date={date}");
    let own = done(market.api.get(&own).await).await;
    assert_eq!(own["items"][0]["party_kind"], "client", "{own}");
    assert_eq!(own["items"][0]["brought_by"], json!(null), "{own}");
    let biller = file["party"].as_str().unwrap().to_owned();
    let own = format!(
        "/_day_file?service={SERVICE}&date={date}&layout=pipe&charset=GB18030&drop=1&add=1"
    );
    let own = market.city.get(&own).await.unwrap();
    assert_eq!(own.status, 200, "{}", own.text());
    let put = format!("/v1/reconciliation-files/biller/{biller}/{date}");
    let half = own.bytes[..own.bytes.len() / 2].to_vec();
    let refused = paul.send(Method::PUT, &put, &[], half).await.unwrap();
    assert_eq!(refused.status, 422, "{}", refused.text());
    let taken = paul
        .send(Method::PUT, &put, &[], own.bytes.to_vec())
        .await
        .unwrap();
    assert_eq!(taken.status, 201, "{}", taken.text());
    let stranger = market
        .api
        .send(Method::PUT, &put, &[], own.bytes.to_vec())
        .await;
    assert_eq!(
        stranger.unwrap().status,
        404,
        "a client brings its own file only"
    );

    confirm(&market, &date, &taken.json()).await;

    let checked = step(&paul, &date, "check").await;
    assert_eq!(checked["resolved"], 1, "{checked}");
    // The file does not have the other one; but its attempt was made a moment
    // ago, so that it could be on its way still: that is no proof, and no guess.
    for (position, state) in [(10, "applied"), (20, "unknown")] {
        let payment = payment(&market, &paid[position]).await;
        assert_eq!(payment["state"], state, "{payment}");
    }
    let again = step(&paul, &date, "check").await;
    let quiet = (&again["resolved"], &again["work_orders"]);
    assert_eq!(quiet, (&json!(0), &json!(0)));

    let orders = done(paul.get("/v1/work-orders?state=open").await).await;
    let of_kind = |kind: &str| -> Value {
        let items = orders["items"].as_array().unwrap();
        let found = items.iter().find(|order| order["kind"] == kind);
        found
            .unwrap_or_else(|| panic!("{kind} in {orders}"))
            .clone()
    };
    let surplus = of_kind("surplus");
    assert_eq!(surplus["record"], paid[0]["id"], "{orders}");
    decide(&market, &of_kind("shortage"), "party_corrects").await;
    too_early(&market, &of_kind("unknown_payment"), &paid[20]).await;

    // What nobody has decided yet is not paid out.
    let settled = step(&paul, &date, "settle").await;
    assert_eq!(
        settled["batches"][0]["net"]["amount"],
        sum(&paid, &[0, 20]),
        "{settled}"
    );
    assert_eq!(settled["batches"][0]["state"], "sent", "{settled}");
    decide(&market, &surplus, "party_corrects").await;
    let once_more = step(&paul, &date, "settle").await;
    assert_eq!(once_more["batches"], settled["batches"]);

    let check = std::process::Command::new(guichet_tests::program("guichet"))
        .args(["ledger", "check", "--data"])
        .arg(&data)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&check.stdout).into_owned();
    assert!(check.status.success(), "{said}");
}
