//! One day of a small house, and what can be done in it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

use guichet_domain::bill::{AmountRule, Bill, Item, Limits, Payability, Selection};
use guichet_domain::id::{
    AccountId, BankName, ClientId, PersonId, RecordId, ServiceCode, SubjectId,
};
use guichet_domain::reconciliation::{Finding, LineKind, PartyKind};
use guichet_domain::{AccountingDate, Moment, Money};
use serde_json::json;

use super::papers;
use super::town::{
    Counting, Mood, NoTime, OneAccount, OneService, TestBiller, TestClock, TestDesk,
};
use crate::accounts::Accounts;
use crate::accounts::chart::Stripe;
use crate::bank::{AccountNumber, Mandate};
use crate::day_end::{Checked, DayEnd, Scope, Sender, Settled};
use crate::objects::Objects;
use crate::payments::ports::{NoCallbacks, NoPolicies};
use crate::payments::{Create, NoBanks, Outside, PaymentSettings, Payments};
use crate::ports::Ports;
use crate::seal::Vault;
use crate::store::{BankAccount, Claim, Location, Payable, Store, StoredBillQuery};
use crate::terms::Payee;
use crate::terms::order::{Assurance, Circumstances, PayerType};
use crate::work_orders::WorkOrders;

pub(super) const SERVICE: &str = "water-330100-1";
pub(super) const BILLER: &str = "b-330100-water-1";
/// Of every payment that is not told otherwise.
pub(super) const AMOUNT: i64 = 1_000;
/// What a bank takes for it: the payer pays a fee too.
pub(super) const AT_BANK: i64 = AMOUNT + 5;

pub(super) struct World {
    _folder: tempfile::TempDir,
    clock: Arc<TestClock>,
    pub(super) ports: Ports,
    pub(super) store: Store,
    pub(super) biller: Arc<TestBiller>,
    pub(super) desk: Arc<TestDesk>,
    pub(super) payments: Arc<Payments>,
    pub(super) work_orders: WorkOrders,
    pub(super) day_end: DayEnd,
    pub(super) client: ClientId,
    pub(super) subject: SubjectId,
    pub(super) account: AccountId,
    pub(super) admitted: Arc<AtomicBool>,
    bills: AtomicU64,
}

impl World {
    pub(super) async fn new() -> Self {
        Self::paying(Payee::Biller).await
    }

    pub(super) async fn paying(payee: Payee) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(folder.path().join("books.db"));
        Self::at(folder, &location, payee).await
    }

    /// The same over books elsewhere.
    pub(super) async fn at(folder: tempfile::TempDir, location: &Location, payee: Payee) -> Self {
        let start: Moment = "2026-11-21T08:00:00Z".parse().unwrap();
        let clock = Arc::new(TestClock(AtomicI64::new(start.micros())));
        let ports = Ports {
            clock: clock.clone(),
            random: Arc::new(Counting(AtomicU64::new(1))),
        };
        let vault = Vault::from_key(&[7; 32]).unwrap();
        let store = Store::open(location, vault, "node-1").await.unwrap();
        let (client, subject) = (
            ClientId::new("demo").unwrap(),
            SubjectId::new("anna").unwrap(),
        );
        let accounts = Accounts::new(store.clone(), ports.clone());
        let funds = (Money::cny(1_000_000), Money::cny(0));
        let account = accounts
            .open_funding(&client, &subject, funds.0, funds.1)
            .await;
        let biller = Arc::new(TestBiller::default());
        let outside = Outside {
            timer: Arc::new(NoTime),
            terms: Arc::new(OneService(payee)),
            biller: biller.clone(),
            banks: Arc::new(NoBanks),
            policies: Arc::new(NoPolicies),
            callbacks: Arc::new(NoCallbacks),
        };
        let settings = PaymentSettings::default();
        let (payments, _queue) = Payments::new(store.clone(), ports.clone(), outside, settings);
        let desk = Arc::new(TestDesk::default());
        let admitted = Arc::new(AtomicBool::new(true));
        let _first = desk.payments.set(payments.clone());
        let _first = desk.biller.set(biller.clone());
        let work_orders = WorkOrders::new(store.clone(), ports.clone(), desk.clone());
        let day_end = DayEnd::new(
            (store.clone(), ports.clone()),
            Objects::in_folder(folder.path().join("objects")).unwrap(),
            Arc::new(OneAccount(admitted.clone())),
            desk.clone(),
            work_orders.clone(),
        );
        Self {
            _folder: folder,
            clock,
            ports,
            store,
            biller,
            desk,
            payments,
            work_orders,
            day_end,
            client,
            subject,
            account: account.unwrap(),
            admitted,
            bills: AtomicU64::new(0),
        }
    }

    pub(super) fn date() -> AccountingDate {
        "2026-11-21".parse().unwrap()
    }

    pub(super) fn scope() -> Scope {
        Scope {
            date: Self::date(),
            biller: None,
        }
    }

    pub(super) fn scope_of(date: AccountingDate) -> Scope {
        Scope { date, biller: None }
    }

    /// Half an hour after the end of a day; it is closed.
    pub(super) async fn end(&self, date: AccountingDate) {
        self.set(&format!("{date}T16:30:00Z"));
        self.day_end.close(date, "paul").await.unwrap();
    }

    pub(super) async fn check(&self, date: AccountingDate) -> Checked {
        let checked = self.day_end.check(&Self::scope_of(date)).await;
        checked.unwrap()
    }

    pub(super) async fn settle(&self, date: AccountingDate) -> Settled {
        let settled = self.day_end.settle(&Self::scope_of(date), "paul").await;
        settled.unwrap()
    }

    pub(super) fn sender(kind: PartyKind, party: &str, date: AccountingDate) -> Sender {
        Sender {
            kind,
            party: party.to_owned(),
            date,
        }
    }

    /// A bank's statement of a day.
    pub(super) async fn state_at(
        &self,
        (bank, date): (&str, AccountingDate),
        number: u32,
        entries: &[papers::Said<'_>],
    ) {
        let bytes = papers::statement(date, number, entries);
        let sender = Self::sender(PartyKind::Bank, bank, date);
        self.bring(&sender, bytes).await;
    }

    /// The biller's own file of a day.
    pub(super) async fn biller_says(
        &self,
        date: AccountingDate,
        number: u32,
        lines: &[papers::Told<'_>],
    ) {
        let sender = Self::sender(PartyKind::Biller, BILLER, date);
        let bytes = papers::day_file(&sender, number, self.now(), lines);
        self.bring(&sender, bytes).await;
    }

    /// What the latest comparison of a day found, by reference.
    pub(super) async fn found(&self, date: AccountingDate) -> Vec<(String, Finding)> {
        let found = self.day_end.findings(date, &BILLER.parse().unwrap()).await;
        let found = found.unwrap().into_iter();
        found.map(|one| (one.reference, one.finding)).collect()
    }

    /// Lets a bank hold the money of all payments that were made.
    pub(super) async fn move_to_bank(&self) {
        let linked = BankAccount {
            id: self.account.clone(),
            client: self.client.clone(),
            subject: self.subject.clone(),
            bank: BankName::new("icbc").unwrap(),
            currency: Money::cny(0).currency(),
            number: AccountNumber::new("6222020200112233445").unwrap(),
            mandate: Mandate {
                reference: "M-1".to_owned(),
                agreed_at: self.now(),
                until: None,
                most_per_payment: None,
            },
            created_at: self.now(),
            ended_at: None,
        };
        let linked = self.store.link_bank_account(&linked, "link", &[0]).await;
        linked.unwrap();
    }

    /// A silent biller says that it has applied a payment.
    pub(super) async fn found_applied(&self, payment: &RecordId) {
        let says = &self.biller.says;
        says.lock().unwrap().insert(payment.to_string(), true);
        self.drive(payment).await;
        assert_eq!(self.state(payment).await, "applied");
    }

    pub(super) fn pass(&self, milliseconds: i64) {
        self.clock
            .0
            .fetch_add(milliseconds * 1_000, Ordering::SeqCst);
    }

    /// The next day, half past midnight in Shanghai.
    pub(super) fn next_day(&self) {
        self.set("2026-11-21T16:30:00Z");
    }

    pub(super) fn set(&self, time: &str) {
        let time: Moment = time.parse().unwrap();
        self.clock.0.store(time.micros(), Ordering::SeqCst);
    }

    pub(super) fn now(&self) -> Moment {
        self.ports.now()
    }

    /// Pays one bill, and lets the worker do what it does at once.
    pub(super) async fn pay(&self, mood: Mood) -> RecordId {
        self.biller.moods.lock().unwrap().push(mood);
        let number = format!("bill-{}", self.bills.fetch_add(1, Ordering::SeqCst));
        let query = self.query(&number).await;
        let request = Create {
            client: self.client.clone(),
            idempotency_key: number.clone(),
            body: json!({"bill": number}),
            subject: self.subject.clone(),
            bill_query: query,
            items: vec![Item {
                bill: number,
                amount: Money::cny(AMOUNT),
            }],
            payer_account: self.account.clone(),
            client_reference: None,
            traceparent: None,
        };
        let paid = self.payments.create(&request).await.unwrap().payment;
        self.drive(&paid).await;
        paid
    }

    /// What a worker does when it looks at a payment.
    pub(super) async fn drive(&self, payment: &RecordId) {
        let claim = Claim {
            payment: payment.clone(),
            service: ServiceCode::new(SERVICE).unwrap(),
            tries: 0,
        };
        self.payments.drive(&claim).await.unwrap();
    }

    async fn query(&self, number: &str) -> RecordId {
        let now = self.ports.now();
        let bill = Bill {
            number: number.to_owned(),
            title: "bill".to_owned(),
            payable: Money::cny(AMOUNT),
            rule: AmountRule::Exact,
            payability: Payability::Payable,
            payable_from: None,
            payable_to: None,
            order: 1,
            group: None,
            token: String::new(),
        };
        let query = StoredBillQuery {
            id: self.ports.record_id("bq"),
            client: self.client.clone(),
            subject: self.subject.clone(),
            service: ServiceCode::new(SERVICE).unwrap(),
            release: "sha256:00".to_owned(),
            state: "ready".to_owned(),
            inputs: Vec::new(),
            circumstances: Circumstances {
                region: "330100".to_owned(),
                channel: "mobile".to_owned(),
                locale: "zh-CN".to_owned(),
                journey: "j".to_owned(),
                payer_type: PayerType::Person,
                assurance: Assurance::Low,
            },
            answer: Box::default(),
            payable: Some(Payable {
                account_number: Some("0099".to_owned()),
                bills: vec![bill],
                selection: Selection::Any,
                limits: Limits::default(),
            }),
            created_at: now,
            expires_at: now.plus_ms(600_000),
        };
        self.store.put_bill_query(&query).await.unwrap();
        query.id
    }

    pub(super) async fn state(&self, payment: &RecordId) -> String {
        let view = self.payments.get(&self.client, payment).await.unwrap();
        view.state.to_string()
    }

    /// The biller's own file of its effects, but for those left out, and with
    /// others added.
    pub(super) fn own_file(&self, number: u32, without: &[&RecordId], more: &[&str]) -> Vec<u8> {
        let effects = self.biller.effects.lock().unwrap();
        let own = effects.iter().filter(|(id, _)| {
            !without
                .iter()
                .any(|left_out| left_out.as_str() == id.as_str())
        });
        let own = own.map(|(id, amount)| (id.as_str(), *amount));
        let more = more.iter().map(|reference| (*reference, AMOUNT));
        let lines: Vec<_> = own
            .chain(more)
            .map(|(reference, amount)| (reference, LineKind::Payment, amount))
            .collect();
        papers::day_file(&Self::biller_sends(), number, self.now(), &lines)
    }

    pub(super) fn biller_sends() -> Sender {
        Sender {
            kind: PartyKind::Biller,
            party: BILLER.to_owned(),
            date: Self::date(),
        }
    }

    pub(super) async fn hand_in(&self, bytes: Vec<u8>) {
        self.bring(&Self::biller_sends(), bytes).await;
    }

    pub(super) async fn close(&self) {
        self.day_end.close(Self::date(), "paul").await.unwrap();
    }

    pub(super) async fn close_next_day(&self) {
        self.next_day();
        self.close().await;
    }

    /// What is owed to the biller: the sum of all stripes.
    pub(super) async fn owed(&self, kind: &str) -> i64 {
        let mut sum = 0;
        for stripe in Stripe::all() {
            sum += self.balance(&format!("{kind}:{BILLER}:{stripe}:CNY")).await;
        }
        sum
    }

    pub(super) async fn balance(&self, account: &str) -> i64 {
        let id = AccountId::new(account).unwrap();
        let row = self.store.account(&id).await.unwrap();
        row.map_or(0, |row| {
            row.account.credits_posted - row.account.debits_posted
        })
    }

    pub(super) async fn assert_books(&self) {
        let report = self.store.check_ledger(self.ports.now()).await.unwrap();
        assert!(report.findings.is_empty(), "{:#?}", report.findings);
    }
}

pub(super) fn person(name: &str) -> PersonId {
    PersonId::new(name).unwrap()
}
