//! The calls of a package: each operation of the document that the mapping gives
//! a purpose, its request filled and its answer read.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::WorkshopError;
use super::answer::Reader;
use super::document::{Document, Operation};
use super::fill::Filler;
use super::inputs::{self, Inputs};
use super::plan::{CallPlan, Plan};
use super::request::{Request, Takes, request};

/// One call.
#[derive(Debug)]
pub(super) struct Call<'d> {
    pub(super) reader: Reader<'d>,
    pub(super) request: Request,
    /// The mapping's operation.
    pub(super) section: Value,
    /// What the mapping says of it; none of the query.
    pub(super) plan: Option<CallPlan>,
}

/// All calls.
#[derive(Debug)]
pub(super) struct Calls<'d> {
    pub(super) inputs: Inputs,
    pub(super) query: Call<'d>,
    pub(super) submit: Call<'d>,
    pub(super) status: Option<Call<'d>>,
    pub(super) reversal: Option<Call<'d>>,
}

/// What a call is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Submit,
    Status,
    Reversal,
}

impl<'d> Calls<'d> {
    pub(super) fn read(
        document: &'d Document,
        plan: &Plan,
        base: &str,
        notices: &mut Vec<String>,
    ) -> Result<Self, WorkshopError> {
        let operation =
            document.operation(&plan.query.operation, "the mapping, query.operation")?;
        let inputs = inputs::inputs(&operation, plan, notices)?;
        let maker = Maker {
            document,
            plan,
            base,
            inputs: &inputs.names,
        };
        let submit = maker.paying("submit", &plan.submit, Purpose::Submit)?;
        let query = maker.query(&operation, selection(&submit), document)?;
        let status = plan.status.as_ref().map(|status| {
            let status = after(status, &plan.submit);
            maker.paying("status", &status, Purpose::Status)
        });
        let reversal = plan
            .reversal
            .as_ref()
            .map(|reversal| maker.paying("reversal", reversal, Purpose::Reversal));
        if plan.status.is_none() {
            notices.push(
                "mapping: no [status]: an unknown outcome stays unknown until the day file"
                    .to_owned(),
            );
        }
        let (status, reversal) = (status.transpose()?, reversal.transpose()?);
        Ok(Self {
            inputs,
            query,
            submit,
            status,
            reversal,
        })
    }

    /// `any` where one payment takes a list of bills.
    pub(super) fn selection(&self) -> &'static str {
        selection(&self.submit)
    }

    /// All calls with what each may change.
    pub(super) fn all(&self) -> Vec<(&Call<'d>, &'static str)> {
        let mut all = vec![(&self.query, "read"), (&self.submit, "effect")];
        all.extend(self.status.iter().map(|call| (call, "read")));
        all.extend(self.reversal.iter().map(|call| (call, "effect")));
        all
    }

    pub(super) fn operations(&self) -> Vec<&Operation<'d>> {
        self.all()
            .into_iter()
            .map(|(call, _)| &call.reader.operation)
            .collect()
    }

    /// The declarative plugin's mapping.
    pub(super) fn mapping(&self, plan: &Plan) -> Value {
        let mut operations = Map::new();
        operations.insert("query".to_owned(), self.query.section.clone());
        operations.insert("pay".to_owned(), self.submit.section.clone());
        for (name, call) in [("status", &self.status), ("reverse", &self.reversal)] {
            if let Some(call) = call {
                operations.insert(name.to_owned(), call.section.clone());
            }
        }
        let mut mapping = json!({"guichet_mapping": 1, "operations": operations});
        if let Some(sign) = &plan.sign {
            mapping["request"] = json!({"sign": {
                "key": sign.key_name(),
                "with": if sign.is_mac() { "mac" } else { "signature" },
                "over": sign.over,
                "put": sign.put,
                "encoding": sign.encoding.as_deref().unwrap_or("hex"),
            }});
        }
        mapping
    }
}

fn selection(submit: &Call<'_>) -> &'static str {
    match submit.request.takes {
        Takes::One => "single",
        Takes::Many => "any",
    }
}

/// A status answer is read as the submission's unless the mapping says otherwise.
fn after(status: &CallPlan, submit: &CallPlan) -> CallPlan {
    let or = |own: &Option<String>, other: &Option<String>| own.clone().or_else(|| other.clone());
    CallPlan {
        state: or(&status.state, &submit.state),
        states: if status.states.is_empty() {
            submit.states.clone()
        } else {
            status.states.clone()
        },
        reference: or(&status.reference, &submit.reference),
        serial: or(&status.serial, &submit.serial),
        at: or(&status.at, &submit.at),
        amount: or(&status.amount, &submit.amount),
        ..status.clone()
    }
}

/// Makes calls.
struct Maker<'m, 'd> {
    document: &'d Document,
    plan: &'m Plan,
    base: &'m str,
    inputs: &'m BTreeMap<String, String>,
}

impl<'d> Maker<'_, 'd> {
    fn request(
        &self,
        operation: &Operation<'_>,
        name: &str,
        fill: &BTreeMap<String, String>,
    ) -> Result<Request, WorkshopError> {
        let filler = Filler {
            asked_by: format!("the mapping, {name} ({})", operation.name),
            unit: self.plan.unit,
            fill,
            inputs: self.inputs,
            used: RefCell::default(),
        };
        request(operation, &filler, self.base)
    }

    fn query(
        &self,
        operation: &Operation<'d>,
        selection: &str,
        document: &Document,
    ) -> Result<Call<'d>, WorkshopError> {
        let plan = &self.plan.query;
        let request = self.request(operation, "query", &plan.fill)?;
        let reader = Reader::new(operation, "the mapping, query", self.plan.unit)?;
        let title = super::services::title(document, self.plan);
        let mut answer = reader.section(&self.plan.answer, &plan.codes)?;
        reader.about_account(&mut answer, plan)?;
        let section = json!({
            "request": request.section,
            "answer": answer,
            "statement": reader.statement(plan, &title, selection)?,
        });
        Ok(Call {
            reader,
            request,
            section,
            plan: None,
        })
    }

    fn paying(
        &self,
        name: &str,
        plan: &CallPlan,
        purpose: Purpose,
    ) -> Result<Call<'d>, WorkshopError> {
        let asked_by = format!("the mapping, {name}");
        let operation = self
            .document
            .operation(&plan.operation, &format!("{asked_by}.operation"))?;
        let request = self.request(&operation, name, &plan.fill)?;
        let reader = Reader::new(&operation, &asked_by, self.plan.unit)?;
        let mut answer = reader.section(&self.plan.answer, &plan.codes)?;
        let own = match purpose {
            Purpose::Submit | Purpose::Status => "{order.reference}",
            Purpose::Reversal => "{reversal.reference}",
        };
        reader.about_payment(&mut answer, plan, own)?;
        let mut section = json!({"request": request.section, "answer": answer});
        let evidence = Value::from(reader.evidence(plan)?);
        let mut verdicts = plan.codes.values().chain(plan.states.values());
        match purpose {
            Purpose::Submit => section["applied"] = evidence,
            Purpose::Reversal => section["reversed"] = evidence,
            Purpose::Status => {
                if verdicts.any(|verdict| verdict == "reversed") {
                    section["reversed"] = evidence.clone();
                }
                section["applied"] = evidence;
            }
        }
        Ok(Call {
            reader,
            request,
            section,
            plan: Some(plan.clone()),
        })
    }
}
