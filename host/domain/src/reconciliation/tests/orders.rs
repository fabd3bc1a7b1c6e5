//! The file of payment orders, byte for byte.

use super::super::{PaymentOrder, write_payment_orders};
use super::files::hash;
use crate::money::Money;

fn order(reference: &str, amount: Money) -> PaymentOrder {
    PaymentOrder {
        reference: reference.to_owned(),
        amount,
        holder: "水务, \"上城\"".to_owned(),
        bank_code: "102".to_owned(),
        account: "6222020200112233".to_owned(),
        purpose: "2026-11-21".to_owned(),
    }
}

#[test]
fn orders_stand_one_a_line_with_totals_and_digest() {
    let dollars = Money::new(5, "USD".parse().unwrap());
    let orders = [
        order("st_1", Money::cny(100)),
        order("st_2", Money::cny(20)),
        order("st_3", dollars),
    ];
    let day = "2026-11-21".parse().unwrap();
    let made_at = "2026-11-22T01:00:00Z".parse().unwrap();
    let (bytes, totals) = write_payment_orders((day, 2, made_at), &orders, hash).unwrap();
    assert_eq!(totals, "CNY:120;USD:5");
    let text = String::from_utf8(bytes).unwrap();
    let line = |reference: &str, amount: &str| {
        format!("D,{reference},{amount},\"水务, \"\"上城\"\"\",102,6222020200112233,2026-11-21\r\n")
    };
    let body = [
        "H,guichet-payment-orders,1,UTF-8,2026-11-21,2,2026-11-22T01:00:00Z\r\n".to_owned(),
        line("st_1", "100,CNY"),
        line("st_2", "20,CNY"),
        line("st_3", "5,USD"),
    ]
    .concat();
    let digest = hash(&[body.as_bytes()]).hex();
    assert_eq!(text, format!("{body}T,3,CNY:120;USD:5,{digest}\r\n"));
}

#[test]
fn what_64_bits_do_not_hold_is_not_ordered() {
    let orders = [
        order("st_1", Money::cny(i64::MAX)),
        order("st_2", Money::cny(1)),
    ];
    let day = "2026-11-21".parse().unwrap();
    let made_at = "2026-11-22T01:00:00Z".parse().unwrap();
    assert!(write_payment_orders((day, 1, made_at), &orders, hash).is_none());
}

#[test]
fn nobody_reads_an_account_in_a_log() {
    let shown = format!("{:?}", order("st_1", Money::cny(100)));
    assert!(shown.contains("st_1") && shown.contains("100"), "{shown}");
    assert!(
        !shown.contains("6222") && !shown.contains("水务"),
        "{shown}"
    );
}
