//! The guest of the comparison: `http-biller` with a mapping of the simulated
//! country and a direct flow, which reads its settings and sends nothing. And
//! what a sandbox and a binding of a bench are made of.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use guichet_domain::grant::Grant;
use guichet_domain::id::ServiceCode;
use guichet_sandbox::contract::types::{AssuranceLevel, Context, PayerType};
use guichet_sandbox::keyring::{Keyring, Secret};
use guichet_sandbox::{
    Binding, BindingId, BindingSettings, BreakerSettings, Call, Compiler, Config, Inputs, Limits,
    Permissions, Question, Secrets, Settings, digest_of,
};

const SERVICE: &str = "water-330100-1";

/// The declarative plugin and one question to it.
pub(super) struct Biller {
    pub(super) component: Vec<u8>,
    pub(super) config: Arc<BTreeMap<String, String>>,
    pub(super) context: Context,
    pub(super) inputs: Inputs,
}

impl Biller {
    pub(super) fn read() -> Result<Self> {
        let mapping = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../examples/city/mappings/form.json")
            .canonicalize()?;
        let setting = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let config = BTreeMap::from([
            ("mapping".to_owned(), std::fs::read_to_string(mapping)?),
            setting("flow", "direct"),
            setting("rule", "between:100,50000"),
        ]);
        Ok(Self {
            component: component("http-biller")?,
            config: Arc::new(config),
            context: context(),
            inputs: vec![setting("account", "3301000001")],
        })
    }

    pub(super) fn call(&self) -> Call {
        Call {
            context: self.context.clone(),
            question: Question::QueryBills {
                inputs: self.inputs.clone(),
            },
        }
    }
}

/// A plugin as `cargo xtask plugins` built it.
pub(super) fn component(name: &str) -> Result<Vec<u8>> {
    let path = guichet_tests::target().join(format!("plugins/{name}.wasm"));
    std::fs::read(&path).with_context(|| path.display().to_string())
}

/// Settings of a sandbox with its code in a folder that is kept between runs.
pub(super) fn settings(folder: &str, calls: u32) -> Result<Settings> {
    let folder = crate::kept(folder);
    std::fs::create_dir_all(&folder)?;
    let mut settings = Settings::new(folder, Secret::new([7; 32]), Compiler::InThisProcess);
    settings.calls = calls;
    Ok(settings)
}

/// A binding with usual limits and no permission.
pub(super) fn binding(config: Arc<BTreeMap<String, String>>) -> Result<Arc<Binding>> {
    let permissions = Permissions::new(Grant::default(), &Secrets::new(), Keyring::default())?;
    Ok(Arc::new(Binding::new(BindingSettings {
        id: BindingId {
            release: digest_of(b"bench"),
            service: ServiceCode::new(SERVICE)?,
        },
        state: format!("bench/{SERVICE}"),
        permissions: Arc::new(permissions),
        limits: Limits::standard(),
        config: Config {
            package: config,
            service: Arc::default(),
        },
        breaker: BreakerSettings::default(),
    })))
}

/// Circumstances as an ordinary call has them.
pub(super) fn context() -> Context {
    Context {
        call: "call_00000000000000000000000001".to_owned(),
        service: SERVICE.to_owned(),
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
