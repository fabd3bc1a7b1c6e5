//! Requests that go on until they are answered: a client does not know which
//! node is alive, and repeats itself where no answer comes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use guichet_tests::chance::Chance;
use guichet_tests::{Answer, Client};
use hyper::header::RETRY_AFTER;
use hyper::{Method, StatusCode};
use serde_json::Value;

use crate::findings::{Findings, Rule};
use crate::nodes::Nodes;

/// How long a client goes on with one request before it leaves it to the end of
/// the run.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long one request may hang.
const HANGS: Duration = Duration::from_secs(70);

/// A request that may be repeated.
#[derive(Debug, Clone)]
pub struct Request {
    method: Method,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Option<Value>,
}

impl Request {
    /// Reads.
    pub fn get(path: impl Into<String>) -> Self {
        Self {
            method: Method::GET,
            path: path.into(),
            headers: Vec::new(),
            body: None,
        }
    }

    /// Sends JSON.
    pub fn post(path: impl Into<String>, body: Value) -> Self {
        Self {
            method: Method::POST,
            path: path.into(),
            headers: vec![("content-type", "application/json".to_owned())],
            body: Some(body),
        }
    }

    /// The same with a header more.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    async fn send(&self, client: &Client) -> Result<Answer> {
        let headers: Vec<(&str, &str)> = self
            .headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let body = self.body.as_ref().map(Value::to_string);
        let body = body.unwrap_or_default().into_bytes();
        client
            .send(self.method.clone(), &self.path, &headers, body)
            .await
    }
}

/// Speaks to whichever node is up.
pub struct Insistent {
    nodes: Arc<Nodes>,
    findings: Arc<Findings>,
    answers: Mutex<BTreeMap<String, u64>>,
}

impl Insistent {
    /// Over these nodes.
    pub fn new(nodes: Arc<Nodes>, findings: Arc<Findings>) -> Self {
        Self {
            nodes,
            findings,
            answers: Mutex::default(),
        }
    }

    /// Sends a request to one node after another until one gives an answer that
    /// a repetition would not better; none where patience ends first.
    pub async fn ask(&self, request: &Request, chance: &mut Chance) -> Option<Answer> {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Some(client) = self.nodes.any(chance) {
                match tokio::time::timeout(HANGS, request.send(&client)).await {
                    Ok(Ok(answer)) => {
                        self.count(kind(&answer));
                        self.is_clear(request, &answer);
                        if is_final(&answer) {
                            return Some(answer);
                        }
                    }
                    Ok(Err(_)) => self.count("no answer".to_owned()),
                    Err(_) => self.count("hangs".to_owned()),
                }
            }
            let pause = 10 + chance.below(60) as u64;
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
        None
    }

    /// Reads a page or a record; fails where no node answers for long.
    pub async fn read(&self, path: &str, chance: &mut Chance) -> Result<Answer> {
        let answer = self.ask(&Request::get(path), chance).await;
        ensure!(answer.is_some(), "no node answers {path} for {PATIENCE:?}");
        Ok(answer.expect("it was just found to be there"))
    }

    /// Answers and failures by kind.
    pub fn answers(&self) -> BTreeMap<String, u64> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.clone()
    }

    /// Whatever happens to nodes and database, a client meets no fault of the
    /// host, and is told when to come back.
    fn is_clear(&self, request: &Request, answer: &Answer) {
        let is_clear = match answer.status {
            StatusCode::INTERNAL_SERVER_ERROR => false,
            StatusCode::SERVICE_UNAVAILABLE => answer.headers.contains_key(RETRY_AFTER),
            _ => true,
        };
        if !is_clear {
            let detail = format!("{}: {}", answer.status, answer.text());
            // A full disk is told by the next line that cannot be written.
            let _kept = self
                .findings
                .add(Rule::ClearAnswers, &request.path, &detail);
        }
    }

    fn count(&self, kind: String) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        *answers.entry(kind).or_default() += 1;
    }
}

/// The problem's code; empty where there is none.
pub fn code(answer: &Answer) -> String {
    let code = &answer.json()["code"];
    code.as_str().unwrap_or_default().to_owned()
}

/// Whether the same request would be answered the same again: a biller that
/// cannot answer now has answered too, as far as a bill query goes.
fn is_final(answer: &Answer) -> bool {
    let busy = matches!(
        answer.status,
        StatusCode::INTERNAL_SERVER_ERROR
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
            | StatusCode::TOO_MANY_REQUESTS
    );
    !busy || matches!(code(answer).as_str(), "unavailable" | "bad_answer")
}

fn kind(answer: &Answer) -> String {
    let kind = format!("{} {}", answer.status.as_u16(), code(answer));
    kind.trim().to_owned()
}
