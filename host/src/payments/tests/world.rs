//! A small world: a store in a folder, a clock that stands until it is moved,
//! one client, one subject with money, one service with bills.

use std::sync::Arc;

use guichet_domain::bill::{AmountRule, Bill, Item, Limits, Payability, Selection};
use guichet_domain::fee::FeeTerms;
use guichet_domain::id::{
    AccountId, BillerId, CategoryCode, ClientId, RecordId, ServiceCode, SubjectId,
};
use guichet_domain::payment::{Capabilities, Repetition, Reversal, StatusAnswer};
use guichet_domain::{Moment, Money};
use serde_json::json;
use tokio::sync::mpsc;

use super::fakes::TestClock;
use super::fakes::bank::FakeBank;
use super::fakes::biller::{FakeBiller, Memory};
use super::fakes::ports::{Counting, NoTime, TestPolicies, TestSignatures, TestTerms};
use super::looks::Haste;
use crate::accounts::Accounts;
use crate::payments::{Acknowledgement, Create, Outside, PaymentError, PaymentSettings, Payments};
use crate::ports::Ports;
use crate::seal::Vault;
use crate::store::{Claim, Location, Payable, Store, StoredBillQuery};
use crate::terms::order::{Assurance, Circumstances, PayerType};
use crate::terms::{Payee, Terms};

pub(super) struct World {
    _folder: Option<tempfile::TempDir>,
    pub(super) location: Location,
    pub(super) clock: Arc<TestClock>,
    pub(super) ports: Ports,
    pub(super) terms: Arc<TestTerms>,
    pub(super) biller: Arc<FakeBiller>,
    pub(super) bank: Arc<FakeBank>,
    pub(super) policies: Arc<TestPolicies>,
    pub(super) payments: Arc<Payments>,
    pub(super) queue: mpsc::Receiver<Claim>,
    pub(super) client: ClientId,
    pub(super) subject: SubjectId,
    pub(super) account: AccountId,
    pub(super) accounts: Accounts,
    pub(super) settings: PaymentSettings,
    pub(super) haste: Option<Haste>,
}

pub(super) const FUNDS: i64 = 100_000;

fn terms(memory: Memory, status: StatusAnswer) -> Terms {
    let repetition = match memory {
        Memory::Deduplicates => Repetition::Deduplicates,
        Memory::AppliesAgain => Repetition::MayApplyAgain,
    };
    Terms {
        service: ServiceCode::new("water-330100-1").unwrap(),
        category: CategoryCode::new("water").unwrap(),
        biller: BillerId::new("b-330100-water-1").unwrap(),
        payee: Payee::Biller,
        rule: AmountRule::Exact,
        limits: Limits::default(),
        fee: FeeTerms::default(),
        capabilities: Capabilities {
            repetition,
            status,
            reversal: Reversal::SameAccountingDate,
        },
    }
}

async fn open_store(location: &Location, node: &str) -> Store {
    let vault = Vault::from_key(&[7; 32]).unwrap();
    Store::open(location, vault, node).await.unwrap()
}

impl World {
    pub(super) async fn new(memory: Memory, status: StatusAnswer) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(folder.path().join("books.db"));
        let world = Self::at(location, memory, status).await;
        Self {
            _folder: Some(folder),
            ..world
        }
    }

    /// The same with a writer that takes its turns with the test: what was asked of
    /// it meanwhile shares a commit.
    pub(super) async fn in_turns(memory: Memory, status: StatusAnswer) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(folder.path().join("books.db"));
        let vault = Vault::from_key(&[7; 32]).unwrap();
        let prepared = Store::prepare(&location, vault, "node-1").await;
        let (store, writer) = prepared.unwrap();
        tokio::spawn(writer);
        let world = Self::on(store, location, memory, status).await;
        Self {
            _folder: Some(folder),
            ..world
        }
    }

    pub(super) async fn at(location: Location, memory: Memory, status: StatusAnswer) -> Self {
        let store = open_store(&location, "node-1").await;
        Self::on(store, location, memory, status).await
    }

    async fn on(store: Store, location: Location, memory: Memory, status: StatusAnswer) -> Self {
        let start: Moment = "2026-11-21T08:00:00Z".parse().unwrap();
        let clock = Arc::new(TestClock::new(start));
        let ports = Ports {
            clock: clock.clone(),
            random: Arc::new(Counting::new()),
        };
        let terms = Arc::new(TestTerms::new(terms(memory, status)));
        let biller = Arc::new(FakeBiller::new(memory, clock.clone()));
        let bank = Arc::new(FakeBank::new(clock.clone(), FUNDS));
        let policies = Arc::new(TestPolicies::default());
        let accounts = Accounts::new(store.clone(), ports.clone());
        let client = ClientId::new("demo").unwrap();
        let subject = SubjectId::new("anna").unwrap();
        let account = accounts
            .open_funding(&client, &subject, Money::cny(FUNDS), Money::cny(0))
            .await
            .unwrap();
        let settings = PaymentSettings::default();
        let outside = outside(&terms, &biller, &bank, &policies);
        let (payments, queue) = Payments::new(store, ports.clone(), outside, settings);
        Self {
            _folder: None,
            location,
            clock,
            ports,
            terms,
            biller,
            bank,
            policies,
            payments,
            queue,
            client,
            subject,
            account,
            accounts,
            settings,
            haste: None,
        }
    }

    /// Drops everything in memory and starts again from the folder.
    pub(super) async fn restart(&mut self) {
        let store = open_store(&self.location, "node-1").await;
        store.forget_leases().await.unwrap();
        let (payments, queue) = self.room(&store);
        self.accounts = Accounts::new(store, self.ports.clone());
        self.payments = payments;
        self.queue = queue;
        if let Some(haste) = self.haste {
            self.make_hasty(haste);
        }
    }

    /// A second node on the same database.
    pub(super) async fn neighbour(&self) -> Arc<Payments> {
        let store = open_store(&self.location, "node-2").await;
        self.room(&store).0
    }

    /// Starts the room again with other settings.
    pub(super) async fn set(&mut self, settings: PaymentSettings) {
        self.settings = settings;
        self.restart().await;
    }

    fn room(&self, store: &Store) -> (Arc<Payments>, mpsc::Receiver<Claim>) {
        let outside = outside(&self.terms, &self.biller, &self.bank, &self.policies);
        Payments::new(store.clone(), self.ports.clone(), outside, self.settings)
    }

    pub(super) fn pass(&self, milliseconds: i64) {
        self.clock.pass(milliseconds);
    }

    pub(super) async fn query(&self, bills: &[(&str, i64)]) -> RecordId {
        let now = self.ports.now();
        let bills = bills
            .iter()
            .zip(1..)
            .map(|((number, amount), order)| Bill {
                number: (*number).to_owned(),
                title: format!("bill {number}"),
                payable: Money::cny(*amount),
                rule: AmountRule::Exact,
                payability: Payability::Payable,
                payable_from: None,
                payable_to: None,
                order,
                group: None,
                token: format!("token-{number}"),
            })
            .collect();
        let query = StoredBillQuery {
            id: self.ports.record_id("bq"),
            client: self.client.clone(),
            subject: self.subject.clone(),
            service: ServiceCode::new("water-330100-1").unwrap(),
            release: "sha256:00".to_owned(),
            state: "ready".to_owned(),
            inputs: vec![("account".to_owned(), "0099".to_owned())],
            circumstances: Circumstances {
                region: "330100".to_owned(),
                channel: "mobile".to_owned(),
                locale: "zh-CN".to_owned(),
                journey: "j1".to_owned(),
                payer_type: PayerType::Person,
                assurance: Assurance::Low,
            },
            answer: Box::default(),
            payable: Some(Payable {
                account_number: Some("0099".to_owned()),
                bills,
                selection: Selection::Any,
                limits: Limits::default(),
            }),
            created_at: now,
            expires_at: now.plus_ms(600_000),
        };
        self.payments.store().put_bill_query(&query).await.unwrap();
        query.id
    }

    pub(super) fn request(&self, query: &RecordId, key: &str, items: &[(&str, i64)]) -> Create {
        Create {
            client: self.client.clone(),
            idempotency_key: key.to_owned(),
            body: json!({"bill_query": query, "items": items}),
            subject: self.subject.clone(),
            bill_query: query.clone(),
            items: items
                .iter()
                .map(|(bill, amount)| Item {
                    bill: (*bill).to_owned(),
                    amount: Money::cny(*amount),
                })
                .collect(),
            payer_account: self.account.clone(),
            client_reference: None,
            traceparent: None,
        }
    }

    pub(super) async fn pay(
        &self,
        key: &str,
        bill: &str,
        amount: i64,
    ) -> Result<Acknowledgement, PaymentError> {
        let query = self.query(&[(bill, amount)]).await;
        self.payments
            .create(&self.request(&query, key, &[(bill, amount)]))
            .await
    }

    pub(super) async fn state(&self, id: &RecordId) -> String {
        self.payments
            .get(&self.client, id)
            .await
            .unwrap()
            .state
            .to_string()
    }

    /// Balance and held money of the payer.
    pub(super) async fn money(&self) -> (i64, i64) {
        let view = self
            .accounts
            .get(&self.client, &self.account)
            .await
            .unwrap();
        let balances = view.balances().unwrap();
        (balances.balance.minor_units(), balances.held.minor_units())
    }

    pub(super) async fn assert_books(&self) {
        let report = self
            .payments
            .store()
            .check_ledger(self.ports.now())
            .await
            .unwrap();
        assert!(report.findings.is_empty(), "{:#?}", report.findings);
    }
}

fn outside(
    terms: &Arc<TestTerms>,
    biller: &Arc<FakeBiller>,
    bank: &Arc<FakeBank>,
    policies: &Arc<TestPolicies>,
) -> Outside {
    Outside {
        timer: Arc::new(NoTime),
        terms: terms.clone(),
        biller: biller.clone(),
        banks: bank.clone(),
        policies: policies.clone(),
        callbacks: Arc::new(TestSignatures),
    }
}
