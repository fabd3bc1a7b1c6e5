//! The bank's own paths, for tests and operators: the log of effects, faults,
//! accounts, health. None of it exists at a real bank.

use bytes::Bytes;
use guichet_stage::{Call, Extent, Outgoing, plain};
use http::{Method, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::reply::json as reply;
use crate::bank::Bank;
use crate::books::Standing;
use crate::fault::FaultRule;

/// A request to a control path that cannot be served: status and reason.
type Wrong = (u16, String);

/// Answers a request outside of the protocol.
pub(super) fn answer(bank: &Bank, call: &Call) -> Response<Outgoing> {
    let (head, body) = (&call.head, &call.body);
    let outcome = match (&head.method, head.uri.path()) {
        (&Method::GET, "/_health") => Ok(json!({
            "status": "ok", "name": bank.name, "journal": bank.journal_path(),
        })),
        (&Method::GET, "/_log") => Ok(json!({"effects": bank.effects()})),
        (&Method::GET, "/_books") => Ok(json!(bank.totals())),
        (&Method::POST, "/_faults") => post_fault(bank, body),
        (&Method::DELETE, "/_faults") => {
            bank.faults.clear();
            Ok(json!({"faults": []}))
        }
        (&Method::POST, "/_accounts") => post_account(bank, body),
        (&Method::GET, path) if path.starts_with("/_accounts/") => {
            let number = path.trim_start_matches("/_accounts/");
            let shown = bank.account(number);
            shown
                .map(|shown| json!(shown))
                .ok_or((404, "this account was never used".to_owned()))
        }
        _ => return plain(StatusCode::NOT_FOUND, "no such path"),
    };
    let (status, body) = match outcome {
        Ok(body) => (200, body),
        Err((status, why)) => (status, json!({"error": why})),
    };
    reply(status, &Bytes::from(body.to_string()), Extent::Whole)
}

fn post_fault(bank: &Bank, body: &Bytes) -> Result<Value, Wrong> {
    let rule: FaultRule = read(body)?;
    bank.faults
        .add(rule)
        .map_err(|error| (429, error.to_string()))?;
    Ok(json!({"accepted": true}))
}

/// Lists an account before its first use, or changes its standing.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewAccount {
    number: String,
    /// Counts only where the account was never used.
    #[serde(default)]
    opening: i64,
    standing: Standing,
}

fn post_account(bank: &Bank, body: &Bytes) -> Result<Value, Wrong> {
    let new: NewAccount = read(body)?;
    if new.opening < 0 {
        return Err((400, "opening: not below zero".to_owned()));
    }
    bank.list_account(new.number, new.opening, new.standing)
        .map_err(|error| (500, error.to_string()))?;
    Ok(json!({"accepted": true}))
}

fn read<T: for<'de> Deserialize<'de>>(body: &Bytes) -> Result<T, Wrong> {
    serde_json::from_slice(body).map_err(|error| (400, error.to_string()))
}
