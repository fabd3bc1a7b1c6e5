//! A first scenario out of the document's examples: a bill is found, paid and
//! asked about. It shows that the package does what the document says; a true
//! recording of the biller's test system is still the publisher's to make.

use serde_json::{Map, Value, json};

use super::calls::{Call, Calls};
use super::example::{as_kind, body, get, plain, set, write};
use super::plan::{Plan, Unit};
use super::security::Credential;

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

    fn exchanges(&self) -> Result<Vec<Value>, String> {
        let calls = self.calls;
        let mut all = vec![self.exchange("query", &calls.query, self.found()?, "unpaid")];
        all.push(self.exchange("query-paid", &calls.query, self.nothing_owed()?, "paid"));
        let applied = self.evidence(&calls.submit, "{{reference}}")?;
        let mut pay = self.exchange("pay", &calls.submit, applied.clone(), "unpaid");
        pay["then"] = "paid".into();
        pay["effect"] = "payment".into();
        all.push(pay);
        if self.plan.submit.deduplicates == Some(super::plan::Deduplicates::Yes) {
            all.push(self.exchange("pay-again", &calls.submit, applied, "paid"));
        }
        if let Some(status) = &calls.status {
            if let Some(unknown) = self.not_found(status) {
                all.push(self.exchange("status-before", status, unknown, "unpaid"));
            }
            let known = self.evidence(status, "{{reference}}")?;
            all.push(self.exchange("status", status, known, "paid"));
        }
        if let Some(reversal) = &calls.reversal {
            let undone = self.evidence(reversal, "{{reversal}}")?;
            let mut undo = self.exchange("reverse", reversal, undone, "paid");
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

    fn exchange(&self, name: &str, call: &Call<'_>, answer: (u16, Value), when: &str) -> Value {
        let reader = &call.reader;
        let media = &reader.media;
        let text = write(reader.operation.document, media, &answer.1);
        let mut request = json!({
            "method": reader.operation.method,
            "path": self.path(call),
        });
        if let Some(tree) = call.request.section.get("body") {
            request["body"] = charset(
                json!({"text": self.body(call, tree)}),
                request_charset(call),
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

    fn path(&self, call: &Call<'_>) -> String {
        let section = &call.request.section;
        let mut path = String::new();
        let mut rest = section["path"].as_str().unwrap_or_default();
        while let Some(start) = rest.find('{') {
            let end = rest[start..]
                .find('}')
                .map_or(rest.len(), |end| start + end + 1);
            path.push_str(&rest[..start]);
            path.push_str(&self.value(&rest[start..end]).1);
            rest = &rest[end..];
        }
        path.push_str(rest);
        let query = section["query"].as_object().into_iter().flatten();
        for (index, (name, template)) in query.enumerate() {
            path.push(if index == 0 { '?' } else { '&' });
            path.push_str(name);
            path.push('=');
            path.push_str(&self.value(&plain(template)).1);
        }
        path
    }

    fn body(&self, call: &Call<'_>, tree: &Value) -> String {
        let is_json = call.request.section.get("format").is_none();
        if is_json {
            return self.json(tree);
        }
        let root = tree.as_object().and_then(|tree| tree.keys().next());
        match root {
            Some(root) if call.request.section["format"] == "xml" => {
                format!("{{{{any}}}}<{root}{{{{any}}}}")
            }
            _ => "{{any}}".to_owned(),
        }
    }

    /// The body as the declarative plugin writes it.
    fn json(&self, tree: &Value) -> String {
        match tree {
            Value::Object(members) if members.contains_key("$each") => {
                format!("[{}]", self.json(&members["$item"]))
            }
            Value::Object(members) => {
                let all: Vec<String> = members
                    .iter()
                    .map(|(name, value)| format!("{}:{}", Value::from(&**name), self.json(value)))
                    .collect();
                format!("{{{}}}", all.join(","))
            }
            Value::String(template) => match self.value(template) {
                (Written::Text, text) => Value::from(text).to_string(),
                (Written::Bare, text) => text,
            },
            other => other.to_string(),
        }
    }

    /// What a template gives in this scenario.
    fn value(&self, template: &str) -> (Written, String) {
        let text = |text: &str| (Written::Text, text.to_owned());
        let Some(inner) = template
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'))
        else {
            return text(&template.replace("{{", "{").replace("}}", "}"));
        };
        let (path, filters) = inner.split_once('|').unwrap_or((inner, ""));
        let inputs = &self.calls.inputs.examples;
        let input = |name: &str| inputs.get(name).map(|value| text(value));
        let any = || (Written::Bare, "{{any}}".to_owned());
        match path.trim().trim_end_matches('?') {
            "order.reference" => text("{{reference}}"),
            "reversal.reference" => text("{{reversal}}"),
            "order.account_number" => input("account").unwrap_or_else(any),
            "$.bill_number" | "order.items[0].bill_number" => text(&self.number),
            "order.total" | "$.amount" | "order.items[0].amount" | "reversal.amount" => {
                match filters {
                    "to_yuan" => text(&yuan(self.fen)),
                    "to_yuan|number" => (Written::Bare, yuan(self.fen)),
                    "text" => text(&self.fen.to_string()),
                    _ => (Written::Bare, self.fen.to_string()),
                }
            }
            path => path
                .strip_prefix("inputs.")
                .and_then(input)
                .unwrap_or_else(any),
        }
    }
}

/// How a value stands in JSON.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    /// Between quotes.
    Text,
    /// As it is.
    Bare,
}

fn request_charset<'c>(call: &'c Call<'_>) -> &'c str {
    call.request.section["charset"].as_str().unwrap_or("utf-8")
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

fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
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
        assert_eq!(yuan(8605), "86.05");
    }
}
