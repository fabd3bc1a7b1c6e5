//! Limits, windows, the rules of bills, and who bears a fee.

use guichet_domain::Money;
use guichet_domain::bill::{AmountRule, Limits};
use guichet_domain::fee::{FeeBearer, FeeRule, FeeTerms};
use guichet_domain::id::{AccountId, RecordId, SubjectId};
use guichet_domain::payment::StatusAnswer;

use super::fakes::biller::{Memory, Mood};
use super::world::{FUNDS, World};
use crate::accounts::chart::Stripe;
use crate::bank::Custom;
use crate::payments::PaymentError;

async fn world() -> World {
    World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await
}

#[tokio::test]
async fn one_payer_pays_so_much_a_day_through_a_client_and_no_more() {
    let world = world().await;
    world.policies.0.lock().unwrap().payer_per_day = Some(1_000);
    let (one, two) = tokio::join!(world.pay("k1", "1", 600), world.pay("k2", "2", 600));
    let refused =
        |made: &Result<_, PaymentError>| matches!(made, Err(PaymentError::AbovePayerLimit));
    assert_eq!(usize::from(refused(&one)) + usize::from(refused(&two)), 1);
    assert!(world.pay("k3", "3", 400).await.is_ok(), "up to the limit");
    let over = world.pay("k4", "4", 1).await;
    assert!(refused(&over), "{over:?}");
    // What came to nothing does not count, and tomorrow is another day.
    let made = one.or(two).unwrap();
    world
        .payments
        .cancel(&world.client, &made.payment)
        .await
        .unwrap();
    assert!(world.pay("k5", "5", 600).await.is_ok());
    world.pass(24 * 3_600_000);
    assert!(world.pay("k6", "6", 1_000).await.is_ok());
    world.assert_books().await;
}

#[tokio::test]
async fn a_limit_for_one_payment_holds_for_the_service_and_for_the_bill() {
    let world = world().await;
    world.terms.0.lock().unwrap().limits = Limits {
        per_payment: Some(Money::cny(499)),
        per_day: None,
    };
    let above = world.pay("k1", "1", 500).await;
    assert!(matches!(above, Err(PaymentError::Items(_))), "{above:?}");
    assert!(world.pay("k2", "2", 499).await.is_ok());
}

impl World {
    /// A query for another account at the same biller, with a limit of the bill's own.
    async fn query_for(&self, account: &str, bill: &str, per_day: Option<i64>) -> RecordId {
        let store = self.payments.store();
        let known = store.bill_query(&self.query(&[(bill, 600)]).await).await;
        let mut query = known.unwrap().unwrap();
        query.id = self.ports.record_id("bq");
        let payable = query.payable.as_mut().unwrap();
        payable.account_number = Some(account.to_owned());
        payable.limits.per_day = per_day.map(Money::cny);
        store.put_bill_query(&query).await.unwrap();
        query.id
    }
}

#[tokio::test]
async fn a_limit_by_day_is_counted_for_each_account_and_the_stricter_one_holds() {
    let world = world().await;
    world.terms.0.lock().unwrap().limits.per_day = Some(Money::cny(1_200));
    for (key, account, per_day, allowed) in [
        ("1", "0099", None, true),
        ("2", "0099", None, true),
        ("3", "0099", None, false),
        ("4", "0100", None, true),
        ("5", "0100", Some(1_199), false),
        ("6", "0100", Some(9_999), true),
        ("7", "0100", Some(9_999), false),
    ] {
        let query = world.query_for(account, key, per_day).await;
        let request = world.request(&query, key, &[(key, 600)]);
        let made = world.payments.create(&request).await;
        let limited = matches!(made, Err(PaymentError::AboveDayLimit));
        assert_eq!((made.is_ok(), limited), (allowed, !allowed), "{key}");
    }
    world.assert_books().await;
}

#[tokio::test]
async fn a_limit_that_begins_within_a_day_counts_what_is_paid_from_then_on() {
    let world = world().await;
    for (key, per_day, allowed) in [
        ("1", None, true),
        ("2", Some(600), true),
        ("3", Some(600), false),
    ] {
        let query = world.query_for("0099", key, per_day).await;
        let request = world.request(&query, key, &[(key, 600)]);
        let made = world.payments.create(&request).await;
        let limited = matches!(made, Err(PaymentError::AboveDayLimit));
        assert_eq!((made.is_ok(), limited), (allowed, !allowed), "{key}");
    }
    world.assert_books().await;
}

#[tokio::test]
async fn what_was_not_sent_when_the_window_closed_goes_back_with_the_reason() {
    for custom in [None, Some(Custom::HoldFirst), Some(Custom::CaptureFirst)] {
        let mut world = world().await;
        if let Some(custom) = custom {
            world.pay_by_bank(custom).await;
        }
        let made = world.pay("k1", "1", 500).await.unwrap();
        world.terms.close("closed from 22:00");
        let late = world.pay("k2", "2", 500).await;
        assert!(matches!(late, Err(PaymentError::Closed(_))), "{late:?}");
        world.drive_next().await;
        let view = world
            .payments
            .get(&world.client, &made.payment)
            .await
            .unwrap();
        assert_eq!(view.state.as_str(), "expired", "{custom:?}");
        assert_eq!(view.reason.as_deref(), Some("closed from 22:00"));
        assert_eq!(world.biller.effects_of(made.payment.as_str()), 0);
        if custom.is_some() {
            assert_eq!(world.bank.available(), FUNDS);
        } else {
            assert_eq!(world.money().await, (FUNDS, 0));
        }
        world.assert_books().await;
    }
}

/// A window that closes says nothing about what was sent before.
#[tokio::test]
async fn what_was_sent_before_the_window_closed_is_found_out() {
    let mut world = world().await;
    world.biller.will(&[Mood::Mute]);
    let made = world.pay("k1", "1", 500).await.unwrap();
    world.drive_next().await;
    world.terms.close("closed");
    world.pass(5_000);
    world.look().await;
    assert_eq!(world.state(&made.payment).await, "applied");
}

#[tokio::test]
async fn no_bill_widens_the_service_s_own_rule() {
    let world = world().await;
    let steps = AmountRule::Steps {
        minimum: Money::cny(1_000),
        maximum: Money::cny(5_000),
        step: Money::cny(500),
    };
    world.terms.0.lock().unwrap().rule = steps;
    for (bill, amount, allowed) in [
        ("1", 999, false),
        ("2", 1_000, true),
        ("3", 1_250, false),
        ("4", 5_000, true),
        ("5", 5_500, false),
    ] {
        let made = world.pay(bill, bill, amount).await;
        assert_eq!(made.is_ok(), allowed, "{amount}: {made:?}");
    }
    world.assert_books().await;
}

/// What an account was credited with, less what it was debited with.
async fn credited(world: &World, account: &str) -> i64 {
    let id = AccountId::new(account).unwrap();
    let row = world.payments.store().account(&id).await.unwrap();
    row.map_or(0, |row| {
        row.account.credits_posted - row.account.debits_posted
    })
}

async fn sum(world: &World, stem: &str) -> i64 {
    let mut sum = 0;
    for stripe in Stripe::all() {
        sum += credited(world, &format!("{stem}:{stripe}:CNY")).await;
    }
    sum
}

/// Takes 12 of 1,000 and gives it back with the reversal, whoever bears it.
#[tokio::test]
async fn a_fee_is_booked_where_it_is_borne_and_comes_back_with_the_payment() {
    for (bearer, payer, payable, expense) in [
        (FeeBearer::Payer, 1_012, 1_000, 0),
        (FeeBearer::Biller, 1_000, 988, 0),
        (FeeBearer::Operator, 1_000, 1_000, -12),
    ] {
        let mut world = world().await;
        let amount = Money::cny(12);
        world.terms.0.lock().unwrap().fee = FeeTerms {
            rule: FeeRule::Fixed { amount },
            bearer,
        };
        let made = world.pay("k1", "1", 1_000).await.unwrap();
        assert_eq!(world.money().await, (FUNDS, payer), "{bearer:?}");
        assert_eq!(
            sum(&world, "fee-income").await,
            0,
            "not before it is applied"
        );
        world.drive_next().await;
        assert_eq!(world.money().await, (FUNDS - payer, 0), "{bearer:?}");
        let owed = sum(&world, "payable:b-330100-water-1").await;
        assert_eq!(owed, payable, "{bearer:?}");
        assert_eq!(sum(&world, "fee-income").await, 12, "{bearer:?}");
        assert_eq!(sum(&world, "fee-expense").await, expense, "{bearer:?}");
        world.assert_books().await;
        let payment = &made.payment;
        world
            .payments
            .reverse(&world.client, payment, "oops")
            .await
            .unwrap();
        world.look().await;
        assert_eq!(world.state(payment).await, "reversed");
        assert_eq!(world.money().await, (FUNDS, 0), "{bearer:?}");
        for account in ["fee-income", "fee-expense"] {
            assert_eq!(sum(&world, account).await, 0, "{bearer:?}");
        }
        assert_eq!(sum(&world, "payable:b-330100-water-1").await, 0);
        world.assert_books().await;
    }
}

/// Where the biller names no account, one citizen does not use up another's limit.
#[tokio::test]
async fn without_an_account_the_limit_by_day_is_each_citizens_own() {
    let mut world = world().await;
    world.terms.0.lock().unwrap().limits.per_day = Some(Money::cny(600));
    for (key, citizen, allowed) in [
        ("1", "anna", true),
        ("2", "anna", false),
        ("3", "berta", true),
    ] {
        world.subject = SubjectId::new(citizen).unwrap();
        let opened = world.accounts.open_funding(
            &world.client,
            &world.subject,
            Money::cny(900),
            Money::cny(0),
        );
        world.account = opened.await.unwrap();
        let query = world.query_for("", key, None).await;
        let request = world.request(&query, key, &[(key, 600)]);
        let made = world.payments.create(&request).await;
        let limited = matches!(made, Err(PaymentError::AboveDayLimit));
        assert_eq!((made.is_ok(), limited), (allowed, !allowed), "{key}");
    }
    world.assert_books().await;
}
