//! The payers of a run: half of them pay from an account in the house's own books,
//! the others from one at a bank.

use std::sync::{Arc, Mutex};

use anyhow::{Result, ensure};
use guichet::accounts::chart;
use guichet::bank::{AccountNumber, Mandate};
use guichet::store::{BankAccount, LedgerCommand};
use guichet_domain::id::{AccountId, BankName, ClientId, SubjectId};
use guichet_domain::{Currency, Money};

use crate::bank;
use crate::executor::{Executor, Process};
use crate::node::Room;
use crate::nodes::Nodes;
use crate::prices;

/// What each payer has in the beginning.
pub(crate) const FUNDS: i64 = 1_000;
/// Payers.
const PAYERS: usize = 4;

/// A payer with an account.
#[derive(Clone)]
pub(crate) struct Payer {
    pub client: ClientId,
    pub subject: SubjectId,
    pub account: AccountId,
    /// The bank that holds the money, with the account's number there.
    pub bank: Option<(BankName, AccountNumber)>,
}

/// Opens the accounts of all payers at the first node.
pub(crate) fn open_accounts(executor: &mut Executor, nodes: &Nodes) -> Result<Arc<Vec<Payer>>> {
    let opened: Arc<Mutex<Vec<Payer>>> = Arc::default();
    let (nodes, made) = (nodes.clone(), Arc::clone(&opened));
    executor.spawner().spawn(Process::World, async move {
        // Where it fails, the verdict shows it: a client has no account.
        let agreed = nodes.ask(0, |room| {
            Box::pin(async move { prices::agree(&room).await })
        });
        agreed.await;
        for number in 0..PAYERS {
            let payer = nodes.ask(0, move |room| {
                Box::pin(async move { open(&room, number).await })
            });
            if let Some(Some(payer)) = payer.await {
                made.lock().expect("one thread").push(payer);
            }
        }
    });
    let end = executor.time.now() + 1_000_000;
    while opened.lock().map_or(0, |made| made.len()) < PAYERS && executor.step(end) {}
    let payers = std::mem::take(&mut *opened.lock().expect("one thread"));
    ensure!(payers.len() == PAYERS, "the accounts could not be opened");
    Ok(Arc::new(payers))
}

async fn open(room: &Room, number: usize) -> Option<Payer> {
    let client = prices::client(number);
    let subject = SubjectId::new(format!("payer-{number}")).expect("a lawful name");
    let bank = bank::of_payer(number);
    let account = match &bank {
        None => {
            let (funds, limit) = (Money::cny(FUNDS), Money::cny(0));
            let opened = room.accounts.open_funding(&client, &subject, funds, limit);
            opened.await.ok()?
        }
        Some((bank, number)) => {
            let payer = (client.clone(), subject.clone());
            link(room, payer, bank.clone(), number.clone()).await?
        }
    };
    Some(Payer {
        client,
        subject,
        account,
        bank,
    })
}

async fn link(
    room: &Room,
    (client, subject): (ClientId, SubjectId),
    bank: BankName,
    number: AccountNumber,
) -> Option<AccountId> {
    let now = room.payments.ports().now();
    let id = AccountId::new(format!("acc_{subject}")).expect("a lawful name");
    let account = chart::bank_account(id.clone(), &client, &subject, Currency::CNY);
    let command = LedgerCommand {
        accounts: vec![account],
        transfers: Vec::new(),
        payment: None,
        at: now,
    };
    room.store.record_transfers(command).await.ok()?.ok()?;
    let linked = BankAccount {
        id: id.clone(),
        client,
        subject,
        bank,
        currency: Currency::CNY,
        number,
        mandate: Mandate {
            reference: "M-1".to_owned(),
            agreed_at: now,
            until: None,
            most_per_payment: None,
        },
        created_at: now,
        ended_at: None,
    };
    let key = id.as_str();
    room.store
        .link_bank_account(&linked, key, &[0])
        .await
        .ok()?;
    Some(id)
}
