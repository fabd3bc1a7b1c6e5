//! The door over the real rooms and a real store, with one client, one subject
//! with money and a biller that always applies. No plugin is installed.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use futures::future::BoxFuture;
use guichet_domain::bill::{AmountRule, Bill, Limits, Payability, Selection};
use guichet_domain::fee::FeeTerms;
use guichet_domain::id::{
    AccountId, BillerId, CategoryCode, ClientId, RecordId, ServiceCode, SubjectId,
};
use guichet_domain::payment::{Capabilities, Repetition, Reversal, StatusAnswer};
use guichet_domain::{Moment, Money};
use guichet_sandbox::contract::bill_payment as contract;
use guichet_sandbox::contract::types::Money as ContractMoney;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::rooms::rooms;
use crate::api::{Api, Client, Clients, Rate, Scope, hash};
use crate::payments::ports::{BillerPort, Closed, TermsPort};
use crate::payments::{
    CallbackPort, NoBanks, Outside, PaymentSettings, Payments, SignedMessage, StoredPolicies,
};
use crate::ports::Ports;
use crate::rooms::Rooms;
use crate::seal::Vault;
use crate::store::{Location, Payable, Store, StoreError, StoredBillQuery};
use crate::terms::order::{
    Application, Assurance, Circumstances, Order, Outcome, PayerType, PendingAnswer, ReversalOrder,
    ReversalOutcome,
};
use crate::terms::{Payee, Terms};
use crate::worker::TokioTimer;

/// A token that may do everything, and one that may only read the catalogue.
pub(super) const TOKEN: &str = "token-of-the-demo-app";
pub(super) const READER: &str = "token-of-a-reader";
const SERVICE: &str = "water-330100-1";

pub(super) struct World {
    pub(super) api: Api,
    router: Router,
    pub(super) rooms: Rooms,
    pub(super) account: AccountId,
    _folder: tempfile::TempDir,
}

pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) bytes: Vec<u8>,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

struct Known;

impl Clients for Known {
    fn by_token(&self, token: [u8; 32]) -> BoxFuture<'_, Result<Option<Client>, StoreError>> {
        let client = |id: &str, scopes: &[Scope]| {
            Some(Client {
                id: ClientId::new(id).unwrap(),
                scopes: scopes.to_vec(),
            })
        };
        let found = match token {
            token if token == hash(TOKEN) => client("demo", Scope::ALL),
            token if token == hash(READER) => client("reader", &[Scope::ServicesRead]),
            _ => None,
        };
        Box::pin(std::future::ready(Ok(found)))
    }
}

struct OneService;

impl TermsPort for OneService {
    fn terms(&self, service: &ServiceCode, _release: &str, _now: Moment) -> Result<Terms, Closed> {
        if service.as_str() != SERVICE {
            return Err(Closed::NoSuchService);
        }
        Ok(Terms {
            service: service.clone(),
            category: CategoryCode::new("water").unwrap(),
            biller: BillerId::new("b-330100-water-1").unwrap(),
            payee: Payee::Biller,
            rule: AmountRule::Exact,
            limits: Limits::default(),
            fee: FeeTerms::default(),
            capabilities: Capabilities {
                repetition: Repetition::Deduplicates,
                status: StatusAnswer::Authoritative { after_seconds: 1 },
                reversal: Reversal::SameAccountingDate,
            },
        })
    }
}

/// A biller that signs with one word.
struct SharedSecret;

impl CallbackPort for SharedSecret {
    fn is_genuine<'a>(
        &'a self,
        _service: &'a ServiceCode,
        message: &'a SignedMessage,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(std::future::ready(Ok(message.signatures == "v1,good")))
    }
}

struct GoodBiller;

impl BillerPort for GoodBiller {
    fn submit<'a>(&'a self, order: &'a Order) -> BoxFuture<'a, Outcome> {
        let token = contract::MeterToken {
            digits: "1234 5678".into(),
            meter: None,
            quantity: None,
            measure: None,
            details: Vec::new(),
        };
        let record = contract::Application {
            serial: "S1".into(),
            at: "2026-11-21T08:00:00Z".into(),
            amount: ContractMoney {
                minor_units: order.total.minor_units(),
                currency: "CNY".into(),
            },
            accounting_date: None,
            balance: None,
            deliveries: vec![contract::Delivery::Token(token)],
            effective_in_seconds: None,
            invoice_reference: None,
            treasury_code: None,
            fiscal_receipt: None,
            fields: Vec::new(),
            details: Vec::new(),
        };
        let outcome = Outcome::Applied(Application {
            serial: "S1".into(),
            amount: order.total,
            at: record.at.clone(),
            record: serde_json::to_value(record).unwrap(),
        });
        Box::pin(std::future::ready(outcome))
    }

    fn status<'a>(
        &'a self,
        order: &'a Order,
        _last: Option<&'a PendingAnswer>,
    ) -> BoxFuture<'a, Outcome> {
        self.submit(order)
    }

    fn reverse<'a>(&'a self, _reversal: &'a ReversalOrder) -> BoxFuture<'a, ReversalOutcome> {
        Box::pin(std::future::ready(ReversalOutcome::Reversed(json!({}))))
    }

    fn reversal_status<'a>(
        &'a self,
        reversal: &'a ReversalOrder,
        _last: Option<&'a PendingAnswer>,
    ) -> BoxFuture<'a, ReversalOutcome> {
        self.reverse(reversal)
    }
}

impl World {
    pub(super) async fn new() -> Self {
        Self::with_rate(Rate::default()).await
    }

    pub(super) async fn with_rate(rate: Rate) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ports = Ports::system();
        let vault = Vault::from_key(&[7; 32]).unwrap();
        let books = Location::Sqlite(folder.path().join("books.db"));
        let store = Store::open(&books, vault, "node-1").await.unwrap();
        let (payments, _queue) = Payments::new(
            store.clone(),
            ports.clone(),
            Outside {
                timer: Arc::new(TokioTimer),
                terms: Arc::new(OneService),
                biller: Arc::new(GoodBiller),
                banks: Arc::new(NoBanks),
                policies: Arc::new(StoredPolicies::new(store.clone(), ports.clone())),
                callbacks: Arc::new(SharedSecret),
            },
            PaymentSettings::default(),
        );
        let rooms = rooms(folder.path(), &store, &ports, payments).await;
        let (client, subject) = (
            ClientId::new("demo").unwrap(),
            SubjectId::new("anna").unwrap(),
        );
        let account = rooms
            .accounts
            .open_funding(&client, &subject, Money::cny(100_000), Money::cny(0))
            .await
            .unwrap();
        let api = Api::new(rooms.clone(), Arc::new(Known), rate);
        let panics = axum::routing::get(|| async { panic!("on purpose") as () });
        let router = api.in_layers(api.routes().route("/panic", panics));
        Self {
            api,
            router,
            rooms,
            account,
            _folder: folder,
        }
    }

    pub(super) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        Answer {
            status: parts.status,
            headers: parts.headers,
            bytes,
        }
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.send(request("GET", path, &[]).body(Body::empty()).unwrap())
            .await
    }

    pub(super) async fn post(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let request = request("POST", path, headers).header("content-type", "application/json");
        self.send(request.body(Body::from(body.to_string())).unwrap())
            .await
    }

    /// What Prometheus reads.
    pub(super) async fn figures(&self) -> String {
        String::from_utf8(self.get("/metrics").await.bytes).unwrap()
    }

    /// A ready query with bills of these amounts.
    pub(super) async fn query(&self, bills: &[(&str, i64)]) -> RecordId {
        self.query_for(bills, 600_000).await
    }

    /// A ready query that is good for so long.
    pub(super) async fn query_for(&self, bills: &[(&str, i64)], milliseconds: i64) -> RecordId {
        let now = self.rooms.ports.now();
        let bill = |((number, amount), order): (&(&str, i64), u32)| Bill {
            number: (*number).to_owned(),
            title: format!("bill {number}"),
            payable: Money::cny(*amount),
            rule: AmountRule::Exact,
            payability: Payability::Payable,
            payable_from: None,
            payable_to: None,
            order,
            group: None,
            token: String::new(),
        };
        let query = StoredBillQuery {
            id: self.rooms.ports.record_id("bq"),
            client: ClientId::new("demo").unwrap(),
            subject: SubjectId::new("anna").unwrap(),
            service: ServiceCode::new(SERVICE).unwrap(),
            release: "sha256:00".to_owned(),
            state: "ready".to_owned(),
            inputs: Vec::new(),
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
                bills: bills.iter().zip(1..).map(bill).collect(),
                selection: Selection::Any,
                limits: Limits::default(),
            }),
            created_at: now,
            expires_at: now.plus_ms(milliseconds),
        };
        self.rooms.store.put_bill_query(&query).await.unwrap();
        query.id
    }

    /// A payment's body for bills of a query.
    pub(super) fn payment(&self, query: &RecordId, bills: &[(&str, i64)]) -> Value {
        let item = |(bill, amount): &(&str, i64)| json!({"bill": bill, "amount": {"amount": amount, "currency": "CNY"}});
        json!({
            "bill_query": query,
            "items": bills.iter().map(item).collect::<Vec<_>>(),
            "payer_account": self.account,
            "subject": "anna",
        })
    }

    /// Does what a worker would do now.
    pub(super) async fn work(&self) {
        let room = &self.rooms.payments;
        // Leases of this node are its own worker's; here the test is the worker.
        room.store().forget_leases().await.unwrap();
        let now = self.rooms.ports.now();
        for claim in room
            .store()
            .claim(now, now.plus_ms(10_000), 100)
            .await
            .unwrap()
        {
            room.drive(&claim).await.unwrap();
        }
    }
}

/// A request with the usual headers, and these over them.
pub(super) fn request(
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
) -> axum::http::request::Builder {
    let mut request = Request::builder().method(method).uri(path);
    let usual = [
        ("authorization", format!("Bearer {TOKEN}")),
        ("accept-language", "en".into()),
    ];
    for (name, value) in usual {
        if !headers.iter().any(|(given, _)| *given == name) {
            request = request.header(name, value);
        }
    }
    for (name, value) in headers.iter().filter(|(_, value)| !value.is_empty()) {
        request = request.header(*name, *value);
    }
    request
}
