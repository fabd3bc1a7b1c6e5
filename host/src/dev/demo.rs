//! The demo client, citizen and account: made at the first start, the same at
//! every later one.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use guichet_domain::id::{AccountId, ClientId, DataScope, SubjectId};
use guichet_domain::{Currency, Money};

use super::token::new_token;
use super::{DevFile, bank, people};
use crate::accounts::{NewBankAccount, chart};
use crate::api::Scope;
use crate::app::App;
use crate::bank::{AccountNumber, Mandate};
use crate::store::StoredClient;

const CLIENT: &str = "demo-bank-app";
const SUBJECT: &str = "demo-citizen";
/// The demo citizen's account number at the simulated bank.
const NUMBER: &str = "6222999900001111";
/// Under it that account is linked; no client can send such a key.
const LINK_KEY: &str = "made by guichet dev";
/// Attributes that agencies may read under consent. Made up: the identity
/// number has a lawful checksum and an area code that was never given out.
const ATTRIBUTES: [(&str, &str); 3] = [
    ("identity.name", "张三"),
    ("identity.number", "990101199001010011"),
    ("contact.phone", "19900000000"),
];

/// Who tries the marketplace.
pub(super) struct Demo {
    pub(super) client: ClientId,
    pub(super) subject: SubjectId,
    pub(super) account: AccountId,
    /// At the simulated bank.
    pub(super) bank_account: AccountId,
    pub(super) token: String,
    /// Tokens of the people in the registry.
    pub(super) people: BTreeMap<String, String>,
}

/// Finds or makes them.
pub(super) async fn prepare(app: &App, balance: Money) -> Result<Demo> {
    let rooms = app.rooms();
    let now = rooms.ports.now();
    let client = ClientId::new(CLIENT)?;
    let subject = SubjectId::new(SUBJECT)?;
    let (token, people) = match read(app) {
        Some(file) => (file.token, file.people),
        None => (new_token("dev")?, BTreeMap::new()),
    };
    let scopes: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
    let known = StoredClient {
        id: client.clone(),
        name: "Demo bank app".to_owned(),
        scopes: scopes.join(" "),
    };
    rooms
        .store
        .put_client(&known, &crate::api::hash(&token), now)
        .await?;
    for (scope, value) in ATTRIBUTES {
        let scope = DataScope::new(scope)?;
        rooms
            .store
            .set_subject_attribute(&subject, &scope, value, now)
            .await?;
    }
    let accounts = rooms.store.accounts_of(&client, &subject).await?;
    let mut own = None;
    for id in accounts {
        let known = rooms.store.account(&id).await?;
        if known.is_some_and(|row| row.kind == chart::FUNDING) {
            own = Some(id);
            break;
        }
    }
    let account = match own {
        Some(account) => account,
        None => {
            rooms
                .accounts
                .open_funding(&client, &subject, balance, Money::cny(0))
                .await?
        }
    };
    let linked = NewBankAccount {
        client: client.clone(),
        subject: subject.clone(),
        bank: bank::name(),
        currency: Currency::CNY,
        number: AccountNumber::new(NUMBER)?,
        mandate: Mandate {
            reference: "demo-mandate".to_owned(),
            agreed_at: "2026-01-01T00:00:00Z".parse()?,
            until: None,
            most_per_payment: None,
        },
    };
    let linked = rooms.accounts.link(linked, LINK_KEY, &[]).await?;
    Ok(Demo {
        bank_account: linked.id,
        client,
        subject,
        account,
        token,
        people: people::prepare(app, people).await?,
    })
}

/// Leaves the file that client commands read.
pub(super) fn keep(app: &App, file: &DevFile) -> Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let path = path(app);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let handle = options
        .open(&path)
        .with_context(|| path.display().to_string())?;
    Ok(serde_json::to_writer_pretty(handle, file)?)
}

fn read(app: &App) -> Option<DevFile> {
    serde_json::from_slice(&std::fs::read(path(app)).ok()?).ok()
}

fn path(app: &App) -> PathBuf {
    app.settings().folder(DevFile::NAME)
}
