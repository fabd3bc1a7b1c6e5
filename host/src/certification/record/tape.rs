//! The tape: exchanges as they happened, turned into exchanges that are
//! answered by state. Where the same request was answered differently in what
//! looked like one state, the state is split.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use guichet_registry::scenario::{
    Body, Charset, Effect, Exchange, Pattern, RecordedRequest, RecordedResponse, StateName, States,
};
use guichet_sandbox::Transcript;
use guichet_sandbox::contract::host::http;

use crate::certification::errand::{Role, Step, http_exchanges};
use crate::certification::{judge, shown};

/// Answer fields that say nothing about the answer.
const LEFT_OUT: [&str; 6] = [
    "connection",
    "content-length",
    "date",
    "keep-alive",
    "server",
    "transfer-encoding",
];

/// How an errand ends: what was only accepted at first was a promise kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ends {
    pub(super) applied: bool,
    pub(super) reversed: bool,
}

pub(super) struct Tape {
    state: StateName,
    splits: u32,
    /// The serial that the payment was first applied with.
    serial: Option<String>,
    ends: Ends,
    random_keys: Vec<String>,
    exchanges: Vec<Exchange>,
}

impl Tape {
    /// `random_keys` names the keys whose signatures are never the same twice.
    pub(super) const fn new(begins: StateName, ends: Ends, random_keys: Vec<String>) -> Self {
        Self {
            state: begins,
            splits: 0,
            serial: None,
            ends,
            random_keys,
            exchanges: Vec::new(),
        }
    }

    pub(super) fn into_exchanges(self) -> Vec<Exchange> {
        self.exchanges
    }

    /// Adds a call's exchanges.
    pub(super) fn step(&mut self, step: &Step) -> Result<(), String> {
        let Some(transcript) = &step.transcript else {
            return Ok(());
        };
        let signatures = self.signatures(transcript);
        let count = http_exchanges(transcript).count();
        for (index, (request, answer)) in http_exchanges(transcript).enumerate() {
            let place = format!("{} {}", request.method, request.path);
            let answer = answer
                .as_ref()
                .map_err(|error| format!("{place}: no whole answer came: {error:?}"))?;
            // What comes of a call is decided by its effect, or its last exchange.
            let decides = request.intent == http::Intent::Effect || index + 1 == count;
            let change = decides.then(|| self.change(step)).flatten();
            let mut exchange = Exchange {
                name: self.name(step.role)?,
                endpoint: request
                    .endpoint
                    .parse()
                    .map_err(|error| format!("{place}: {error}"))?,
                when: States([self.state.clone()].into()),
                request: recorded_request(request)?,
                response: recorded_response(answer)?,
                then: change.as_ref().map(|(state, _)| state.clone()),
                effect: change.as_ref().and_then(|(_, effect)| *effect),
            };
            loosen(&mut exchange.request, &signatures);
            self.add(exchange);
        }
        if self.serial.is_none() {
            self.serial = shown::serial(step).map(str::to_owned);
        }
        Ok(())
    }

    /// Signatures and ciphertexts that come out otherwise each time, in the
    /// encodings that messages use.
    fn signatures(&self, transcript: &Transcript) -> Vec<String> {
        let made = transcript.exchanges.iter().filter_map(|one| match one {
            guichet_sandbox::Exchange::KeyBytes {
                question,
                answer: Ok(bytes),
            } if self.random_keys.contains(&question.key)
                && matches!(question.function.as_str(), "sign" | "encrypt") =>
            {
                Some(bytes)
            }
            _ => None,
        });
        made.flat_map(|bytes| {
            let hex = bytes
                .iter()
                .fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
            [hex.to_uppercase(), BASE64_STANDARD.encode(bytes), hex]
        })
        .collect()
    }

    /// What a call has changed at the biller, from what came of it.
    fn change(&self, step: &Step) -> Option<(StateName, Option<Effect>)> {
        let word = judge::word(&step.result);
        match (step.role, word.as_str()) {
            (Role::Submit, "applied") => Some((state("paid"), Some(Effect::Payment))),
            (Role::StatusAfter, "applied") if self.state.as_str().starts_with("accepted") => {
                Some((state("paid"), None))
            }
            // Another serial for the same reference: it was applied once more.
            (Role::SubmitAgain, "applied") if shown::serial(step) != self.serial.as_deref() => {
                Some((state("paid-twice"), Some(Effect::Payment)))
            }
            (Role::Submit, "pending") => {
                let kept = self.ends.applied.then_some(Effect::Payment);
                Some((state("accepted"), kept))
            }
            (Role::Reverse, "reversed") => Some((state("reversed"), Some(Effect::Reversal))),
            (Role::ReversalStatus, "reversed") if self.state.as_str().starts_with("reversing") => {
                Some((state("reversed"), None))
            }
            (Role::Reverse, "pending") => {
                let kept = self.ends.reversed.then_some(Effect::Reversal);
                Some((state("reversing"), kept))
            }
            _ => None,
        }
    }

    fn add(&mut self, mut exchange: Exchange) {
        let is_same = |known: &&mut Exchange| {
            known.endpoint == exchange.endpoint && known.request == exchange.request
        };
        let twin = self
            .exchanges
            .iter_mut()
            .filter(is_same)
            .find(|known| known.when.has(&self.state));
        if let Some(twin) = twin {
            if twin.response == exchange.response && twin.then == exchange.then {
                return;
            }
            // The biller went on by itself between the two.
            self.splits += 1;
            let between = state(&format!("{}-{}", self.state, self.splits + 1));
            twin.then = Some(between.clone());
            exchange.when = States([between.clone()].into());
            self.state = between;
        } else if let Some(known) = self.exchanges.iter_mut().filter(is_same).find(|known| {
            known.response == exchange.response
                && known.then.is_none()
                && exchange.then.is_none()
                && known.effect == exchange.effect
        }) {
            known.when.0.insert(self.state.clone());
            return;
        }
        if let Some(then) = &exchange.then {
            self.state = then.clone();
        }
        self.exchanges.push(exchange);
    }

    fn name<T: std::str::FromStr>(&self, role: Role) -> Result<T, String> {
        let stem = match role {
            Role::Ask => "ask",
            Role::AskAgain => "ask-again",
            Role::StatusBefore => "status-before",
            Role::Submit => "pay",
            Role::StatusAfter => "status",
            Role::SubmitAgain => "pay-again",
            Role::ReversalStatusBefore => "reversal-status-before",
            Role::Reverse => "reverse",
            Role::ReversalStatus => "reversal-status",
            Role::StatusReversed => "status-reversed",
        };
        let taken = |name: &str| self.exchanges.iter().any(|one| one.name.as_str() == name);
        let mut name = stem.to_owned();
        let mut number = 2;
        while taken(&name) {
            name = format!("{stem}-{number}");
            number += 1;
        }
        name.parse().map_err(|_| format!("{name} is no name"))
    }
}

/// Lets anything stand where a signature stood that cannot be made again.
fn loosen(request: &mut RecordedRequest, signatures: &[String]) {
    let Ok(mut text) = serde_json::to_string(request) else {
        return;
    };
    for signature in signatures {
        text = text.replace(signature.as_str(), "{{any}}");
    }
    // Only letters of signatures were replaced: it is a request as before.
    if let Ok(loose) = serde_json::from_str(&text) {
        *request = loose;
    }
}

fn state(name: &str) -> StateName {
    name.parse().expect("the tape makes lawful names of states")
}

fn recorded_request(request: &http::Request) -> Result<RecordedRequest, String> {
    let pairs = request.headers.iter();
    Ok(RecordedRequest {
        method: request.method.clone(),
        path: literal(&request.path)?,
        headers: pairs
            .map(|(name, value)| Ok((name.clone(), literal(value)?)))
            .collect::<Result<BTreeMap<_, _>, String>>()?,
        body: Body::recorded(&request.body, charset(&request.headers)),
    })
}

fn recorded_response(response: &http::Response) -> Result<RecordedResponse, String> {
    let pairs = response
        .headers
        .iter()
        .filter(|(name, _)| !LEFT_OUT.contains(&name.as_str()));
    Ok(RecordedResponse {
        status: response.status,
        headers: pairs
            .map(|(name, value)| Ok((name.clone(), literal(value)?)))
            .collect::<Result<BTreeMap<_, _>, String>>()?,
        body: Body::recorded(&response.body, charset(&response.headers)),
    })
}

fn literal(text: &str) -> Result<Pattern, String> {
    let pattern: Pattern = text
        .parse()
        .map_err(|error| format!("{text:?} cannot be recorded: {error}"))?;
    if pattern.is_literal() {
        Ok(pattern)
    } else {
        Err(format!(
            "{text:?} cannot be recorded: it looks like a placeholder"
        ))
    }
}

/// The charset that the message names.
fn charset(headers: &[(String, String)]) -> Charset {
    let content_type = headers.iter().find(|(name, _)| name == "content-type");
    let value = content_type.map(|(_, value)| value.to_ascii_lowercase());
    match value {
        Some(value) if value.contains("gb") => Charset::Gb18030,
        Some(_) | None => Charset::Utf8,
    }
}
