//! Every amount rule and selection, allowed and refused.

use super::*;

fn bill(number: &str, payable: i64, order: u32, rule: AmountRule) -> Bill {
    Bill {
        number: number.to_owned(),
        title: String::new(),
        payable: Money::cny(payable),
        rule,
        payability: Payability::Payable,
        payable_from: None,
        payable_to: None,
        order,
        group: None,
        token: String::new(),
    }
}

fn item(number: &str, amount: i64) -> Item {
    Item {
        bill: number.to_owned(),
        amount: Money::cny(amount),
    }
}

fn today() -> AccountingDate {
    "2026-11-21".parse().unwrap()
}

fn check(bills: &[Bill], selection: Selection, items: &[Item]) -> Result<Money, ItemError> {
    check_items(bills, selection, None, &[], items, today())
}

#[test]
fn every_amount_rule_allows_and_refuses() {
    let cny = Money::cny;
    let cases: Vec<(AmountRule, Vec<i64>, Vec<i64>)> = vec![
        (AmountRule::Exact, vec![1000], vec![999, 1001]),
        (
            AmountRule::AtMost { maximum: cny(500) },
            vec![1, 500],
            vec![501],
        ),
        (
            AmountRule::AtLeast { minimum: cny(500) },
            vec![500, i64::MAX],
            vec![499],
        ),
        (
            AmountRule::Between {
                minimum: cny(10),
                maximum: cny(20),
            },
            vec![10, 20],
            vec![9, 21],
        ),
        (
            AmountRule::Steps {
                minimum: cny(10),
                maximum: cny(40),
                step: cny(10),
            },
            vec![10, 20, 40],
            vec![15, 50, 5],
        ),
        (
            AmountRule::Steps {
                minimum: cny(10),
                maximum: cny(40),
                step: cny(0),
            },
            vec![],
            vec![10],
        ),
        (
            AmountRule::Choices {
                amounts: vec![cny(50), cny(100)],
            },
            vec![50, 100],
            vec![75],
        ),
        (
            AmountRule::WholePlus { allowance: cny(99) },
            vec![1000, 1099],
            vec![999, 1100],
        ),
    ];
    for (rule, allowed, refused) in cases {
        let bills = [bill("1", 1000, 1, rule.clone())];
        for amount in allowed {
            let outcome = check(&bills, Selection::Any, &[item("1", amount)]);
            assert_eq!(outcome, Ok(cny(amount)), "{rule:?}");
        }
        for amount in refused.into_iter().chain([0, -1]) {
            let outcome = check(&bills, Selection::Any, &[item("1", amount)]);
            assert!(
                matches!(outcome, Err(ItemError::Amount(0, _))),
                "{rule:?} {amount}"
            );
        }
    }
}

#[test]
fn every_selection_allows_and_refuses() {
    let bills: Vec<Bill> = (1..=3)
        .map(|n| bill(&n.to_string(), 100, n, AmountRule::Exact))
        .collect();
    let pick = |numbers: &[&str]| -> Vec<Item> { numbers.iter().map(|n| item(n, 100)).collect() };
    let table = [
        (Selection::Single, vec!["2"], vec!["1", "2"]),
        (Selection::All, vec!["3", "1", "2"], vec!["1", "2"]),
        (Selection::OldestFirst, vec!["2", "1"], vec!["1", "3"]),
    ];
    for (selection, allowed, refused) in table {
        assert!(
            check(&bills, selection, &pick(&allowed)).is_ok(),
            "{selection:?}"
        );
        let outcome = check(&bills, selection, &pick(&refused));
        assert!(
            matches!(outcome, Err(ItemError::Selection(_))),
            "{selection:?}"
        );
    }
    assert_eq!(
        check(&bills, Selection::Any, &pick(&["3", "1"])),
        Ok(Money::cny(200))
    );
    assert_eq!(
        check(&bills, Selection::Any, &pick(&["1", "1"])),
        Err(ItemError::Twice(1))
    );
    assert_eq!(
        check(&bills, Selection::Any, &pick(&["9"])),
        Err(ItemError::NoSuchBill(0))
    );
    assert_eq!(check(&bills, Selection::Any, &[]), Err(ItemError::Count));
}

#[test]
fn groups_dates_payability_and_limits_hold() {
    let mut bills: Vec<Bill> = (1..=2)
        .map(|n| bill(&n.to_string(), 100, n, AmountRule::Exact))
        .collect();
    for bill in &mut bills {
        bill.group = Some("g".to_owned());
    }
    let one = [item("1", 100)];
    assert!(matches!(
        check(&bills, Selection::Any, &one),
        Err(ItemError::Selection(_))
    ));
    bills[0].group = None;
    assert!(check(&bills, Selection::Any, &one).is_ok());
    let limit = Limits {
        per_payment: Some(Money::cny(99)),
        per_day: None,
    };
    assert_eq!(
        check_items(&bills, Selection::Any, None, &[limit], &one, today()),
        Err(ItemError::AboveLimit(99, Currency::CNY))
    );
    bills[0].payable_to = Some("2026-11-20".parse().unwrap());
    assert!(matches!(
        check(&bills, Selection::Any, &one),
        Err(ItemError::OutsideDates(..))
    ));
    bills[0].payable_to = Some(today());
    assert!(check(&bills, Selection::Any, &one).is_ok());
    bills[0].payability = Payability::NotPayable {
        reason: "shown".to_owned(),
    };
    assert!(matches!(
        check(&bills, Selection::Any, &one),
        Err(ItemError::NotPayable(..))
    ));
}

#[test]
fn no_bill_widens_the_services_rule() {
    let cny = Money::cny;
    let part = AmountRule::AtMost { maximum: cny(1000) };
    let bills = [bill("1", 1000, 1, part.clone())];
    let pay = |service_rule: &AmountRule, amount: i64| {
        let items = [item("1", amount)];
        let rule = Some(service_rule);
        check_items(&bills, Selection::Any, rule, &[], &items, today())
    };
    assert_eq!(pay(&part, 500), Ok(cny(500)));
    assert!(matches!(
        pay(&AmountRule::Exact, 500),
        Err(ItemError::Amount(0, _))
    ));
    assert_eq!(pay(&AmountRule::Exact, 1000), Ok(cny(1000)));
}

#[test]
fn a_payment_has_at_most_so_many_items() {
    let bills: Vec<Bill> = (1..)
        .take(MAX_ITEMS + 1)
        .map(|n| bill(&n.to_string(), 1, n, AmountRule::Exact))
        .collect();
    let items: Vec<Item> = bills.iter().map(|bill| item(&bill.number, 1)).collect();
    let most = check(&bills, Selection::Any, &items[..MAX_ITEMS]);
    assert_eq!(most, Ok(Money::cny(i64::try_from(MAX_ITEMS).unwrap())));
    let above = check(&bills, Selection::Any, &items);
    assert_eq!(above, Err(ItemError::Count));
}

#[test]
fn a_limit_is_included_and_of_one_currency() {
    let bills = [bill("1", 100, 1, AmountRule::Exact)];
    let items = [item("1", 100)];
    let pay = |limit: Money| {
        let limits = Limits {
            per_payment: Some(limit),
            per_day: None,
        };
        check_items(&bills, Selection::Any, None, &[limits], &items, today())
    };
    for enough in [100, 101] {
        assert_eq!(pay(Money::cny(enough)), Ok(Money::cny(100)));
    }
    let dollars: Currency = "USD".parse().unwrap();
    assert_eq!(
        pay(Money::new(1_000, dollars)),
        Err(ItemError::AboveLimit(1_000, dollars))
    );
}

#[test]
fn a_bill_is_payable_from_its_first_day_on() {
    for (first, is_payable) in [
        ("2026-11-20", true),
        ("2026-11-21", true),
        ("2026-11-22", false),
    ] {
        let mut bills = [bill("1", 100, 1, AmountRule::Exact)];
        bills[0].payable_from = Some(first.parse().unwrap());
        bills[0].payable_to = Some("2026-11-30".parse().unwrap());
        let found = check(&bills, Selection::Any, &[item("1", 100)]);
        assert_eq!(found.is_ok(), is_payable, "{first}: {found:?}");
    }
}

#[test]
fn a_whole_group_is_enough_and_bills_of_one_age_do_not_wait_for_each_other() {
    let mut bills: Vec<Bill> = (1..=3)
        .map(|n| bill(&n.to_string(), 100, 1, AmountRule::Exact))
        .collect();
    for bill in &mut bills[..2] {
        bill.group = Some("g".to_owned());
    }
    let group = [item("1", 100), item("2", 100)];
    assert_eq!(check(&bills, Selection::Any, &group), Ok(Money::cny(200)));
    let third = [item("3", 100)];
    let oldest = check(&bills, Selection::OldestFirst, &third);
    assert_eq!(oldest, Ok(Money::cny(100)));
}

#[test]
fn steps_are_counted_from_the_smallest_amount() {
    let steps = AmountRule::Steps {
        minimum: Money::cny(3),
        maximum: Money::cny(40),
        step: Money::cny(10),
    };
    let bills = [bill("1", 1000, 1, steps)];
    for (amount, is_lawful) in [(3, true), (7, false), (10, false), (33, true), (40, false)] {
        let found = check(&bills, Selection::Any, &[item("1", amount)]);
        assert_eq!(found.is_ok(), is_lawful, "{amount}: {found:?}");
    }
}
