//! What payments cost their client: held when they begin, taken with the
//! application, given back where nothing came of them.

use guichet_domain::id::PersonId;
use guichet_domain::payment::StatusAnswer;
use guichet_domain::{Currency, CutOff, Money};

use super::fakes::biller::{Memory, Mood};
use super::world::{FUNDS, World};
use crate::accounts::ByOperator;
use crate::accounts::chart::{Stripe, client_funding};
use crate::accounts::statement::{Direction, Period};
use crate::bank::Custom;
use crate::payments::PaymentError;

/// Prices of a client, and what stands on its own account.
const TOP_UP: i64 = 100;

impl World {
    async fn top_up(&self, amount: i64) {
        let room = &self.accounts;
        let paid = room.top_up(&self.by(), Money::cny(amount), "slip-1").await;
        paid.unwrap();
    }

    async fn charge(&self, list: &str) {
        let list = serde_json::from_str(list).unwrap();
        self.accounts.set_prices(&self.by(), &list).await.unwrap();
        // Prices that were read a moment ago count for another second.
        self.pass(1_000);
    }

    fn by(&self) -> ByOperator {
        ByOperator {
            person: PersonId::new("paul").unwrap(),
            client: self.client.clone(),
        }
    }

    /// The client's own balance and what is held of it, and the house's fee income.
    async fn fees(&self) -> (i64, i64, i64) {
        let account = self
            .accounts
            .client_account(&self.client, Currency::CNY)
            .await
            .unwrap();
        let held = account.balances.held.minor_units();
        let chart = self.payments.store().chart_balances(("", "", ""), 100);
        let income = chart.await.unwrap();
        let income = income.iter().find(|one| one.kind == "fee_income");
        let income = income.map_or(0, |one| one.owed);
        (account.balances.balance.minor_units(), held, income)
    }
}

async fn world(custom: Option<Custom>) -> World {
    let mut world = World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await;
    if let Some(custom) = custom {
        world.pay_by_bank(custom).await;
    }
    world
}

const FOR_WATER: &str =
    r#"{"currency":"CNY","prices":[{"category":"water","fixed":7},{"fixed":50}]}"#;
const FOR_WATER_KEPT: &str =
    r#"{"currency":"CNY","undone":"keep","prices":[{"category":"water","fixed":7}]}"#;

#[tokio::test]
async fn a_client_pays_for_what_is_applied_and_has_it_back_as_its_prices_say() {
    for custom in [None, Some(Custom::HoldFirst), Some(Custom::CaptureFirst)] {
        for (list, kept) in [(FOR_WATER, 0), (FOR_WATER_KEPT, 7)] {
            let mut world = world(custom).await;
            world.top_up(TOP_UP).await;
            world.charge(list).await;
            let made = world.pay("k1", "1", 1_000).await.unwrap();
            assert_eq!(world.fees().await, (TOP_UP, 7, 0), "held, not taken");
            world.drive_next().await;
            assert_eq!(world.state(&made.payment).await, "applied");
            assert_eq!(world.fees().await, (TOP_UP - 7, 0, 7), "{custom:?}");
            world.assert_books().await;
            let undone = world.payments.reverse(&world.client, &made.payment, "oops");
            undone.await.unwrap();
            world.look().await;
            assert_eq!(world.state(&made.payment).await, "reversed");
            let back = (TOP_UP - kept, 0, kept);
            assert_eq!(world.fees().await, back, "{custom:?}");
            world.assert_books().await;
        }
    }
}

#[tokio::test]
async fn a_client_pays_nothing_for_what_comes_to_nothing() {
    for custom in [None, Some(Custom::HoldFirst), Some(Custom::CaptureFirst)] {
        let mut world = world(custom).await;
        world.top_up(TOP_UP).await;
        world.charge(FOR_WATER).await;
        world.biller.will(&[Mood::Refusing]);
        let refused = world.pay("k1", "1", 500).await.unwrap();
        world.drive_next().await;
        assert_eq!(world.state(&refused.payment).await, "released");
        let cancelled = world.pay("k2", "2", 500).await.unwrap();
        assert_eq!(world.fees().await.1, 7);
        let gone = world.payments.cancel(&world.client, &cancelled.payment);
        gone.await.unwrap();
        assert_eq!(world.fees().await, (TOP_UP, 0, 0), "{custom:?}");
        let expired = world.pay("k3", "3", 500).await.unwrap();
        world.terms.close("closed");
        world.queue.try_recv().unwrap();
        world.drive_next().await;
        assert_eq!(world.state(&expired.payment).await, "expired");
        assert_eq!(world.fees().await, (TOP_UP, 0, 0), "{custom:?}");
        world.assert_books().await;
    }
}

/// The bank says no: the payment is declined before anything was sent.
#[tokio::test]
async fn a_payment_that_the_bank_declines_costs_its_client_nothing() {
    for custom in [Custom::HoldFirst, Custom::CaptureFirst] {
        let mut world = world(Some(custom)).await;
        world.top_up(TOP_UP).await;
        world.charge(FOR_WATER).await;
        let made = world.pay("k1", "1", FUNDS + 1).await.unwrap();
        assert_eq!(world.fees().await.1, 7);
        world.drive_next().await;
        assert_eq!(world.state(&made.payment).await, "declined");
        assert_eq!(world.fees().await, (TOP_UP, 0, 0), "{custom:?}");
        world.assert_books().await;
    }
}

#[tokio::test]
async fn a_client_without_money_makes_no_payment_and_its_payer_keeps_theirs() {
    let world = world(None).await;
    world.top_up(13).await;
    world.charge(FOR_WATER).await;
    world.pay("k1", "1", 500).await.unwrap();
    let poor = world.pay("k2", "2", 500).await;
    assert!(matches!(poor, Err(PaymentError::ClientFunds)), "{poor:?}");
    assert_eq!(world.money().await, (FUNDS, 500), "only the first one");
    let (by, room) = (world.by(), &world.accounts);
    room.set_credit_limit(&by, Money::cny(1)).await.unwrap();
    world.pay("k2", "2", 500).await.unwrap();
    world.assert_books().await;
}

#[tokio::test]
async fn a_payment_keeps_the_price_it_was_begun_with_and_stands_on_the_statement() {
    let mut world = world(None).await;
    world.top_up(TOP_UP).await;
    let free = world.pay("k0", "0", 500).await.unwrap();
    world.charge(FOR_WATER).await;
    let made = world.pay("k1", "1", 1_000).await.unwrap();
    world
        .charge(r#"{"currency":"CNY","prices":[{"fixed":20}]}"#)
        .await;
    let dearer = world.pay("k2", "2", 1_000).await.unwrap();
    for payment in [&free, &made, &dearer] {
        world.drive_next().await;
        assert_eq!(world.state(&payment.payment).await, "applied");
    }
    assert_eq!(world.fees().await, (TOP_UP - 27, 0, 27));
    let id = client_funding(&world.client, Currency::CNY, 0).account.id;
    let today = world.ports.now().accounting_date(CutOff::MIDNIGHT);
    let today: Period = today.to_string().parse().unwrap();
    let statement = world.accounts.statement(&world.client, &id, today);
    let statement = statement.await.unwrap();
    let fees: Vec<_> = statement
        .entries
        .iter()
        .filter(|entry| entry.direction == Direction::Out)
        .map(|entry| (entry.payment.clone().unwrap(), entry.amount.minor_units()))
        .collect();
    assert_eq!(fees, [(made.payment, 7), (dearer.payment, 20)]);
    assert_eq!(statement.closing, Money::cny(TOP_UP - 27));
    world.assert_books().await;
}

/// Payments of one node are booked on that node's stripe alone.
#[tokio::test]
async fn what_a_node_collects_stands_on_its_own_stripe() {
    let mut world = world(None).await;
    for key in ["1", "2", "3"] {
        world.pay(key, key, 100).await.unwrap();
        world.drive_next().await;
    }
    let chart = world.payments.store().chart_balances(("", "", ""), 100);
    let chart = chart.await.unwrap();
    let owed = chart.iter().find(|one| one.kind == "payable").unwrap();
    assert_eq!((owed.owed, owed.stripes), (300, 1));
    assert_eq!(Stripe::of_slot(17), Stripe::of_slot(1));
}
