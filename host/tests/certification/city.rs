//! The simulated city as the biller's test system that scenarios are recorded
//! from.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use guichet::certification::Origins;
use guichet_registry::binding::EndpointBinding;
use guichet_registry::scenario::{Material, Scenario, TestCredential};
use guichet_tests::{Client, program};
use serde_json::Value;

/// The country's time: in the morning, when every biller takes everything back.
const BEGIN: &str = "2026-11-20T02:00:00Z";

pub struct City {
    child: Child,
    url: String,
    client: Client,
    _folder: tempfile::TempDir,
}

impl City {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(program("guichet-city"))
            .args(["serve", "--listen", "127.0.0.1:0", "--json"])
            .args(["--begin", BEGIN, "--log"])
            .arg(folder.path().join("effects.jsonl"))
            .stdout(Stdio::piped())
            .spawn()
            .expect("guichet-city is built");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        let url = ready["url"].as_str().unwrap().to_owned();
        Self {
            child,
            client: Client::new(&url, None),
            url,
            _folder: folder,
        }
    }

    async fn ask(&self, path: &str) -> Value {
        self.client.get(path).await.unwrap().json()
    }

    /// Inputs of a service that have bills now.
    pub async fn inputs(&self, service: &str) -> BTreeMap<String, String> {
        let sample = self.ask(&format!("/_sample?service={service}")).await;
        let inputs = sample["inputs"].as_object().unwrap();
        inputs
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
            .collect()
    }

    /// A draft with the keys and secrets that the city tells for a package.
    pub async fn draft(&self, package: &str, service: &str, title: &str) -> Scenario {
        let told = self.ask("/_operator").await;
        let told = &told["packages"][package];
        let mut draft: Scenario = serde_json::from_value(serde_json::json!({
            "guichet_scenario": 1, "title": title, "service": service, "clock": BEGIN, "seed": 7,
        }))
        .unwrap();
        draft.inputs = self.inputs(service).await;
        for key in told["keys"].as_array().into_iter().flatten() {
            let material = key["material_base64"].as_str().unwrap().to_owned();
            draft.keys.insert(
                key["name"].as_str().unwrap().parse().unwrap(),
                Material::Base64(material),
            );
        }
        let secret = |name: &str| {
            let secrets = told["secrets"].as_array().unwrap();
            let secret = secrets.iter().find(|secret| secret["name"] == name);
            secret.unwrap()["value"].as_str().unwrap().to_owned()
        };
        let credentials = told["endpoints"]["biller"]["credentials"].as_array();
        let credentials: Vec<TestCredential> = credentials
            .into_iter()
            .flatten()
            .map(|credential| TestCredential {
                header: credential["header"].as_str().unwrap().to_owned(),
                format: credential["format"].as_str().unwrap().to_owned(),
                value: secret(credential["secret"].as_str().unwrap()),
            })
            .collect();
        if !credentials.is_empty() {
            draft
                .credentials
                .insert("biller".parse().unwrap(), credentials);
        }
        draft
    }

    /// Where the endpoint `biller` leads.
    pub fn origins(&self) -> Origins {
        let origin = EndpointBinding {
            origin: self.url.parse().unwrap(),
            private: ["127.0.0.1".parse().unwrap()].into(),
            credentials: Vec::new(),
        };
        [("biller".parse().unwrap(), origin)].into()
    }
}

impl Drop for City {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}
