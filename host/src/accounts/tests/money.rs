//! What stands on accounts: pages of entries, statements over many of them, paying
//! in, credit, and reservations whose time is over.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use guichet_domain::books::Transfer;
use guichet_domain::id::{AccountId, ClientId, PersonId, SubjectId};
use guichet_domain::{Currency, Moment, Money};

use super::super::{AccountError, Accounts, ByOperator, EntryKind, chart};
use super::store;
use crate::ports::{Clock, Ports};
use crate::store::{LedgerCommand, Statement};

/// A clock that stands until it is set.
struct Set(AtomicI64);

impl Clock for Set {
    fn now(&self) -> Moment {
        Moment::from_micros(self.0.load(Ordering::SeqCst))
    }
}

struct House {
    room: Accounts,
    clock: Arc<Set>,
    _folder: tempfile::TempDir,
}

impl House {
    async fn new() -> Self {
        let (store, folder) = store().await;
        let clock = Arc::new(Set(AtomicI64::new(0)));
        let ports = Ports {
            clock: clock.clone(),
            ..Ports::system()
        };
        let house = Self {
            room: Accounts::new(store, ports),
            clock,
            _folder: folder,
        };
        house.at("2026-11-20T04:00:00Z");
        house
    }

    fn at(&self, moment: &str) {
        let moment: Moment = moment.parse().unwrap();
        self.clock.0.store(moment.micros(), Ordering::SeqCst);
    }

    /// So many times one minor unit is paid in, in one commit.
    async fn pay_in(&self, account: &AccountId, word: &str, times: usize) {
        let source = chart::settlement(Currency::CNY);
        let debit = source.account.id.clone();
        let transfers = (0..times).map(|number| {
            let id = format!("{word}:{number}").parse().unwrap();
            Transfer::single(id, debit.clone(), account.clone(), Money::cny(1))
        });
        let command = LedgerCommand {
            transfers: transfers.collect(),
            accounts: vec![source],
            payment: None,
            at: self.clock.now(),
        };
        let store = &self.room.store;
        store.record_transfers(command).await.unwrap().unwrap();
    }

    async fn open(&self) -> AccountId {
        let none = Money::cny(0);
        let opened = self.room.open_funding(&demo(), &anna(), none, none).await;
        opened.unwrap()
    }
}

fn demo() -> ClientId {
    ClientId::new("demo").unwrap()
}

fn anna() -> SubjectId {
    SubjectId::new("anna").unwrap()
}

fn by() -> ByOperator {
    ByOperator {
        person: PersonId::new("paul").unwrap(),
        client: demo(),
    }
}

#[tokio::test]
async fn entries_come_in_pages_newest_first_and_to_their_client_alone() {
    let house = House::new().await;
    let account = house.open().await;
    house.pay_in(&account, "a", 3).await;
    let page = async |cursor: Option<String>, limit| {
        let client = demo();
        let found = house
            .room
            .entries(&client, &account, cursor.as_deref(), limit);
        let page = found.await.unwrap();
        let ids = page.items.iter().map(|entry| entry.id.to_string());
        (ids.collect::<Vec<_>>(), page.next_cursor)
    };
    let (first, cursor) = page(None, 2).await;
    assert_eq!(first, ["a:2", "a:1"]);
    assert!(cursor.is_some());
    assert_eq!(page(cursor, 2).await, (vec!["a:0".to_owned()], None));
    let (all, end) = page(None, 3).await;
    assert_eq!((all.len(), end), (3, None));
    let wrong = house.room.entries(&demo(), &account, Some("x"), 2).await;
    assert!(matches!(wrong, Err(AccountError::Cursor)));
    let other = ClientId::new("other").unwrap();
    let hidden = house.room.entries(&other, &account, None, 2).await;
    assert!(matches!(hidden, Err(AccountError::NotFound)));
    let chart = chart::settlement(Currency::CNY).account.id;
    let hidden = house.room.get(&demo(), &chart).await;
    assert!(matches!(hidden, Err(AccountError::NotFound)));
    let listed = house.room.list(&demo(), &anna()).await.unwrap();
    assert_eq!(listed, [account]);
}

#[tokio::test]
async fn entries_say_which_way_money_went() {
    let house = House::new().await;
    let account = house.open().await;
    house.pay_in(&account, "in", 9).await;
    let other = chart::suspense(Currency::CNY);
    let to = &other.account.id;
    let id = |word: &str| word.parse().unwrap();
    let single = Transfer::single(id("out"), account.clone(), to.clone(), Money::cny(1));
    let held = |word| Transfer::pending(id(word), account.clone(), to.clone(), Money::cny(2));
    let (first, second) = (held("first"), held("second"));
    let post = Transfer::post(id("post"), &first, Money::cny(2));
    let void = Transfer::void(id("void"), &second);
    let command = LedgerCommand {
        transfers: vec![single, first, second, post, void],
        accounts: vec![other.clone()],
        payment: None,
        at: house.clock.now(),
    };
    let store = &house.room.store;
    store.record_transfers(command).await.unwrap().unwrap();
    let page = house
        .room
        .entries(&demo(), &account, None, 6)
        .await
        .unwrap();
    let kinds: Vec<EntryKind> = page.items.iter().map(|entry| entry.kind).collect();
    let wanted = [
        EntryKind::Release,
        EntryKind::Capture,
        EntryKind::Hold,
        EntryKind::Hold,
        EntryKind::Debit,
        EntryKind::Credit,
    ];
    assert_eq!(kinds, wanted);
}

#[tokio::test]
async fn a_statement_of_a_day_is_right_among_thousands_of_entries() {
    let house = House::new().await;
    let account = house.open().await;
    for (day, word, times) in [
        ("2026-11-20T04:00:00Z", "before", 1_002),
        ("2026-11-21T04:00:00Z", "on", 1_500),
        ("2026-11-22T04:00:00Z", "after", 1_001),
    ] {
        house.at(day);
        house.pay_in(&account, word, times).await;
    }
    for (day, opening, entries) in [
        ("2026-11-19", 0, 0),
        ("2026-11-20", 0, 1_002),
        ("2026-11-21", 1_002, 1_500),
        ("2026-11-22", 2_502, 1_001),
        ("2026-11-23", 3_503, 0),
    ] {
        let period = day.parse().unwrap();
        let statement = house.room.statement(&demo(), &account, period).await;
        let statement = statement.unwrap();
        let paid_in = i64::try_from(entries).unwrap();
        assert_eq!(statement.entries.len(), entries, "{day}");
        assert_eq!(statement.opening, Money::cny(opening), "{day}");
        assert_eq!(statement.paid_in, Money::cny(paid_in), "{day}");
        assert_eq!(statement.closing, Money::cny(opening + paid_in), "{day}");
    }
}

#[tokio::test]
async fn a_client_is_credited_above_nothing_under_a_visible_reference() {
    let house = House::new().await;
    let longest = "x".repeat(64);
    let pay = async |amount: i64, reference: &str| {
        let paid = house
            .room
            .top_up(&by(), Money::cny(amount), reference)
            .await;
        paid.map(|account| account.balances.balance.minor_units())
    };
    let too_long = format!("{longest}x");
    for (amount, reference) in [
        (0, "slip"),
        (-1, "slip"),
        (1, ""),
        (1, "a b"),
        (1, too_long.as_str()),
    ] {
        let refused = pay(amount, reference).await;
        assert!(
            matches!(refused, Err(AccountError::Amount)),
            "{amount} {reference}"
        );
    }
    assert_eq!(pay(5, &longest).await.unwrap(), 5);
    assert_eq!(pay(7, "slip").await.unwrap(), 12);
    let id = chart::client_funding(&demo(), Currency::CNY, 0).account.id;
    assert_eq!(house.room.get(&demo(), &id).await.unwrap().id, id);

    let limit = async |limit: i64| house.room.set_credit_limit(&by(), Money::cny(limit)).await;
    assert!(matches!(limit(-1).await, Err(AccountError::Amount)));
    for allowed in [0, 9] {
        let account = limit(allowed).await.unwrap();
        assert_eq!(account.balances.credit_limit, Money::cny(allowed));
        assert_eq!(account.balances.available, Money::cny(12 + allowed));
    }
}

/// One round ends 500.
#[tokio::test]
async fn all_reservations_whose_time_is_over_go_back_in_one_go() {
    let house = House::new().await;
    let account = house.open().await;
    house.pay_in(&account, "a", 600).await;
    let credit = chart::suspense(Currency::CNY);
    let until = house.clock.now().plus_ms(60_000);
    let held = (0..501).map(|number| {
        let id = format!("hold:{number}").parse().unwrap();
        let credit = credit.account.id.clone();
        Transfer::pending(id, account.clone(), credit, Money::cny(1)).expiring(until)
    });
    let command = LedgerCommand {
        transfers: held.collect(),
        accounts: vec![credit.clone()],
        payment: None,
        at: house.clock.now(),
    };
    let store = &house.room.store;
    store.record_transfers(command).await.unwrap().unwrap();
    let available = async || {
        let account = house.room.get(&demo(), &account).await.unwrap();
        account.balances().unwrap().available
    };
    assert_eq!(house.room.end_expired().await.unwrap(), 0);
    assert_eq!(available().await, Money::cny(99));
    house.clock.0.store(until.micros(), Ordering::SeqCst);
    assert_eq!(house.room.end_expired().await.unwrap(), 501);
    assert_eq!(available().await, Money::cny(600));
    assert_eq!(house.room.end_expired().await.unwrap(), 0);
}

#[tokio::test]
async fn a_reservation_that_cannot_go_back_keeps_no_other_waiting() {
    let house = House::new().await;
    let account = house.open().await;
    house.pay_in(&account, "a", 10).await;
    let credit = chart::suspense(Currency::CNY);
    let now = house.clock.now();
    let hold = Transfer::pending(
        "hold".parse().unwrap(),
        account,
        credit.account.id.clone(),
        Money::cny(1),
    );
    let command = LedgerCommand {
        transfers: vec![hold.expiring(now.plus_ms(2))],
        accounts: vec![credit],
        payment: None,
        at: now,
    };
    let store = &house.room.store;
    store.record_transfers(command).await.unwrap().unwrap();
    // Money that was moved for good is listed as if it were reserved.
    let insert = "insert into expiring (expires_at, transfer) values ($1, $2)";
    let values = vec![now.plus_ms(1).into(), "a:0".into()];
    let odd = Statement::new(insert, values);
    store.write(vec![odd]).await.unwrap();
    house
        .clock
        .0
        .store(now.plus_ms(3).micros(), Ordering::SeqCst);
    assert_eq!(house.room.end_expired().await.unwrap(), 1);
    assert_eq!(house.room.end_expired().await.unwrap(), 0);
    let left = store.expired_transfers(house.clock.now(), 9).await.unwrap();
    let left: Vec<&str> = left.iter().map(|transfer| transfer.id.as_str()).collect();
    assert_eq!(left, ["a:0"]);
}
