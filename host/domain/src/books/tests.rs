//! The books against a model that keeps nothing but a list of what was recorded.

use proptest::prelude::*;

use super::*;
use crate::money::Currency;

fn account_id(number: u8) -> AccountId {
    AccountId::new(format!("a{number}")).unwrap()
}

fn transfer_id(number: usize) -> TransferId {
    TransferId::new(format!("t{number}")).unwrap()
}

const NOW: Moment = Moment::from_micros(1_000);

/// Every account, in the order of their numbers.
fn accounts(books: &Books) -> Vec<Account> {
    (0..4)
        .filter_map(|number| books.account(&account_id(number)).cloned())
        .collect()
}

fn books() -> Books {
    let mut books = Books::default();
    for (number, capped) in [
        (0, Capped::None),
        (1, Capped::Debits),
        (2, Capped::Debits),
        (3, Capped::Credits),
    ] {
        let mut account = Account::empty(account_id(number), Currency::CNY, capped);
        account.credit_limit = i64::from(number) * 10;
        books.put_account(account);
    }
    books
}

/// One random move; positions point into what was made so far.
#[derive(Debug, Clone)]
enum Move {
    Single(u8, u8, i64),
    Pending(u8, u8, i64),
    Post(usize, i64),
    Void(usize),
    Again(usize),
}

fn moves() -> impl Strategy<Value = Vec<Vec<Move>>> {
    let amount = prop_oneof![-2i64..60, Just(i64::MAX)];
    let one = prop_oneof![
        (0u8..4, 0u8..4, amount.clone()).prop_map(|(d, c, a)| Move::Single(d, c, a)),
        (0u8..4, 0u8..4, amount.clone()).prop_map(|(d, c, a)| Move::Pending(d, c, a)),
        (0usize..40, amount).prop_map(|(p, a)| Move::Post(p, a)),
        (0usize..40).prop_map(Move::Void),
        (0usize..40).prop_map(Move::Again),
    ];
    prop::collection::vec(prop::collection::vec(one, 1..3), 0..40)
}

fn make(step: &Move, id: TransferId, made: &[Transfer]) -> Transfer {
    let nothing = || Transfer::single(id.clone(), account_id(0), account_id(9), Money::cny(1));
    match step {
        Move::Single(debit, credit, amount) => Transfer::single(
            id,
            account_id(*debit),
            account_id(*credit),
            Money::cny(*amount),
        ),
        Move::Pending(debit, credit, amount) => Transfer::pending(
            id,
            account_id(*debit),
            account_id(*credit),
            Money::cny(*amount),
        ),
        Move::Post(position, amount) => made.get(*position).map_or_else(nothing, |held| {
            Transfer::post(id.clone(), held, Money::cny(*amount))
        }),
        Move::Void(position) => made
            .get(*position)
            .map_or_else(nothing, |held| Transfer::void(id.clone(), held)),
        Move::Again(position) => made.get(*position).cloned().unwrap_or_else(nothing),
    }
}

/// The four sums of an account, from the list alone.
fn model_sums(recorded: &[Transfer], account: &AccountId) -> [i128; 4] {
    let mut sums = [0i128; 4];
    for transfer in recorded {
        let amount = i128::from(transfer.amount.minor_units());
        for (side, id) in [(0, &transfer.debit), (2, &transfer.credit)] {
            if id != account {
                continue;
            }
            match transfer.kind {
                TransferKind::Single => sums[side + 1] += amount,
                TransferKind::Pending => sums[side] += amount,
                TransferKind::Post | TransferKind::Void => {
                    let held = recorded
                        .iter()
                        .find(|other| Some(&other.id) == transfer.pending.as_ref())
                        .unwrap();
                    sums[side] -= i128::from(held.amount.minor_units());
                    sums[side + 1] += amount;
                }
            }
        }
    }
    sums
}

proptest! {
    #[test]
    fn the_books_agree_with_the_list_of_what_was_recorded(groups in moves()) {
        let mut books = books();
        let mut made: Vec<Transfer> = Vec::new();
        let mut recorded: Vec<Transfer> = Vec::new();
        for group in groups {
            let transfers: Vec<Transfer> = group
                .iter()
                .enumerate()
                .map(|(offset, step)| make(step, transfer_id(made.len() + offset), &made))
                .collect();
            let before: Vec<Account> = accounts(&books);
            match books.record(&transfers, NOW) {
                Ok(recordings) => {
                    for (transfer, recording) in transfers.iter().zip(recordings) {
                        if let Recording::New(_) = recording {
                            recorded.push(transfer.clone());
                        } else {
                            prop_assert!(recorded.contains(transfer));
                        }
                    }
                }
                Err(_) => {
                    let after: Vec<Account> = accounts(&books);
                    prop_assert_eq!(before, after, "a refused group changes nothing");
                }
            }
            made.extend(transfers);
            let mut sides = [0i128; 2];
            for account in accounts(&books) {
                let sums = model_sums(&recorded, &account.id);
                let kept = [
                    account.debits_pending, account.debits_posted,
                    account.credits_pending, account.credits_posted,
                ];
                prop_assert_eq!(sums, kept.map(i128::from));
                prop_assert!(kept.iter().all(|sum| *sum >= 0));
                prop_assert!(account.keeps_its_cap());
                sides[0] += sums[0] + sums[1];
                sides[1] += sums[2] + sums[3];
            }
            prop_assert_eq!(sides[0], sides[1], "debits equal credits");
        }
        for held in recorded.iter().filter(|transfer| transfer.kind == TransferKind::Pending) {
            let enders = recorded.iter().filter(|t| t.pending.as_ref() == Some(&held.id)).count();
            prop_assert!(enders <= 1, "a pending transfer ends once");
        }
    }
}

#[test]
fn a_hold_is_taken_in_part_and_the_rest_is_free_again() {
    let mut books = books();
    let (bank, payer) = (account_id(0), account_id(1));
    let fund = Transfer::single(transfer_id(0), bank.clone(), payer.clone(), Money::cny(90));
    let hold = Transfer::pending(transfer_id(1), payer.clone(), bank.clone(), Money::cny(100));
    books.record(&[fund, hold.clone()], NOW).unwrap();
    // 90 and a credit limit of 10 are used up.
    assert_eq!(books.account(&payer).unwrap().available(), Money::cny(-10));
    let more = Transfer::pending(transfer_id(2), payer.clone(), bank, Money::cny(1));
    assert_eq!(
        books.record(&[more], NOW),
        Err(BooksError::Exceeds(payer.clone()))
    );
    let post = Transfer::post(transfer_id(3), &hold, Money::cny(40));
    assert_eq!(
        books.record(std::slice::from_ref(&post), NOW),
        Ok(vec![Recording::New(Movement {
            pending: -100,
            posted: 40
        })])
    );
    assert_eq!(books.record(&[post], NOW), Ok(vec![Recording::Already]));
    assert_eq!(books.account(&payer).unwrap().available(), Money::cny(50));
    let void = Transfer::void(transfer_id(4), &hold);
    assert_eq!(books.record(&[void], NOW), Err(BooksError::Ended(hold.id)));
}

#[test]
fn the_same_id_with_other_content_is_refused() {
    let mut books = books();
    let first = Transfer::single(transfer_id(0), account_id(0), account_id(1), Money::cny(5));
    books.record(std::slice::from_ref(&first), NOW).unwrap();
    let other = Transfer {
        amount: Money::cny(6),
        ..first
    };
    assert_eq!(
        books.record(&[other], NOW),
        Err(BooksError::Differs(transfer_id(0)))
    );
}

#[test]
fn an_expired_hold_can_be_given_back_but_not_taken() {
    let mut books = books();
    let hold = Transfer::pending(transfer_id(0), account_id(0), account_id(1), Money::cny(9))
        .expiring(NOW.plus_ms(1));
    books.record(std::slice::from_ref(&hold), NOW).unwrap();
    let post = Transfer::post(transfer_id(1), &hold, Money::cny(9));
    let late = NOW.plus_ms(1);
    assert_eq!(
        books.record(std::slice::from_ref(&post), late),
        Err(BooksError::Expired(hold.id.clone()))
    );
    let void = Transfer::void(transfer_id(2), &hold);
    books.clone().record(&[void], late).unwrap();
    books.record(&[post], NOW).unwrap();
}

#[test]
fn what_ends_a_hold_has_no_expiry() {
    let hold = Transfer::pending(transfer_id(0), account_id(0), account_id(1), Money::cny(9))
        .expiring(NOW.plus_ms(1));
    let post = Transfer::post(transfer_id(1), &hold, Money::cny(9));
    let void = Transfer::void(transfer_id(2), &hold);
    assert_eq!([post.expires_at, void.expires_at], [None, None]);
}

#[test]
fn what_is_reserved_and_what_is_spent_count_together() {
    let mut books = books();
    let (bank, payer) = (account_id(0), account_id(1));
    let fund = Transfer::single(transfer_id(0), bank.clone(), payer.clone(), Money::cny(90));
    let spend = Transfer::single(transfer_id(1), payer.clone(), bank.clone(), Money::cny(60));
    books.record(&[fund, spend], NOW).unwrap();
    // 30 and a credit limit of 10 are left.
    let hold = |number, amount| {
        Transfer::pending(
            transfer_id(number),
            payer.clone(),
            bank.clone(),
            Money::cny(amount),
        )
    };
    let above = books.record(&[hold(2, 41)], NOW);
    assert_eq!(above, Err(BooksError::Exceeds(payer.clone())));
    books.record(&[hold(3, 40)], NOW).unwrap();
}

#[test]
fn a_post_repeats_both_accounts_of_what_it_takes() {
    let mut books = books();
    let hold = Transfer::pending(transfer_id(0), account_id(0), account_id(1), Money::cny(9));
    books.record(std::slice::from_ref(&hold), NOW).unwrap();
    let post = Transfer::post(transfer_id(1), &hold, Money::cny(9));
    let debit = Transfer {
        debit: account_id(3),
        ..post.clone()
    };
    let credit = Transfer {
        credit: account_id(3),
        ..post.clone()
    };
    for other in [debit, credit] {
        assert_eq!(books.record(&[other], NOW), Err(BooksError::Shape));
    }
    books.record(&[post], NOW).unwrap();
}

#[test]
fn books_that_forget_their_transfers_keep_their_accounts() {
    let mut books = books();
    let hold = Transfer::pending(transfer_id(0), account_id(0), account_id(1), Money::cny(9));
    books.record(std::slice::from_ref(&hold), NOW).unwrap();
    let before = accounts(&books);
    books.forget_transfers();
    assert_eq!(accounts(&books), before);
    let void = Transfer::void(transfer_id(1), &hold);
    assert_eq!(
        books.record(&[void], NOW),
        Err(BooksError::NoSuchPending(hold.id))
    );
}
