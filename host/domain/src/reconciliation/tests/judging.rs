//! All combinations of what four sides can say, and the laws of matching.

use proptest::prelude::{Strategy, any, prop_assert_eq, proptest};

use super::super::{
    AtBank, BillerSide, Finding, Heard, LedgerSide, Line, LineKind, Matching, Sides, judge,
};
use crate::money::Money;

const OURS: Money = Money::cny(100);
const OTHER: Money = Money::cny(90);

fn ledgers() -> [LedgerSide; 4] {
    [
        LedgerSide::Absent,
        LedgerSide::Open(OURS),
        LedgerSide::Taken(OURS),
        LedgerSide::NotTaken(OURS),
    ]
}

fn billers() -> [BillerSide; 5] {
    [
        BillerSide::NotYet,
        BillerSide::Nothing,
        BillerSide::Once(OURS),
        BillerSide::Once(OTHER),
        BillerSide::Several(2),
    ]
}

fn heards() -> [Heard; 5] {
    [
        Heard::NotConcerned,
        Heard::NotYet,
        Heard::Nothing,
        Heard::Amount(OURS),
        Heard::Amount(OTHER),
    ]
}

/// The rule as a table, written apart from the function: biller and ledger.
fn by_biller(biller: BillerSide, ledger: LedgerSide) -> Option<Finding> {
    use Finding as F;
    let row = match biller {
        //                          absent            open                      taken               not taken
        BillerSide::NotYet => [None, Some(F::Carried), None, None],
        BillerSide::Nothing => [None, Some(F::FoundNotApplied), Some(F::Surplus), None],
        BillerSide::Once(OURS) => [
            Some(F::Shortage),
            Some(F::FoundApplied),
            None,
            Some(F::Shortage),
        ],
        BillerSide::Once(_) => [
            Some(F::Shortage),
            Some(F::AmountDiffers),
            Some(F::AmountDiffers),
            Some(F::Shortage),
        ],
        BillerSide::Several(_) => [Some(F::Duplicate); 4],
    };
    row[position(ledger)]
}

fn by_bank(bank: Heard, ledger: LedgerSide) -> Option<Finding> {
    use Finding as F;
    let row = match bank {
        Heard::NotConcerned | Heard::NotYet => [None; 4],
        Heard::Nothing => [None, None, Some(F::BankShortage), None],
        Heard::Amount(OURS) => [Some(F::BankSurplus), None, None, Some(F::BankSurplus)],
        Heard::Amount(_) => [
            Some(F::BankSurplus),
            None,
            Some(F::BankDiffers),
            Some(F::BankSurplus),
        ],
    };
    row[position(ledger)]
}

fn by_channel(channel: Heard, ledger: LedgerSide) -> Option<Finding> {
    by_bank(channel, ledger).map(|_| Finding::ChannelDiffers)
}

fn position(ledger: LedgerSide) -> usize {
    match ledger {
        LedgerSide::Absent => 0,
        LedgerSide::Open(_) => 1,
        LedgerSide::Taken(_) => 2,
        LedgerSide::NotTaken(_) => 3,
    }
}

#[test]
fn all_five_hundred_combinations_are_judged_by_the_rule() {
    let mut judged = 0;
    for ledger in ledgers() {
        for biller in billers() {
            for bank in heards() {
                for channel in heards() {
                    let sides = Sides {
                        bank,
                        at_bank: None,
                        ledger,
                        channel,
                        biller,
                    };
                    let quiet = match (biller, ledger) {
                        (BillerSide::NotYet, LedgerSide::Taken(_)) => Finding::Awaited,
                        _ => Finding::Matched,
                    };
                    let wanted = by_biller(biller, ledger)
                        .or_else(|| by_bank(bank, ledger))
                        .or_else(|| by_channel(channel, ledger))
                        .unwrap_or(quiet);
                    assert_eq!(judge(&sides), wanted, "{sides:?}");
                    judged += 1;
                }
            }
        }
    }
    assert_eq!(judged, 500);
}

#[test]
fn no_open_payment_is_ever_called_applied_without_the_billers_word() {
    for biller in billers() {
        for bank in heards() {
            for channel in heards() {
                let ledger = LedgerSide::Open(OURS);
                let found = judge(&Sides {
                    bank,
                    at_bank: None,
                    ledger,
                    channel,
                    biller,
                });
                assert_eq!(
                    found == Finding::FoundApplied,
                    biller == BillerSide::Once(OURS)
                );
                assert_eq!(
                    found == Finding::FoundNotApplied,
                    biller == BillerSide::Nothing
                );
            }
        }
    }
}

fn line(reference: u8, undone: bool, amount: i64) -> Line {
    Line {
        reference: format!("pay_{reference}"),
        kind: if undone {
            LineKind::Reversal
        } else {
            LineKind::Payment
        },
        service: String::new(),
        amount: Money::cny(amount),
        fee: 0,
        serial: String::new(),
        at: crate::Moment::from_micros(0),
        note: String::new(),
    }
}

fn lines() -> impl Strategy<Value = Vec<Line>> {
    let one = (0..6_u8, any::<bool>(), 1..4_i64);
    let one = one.prop_map(|(reference, undone, amount)| line(reference, undone, amount));
    proptest::collection::vec(one, 0..12)
}

fn matching(ledger: &[u8], biller: &[Line], channel: &[Line]) -> Matching {
    let mut matching = Matching::default();
    for (position, kind) in ledger.iter().enumerate() {
        let side = ledgers()[usize::from(*kind) % 4];
        if side != LedgerSide::Absent {
            matching.ledger(&format!("pay_{position}"), side);
        }
    }
    matching.biller_spoke();
    biller.iter().for_each(|line| matching.biller(line));
    channel.iter().for_each(|line| matching.channel(line));
    matching
}

proptest! {
    #[test]
    fn order_makes_no_difference_and_every_line_ends_in_one_finding(
        ledger in proptest::collection::vec(any::<u8>(), 0..6),
        biller in lines(),
        channel in lines(),
        turn in any::<proptest::sample::Index>(),
    ) {
        let found = matching(&ledger, &biller, &channel).judge();
        let (mut turned, mut other) = (biller.clone(), channel.clone());
        if !turned.is_empty() {
            let by = turn.index(turned.len());
            turned.rotate_left(by);
        }
        other.reverse();
        let again = matching(&ledger, &turned, &other);
        prop_assert_eq!(&again.judge(), &found);
        prop_assert_eq!(&again.judge(), &found, "judging twice is the same");
        for line in biller.iter().chain(&channel) {
            let ends = found.iter().filter(|one| one.reference == line.reference).count();
            prop_assert_eq!(ends, 1);
        }
    }
}

#[test]
fn a_bank_has_to_show_the_payers_fee_too() {
    let (with_fee, either) = (AtBank::Amount(OTHER), AtBank::EitherWay(OTHER));
    use Finding as F;
    for (at_bank, bank, wanted) in [
        //                                          open        taken               not taken
        (
            with_fee,
            Heard::Nothing,
            [F::FoundApplied, F::BankShortage, F::Shortage],
        ),
        (
            with_fee,
            Heard::Amount(OTHER),
            [F::FoundApplied, F::Matched, F::Shortage],
        ),
        (
            with_fee,
            Heard::Amount(OURS),
            [F::FoundApplied, F::BankDiffers, F::Shortage],
        ),
        (
            either,
            Heard::Nothing,
            [F::FoundApplied, F::Matched, F::Shortage],
        ),
        (
            either,
            Heard::Amount(OTHER),
            [F::FoundApplied, F::Matched, F::Shortage],
        ),
        (
            either,
            Heard::Amount(OURS),
            [F::FoundApplied, F::BankDiffers, F::Shortage],
        ),
    ] {
        let ledgers = ledgers();
        let found = ledgers[1..].iter().map(|ledger| {
            judge(&Sides {
                bank,
                at_bank: Some(at_bank),
                ledger: *ledger,
                channel: Heard::NotConcerned,
                biller: BillerSide::Once(OURS),
            })
        });
        assert_eq!(found.collect::<Vec<_>>(), wanted, "{at_bank:?} {bank:?}");
    }
    for (at_bank, bank, wanted) in [
        (with_fee, OTHER, F::BankSurplus),
        (either, OTHER, F::Matched),
        (either, OURS, F::BankDiffers),
    ] {
        let found = judge(&Sides {
            bank: Heard::Amount(bank),
            at_bank: Some(at_bank),
            ledger: LedgerSide::NotTaken(OURS),
            channel: Heard::NotConcerned,
            biller: BillerSide::Nothing,
        });
        assert_eq!(found, wanted, "{at_bank:?} {bank:?}");
    }
}

#[test]
fn what_the_biller_has_in_neighbouring_days_counts_together() {
    let mut matching = Matching::default();
    matching.ledger("pay_1", LedgerSide::Taken(OURS));
    matching.ledger("pay_2", LedgerSide::Open(OURS));
    matching.ledger("pay_3", LedgerSide::NotTaken(OURS));
    matching.beside(&line(1, false, 100));
    matching.beside(&line(4, false, 100));
    let found = |matching: &Matching| -> Vec<Finding> {
        matching.judge().iter().map(|one| one.finding).collect()
    };
    let silent = [Finding::Awaited, Finding::Carried, Finding::Matched];
    assert_eq!(found(&matching), silent, "its file of the day is not here");
    matching.biller_spoke();
    matching.biller(&line(3, false, 100));
    let one_file = [
        Finding::Matched,
        Finding::FoundNotApplied,
        Finding::Shortage,
    ];
    assert_eq!(found(&matching), one_file);
    matching.beside(&line(2, false, 100));
    matching.beside(&line(3, true, 100));
    let both = [Finding::Matched, Finding::FoundApplied, Finding::Matched];
    assert_eq!(found(&matching), both);
    matching.biller(&line(1, false, 100));
    assert_eq!(found(&matching)[0], Finding::Duplicate);
}

#[test]
fn an_undone_application_is_none() {
    let mut matching = Matching::default();
    matching.ledger("pay_1", LedgerSide::NotTaken(OURS));
    matching.biller(&line(1, false, 100));
    assert_eq!(matching.judge()[0].finding, Finding::Shortage);
    matching.biller(&line(1, true, 100));
    assert_eq!(matching.judge()[0].finding, Finding::Matched);
    matching.biller(&line(1, false, 100));
    matching.biller(&line(1, false, 100));
    assert_eq!(matching.judge()[0].finding, Finding::Duplicate);
}
