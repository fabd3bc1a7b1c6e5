//! Accounts at banks: linked once under a key, shown with little, withdrawn.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use guichet_domain::id::{ClientId, SubjectId};
use guichet_domain::{Currency, Money};

use super::super::view::Holding;
use super::super::{AccountError, Accounts, NewBankAccount, NotLinked};
use super::store;
use crate::bank::{AccountNumber, ConnectedBanks, Mandate};
use crate::ports::Ports;

/// A room that is connected to one bank.
fn connected(room: Accounts, folder: &Path) -> Accounts {
    let key = folder.join("key");
    std::fs::write(&key, "A".repeat(43) + "=").unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    let settings = "name = \"icbc\"\nurl = \"http://127.0.0.1:1\"\ncustom = \"hold_first\"\n\
                    algorithm = \"hmac-sha256\"\n\
                    [guichet]\nkey_id = \"g\"\nkey_file = \"key\"\n\
                    [bank]\nkey_id = \"b\"\nkey_file = \"key\"\n";
    let path = folder.join("bank.toml");
    std::fs::write(&path, settings).unwrap();
    let banks = ConnectedBanks::read(&[path], &Ports::system()).unwrap();
    room.with_banks(banks)
}

fn client(name: &str) -> ClientId {
    ClientId::new(name).unwrap()
}

fn new() -> NewBankAccount {
    NewBankAccount {
        client: client("demo"),
        subject: SubjectId::new("anna").unwrap(),
        bank: "icbc".parse().unwrap(),
        currency: Currency::CNY,
        number: AccountNumber::new("6222020200112233").unwrap(),
        mandate: Mandate {
            reference: "M-1".to_owned(),
            agreed_at: Ports::system().now(),
            until: None,
            most_per_payment: Some(Money::cny(500)),
        },
    }
}

fn refusal<T>(result: Result<T, AccountError>) -> NotLinked {
    match result {
        Err(AccountError::NotLinked(why)) => why,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was linked"),
    }
}

#[tokio::test]
async fn an_account_at_a_bank_is_linked_once_and_withdrawn_by_its_client_alone() {
    let (store, folder) = store().await;
    let room = Accounts::new(store, Ports::system());
    let unknown = room.link(new(), "key", b"one").await;
    let bank = "icbc".parse().unwrap();
    assert_eq!(refusal(unknown), NotLinked::UnknownBank(bank));

    let room = connected(room, folder.path());
    let mut unlawful = new();
    unlawful.mandate.reference.clear();
    let refused = room.link(unlawful, "key", b"one").await;
    assert_eq!(refusal(refused), NotLinked::Mandate("reference"));
    let linked = room.link(new(), "key", b"one").await.unwrap();
    assert_eq!(room.link(new(), "key", b"one").await.unwrap(), linked);
    let reused = room.link(new(), "key", b"two").await;
    assert_eq!(refusal(reused), NotLinked::KeyReused);
    assert_eq!(linked.balances(), None);
    let Holding::Bank(holding) = &linked.holding else {
        panic!("{linked:?}")
    };
    assert_eq!(
        (holding.last_four.as_str(), holding.ended_at),
        ("2233", None)
    );
    let id = linked.id.clone();
    assert_eq!(room.get(&client("demo"), &id).await.unwrap(), linked);
    let month = "2026-11".parse().unwrap();
    let statement = room.statement(&client("demo"), &id, month).await;
    assert!(matches!(statement, Err(AccountError::AtABank)));

    let other = room.withdraw(&client("other"), &id).await;
    assert!(matches!(other, Err(AccountError::NotFound)), "{other:?}");
    let ended = room.withdraw(&client("demo"), &id).await.unwrap();
    let Holding::Bank(holding) = &ended.holding else {
        panic!("{ended:?}")
    };
    assert!(holding.ended_at.is_some());
    assert_eq!(room.withdraw(&client("demo"), &id).await.unwrap(), ended);
}

#[tokio::test]
async fn a_subject_links_twenty_accounts_and_no_more() {
    let (store, folder) = store().await;
    let room = connected(Accounts::new(store, Ports::system()), folder.path());
    for number in 0..20 {
        let key = format!("key-{number}");
        room.link(new(), &key, b"one").await.unwrap();
    }
    let refused = room.link(new(), "key-20", b"one").await;
    assert_eq!(refusal(refused), NotLinked::TooMany);
    let mut berta = new();
    berta.subject = SubjectId::new("berta").unwrap();
    room.link(berta, "key-21", b"one").await.unwrap();
}
