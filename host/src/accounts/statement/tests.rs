//! Periods, running balances, and what is no entry.

use guichet_domain::books::Transfer;

use super::*;

fn row(number: i64, at: &str, transfer: Transfer) -> EntryRow {
    EntryRow {
        transfer,
        payment: None,
        at: at.parse().unwrap(),
        position: number,
    }
}

fn single(id: &str, from: &str, to: &str, amount: i64) -> Transfer {
    Transfer::single(
        id.parse().unwrap(),
        from.parse().unwrap(),
        to.parse().unwrap(),
        Money::cny(amount),
    )
}

#[test]
fn months_and_days_begin_at_midnight_in_shanghai() {
    let november: Period = "2026-11".parse().unwrap();
    assert_eq!(november.from.to_string(), "2026-10-31T16:00:00Z");
    assert_eq!(november.until.to_string(), "2026-11-30T16:00:00Z");
    let december: Period = "2026-12".parse().unwrap();
    assert_eq!(december.from, november.until);
    assert_eq!(december.until.to_string(), "2026-12-31T16:00:00Z");
    let day: Period = "2026-11-22".parse().unwrap();
    assert_eq!(day.from.to_string(), "2026-11-21T16:00:00Z");
    assert_eq!(day.until.to_string(), "2026-11-22T16:00:00Z");
    for wrong in [
        "",
        "2026",
        "2026-13",
        "2026-00",
        "26-11",
        "02026-11",
        "4294967295-12",
        "9999-12",
        "2026-11-31",
        "2026-11-2",
        "2026-1",
    ] {
        assert_eq!(wrong.parse::<Period>(), Err(NoPeriod), "{wrong}");
    }
}

#[test]
fn the_balance_runs_from_opening_to_closing() {
    let account: AccountId = "mine".parse().unwrap();
    let hold = Transfer::pending(
        "p:hold".parse().unwrap(),
        account.clone(),
        "payable".parse().unwrap(),
        Money::cny(40),
    );
    let taken = Transfer::post("p:capture".parse().unwrap(), &hold, Money::cny(40));
    let rows = vec![
        row(4, "2026-11-22T03:00:00Z", taken),
        row(3, "2026-11-22T02:00:00Z", hold),
        row(
            2,
            "2026-11-22T01:00:00Z",
            single("refund", "payable", "mine", 7),
        ),
        row(
            9,
            "2026-11-21T23:00:00Z",
            single("top-up", "settlement", "mine", 100),
        ),
    ];
    let period = "2026-11".parse().unwrap();
    let statement = Statement::new(&account, period, (267, Currency::CNY), rows);
    assert_eq!(statement.opening, Money::cny(200));
    assert_eq!(statement.paid_in, Money::cny(107));
    assert_eq!(statement.paid_out, Money::cny(40));
    let balances: Vec<i64> = statement
        .entries
        .iter()
        .map(|entry| entry.balance.minor_units())
        .collect();
    assert_eq!(balances, [300, 307, 267]);
    assert_eq!(
        statement.to_csv(),
        "at,direction,amount,balance,currency,payment,transfer\r\n\
         2026-10-31T16:00:00Z,opening,,200,CNY,,\r\n\
         2026-11-21T23:00:00Z,in,100,300,CNY,,top-up\r\n\
         2026-11-22T01:00:00Z,in,7,307,CNY,,refund\r\n\
         2026-11-22T03:00:00Z,out,40,267,CNY,,p:capture\r\n\
         2026-11-30T16:00:00Z,closing,,267,CNY,,\r\n"
    );
}

#[test]
fn a_reservation_of_which_nothing_was_taken_is_no_entry() {
    let account: AccountId = "mine".parse().unwrap();
    let payable: AccountId = "payable".parse().unwrap();
    let hold = Transfer::pending(
        "h".parse().unwrap(),
        account.clone(),
        payable,
        Money::cny(4),
    );
    let taken = |amount| {
        let post = Transfer::post("c".parse().unwrap(), &hold, Money::cny(amount));
        direction(&account, &row(1, "2026-11-22T01:00:00Z", post))
    };
    assert_eq!([taken(0), taken(1)], [None, Some(Direction::Out)]);
}
