//! Both customs, repetitions, refusals, and books that come to zero.

use super::*;
use crate::order::Amount;

const ACCOUNT: &str = "6222020200112233";

fn order(reference: &str, leg: Leg, original: Option<&str>) -> Order {
    Order {
        reference: reference.to_owned(),
        leg,
        account: ACCOUNT.to_owned(),
        amount: Amount {
            amount: 400,
            currency: "CNY".to_owned(),
        },
        payee: "水务".to_owned(),
        accounting_date: "2026-11-22".to_owned(),
        requested_at: "2026-11-22T08:00:00Z".to_owned(),
        original: original.map(str::to_owned),
    }
}

fn carry_out(books: &mut Books, order: &Order) -> Answer {
    let (lines, answer) = books.decide(order, "2026-11-22T08:00:01Z");
    for line in lines {
        books.enter(line);
    }
    assert!(books.totals().balanced, "{:?}", books.totals());
    answer
}

fn is_done(answer: &Answer) -> bool {
    matches!(
        answer,
        Answer::New(Decision {
            fate: Fate::Done { .. },
            ..
        })
    )
}

fn refusal(answer: &Answer) -> &str {
    match answer {
        Answer::New(Decision {
            fate: Fate::Refused { code, .. },
            ..
        }) => code,
        _ => "",
    }
}

fn shown(books: &Books) -> (i64, i64, i64) {
    let account = books.account(ACCOUNT).unwrap();
    (account.available, account.held, books.totals().guichet)
}

#[test]
fn a_hold_is_captured_or_released_once() {
    let mut books = Books::new(Custom::HoldFirst, Memory::Keeps, 1_000);
    assert!(is_done(&carry_out(
        &mut books,
        &order("a:h", Leg::Hold, None)
    )));
    assert!(is_done(&carry_out(
        &mut books,
        &order("b:h", Leg::Hold, None)
    )));
    let third = carry_out(&mut books, &order("c:h", Leg::Hold, None));
    assert_eq!(refusal(&third), "insufficient_funds");
    assert_eq!(shown(&books), (200, 800, 0));
    let capture = order("a:c", Leg::Capture, Some("a:h"));
    assert!(is_done(&carry_out(&mut books, &capture)));
    assert!(is_done(&carry_out(
        &mut books,
        &order("b:r", Leg::Release, Some("b:h"))
    )));
    assert_eq!(shown(&books), (600, 0, 400));
    for (reference, leg) in [("a:r", Leg::Release), ("a:c2", Leg::Capture)] {
        let again = carry_out(&mut books, &order(reference, leg, Some("a:h")));
        assert_eq!(refusal(&again), "original_ended");
    }
    assert!(is_done(&carry_out(
        &mut books,
        &order("a:f", Leg::Refund, Some("a:c"))
    )));
    let twice = carry_out(&mut books, &order("a:f2", Leg::Refund, Some("a:c")));
    assert_eq!(refusal(&twice), "original_ended");
    assert_eq!(shown(&books), (1_000, 0, 0));
    // A refusal is final, even though there is money now.
    let late = carry_out(&mut books, &order("c:h", Leg::Hold, None));
    assert!(matches!(
        late,
        Answer::Known(Decision {
            fate: Fate::Refused { .. },
            ..
        })
    ));
    assert_eq!(books.effects().len(), 5);
}

#[test]
fn a_repetition_changes_nothing_and_another_order_is_a_conflict() {
    let mut books = Books::new(Custom::CaptureFirst, Memory::Keeps, 1_000);
    let capture = order("a:c", Leg::Capture, None);
    assert!(is_done(&carry_out(&mut books, &capture)));
    assert!(matches!(carry_out(&mut books, &capture), Answer::Known(_)));
    let mut other = capture.clone();
    other.amount.amount = 401;
    assert_eq!(carry_out(&mut books, &other), Answer::Conflict);
    assert_eq!(books.effects().len(), 1);
    let hold = carry_out(&mut books, &order("a:h", Leg::Hold, None));
    assert_eq!(refusal(&hold), "not_offered");
    let mut unequal = order("a:f", Leg::Refund, Some("a:c"));
    unequal.amount.amount = 399;
    assert_eq!(
        refusal(&carry_out(&mut books, &unequal)),
        "original_differs"
    );
    let lost = carry_out(&mut books, &order("a:g", Leg::Refund, Some("z:c")));
    assert_eq!(refusal(&lost), "original_unknown");
}

#[test]
fn a_forgetful_bank_takes_twice_and_its_log_tells() {
    let mut books = Books::new(Custom::CaptureFirst, Memory::Forgets, 1_000);
    let capture = order("a:c", Leg::Capture, None);
    assert!(is_done(&carry_out(&mut books, &capture)));
    assert!(is_done(&carry_out(&mut books, &capture)));
    assert_eq!(books.effects().len(), 2);
    assert_eq!(shown(&books), (200, 0, 800));
}

#[test]
fn blocked_accounts_give_back_and_closed_ones_are_unknown() {
    let mut books = Books::new(Custom::CaptureFirst, Memory::Keeps, 1_000);
    carry_out(&mut books, &order("a:c", Leg::Capture, None));
    let stand = |books: &mut Books, standing| {
        books.enter(Line::Account {
            number: ACCOUNT.to_owned(),
            opening: 0,
            standing,
        });
    };
    stand(&mut books, Standing::Blocked);
    let blocked = carry_out(&mut books, &order("b:c", Leg::Capture, None));
    assert_eq!(refusal(&blocked), "account_blocked");
    assert!(is_done(&carry_out(
        &mut books,
        &order("a:f", Leg::Refund, Some("a:c"))
    )));
    stand(&mut books, Standing::Closed);
    let closed = carry_out(&mut books, &order("c:c", Leg::Capture, None));
    assert_eq!(refusal(&closed), "account_unknown");
}
