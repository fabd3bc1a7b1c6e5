//! A sandbox for hostile guests: small limits, one binding, a loopback server
//! that counts its visitors.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use guichet_domain::grant::{
    EndpointGrant, Grant, KvGrant, LegacyCrypto, Network, Route, RouteIntent,
};
use guichet_domain::id::EndpointName;
use guichet_sandbox::contract::bill_payment::Order;
use guichet_sandbox::contract::types::{Failure, Money, PayerType};
use guichet_sandbox::keyring::Secret;
use guichet_sandbox::ports::{BoxFuture, Ports, ResolveError, Resolver};
use guichet_sandbox::{
    Answer, Binding, Call, Compiler, Limits, LoadError, Plugin, Question, Report, Sandbox, Settings,
};
pub use guichet_tests::calls::bound;
use guichet_tests::calls::context;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// Deadline of every hostile call.
pub const DEADLINE_MS: u32 = 200;
/// How long past it a call may still run.
pub const GRACE_MS: u128 = 50;

/// Everything a test needs.
pub struct Bench {
    pub sandbox: Sandbox,
    pub ports: Ports,
    _folder: tempfile::TempDir,
}

impl Bench {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings::new(
            folder.path().join("code"),
            Secret::new(vec![7; 32]),
            Compiler::InThisProcess,
        );
        let sandbox = Sandbox::start(settings).unwrap();
        Self {
            sandbox,
            ports: Ports::in_memory(),
            _folder: folder,
        }
    }

    pub async fn load(&self, component: &[u8]) -> Result<Plugin, LoadError> {
        self.sandbox
            .load(guichet_sandbox::digest_of(component), component)
            .await
    }

    /// Loads and asks `query-bills` under a binding; also says how long it took.
    pub async fn query(&self, component: &[u8], binding: &Arc<Binding>) -> (Report, Duration) {
        let plugin = self.load(component).await.unwrap();
        let started = Instant::now();
        let question = Question::QueryBills { inputs: Vec::new() };
        let call = Call {
            context: context(),
            question,
        };
        let report = self.sandbox.call(&plugin, binding, &self.ports, call).await;
        (report, started.elapsed())
    }

    /// Submits a payment.
    pub async fn submit(&self, component: &[u8], binding: &Arc<Binding>) -> Report {
        let plugin = self.load(component).await.unwrap();
        let question = Question::SubmitPayment {
            order: Box::new(order()),
        };
        let call = Call {
            context: context(),
            question,
        };
        self.sandbox.call(&plugin, binding, &self.ports, call).await
    }
}

/// The letter that a guest says, or nothing.
pub fn letter(report: &Report) -> Option<char> {
    match &report.result {
        Ok(Answer::Query(answer)) => match answer.as_ref() {
            Err(Failure::Other(text)) => text.chars().next(),
            _ => None,
        },
        _ => None,
    }
}

/// Limits that a hostile guest meets soon.
pub fn limits() -> Limits {
    Limits {
        memory_bytes: 4 << 20,
        table_elements: 1_000,
        deadline_ms: DEADLINE_MS,
        host_calls: 64,
        host_bytes: 1 << 20,
        answer_bytes: 256 << 10,
        log_entries: 8,
        log_bytes: 4 << 10,
        fuel: 50_000_000_000,
        ..Limits::standard()
    }
    .checked(&Limits {
        fuel: 50_000_000_000,
        ..Limits::ceiling()
    })
    .unwrap()
}

/// A binding without any permission.
pub fn bare(state: &str) -> Arc<Binding> {
    bound(state, Grant::default(), limits())
}

/// May ask `POST /ok` of an origin; private addresses only where they are listed.
pub fn http_grant(origin: &str, private: &[IpAddr]) -> Grant {
    let route = |path: &str, intent| Route {
        methods: ["POST".to_owned()].into(),
        path_prefix: path.to_owned(),
        intent,
    };
    let endpoint = EndpointGrant {
        origin: origin.to_owned(),
        routes: vec![
            route("/ok", RouteIntent::Read),
            route("/pay", RouteIntent::Effect),
            route("/gateway", RouteIntent::Declared),
        ],
        request_headers: ["accept".to_owned(), "content-type".to_owned()].into(),
        effects_per_call: 1,
        network: if private.is_empty() {
            Network::Public
        } else {
            Network::Private(private.iter().copied().collect())
        },
        credentials: Vec::new(),
    };
    Grant {
        endpoints: [(EndpointName::new("biller").unwrap(), endpoint)].into(),
        kv: Some(KvGrant { quota_bytes: 4_096 }),
        legacy_crypto: LegacyCrypto::Denied,
        ..Grant::default()
    }
}

/// A name server that says what it is told.
pub struct Lying(pub Vec<IpAddr>);

impl Resolver for Lying {
    fn resolve<'a>(&'a self, _host: &'a str) -> BoxFuture<'a, Result<Vec<IpAddr>, ResolveError>> {
        let addresses = self.0.clone();
        Box::pin(async move { Ok(addresses) })
    }
}

/// A name server that says something else each time it is asked.
pub struct Rebinding {
    answers: Vec<IpAddr>,
    asked: AtomicU32,
}

impl Rebinding {
    pub fn new(answers: Vec<IpAddr>) -> Self {
        Self {
            answers,
            asked: AtomicU32::new(0),
        }
    }

    pub fn asked(&self) -> u32 {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Resolver for Rebinding {
    fn resolve<'a>(&'a self, _host: &'a str) -> BoxFuture<'a, Result<Vec<IpAddr>, ResolveError>> {
        let turn = self.asked.fetch_add(1, Ordering::SeqCst) as usize;
        let answer = self.answers[turn.min(self.answers.len() - 1)];
        Box::pin(async move { Ok(vec![answer]) })
    }
}

/// A server that counts requests and always answers the same.
pub struct Server {
    pub port: u16,
    visitors: Arc<AtomicU32>,
}

impl Server {
    pub async fn answering(answer: &'static str) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let visitors = Arc::new(AtomicU32::new(0));
        let count = visitors.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(async move {
                    let mut buffer = [0; 4_096];
                    let _read = stream.read(&mut buffer).await;
                    let _written = stream.write_all(answer.as_bytes()).await;
                });
            }
        });
        Self { port, visitors }
    }

    pub fn visitors(&self) -> u32 {
        self.visitors.load(Ordering::SeqCst)
    }
}

fn order() -> Order {
    Order {
        reference: "pay_00000000000000000000000000".into(),
        sequence: 1,
        attempt: 1,
        account_number: None,
        items: Vec::new(),
        total: Money {
            minor_units: 100,
            currency: "CNY".into(),
        },
        fee: None,
        funding: None,
        inputs: Vec::new(),
        channel: "test".into(),
        accounting_date: "2026-11-21".into(),
        payer_type: PayerType::Person,
        requested_at: "2026-11-21T00:00:00Z".into(),
        details: Vec::new(),
    }
}
