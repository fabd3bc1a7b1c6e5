//! Accounts at banks, clients' accounts with their limits and prices, statements.

use guichet_domain::books::Transfer;
use guichet_domain::id::{AccountId, ClientId, PersonId, SubjectId};
use guichet_domain::{Currency, CutOff, Money};

use super::super::{BankAccount, LedgerCommand, Linked, Store};
use super::now;
use crate::accounts::statement::Period;
use crate::accounts::{AccountError, Accounts, ByOperator, chart};
use crate::bank::{AccountNumber, Mandate, NotMandated};
use crate::ports::Ports;
use crate::terms::price::PriceList;
use crate::terms::{AuthorisationRule, SecondPersonRule};

pub(super) async fn all(store: &Store) {
    banks(store).await;
    clients(store).await;
    statements(store).await;
}

fn client() -> ClientId {
    ClientId::new("bank-app").unwrap()
}

async fn banks(store: &Store) {
    let subject = SubjectId::new("berta").unwrap();
    let account = |id: &str, number: &str| BankAccount {
        id: AccountId::new(id).unwrap(),
        client: client(),
        subject: subject.clone(),
        bank: "city-bank".parse().unwrap(),
        currency: Currency::CNY,
        number: AccountNumber::new(number).unwrap(),
        mandate: Mandate {
            reference: "M-1".to_owned(),
            agreed_at: now(),
            until: None,
            most_per_payment: Some(Money::cny(500)),
        },
        created_at: now(),
        ended_at: None,
    };
    let first = account("acc_bank_1", "6222020200112233");
    let open = |account: &BankAccount| LedgerCommand {
        accounts: vec![chart::bank_account(
            account.id.clone(),
            &account.client,
            &account.subject,
            account.currency,
        )],
        transfers: Vec::new(),
        payment: None,
        at: now(),
    };
    store.record_transfers(open(&first)).await.unwrap().unwrap();
    assert_eq!(store.bank_account(&first.id).await.unwrap(), None);
    let linked = Linked::Account(Box::new(first.clone()));
    let link = |digest: &'static [u8]| store.link_bank_account(&first, "key", digest);
    assert_eq!(link(b"one").await.unwrap(), linked);
    assert_eq!(link(b"one").await.unwrap(), linked);
    assert_eq!(link(b"two").await.unwrap(), Linked::KeyReused);
    let known = store.bank_account(&first.id).await.unwrap();
    assert_eq!(known.as_ref(), Some(&first));
    let counted = store.count_bank_accounts(&client(), &subject).await;
    assert_eq!(counted.unwrap(), 1);
    assert_eq!(first.check(Money::cny(500), now()), Ok(()));
    store
        .end_bank_account(&first.id, now().plus_ms(5))
        .await
        .unwrap();
    store
        .end_bank_account(&first.id, now().plus_ms(9))
        .await
        .unwrap();
    let ended = store.bank_account(&first.id).await.unwrap().unwrap();
    assert_eq!(ended.ended_at, Some(now().plus_ms(5)));
    let check = ended.check(Money::cny(1), now());
    assert_eq!(check, Err(NotMandated::Withdrawn));
    let counted = store.count_bank_accounts(&client(), &subject).await;
    assert_eq!(counted.unwrap(), 0);
    // Nothing can ever be booked on it.
    let mut spend = open(&first);
    spend.accounts.push(chart::settlement(Currency::CNY));
    let settlement = chart::settlement(Currency::CNY).account.id;
    spend.transfers = vec![Transfer::single(
        "bank-spend".parse().unwrap(),
        first.id.clone(),
        settlement,
        Money::cny(1),
    )];
    assert!(store.record_transfers(spend).await.unwrap().is_err());
}

fn by() -> ByOperator {
    ByOperator {
        person: PersonId::new("paul").unwrap(),
        client: client(),
    }
}

async fn charge(store: &Store, id: &str, amount: i64) -> bool {
    let own = chart::client_funding(&client(), Currency::CNY, 0);
    let income = chart::fee_income(chart::Stripe::FIRST, Currency::CNY);
    let transfer = Transfer::single(
        id.parse().unwrap(),
        own.account.id.clone(),
        income.account.id.clone(),
        Money::cny(amount),
    );
    let command = LedgerCommand {
        accounts: vec![own, income],
        transfers: vec![transfer],
        payment: None,
        at: Ports::system().now(),
    };
    store.record_transfers(command).await.unwrap().is_ok()
}

async fn clients(store: &Store) {
    let room = Accounts::new(store.clone(), Ports::system());
    let none = room.client_account(&client(), Currency::CNY).await;
    assert!(matches!(none, Err(AccountError::NotFound)));
    let account = room.top_up(&by(), Money::cny(100), "slip-1").await.unwrap();
    assert_eq!(account.balances.available, Money::cny(100));
    let again = room.top_up(&by(), Money::cny(100), "slip-1").await.unwrap();
    assert_eq!(again.balances, account.balances);
    let other = room.top_up(&by(), Money::cny(101), "slip-1").await;
    assert!(matches!(other, Err(AccountError::Refused(_))), "{other:?}");
    // The writer has seen the account: it must not go by its old limit.
    assert!(!charge(store, "fee-1", 150).await);
    let limit = room.set_credit_limit(&by(), Money::cny(60)).await.unwrap();
    assert_eq!(limit.balances.available, Money::cny(160));
    assert!(charge(store, "fee-1", 150).await);
    assert!(!charge(store, "fee-2", 11).await);
    let below = room.set_credit_limit(&by(), Money::cny(49)).await;
    assert!(matches!(below, Err(AccountError::BelowUse)), "{below:?}");
    room.set_credit_limit(&by(), Money::cny(50)).await.unwrap();
    assert!(!charge(store, "fee-3", 1).await);
    let list: PriceList =
        serde_json::from_str(r#"{"currency":"CNY","prices":[{"fixed":3}]}"#).unwrap();
    room.set_prices(&by(), &list).await.unwrap();
    let shown = room.client_account(&client(), Currency::CNY).await.unwrap();
    assert_eq!(shown.prices, Some(list));
    let before = store.client_prices(&client(), now()).await.unwrap();
    assert_eq!(before, None, "an earlier moment has no prices");
    told(store, &room).await;
}

/// Whatever people set stands in the audit log and among the acts, once, and what
/// was refused stands in neither.
async fn told(store: &Store, room: &Accounts) {
    let acts = "select act, amount from client_acts where client = $1 order by at, id";
    let acts = store.fetch(acts, &["bank-app".into()]).await.unwrap();
    let acts: Vec<(String, i64)> = acts
        .iter()
        .map(|row| (row.text(0).unwrap().to_owned(), row.int(1).unwrap()))
        .collect();
    let wanted = [("top-up", 100), ("credit-limit", 60), ("credit-limit", 50)];
    let wanted = wanted.map(|(act, amount)| (act.to_owned(), amount));
    assert_eq!(acts, wanted);
    let account = AccountId::new("client:bank-app:CNY").unwrap();
    let rule = AuthorisationRule::Above(9);
    room.set_client_policy(&by(), rule, Some(10)).await.unwrap();
    let person = PersonId::new("paul").unwrap();
    for rule in [SecondPersonRule::Needed, SecondPersonRule::NotNeeded] {
        let set = room.set_account_policy(&person, &account, rule).await;
        set.unwrap();
    }
    let events = "select event, count(*), count(distinct content), min(number), max(number) \
                  from events where event in \
                  ('paid_in', 'credit_limit_set', 'prices_set', 'policy_set') \
                  group by event, record order by event, count(*)";
    let events = store.fetch(events, &[]).await.unwrap();
    let events: Vec<(&str, [i64; 4])> = events
        .iter()
        .map(|row| {
            let numbers = [1, 2, 3, 4].map(|position| row.int(position).unwrap());
            (row.text(0).unwrap(), numbers)
        })
        .collect();
    let wanted = [
        ("credit_limit_set", [2, 2, 2, 3]),
        ("paid_in", [1, 1, 1, 1]),
        ("policy_set", [1, 1, 1, 1]),
        ("policy_set", [2, 2, 1, 2]),
        ("prices_set", [1, 1, 1, 1]),
    ];
    assert_eq!(events, wanted);
}

async fn statements(store: &Store) {
    let room = Accounts::new(store.clone(), Ports::system());
    let id = AccountId::new("client:bank-app:CNY").unwrap();
    let today = Ports::system().now().accounting_date(CutOff::MIDNIGHT);
    let today = today.to_string();
    let month: Period = today[..7].parse().unwrap();
    let statement = room.statement(&client(), &id, month).await.unwrap();
    assert_eq!(statement.opening, Money::cny(0));
    assert_eq!(statement.closing, Money::cny(-50));
    assert_eq!(statement.paid_in, Money::cny(100));
    assert_eq!(statement.paid_out, Money::cny(150));
    assert_eq!(statement.entries.len(), 2);
    let earlier: Period = "2020-01".parse().unwrap();
    let statement = room.statement(&client(), &id, earlier).await.unwrap();
    assert_eq!(statement.closing, Money::cny(0));
    let stranger = ClientId::new("stranger").unwrap();
    let hidden = room.statement(&stranger, &id, month).await;
    assert!(matches!(hidden, Err(AccountError::NotFound)), "{hidden:?}");
    let bank = AccountId::new("acc_bank_1").unwrap();
    let refused = room.statement(&client(), &bank, month).await;
    assert!(matches!(refused, Err(AccountError::AtABank)), "{refused:?}");
}
