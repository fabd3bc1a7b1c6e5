//! `guichet pay`: choose bills of a query, pay them, wait, show the receipt.

use serde_json::{Value, json};

use super::connection::Connection;
use super::exit::{Ending, Failure};
use super::output::{Output, list, text};
use super::payments;
use super::requests::PayArguments;

pub(super) async fn run(
    arguments: &PayArguments,
    query_id: &str,
    connection: &Connection,
    output: Output,
) -> Result<Ending, Failure> {
    let path = format!("/v1/bill-queries/{}", super::segment(query_id)?);
    let query = connection.get(&path).await?;
    let items = choose(arguments, &query)?;
    let from = arguments
        .from
        .as_ref()
        .or(connection.payer_account.as_ref());
    let from = from.ok_or_else(|| {
        Failure::Usage("which account pays? Name it with --from ACCOUNT".to_owned())
    })?;
    let mut body = json!({
        "bill_query": query_id,
        "items": items,
        "payer_account": from,
        "subject": connection.subject()?,
    });
    if let Some(reference) = &arguments.reference {
        body["client_reference"] = Value::from(reference.as_str());
    }
    let key = arguments.key.clone().unwrap_or_else(super::new_key);
    let wait = format!("wait={}", arguments.wait);
    let headers = [("idempotency-key", key.as_str()), ("prefer", wait.as_str())];
    let payment = connection
        .post("/v1/payments", &headers, &body)
        .await
        .map_err(|failure| {
            // What was sent and not answered may be paid: the key is the way back.
            match failure {
                Failure::Unreachable(reason) => Failure::Unreachable(
                    format!(
                "{reason}\n{}",
                output.language.pick(
                    "结果未知，请勿重新缴费；用同一个幂等键重试是安全的：",
                    "The outcome is unknown; do not pay anew. Repeating with the same key is safe:",
                )
            ) + &format!(" guichet pay {query_id} … --key {key}"),
                ),
                other => other,
            }
        })?;
    payments::show_with_receipt(connection, payment, output).await
}

/// The items to pay, from what was asked for and what the query has.
fn choose(arguments: &PayArguments, query: &Value) -> Result<Vec<Value>, Failure> {
    let bills = list(query, "bills");
    if bills.is_empty() {
        return Err(Failure::Usage(
            "the bill query has no bills to pay".to_owned(),
        ));
    }
    if !arguments.bills.is_empty() {
        return arguments
            .bills
            .iter()
            .map(|asked| named(asked, bills))
            .collect();
    }
    match (arguments.all, bills) {
        (false, [bill]) => Ok(vec![item(bill, arguments.amount.as_deref())?]),
        (true, _) if arguments.amount.is_none() => {
            let payable = bills.iter().filter(|bill| bill["payable"] != false);
            payable.map(|bill| item(bill, None)).collect()
        }
        _ => {
            let ids: Vec<&str> = bills.iter().map(|bill| text(bill, "id")).collect();
            Err(Failure::Usage(format!(
                "the query has {} bills: choose with --bill ID (of {}) or --all",
                bills.len(),
                ids.join(", ")
            )))
        }
    }
}

fn named(asked: &str, bills: &[Value]) -> Result<Value, Failure> {
    // A bill's number may itself hold `=`, so the whole text is tried first.
    let whole = bills.iter().find(|bill| text(bill, "id") == asked);
    if let Some(bill) = whole {
        return item(bill, None);
    }
    let parts = asked.rsplit_once('=');
    let found = parts.and_then(|(id, amount)| {
        bills
            .iter()
            .find(|bill| text(bill, "id") == id)
            .map(|bill| (bill, amount))
    });
    match found {
        Some((bill, amount)) => item(bill, Some(amount)),
        None => Err(Failure::Usage(format!("the query has no bill {asked}"))),
    }
}

fn item(bill: &Value, amount: Option<&str>) -> Result<Value, Failure> {
    let mut money = bill["amount"].clone();
    match amount {
        Some(amount) => {
            let minor = minor_units(amount).ok_or_else(|| {
                Failure::Usage(format!("{amount} is no amount: write 50 or 86.50"))
            })?;
            money["amount"] = Value::from(minor);
        }
        None if money["amount"] == 0 => {
            return Err(Failure::Usage(format!(
                "bill {} is of a free amount: say how much, with --amount or --bill ID=AMOUNT",
                text(bill, "id")
            )));
        }
        None => {}
    }
    Ok(json!({"bill": bill["id"], "amount": money}))
}

/// `86.5` as 8650.
fn minor_units(amount: &str) -> Option<i64> {
    let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || fraction.len() > 2 {
        return None;
    }
    let fraction: i64 = format!("{fraction:0<2}").parse().ok()?;
    whole
        .parse::<i64>()
        .ok()?
        .checked_mul(100)?
        .checked_add(fraction)
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::arguments::{Arguments, Command};

    fn chosen(line: &str, query: &Value) -> Result<Vec<Value>, Failure> {
        let words = ["guichet", "pay", "bq_1"]
            .into_iter()
            .chain(line.split_whitespace());
        let Command::Pay(arguments) = Arguments::parse_from(words).command else {
            panic!("not pay")
        };
        choose(&arguments, query)
    }

    fn query(bills: &[(&str, i64)]) -> Value {
        let bill = |(id, amount): &(&str, i64)| json!({"id": id, "payable": true, "amount": {"amount": amount, "currency": "CNY"}});
        json!({"bills": bills.iter().map(bill).collect::<Vec<_>>()})
    }

    #[test]
    fn bills_are_chosen_one_by_one_or_all() {
        let three = query(&[("a", 100), ("b", 200), ("c", 300)]);
        let items = chosen("--bill a --bill c=2.5", &three).unwrap();
        assert_eq!(items[0]["amount"]["amount"], 100);
        assert_eq!(
            (&items[1]["bill"], &items[1]["amount"]["amount"]),
            (&json!("c"), &json!(250))
        );
        assert_eq!(chosen("--all", &three).unwrap().len(), 3);
        assert!(matches!(chosen("", &three), Err(Failure::Usage(text)) if text.contains("--all")));
        assert!(chosen("--bill x", &three).is_err());
    }

    #[test]
    fn an_open_bill_needs_an_amount() {
        let open = query(&[("open", 0)]);
        assert!(
            matches!(chosen("", &open), Err(Failure::Usage(text)) if text.contains("--amount"))
        );
        assert_eq!(
            chosen("--amount 50", &open).unwrap()[0]["amount"]["amount"],
            5000
        );
        assert!(chosen("--amount 5,0", &open).is_err());
        assert!(chosen("", &query(&[])).is_err());
    }

    #[test]
    fn amounts_are_read_exactly() {
        assert_eq!(minor_units("86.50"), Some(8650));
        assert_eq!(minor_units("86.5"), Some(8650));
        assert_eq!(minor_units("0.07"), Some(7));
        for wrong in ["", ".5", "1.234", "-1", "1e3", "99999999999999999999"] {
            assert_eq!(minor_units(wrong), None, "{wrong}");
        }
    }
}
