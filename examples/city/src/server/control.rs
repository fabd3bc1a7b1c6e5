//! The city's own paths, for tests and operators: samples, the log of effects,
//! faults, keys, health. None of it exists in a real country.

use bytes::Bytes;
use guichet_stage::{Call, Outgoing, plain};
use http::{Method, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::reply::whole;
use crate::city::City;
use crate::fault::FaultRule;
use crate::place::Wanted;
use crate::wire::Reply;

/// Answers a request whose path is not a biller's.
pub(super) fn answer(city: &City, call: &Call) -> Response<Outgoing> {
    let (head, body) = (&call.head, &call.body);
    let query = head.uri.query().unwrap_or("");
    if (&head.method, head.uri.path()) == (&Method::GET, "/_day_file") {
        return match super::day_file::answer(city, query) {
            Ok(reply) => whole(reply),
            Err((status, why)) => {
                let body = json!({"error": why}).to_string();
                whole(Reply::json(status.as_u16(), body))
            }
        };
    }
    let outcome = match (&head.method, head.uri.path()) {
        (&Method::GET, "/_health") => Ok(health(city)),
        (&Method::GET, "/_sample") => sample(city, query),
        (&Method::GET, "/_log") => log(city, query),
        (&Method::GET, "/_operator") => Ok(operator(city, &call.origin)),
        (&Method::POST, "/_faults") => post_fault(city, body),
        (&Method::DELETE, "/_faults") => {
            city.faults.clear();
            Ok(json!({"faults": []}))
        }
        (&Method::POST, "/_maintenance") => post_maintenance(city, body),
        _ => return plain(StatusCode::NOT_FOUND, "no such path"),
    };
    match outcome {
        Ok(value) => whole(Reply::json(200, value.to_string())),
        Err(wrong) => whole(Reply::json(
            wrong.status,
            json!({"error": wrong.message}).to_string(),
        )),
    }
}

/// A request to a control path that cannot be served.
struct Wrong {
    status: u16,
    message: String,
}

impl Wrong {
    fn request(message: impl Into<String>) -> Self {
        Self {
            status: 400,
            message: message.into(),
        }
    }

    fn service(code: &str) -> Self {
        Self {
            status: 404,
            message: format!("no service {code}"),
        }
    }
}

/// A parameter's value. Service codes need no decoding.
pub(super) fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query
        .split('&')
        .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

fn health(city: &City) -> Value {
    json!({
        "status": "ok",
        "seed": city.world.seed,
        "services": city.places().len(),
        "log": city.log_path(),
    })
}

fn sample(city: &City, query: &str) -> Result<Value, Wrong> {
    let code = parameter(query, "service").ok_or_else(|| Wrong::request("service is missing"))?;
    let place = city.place(code).ok_or_else(|| Wrong::service(code))?;
    let count = match parameter(query, "bills") {
        Some(text) => text
            .parse()
            .map_err(|_| Wrong::request("bills: expected a number"))?,
        None => 1,
    };
    let wanted = match parameter(query, "want") {
        None => Wanted::Bills(count),
        Some("clear") => Wanted::Clear,
        Some("missing") => Wanted::Missing,
        Some(_) => return Err(Wrong::request("want: expected clear or missing")),
    };
    let inputs = place.sample(city.world, wanted).ok_or_else(|| Wrong {
        status: 404,
        message: format!("no such account was found at {code}"),
    })?;
    Ok(json!({"inputs": inputs}))
}

fn log(city: &City, query: &str) -> Result<Value, Wrong> {
    let Some(code) = parameter(query, "service") else {
        let mut all = Vec::new();
        for place in city.places() {
            all.extend(place.books().effects().iter().cloned());
        }
        // Stable: within one second and service the order of application stays.
        all.sort_by(|one, other| one.at.cmp(&other.at));
        return Ok(json!({"effects": all}));
    };
    let place = city.place(code).ok_or_else(|| Wrong::service(code))?;
    Ok(json!({"effects": place.books().effects()}))
}

fn operator(city: &City, origin: &str) -> Value {
    let packages: serde_json::Map<String, Value> = city
        .packages()
        .iter()
        .map(|(name, keys)| (name.clone(), keys.operator_view(origin)))
        .collect();
    json!({"packages": packages})
}

fn post_fault(city: &City, body: &Bytes) -> Result<Value, Wrong> {
    let rule: FaultRule =
        serde_json::from_slice(body).map_err(|error| Wrong::request(error.to_string()))?;
    if rule.service != "*" && city.place(&rule.service).is_none() {
        return Err(Wrong::service(&rule.service));
    }
    city.faults.add(rule).map_err(|error| Wrong {
        status: 429,
        message: error.to_string(),
    })?;
    Ok(json!({"accepted": true}))
}

/// Closes or opens a service against its calendar.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Maintenance {
    service: String,
    /// Without it the calendar holds again.
    closed: Option<bool>,
}

fn post_maintenance(city: &City, body: &Bytes) -> Result<Value, Wrong> {
    let wanted: Maintenance =
        serde_json::from_slice(body).map_err(|error| Wrong::request(error.to_string()))?;
    let place = city
        .place(&wanted.service)
        .ok_or_else(|| Wrong::service(&wanted.service))?;
    place.force(wanted.closed);
    Ok(json!({"service": wanted.service, "closed": wanted.closed}))
}
