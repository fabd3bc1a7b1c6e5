//! Whose account may pay, and how much of it: the payer's mandate.

use guichet_domain::fee::{FeeBearer, FeeRule, FeeTerms};
use guichet_domain::id::{AccountId, BankName, ClientId, SubjectId};
use guichet_domain::payment::StatusAnswer;
use guichet_domain::{Currency, Money};

use super::fakes::bank::BANK;
use super::fakes::biller::Memory;
use super::world::{FUNDS, World};
use crate::accounts::chart;
use crate::bank::{AccountNumber, Custom, Mandate, NotMandated};
use crate::payments::PaymentError;
use crate::store::{BankAccount, LedgerCommand};

impl World {
    /// Lets the subject pay from an account at the bank from now on.
    pub(super) async fn pay_by_bank(&mut self, custom: Custom) {
        self.bank.set_custom(custom);
        self.account = self
            .link("acc_bank", &self.client, &self.subject, None)
            .await;
    }

    /// Links an account at the bank; `most` is what the payer lets one payment take.
    async fn link(
        &self,
        id: &str,
        client: &ClientId,
        subject: &SubjectId,
        most: Option<Money>,
    ) -> AccountId {
        let (store, now) = (self.payments.store(), self.ports.now());
        let id = AccountId::new(id).unwrap();
        let currency = Currency::CNY;
        let open = LedgerCommand {
            accounts: vec![chart::bank_account(id.clone(), client, subject, currency)],
            transfers: Vec::new(),
            payment: None,
            at: now,
        };
        store.record_transfers(open).await.unwrap().unwrap();
        let linked = BankAccount {
            id: id.clone(),
            client: client.clone(),
            subject: subject.clone(),
            bank: BankName::new(BANK).unwrap(),
            currency,
            number: AccountNumber::new("6222020200112233445").unwrap(),
            mandate: Mandate {
                reference: "M-1".to_owned(),
                agreed_at: now,
                until: None,
                most_per_payment: most,
            },
            created_at: now,
            ended_at: None,
        };
        let linked = store.link_bank_account(&linked, id.as_str(), &[0]).await;
        linked.unwrap();
        id
    }

    /// A funded account, as `open_funding` makes it.
    pub(super) async fn fund(
        &self,
        client: &ClientId,
        subject: &SubjectId,
        money: Money,
    ) -> AccountId {
        let none = Money::new(0, money.currency());
        let opened = self.accounts.open_funding(client, subject, money, none);
        opened.await.unwrap()
    }
}

async fn world() -> World {
    World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await
}

fn another() -> (ClientId, SubjectId) {
    let client = ClientId::new("other-app").unwrap();
    (client, SubjectId::new("carl").unwrap())
}

#[tokio::test]
async fn nobody_pays_from_an_account_that_is_another_s_or_was_opened_to_another_client() {
    let mut world = world().await;
    let (client, subject) = another();
    let (own_client, own_subject) = (world.client.clone(), world.subject.clone());
    let money = Money::cny(FUNDS);
    let yen = Money::new(FUNDS, "JPY".parse().unwrap());
    let accounts = [
        world.fund(&client, &own_subject, money).await,
        world.fund(&own_client, &subject, money).await,
        world.fund(&own_client, &own_subject, yen).await,
        world.link("acc_1", &client, &own_subject, None).await,
        world.link("acc_2", &own_client, &subject, None).await,
    ];
    for (key, account) in ["1", "2", "3", "4", "5"].into_iter().zip(accounts) {
        world.account = account;
        let made = world.pay(key, key, 500).await;
        assert!(
            matches!(made, Err(PaymentError::NoMandate)),
            "{key}: {made:?}"
        );
    }
    world.account = world.fund(&own_client, &own_subject, money).await;
    assert!(world.pay("6", "6", 500).await.is_ok());
    world.assert_books().await;
}

#[tokio::test]
async fn a_client_sees_no_other_client_s_queries_and_payments() {
    let mut world = world().await;
    let query = world.query(&[("1", 500)]).await;
    let request = world.request(&query, "k1", &[("1", 500)]);
    let made = world.payments.create(&request).await.unwrap();
    let (client, _) = another();
    let subject = world.subject.clone();
    world.account = world.fund(&client, &subject, Money::cny(FUNDS)).await;
    world.client = client;
    let foreign = world.request(&query, "k2", &[("1", 500)]);
    let refused = world.payments.create(&foreign).await;
    assert!(
        matches!(refused, Err(PaymentError::NoSuchQuery)),
        "{refused:?}"
    );
    let shown = world.payments.get(&world.client, &made.payment).await;
    assert!(matches!(shown, Err(PaymentError::NotFound)), "{shown:?}");
    // That the bill is being paid it learns, but not by which payment.
    let refused = world.pay("k3", "1", 500).await;
    assert!(
        matches!(refused, Err(PaymentError::BillInPayment { payment: None })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_mandate_bounds_all_that_is_taken_the_fee_included() {
    let mut world = world().await;
    let (client, subject) = (world.client.clone(), world.subject.clone());
    let most = Some(Money::cny(512));
    world.account = world.link("acc_1", &client, &subject, most).await;
    let fee = |amount| FeeTerms {
        rule: FeeRule::Fixed {
            amount: Money::cny(amount),
        },
        bearer: FeeBearer::Payer,
    };
    world.terms.0.lock().unwrap().fee = fee(13);
    let made = world.pay("k1", "1", 500).await;
    let above = PaymentError::NotMandated(NotMandated::AboveMost);
    assert_eq!(made.unwrap_err().to_string(), above.to_string());
    world.terms.0.lock().unwrap().fee = fee(12);
    let made = world.pay("k1", "1", 500).await.unwrap();
    world.drive_next().await;
    assert_eq!(world.state(&made.payment).await, "applied");
    assert_eq!(world.bank.available(), FUNDS - 512);
    world.assert_books().await;
}

#[tokio::test]
async fn a_payment_from_a_bank_that_is_not_connected_is_not_begun() {
    let mut world = world().await;
    world.pay_by_bank(Custom::HoldFirst).await;
    world.bank.disconnect();
    let made = world.pay("k1", "1", 500).await;
    assert!(
        matches!(made, Err(PaymentError::BankNotConnected)),
        "{made:?}"
    );
}

/// A bank that is away keeps a payment waiting, with an owner, and is asked again.
#[tokio::test]
async fn a_payment_waits_for_a_bank_that_was_disconnected_meanwhile() {
    let mut world = world().await;
    world.pay_by_bank(Custom::HoldFirst).await;
    let made = world.pay("k1", "1", 500).await.unwrap();
    world.bank.disconnect();
    world.drive_next().await;
    let view = world.payments.get(&world.client, &made.payment).await;
    let view = view.unwrap();
    let owned = (view.state.as_str(), view.owner.as_deref());
    assert_eq!(owned, ("requested", Some("worker")));
    assert!(view.news_by.unwrap() > world.ports.now());
    world.bank.connect();
    world.pass(2_000);
    world.look().await;
    assert_eq!(world.state(&made.payment).await, "applied");
    world.assert_books().await;
}
