//! The use-case rooms together, as the doors hold them.

use std::sync::Arc;

use tokio::sync::mpsc;

use crate::accounts::Accounts;
use crate::accounts::bound::BoundAccounts;
use crate::audit::Audit;
use crate::bank::ConnectedBanks;
use crate::bills::Bills;
use crate::catalogue::Catalogue;
use crate::consents::Consents;
use crate::credentials::Credentials;
use crate::day_end::DayEnd;
use crate::governance::Governance;
use crate::inquiries::Inquiries;
use crate::payments::{Outside, PaymentSettings, Payments, StoredPolicies};
use crate::plugins::Plugins;
use crate::ports::Ports;
use crate::publishing::Publishing;
use crate::receipts::Receipts;
use crate::store::{Claim, Store};
use crate::work_orders::{PaymentRoom, WorkOrders};
use crate::worker::TokioTimer;

/// Every room of one node, and what the doors need beside them.
#[derive(Clone)]
pub struct Rooms {
    /// What there is to pay and to ask.
    pub catalogue: Catalogue,
    /// What is owed.
    pub bills: Bills,
    /// Paying.
    pub payments: Arc<Payments>,
    /// Documents.
    pub inquiries: Inquiries,
    /// Codes.
    pub credentials: Credentials,
    /// Permissions of subjects.
    pub consents: Consents,
    /// The books as clients may see them.
    pub accounts: Accounts,
    /// Saved service accounts.
    pub bound_accounts: BoundAccounts,
    /// What people decide about releases.
    pub governance: Governance,
    /// Where bundles come in.
    pub publishing: Publishing,
    /// What people have to decide.
    pub work_orders: WorkOrders,
    /// Closing, comparing and settling days.
    pub day_end: DayEnd,
    /// The signed logs of everything that happened.
    pub audit: Audit,
    /// What payers prove payments with.
    pub receipts: Receipts,
    /// Asked by `/readyz` only.
    pub store: Store,
    /// Clock and randomness.
    pub ports: Ports,
}

impl Rooms {
    /// The rooms over a store and its plugins, and the queue of payments that are
    /// handed to the worker.
    #[must_use]
    pub fn new(
        store: &Store,
        plugins: &Plugins,
        (governance, publishing): (Governance, Publishing),
        banks: &ConnectedBanks,
        audit: &Audit,
        ports: &Ports,
    ) -> (Self, mpsc::Receiver<Claim>) {
        let (store, plugins, ports) = (store.clone(), plugins.clone(), ports.clone());
        let consents = Consents::new(store.clone(), Arc::new(plugins.clone()), ports.clone());
        let (payments, queue) = Payments::new(
            store.clone(),
            ports.clone(),
            Outside {
                timer: Arc::new(TokioTimer),
                terms: Arc::new(plugins.clone()),
                biller: Arc::new(plugins.clone()),
                banks: Arc::new(banks.clone()),
                policies: Arc::new(StoredPolicies::new(store.clone(), ports.clone())),
                callbacks: Arc::new(plugins.clone()),
            },
            PaymentSettings {
                foreign_call_ms: if store.is_embedded() {
                    0
                } else {
                    guichet_sandbox::Limits::ceiling().deadline_ms.into()
                },
                ..PaymentSettings::default()
            },
        );
        let desk = Arc::new(PaymentRoom(payments.clone()));
        let work_orders = WorkOrders::new(store.clone(), ports.clone(), desk.clone());
        let day_end = DayEnd::new(
            (store.clone(), ports.clone()),
            governance.objects().clone(),
            Arc::new(governance.clone()),
            desk,
            work_orders.clone(),
        );
        let catalogue = Catalogue::new(plugins.clone());
        let rooms = Self {
            audit: audit.clone(),
            receipts: Receipts::new(payments.clone(), audit.clone(), catalogue.clone()),
            work_orders,
            day_end,
            catalogue,
            bills: Bills::new(store.clone(), plugins.clone(), ports.clone()),
            payments,
            inquiries: Inquiries::new(
                store.clone(),
                plugins.clone(),
                consents.clone(),
                ports.clone(),
            ),
            credentials: Credentials::new(store.clone(), plugins, consents.clone(), ports.clone()),
            consents,
            accounts: Accounts::new(store.clone(), ports.clone()).with_banks(banks.clone()),
            bound_accounts: BoundAccounts::new(store.clone(), ports.clone()),
            governance,
            publishing,
            store,
            ports,
        };
        (rooms, queue)
    }
}
