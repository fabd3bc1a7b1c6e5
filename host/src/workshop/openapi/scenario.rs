//! A first scenario out of the document's examples: a bill is found, paid and
//! asked about. It shows that the package does what the document says; a true
//! recording of the biller's test system is still the publisher's to make.

use serde_json::{Map, Value, json};

use super::calls::{Call, Calls};
use super::example::{as_kind, body, get, plain, set, write};
use super::plan::{Plan, Unit};
use super::security::Credential;
use super::written::Known;

/// The moment at which the plugin's clock stands.
const CLOCK: &str = "2026-11-21T08:30:00Z";

/// Makes the scenario; else says what the document does not show.
pub(super) fn scenario(
    plan: &Plan,
    calls: &Calls<'_>,
    credentials: &[Credential],
) -> Result<Value, String> {
    let maker = Maker::new(plan, calls)?;
    let mut scenario = json!({
        "guichet_scenario": 1,
        "title": "A bill of the document's examples is found, paid and asked about",
        "service": plan.services.first().and_then(|service| service.get("code")),
        "clock": CLOCK,
        "inputs": calls.inputs.examples,
        "payment": {"items": [{"bill": maker.number, "amount": maker.fen}]},
        "expect": {"query": {"bills": [{"number": maker.number, "payable": maker.fen}]}},
        "exchanges": maker.exchanges()?,
    });
    if let Some(sign) = &plan.sign {
        if !sign.is_mac() {
            return Err(format!("a test key for {} is needed", sign.algorithm));
        }
        scenario["keys"] = json!({sign.key_name(): {"text": "for the stage only"}});
    }
    if !credentials.is_empty() {
        let all: Vec<Value> = credentials
            .iter()
            .map(|one| json!({"header": one.header, "format": one.format, "value": "made-up"}))
            .collect();
        scenario["credentials"] = json!({"biller": all});
    }
    Ok(scenario)
}

/// What the exchanges have in common.
struct Maker<'m, 'd> {
    plan: &'m Plan,
    calls: &'m Calls<'d>,
    query: Value,
    /// The bill's number, and its amount as the biller writes it and in fen.
    number: String,
    written: String,
    fen: i64,
}

impl<'m, 'd> Maker<'m, 'd> {
    fn new(plan: &'m Plan, calls: &'m Calls<'d>) -> Result<Self, String> {
        let reader = &calls.query.reader;
        let mut query = body(reader.operation.document, &reader.media)?;
        let list = reader
            .list(&plan.query)
            .map_err(|error| error.to_string())?;
        for name in calls.inputs.names.values() {
            if !calls.inputs.examples.contains_key(name) {
                return Err(format!("the input {name} has no example in the document"));
            }
        }
        let rows = get(&query, &list.names).and_then(Value::as_array).cloned();
        let rows = rows.unwrap_or_default();
        let row = rows
            .first()
            .ok_or("the list of bills has no example in the document")?;
        let of_row = |dotted: &str| {
            let names: Vec<String> = names_of(dotted);
            get(row, &names)
                .map(plain)
                .ok_or_else(|| format!("{dotted} of a bill has no example in the document"))
        };
        let number = of_row(&plan.query.number)?;
        let written = of_row(&plan.query.amount)?;
        let fen = fen(plan.unit, &written)
            .ok_or_else(|| format!("the example {written:?} is no amount"))?;
        set(&mut query, &list.names, json!([row]));
        Ok(Self {
            plan,
            calls,
            query,
            number,
            written,
            fen,
        })
    }

    fn known(&self) -> Known<'_> {
        Known {
            inputs: &self.calls.inputs.examples,
            number: &self.number,
            fen: self.fen,
        }
    }

    fn exchanges(&self) -> Result<Vec<Value>, String> {
        let calls = self.calls;
        let mut all = vec![self.exchange("query", &calls.query, &self.found()?, "unpaid")];
        all.push(self.exchange("query-paid", &calls.query, &self.nothing_owed()?, "paid"));
        let applied = self.evidence(&calls.submit, "{{reference}}")?;
        let mut pay = self.exchange("pay", &calls.submit, &applied, "unpaid");
        pay["then"] = "paid".into();
        pay["effect"] = "payment".into();
        all.push(pay);
        if self.plan.submit.deduplicates == Some(super::plan::Deduplicates::Yes) {
            all.push(self.exchange("pay-again", &calls.submit, &applied, "paid"));
        }
        if let Some(status) = &calls.status {
            if let Some(unknown) = self.not_found(status) {
                all.push(self.exchange("status-before", status, &unknown, "unpaid"));
            }
            let known = self.evidence(status, "{{reference}}")?;
            all.push(self.exchange("status", status, &known, "paid"));
        }
        if let Some(reversal) = &calls.reversal {
            let undone = self.evidence(reversal, "{{reversal}}")?;
            let mut undo = self.exchange("reverse", reversal, &undone, "paid");
            undo["then"] = "reversed".into();
            undo["effect"] = "reversal".into();
            all.push(undo);
        }
        Ok(all)
    }

    /// An answer: its HTTP status and its body.
    fn answer(&self, call: &Call<'_>, verdict: &str, mut value: Value) -> Option<(u16, Value)> {
        let codes = call.section["answer"]["codes"].as_object()?;
        let found = codes.iter().find(|(_, own)| own.as_str() == Some(verdict));
        let usual = call.reader.operation.statuses();
        let usual = usual
            .into_iter()
            .find(|status| *status < 300)
            .unwrap_or(200);
        match self.plan.answer.code.as_deref() {
            None => Some((usual, value)),
            Some("http") => Some((found?.0.parse().ok()?, value)),
            Some(dotted) => {
                let located = call.reader.at("code", dotted).ok()?;
                let code = as_kind(located.schema, found?.0);
                set(&mut value, &located.names, code);
                Some((usual, value))
            }
        }
    }

    fn found(&self) -> Result<(u16, Value), String> {
        let mut value = self.query.clone();
        if let Some(echo) = &self.plan.query.echo {
            let account = self.calls.inputs.examples.get("account");
            if let (Ok(located), Some(account)) =
                (self.calls.query.reader.at("echo", echo), account)
            {
                let account = as_kind(located.schema, account);
                set(&mut value, &located.names, account);
            }
        }
        self.answer(&self.calls.query, "done", value)
            .ok_or_else(|| "no code of the query means done".to_owned())
    }

    fn nothing_owed(&self) -> Result<(u16, Value), String> {
        let (status, mut value) = self.found()?;
        if let Ok(list) = self.calls.query.reader.list(&self.plan.query) {
            set(&mut value, &list.names, json!([]));
        }
        let empty = self.answer(&self.calls.query, "empty", value.clone());
        Ok(empty.unwrap_or((status, value)))
    }

    /// The answer that proves a payment or its reversal.
    fn evidence(&self, call: &Call<'_>, reference: &str) -> Result<(u16, Value), String> {
        let reader = &call.reader;
        let plan = call.plan.as_ref().ok_or("a call without a plan")?;
        let mut value = body(reader.operation.document, &reader.media)?;
        let mut put = |key: &str, dotted: &Option<String>, text: &str| {
            if let Some(dotted) = dotted
                && let Ok(located) = reader.at(key, dotted)
            {
                set(&mut value, &located.names, as_kind(located.schema, text));
            }
        };
        put("reference", &plan.reference, reference);
        put("amount", &plan.amount, &self.written);
        let done = plan.states.iter().find(|(_, verdict)| *verdict == "done");
        if let Some((state, _)) = done {
            put("state", &plan.state, state);
        }
        // The same payment has the same serial and time wherever it is told.
        let submitted = &self.calls.submit;
        if let Some(first) = &submitted.plan
            && reference == "{{reference}}"
            && let Ok(applied) = body(submitted.reader.operation.document, &submitted.reader.media)
        {
            for (key, own, other) in [
                ("serial", &plan.serial, &first.serial),
                ("at", &plan.at, &first.at),
            ] {
                if let Some(other) = other
                    && let Some(same) = get(&applied, &names_of(other))
                {
                    put(key, own, &plain(same));
                }
            }
        }
        self.answer(call, "done", value)
            .ok_or_else(|| format!("no code of {} means done", reader.operation.name))
    }

    /// The answer before anything was paid, where the biller has one.
    fn not_found(&self, call: &Call<'_>) -> Option<(u16, Value)> {
        let mut value = Value::Object(Map::new());
        if let Some(message) = &self.plan.answer.message {
            let located = call.reader.at("message", message).ok()?;
            set(&mut value, &located.names, "not found".into());
        }
        self.answer(call, "not-found", value)
    }

    fn exchange(&self, name: &str, call: &Call<'_>, answer: &(u16, Value), when: &str) -> Value {
        let reader = &call.reader;
        let media = &reader.media;
        let text = write(reader.operation.document, media, &answer.1);
        let mut request = json!({
            "method": reader.operation.method,
            "path": self.known().path(call),
        });
        if let Some(tree) = call.request.section.get("body") {
            request["body"] = charset(
                json!({"text": self.known().body(call, tree)}),
                super::written::request_charset(call),
            );
        }
        json!({
            "name": name,
            "endpoint": "biller",
            "when": when,
            "request": request,
            "response": {
                "status": answer.0,
                "headers": {"content-type": media.media_type},
                "body": charset(json!({"text": text}), &media.charset),
            },
        })
    }
}

fn charset(mut body: Value, charset: &str) -> Value {
    if charset.eq_ignore_ascii_case("gb18030") {
        body["charset"] = "gb18030".into();
    }
    body
}

fn names_of(dotted: &str) -> Vec<String> {
    let plain = dotted.split('|').next().unwrap_or(dotted);
    plain.split('.').map(str::to_owned).collect()
}

fn fen(unit: Unit, written: &str) -> Option<i64> {
    match unit {
        Unit::Fen => written.parse().ok(),
        Unit::Yuan => {
            let (whole, fraction) = written.split_once('.').unwrap_or((written, ""));
            let fraction = format!("{fraction:0<2}");
            let fen: i64 = (fraction.len() == 2).then(|| fraction.parse().ok())??;
            whole
                .parse::<i64>()
                .ok()?
                .checked_mul(100)?
                .checked_add(fen)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        assert_eq!(fen(Unit::Yuan, "86.5"), Some(8650));
        assert_eq!(fen(Unit::Yuan, "86"), Some(8600));
        assert_eq!(fen(Unit::Yuan, "86.505"), None);
        assert_eq!(fen(Unit::Fen, "8650"), Some(8650));
    }
}
