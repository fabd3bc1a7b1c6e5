//! What all suites need: guests written as text, a sandbox in a temporary
//! folder, bindings, and calls.
#![allow(dead_code, reason = "each suite uses a part of it")]

pub mod guest;
pub mod server;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use guichet_domain::grant::{EndpointGrant, Grant, Network, Route, RouteIntent};
use guichet_domain::id::{EndpointName, ServiceCode};
use guichet_sandbox::contract::bill_payment::{Order, QueryOutcome, Submission};
use guichet_sandbox::contract::types::{AssuranceLevel, Context, Money, PayerType};
use guichet_sandbox::keyring::{Keyring, Secret};
use guichet_sandbox::ports::Ports;
use guichet_sandbox::{
    Answer, Binding, BindingId, BindingSettings, BreakerSettings, Call, Compiler, Config, Limits,
    Permissions, Plugin, Question, Report, Sandbox, Secrets, Settings, digest_of,
};

/// A sandbox and the folder it lives in.
pub struct House {
    pub sandbox: Sandbox,
    pub folder: tempfile::TempDir,
}

impl House {
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    pub fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = settings(folder.path());
        change(&mut settings);
        Self {
            sandbox: Sandbox::start(settings).unwrap(),
            folder,
        }
    }

    pub async fn load(&self, component: &[u8]) -> Plugin {
        self.sandbox
            .load(digest_of(component), component)
            .await
            .unwrap()
    }

    /// Loads a guest and asks it for bills under these settings.
    pub async fn query(&self, component: &[u8], settings: BindingSettings) -> Report {
        let plugin = self.load(component).await;
        let binding = Arc::new(Binding::new(settings));
        self.sandbox
            .call(&plugin, &binding, &Ports::in_memory(), query_bills())
            .await
    }
}

pub fn settings(folder: &std::path::Path) -> Settings {
    let mut settings = Settings::new(
        folder.join("code"),
        Secret::new([1; 32]),
        Compiler::InThisProcess,
    );
    settings.calls = 16;
    settings
}

pub fn binding(grant: Grant) -> BindingSettings {
    binding_with(grant, &Secrets::new(), Keyring::default())
}

pub fn binding_with(grant: Grant, secrets: &Secrets, keyring: Keyring) -> BindingSettings {
    BindingSettings {
        id: BindingId {
            release: digest_of(b"release"),
            service: ServiceCode::new("water-330100-1").unwrap(),
        },
        state: "test/water-330100-1".to_owned(),
        permissions: Arc::new(Permissions::new(grant, secrets, keyring).unwrap()),
        limits: Limits {
            deadline_ms: 2_000,
            ..Limits::standard()
        },
        config: Config {
            package: Arc::new(BTreeMap::from([
                ("title".to_owned(), "package".to_owned()),
                ("shared".to_owned(), "yes".to_owned()),
            ])),
            service: Arc::new(BTreeMap::from([("title".to_owned(), "service".to_owned())])),
        },
        breaker: BreakerSettings::default(),
    }
}

/// A grant for one endpoint `biller` on loopback.
pub fn loopback(port: u16) -> Grant {
    endpoint(
        &format!("http://127.0.0.1:{port}"),
        Network::Private(["127.0.0.1".parse().unwrap()].into()),
    )
}

/// A grant for one endpoint `biller` with reads under `/read`, effects under
/// `/effect` and whatever the guest says under `/both`.
pub fn endpoint(origin: &str, network: Network) -> Grant {
    let route = |path_prefix: &str, intent| Route {
        methods: BTreeSet::from(["GET".to_owned(), "POST".to_owned()]),
        path_prefix: path_prefix.to_owned(),
        intent,
    };
    let granted = EndpointGrant {
        origin: origin.to_owned(),
        routes: vec![
            route("/read", RouteIntent::Read),
            route("/effect", RouteIntent::Effect),
            route("/both", RouteIntent::Declared),
        ],
        request_headers: BTreeSet::new(),
        effects_per_call: 1,
        network,
        credentials: Vec::new(),
    };
    Grant {
        endpoints: BTreeMap::from([(EndpointName::new("biller").unwrap(), granted)]),
        ..Grant::default()
    }
}

pub fn context() -> Context {
    Context {
        call: "call_1".to_owned(),
        service: "water-330100-1".to_owned(),
        region: "330100".to_owned(),
        subject: "subject-1".to_owned(),
        payer_type: PayerType::Person,
        assurance: AssuranceLevel::High,
        consent: None,
        channel: "mobile".to_owned(),
        journey: "journey-1".to_owned(),
        locale: "zh-CN".to_owned(),
        accounting_date: "2026-11-21".to_owned(),
        details: Vec::new(),
    }
}

pub fn query_bills() -> Call {
    let inputs = vec![("account".to_owned(), "3301000001".to_owned())];
    Call {
        context: context(),
        question: Question::QueryBills { inputs },
    }
}

pub fn submit_payment() -> Call {
    let order = Order {
        reference: "pay_1".to_owned(),
        sequence: 1,
        attempt: 1,
        account_number: None,
        items: Vec::new(),
        total: Money {
            minor_units: 8_650,
            currency: "CNY".to_owned(),
        },
        fee: None,
        funding: None,
        inputs: Vec::new(),
        channel: "mobile".to_owned(),
        accounting_date: "2026-11-21".to_owned(),
        payer_type: PayerType::Person,
        requested_at: "2026-11-21T08:30:00Z".to_owned(),
        details: Vec::new(),
    };
    Call {
        context: context(),
        question: Question::SubmitPayment {
            order: Box::new(order),
        },
    }
}

/// The text that a test guest answered with.
pub fn said(report: &Report) -> String {
    match &report.result {
        Ok(Answer::Query(query)) => match query.as_ref() {
            Ok(QueryOutcome::Other(text)) => text.clone(),
            other => panic!("unexpected {other:?}"),
        },
        Ok(Answer::Submission(submission)) => match submission.as_ref() {
            Submission::Unknown(text) => text.clone(),
            other => panic!("unexpected {other:?}"),
        },
        other => panic!("unexpected {other:?}"),
    }
}
