//! What lines of four sides come to, before they are judged.

use super::super::{AtBank, Finding, Heard, LedgerSide, Line, LineKind, Matching};
use super::files::line;
use crate::money::Money;

const OURS: Money = Money::cny(100);

fn of(kind: LineKind, amount: Money) -> Line {
    Line {
        kind,
        amount,
        ..line("pay_1", 1, "")
    }
}

fn paid(amount: i64) -> Line {
    of(LineKind::Payment, Money::cny(amount))
}

fn undone(amount: i64) -> Line {
    of(LineKind::Reversal, Money::cny(amount))
}

/// Taken in our books, and so by the biller.
fn agreed() -> Matching {
    let mut matching = Matching::default();
    matching.ledger("pay_1", LedgerSide::Taken(OURS));
    matching.biller(&paid(100));
    matching
}

fn found(matching: &Matching) -> Finding {
    let found = matching.judge();
    assert_eq!(found.len(), 1);
    found[0].finding
}

#[test]
fn what_the_billers_lines_come_to_counts() {
    for (lines, finding) in [
        (vec![paid(100)], Finding::Matched),
        (vec![paid(90)], Finding::AmountDiffers),
        (vec![paid(100), undone(100), paid(100)], Finding::Matched),
        (vec![paid(200), undone(100)], Finding::Matched),
        (
            vec![paid(100), paid(50), undone(150)],
            Finding::AmountDiffers,
        ),
        (vec![paid(100), undone(100)], Finding::Surplus),
        (vec![paid(50), paid(50)], Finding::Duplicate),
        (
            vec![paid(100), of(LineKind::Refund, Money::cny(100))],
            Finding::Surplus,
        ),
    ] {
        let mut matching = Matching::default();
        matching.ledger("pay_1", LedgerSide::Taken(OURS));
        lines.iter().for_each(|line| matching.biller(line));
        assert_eq!(found(&matching), finding, "{lines:?}");
    }
}

#[test]
fn two_currencies_about_one_payment_are_two_applications() {
    let mut matching = agreed();
    let dollars = Money::new(7, "USD".parse().unwrap());
    matching.biller(&of(LineKind::Payment, dollars));
    matching.biller(&of(LineKind::Reversal, dollars));
    assert_eq!(found(&matching), Finding::Duplicate);
}

#[test]
fn a_bank_is_asked_about_its_own_payments_only() {
    let mut matching = agreed();
    assert_eq!(matching.judge()[0].sides.bank, Heard::NotConcerned);
    matching.bank_spoke("pay_1");
    assert_eq!(found(&matching), Finding::Matched);
    matching.at_bank("pay_1", AtBank::Amount(OURS));
    assert_eq!(found(&matching), Finding::BankShortage);
    matching.bank(&paid(90));
    assert_eq!(found(&matching), Finding::BankDiffers);
    matching.bank(&undone(90));
    assert_eq!(found(&matching), Finding::BankShortage);

    let mut silent = agreed();
    silent.at_bank("pay_1", AtBank::Amount(OURS));
    assert_eq!(silent.judge()[0].sides.bank, Heard::NotYet);
    assert_eq!(found(&silent), Finding::Matched);
    silent.bank(&paid(100));
    assert_eq!(silent.judge()[0].sides.bank, Heard::Amount(OURS));
    assert_eq!(found(&silent), Finding::Matched);
    silent.bank(&undone(100));
    assert_eq!(silent.judge()[0].sides.bank, Heard::Nothing);
}

#[test]
fn a_client_that_spoke_and_does_not_know_a_payment_differs() {
    let mut matching = agreed();
    assert_eq!(found(&matching), Finding::Matched);
    matching.channel_spoke("pay_2");
    assert_eq!(found(&matching), Finding::Matched);
    matching.channel_spoke("pay_1");
    assert_eq!(found(&matching), Finding::ChannelDiffers);
    matching.channel(&paid(100));
    assert_eq!(found(&matching), Finding::Matched);
}

/// Work orders and reports are read by these words for ever.
#[test]
fn findings_have_their_words_and_some_of_them_are_differences() {
    let words = [
        "matched",
        "awaited",
        "carried",
        "found_applied",
        "found_not_applied",
        "surplus",
        "shortage",
        "amount_differs",
        "duplicate",
        "bank_surplus",
        "bank_shortage",
        "bank_differs",
        "channel_differs",
    ];
    assert_eq!(Finding::ALL.map(Finding::as_str), words);
    let back = words.map(|word| word.parse::<Finding>().unwrap());
    assert_eq!(back, Finding::ALL);
    assert_eq!("lost".parse::<Finding>(), Err(()));
    let quiet = Finding::ALL.iter().filter(|one| !one.is_difference());
    assert_eq!(quiet.count(), 5);
    assert!(!Finding::FoundNotApplied.is_difference() && Finding::Surplus.is_difference());
}
