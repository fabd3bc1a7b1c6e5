//! `http`: one request to a granted endpoint, and the book-keeping of effects on
//! which payments rest.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use guichet_domain::grant::RouteIntent;

use crate::breaker::OtherSide;
use crate::call::{EffectState, Question};
use crate::contract::host::http::{Error, Host, Intent, Request, Response};
use crate::egress::{Allowed, Endpoint, Outgoing};
use crate::state::{CallState, Effect, InFlight, Live};
use crate::transcript::Exchange;

/// What is left of the call's time for the guest's own answer after a request
/// has run into the deadline.
const LAST_WORDS: Duration = Duration::from_millis(100);

impl Host for CallState {
    async fn send(&mut self, request: Request) -> wasmtime::Result<Result<Response, Error>> {
        self.enter(request_bytes(&request))?;
        let recorded = self.recorded("http.send", |exchange| match exchange {
            Exchange::Http {
                request: asked,
                answer,
            } if *asked == request => Some(answer.clone()),
            _ => None,
        })?;
        let (request, answer) = match recorded {
            Some(answer) => (request, answer),
            None => self.send_live(request).await?,
        };
        let bytes = answer.as_ref().map_or(0, response_bytes) + request_bytes(&request);
        self.record(
            Exchange::Http {
                request,
                answer: answer.clone(),
            },
            bytes,
        );
        Ok(answer)
    }
}

impl CallState {
    async fn send_live(
        &mut self,
        request: Request,
    ) -> wasmtime::Result<(Request, Result<Response, Error>)> {
        let effect = match self.check_request(self.live()?, &request) {
            Ok(effect) => effect,
            Err(reason) => return Ok((request, Err(Error::Denied(reason)))),
        };
        let deadline = self.request_deadline(&request);
        let handed_over = Arc::new(AtomicBool::new(false));
        let in_flight = self.in_flight.insert(InFlight {
            request,
            effect,
            handed_over: Arc::clone(&handed_over),
        });
        let crate::state::Source::Live(live) = &self.source else {
            return Err(wasmtime::Error::msg("a replay has no world to ask"));
        };
        let endpoints = &live.binding.settings.permissions.endpoints;
        let answer = match endpoints.get(in_flight.request.endpoint.as_str()) {
            Some(endpoint) => {
                let outgoing = Outgoing {
                    endpoint,
                    request: &in_flight.request,
                    resolver: live.ports.resolver.as_ref(),
                    deadline,
                    response_bytes: self.limits.response_bytes,
                    handed_over: Arc::clone(&handed_over),
                };
                live.egress.send(&outgoing).await
            }
            None => Err(Error::Denied("there is no such endpoint".to_owned())),
        };
        // From here on the call cannot be dropped before the answer is counted.
        let request = match self.in_flight.take() {
            Some(in_flight) => in_flight.request,
            None => return Err(wasmtime::Error::msg("a request in flight was lost")),
        };
        self.note(
            &request,
            effect,
            &answer,
            handed_over.load(Ordering::Acquire),
        );
        Ok((request, answer))
    }

    /// Everything that the grant says of a request, before it goes anywhere.
    fn check_request(&self, live: &Live, request: &Request) -> Result<Effect, String> {
        let endpoint: &Endpoint = live
            .binding
            .settings
            .permissions
            .endpoints
            .get(request.endpoint.as_str())
            .ok_or_else(|| format!("the endpoint {:?} is not granted", request.endpoint))?;
        let limit = self.limits.request_bytes as usize;
        if request_bytes(request) > limit {
            return Err(format!("the request is larger than {limit} bytes"));
        }
        let Allowed { intent } = endpoint.check(request)?;
        let effect = effect_of(intent, request.intent, &self.call.question);
        if effect == Effect::Possible {
            if !may_have_effects(&self.call.question) {
                return Err(format!(
                    "no effect during {}",
                    self.call.question.function()
                ));
            }
            let sent = self
                .effects_sent
                .get(&request.endpoint)
                .copied()
                .unwrap_or(0);
            if sent >= endpoint.effects_per_call {
                return Err(format!(
                    "at most {} effects in a call",
                    endpoint.effects_per_call
                ));
            }
        }
        Ok(effect)
    }

    /// The guest's own wish, and always early enough for the guest's last words.
    fn request_deadline(&self, request: &Request) -> Instant {
        let now = Instant::now();
        let left = self.deadline.saturating_duration_since(now);
        let most = left.saturating_sub(LAST_WORDS.min(left / 10));
        let wished = request
            .timeout_ms
            .map(|wish| Duration::from_millis(wish.into()));
        now + wished.map_or(most, |wish| wish.min(most))
    }

    /// Counts what the exchange proves.
    fn note(
        &mut self,
        request: &Request,
        effect: Effect,
        answer: &Result<Response, Error>,
        left_the_host: bool,
    ) {
        match answer {
            Ok(response) => {
                self.complete_answers += 1;
                let failed = response.status >= 500;
                self.other_side = if failed {
                    OtherSide::Failed
                } else {
                    OtherSide::Answered
                };
            }
            Err(Error::Denied(_)) => return,
            Err(_) => self.other_side = OtherSide::Failed,
        }
        if effect == Effect::Impossible || !left_the_host {
            return;
        }
        *self
            .effects_sent
            .entry(request.endpoint.clone())
            .or_insert(0) += 1;
        let state = match answer {
            Ok(response) if is_evidence(response.status) => EffectState::Answered,
            Ok(_) => EffectState::Inconclusive,
            Err(_) => EffectState::Unanswered,
        };
        self.effect = self.effect.max(state);
    }
}

/// The stricter of the route's and the guest's word. While a payment is submitted
/// or reversed, everything that is not granted as a read is an effect.
fn effect_of(route: RouteIntent, declared: Intent, question: &Question) -> Effect {
    let paying = matches!(
        question,
        Question::SubmitPayment { .. } | Question::ReversePayment { .. }
    );
    match (route, declared) {
        (RouteIntent::Effect, _) | (_, Intent::Effect) => Effect::Possible,
        (RouteIntent::Declared, Intent::Read) if paying => Effect::Possible,
        (RouteIntent::Read | RouteIntent::Declared, Intent::Read) => Effect::Impossible,
    }
}

/// Queries and questions about an outcome change nothing.
fn may_have_effects(question: &Question) -> bool {
    match question {
        Question::SubmitPayment { .. }
        | Question::ReversePayment { .. }
        | Question::Ask { .. }
        | Question::Poll { .. }
        | Question::Issue { .. } => true,
        Question::QueryBills { .. }
        | Question::PollQuery { .. }
        | Question::PaymentStatus { .. }
        | Question::ReversalStatus { .. } => false,
    }
}

/// Statuses on which no refusal can rest, by the contract.
fn is_evidence(status: u16) -> bool {
    !matches!(status, 202 | 300..=399 | 408 | 425 | 429 | 500..)
}

fn request_bytes(request: &Request) -> usize {
    request.path.len()
        + request.body.len()
        + pairs_bytes(&request.headers)
        + pairs_bytes(&request.details)
}

fn response_bytes(response: &Response) -> usize {
    response.body.len() + pairs_bytes(&response.headers)
}

fn pairs_bytes(pairs: &[(String, String)]) -> usize {
    pairs
        .iter()
        .map(|(name, value)| name.len() + value.len())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stricter_intent_holds() {
        let query = Question::QueryBills { inputs: Vec::new() };
        for (route, declared, effect) in [
            (RouteIntent::Read, Intent::Read, Effect::Impossible),
            (RouteIntent::Read, Intent::Effect, Effect::Possible),
            (RouteIntent::Effect, Intent::Read, Effect::Possible),
            (RouteIntent::Declared, Intent::Read, Effect::Impossible),
            (RouteIntent::Declared, Intent::Effect, Effect::Possible),
        ] {
            assert_eq!(
                effect_of(route, declared, &query),
                effect,
                "{route:?} {declared:?}"
            );
        }
        assert!(!may_have_effects(&query));
        assert!(may_have_effects(&Question::Ask { inputs: Vec::new() }));
    }

    #[test]
    fn doubtful_statuses_are_no_evidence() {
        for status in [202, 301, 307, 408, 425, 429, 500, 503, 599, 999] {
            assert!(!is_evidence(status), "{status}");
        }
        for status in [200, 201, 204, 400, 404, 409, 422] {
            assert!(is_evidence(status), "{status}");
        }
    }
}
