//! Answers as the declarative plugin's mapping reads them: codes, and where
//! bills, serials and amounts stand.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::document::{Media, Operation, is_evidence};
use super::nearest::suggest;
use super::plan::{AnswerPlan, CallPlan, QueryPlan, Unit};
use super::schema::{Located, kind, locate, locate_in_row};
use super::{Format, WorkshopError};

/// Verdicts without an argument, for messages.
const VERDICTS: [&str; 9] = [
    "done",
    "empty",
    "later",
    "pending",
    "reversed",
    "not-found",
    "refused:REASON",
    "unavailable",
    "unknown",
];

/// What an operation's answer is read with.
#[derive(Debug)]
pub(super) struct Reader<'d> {
    pub(super) operation: Operation<'d>,
    pub(super) media: Media<'d>,
    /// `mapping.toml, submit`
    pub(super) asked_by: String,
    pub(super) unit: Unit,
}

impl<'d> Reader<'d> {
    pub(super) fn new(
        operation: &Operation<'d>,
        asked_by: &str,
        unit: Unit,
    ) -> Result<Self, WorkshopError> {
        Ok(Self {
            media: operation.answer()?,
            operation: operation.clone(),
            asked_by: asked_by.to_owned(),
            unit,
        })
    }

    /// Where a dotted name stands.
    pub(super) fn at(&self, key: &str, dotted: &str) -> Result<Located<'d>, WorkshopError> {
        let asked_by = format!("{}.{key}", self.asked_by);
        let dotted = dotted.split('|').next().unwrap_or(dotted);
        locate(self.operation.document, &self.media, dotted, &asked_by)
    }

    /// The template of a text.
    fn text(&self, key: &str, dotted: &str) -> Result<String, WorkshopError> {
        Ok(expression(&self.at(key, dotted)?, dotted, ""))
    }

    fn amount(&self, key: &str, dotted: &str) -> Result<String, WorkshopError> {
        Ok(expression(&self.at(key, dotted)?, dotted, self.money()))
    }

    fn moment(&self, key: &str, dotted: &str) -> Result<String, WorkshopError> {
        let located = self.at(key, dotted)?;
        Ok(expression(&located, dotted, "|instant:rfc3339"))
    }

    const fn money(&self) -> &'static str {
        match self.unit {
            Unit::Yuan => "|from_yuan",
            Unit::Fen => "",
        }
    }

    /// The section `answer` of an operation.
    pub(super) fn section(
        &self,
        shared: &AnswerPlan,
        codes: &BTreeMap<String, String>,
    ) -> Result<Map<String, Value>, WorkshopError> {
        let mut section = Map::new();
        match self.media.format {
            Format::Json => {}
            Format::Form => drop(section.insert("format".to_owned(), "form".into())),
            Format::Xml => drop(section.insert("format".to_owned(), "xml".into())),
        }
        if self.media.charset != "utf-8" {
            section.insert("charset".to_owned(), self.media.charset.clone().into());
        }
        let mut all = shared.codes.clone();
        all.extend(codes.clone());
        let mut statuses = self.operation.statuses();
        match shared.code.as_deref() {
            None => {}
            Some("http") => {
                section.insert("code".to_owned(), "{response.status}".into());
                statuses.extend(all.keys().filter_map(|code| code.parse::<u16>().ok()));
                statuses.retain(|status| is_evidence(*status));
                statuses.sort_unstable();
                statuses.dedup();
            }
            Some(code) => {
                section.insert("code".to_owned(), self.text("code", code)?.into());
            }
        }
        if let Some(message) = &shared.message {
            let template = self.text("message", message)?;
            section.insert("message".to_owned(), optional(&template).into());
        }
        if statuses != [200] {
            section.insert("statuses".to_owned(), statuses.into());
        }
        section.insert("codes".to_owned(), self.verdicts("codes", &all)?);
        Ok(section)
    }

    fn verdicts(
        &self,
        key: &str,
        codes: &BTreeMap<String, String>,
    ) -> Result<Value, WorkshopError> {
        for (code, verdict) in codes {
            let (head, argument) = verdict.split_once(':').unwrap_or((verdict, ""));
            let known = VERDICTS
                .iter()
                .any(|known| known.split(':').next() == Some(head));
            let refused = head != "refused" || !argument.is_empty();
            if !(known || matches!(head, "invalid" | "choose" | "needs-assurance")) || !refused {
                return Err(WorkshopError::openapi(
                    format!("{}.{key}.{code:?}", self.asked_by),
                    format!("{verdict:?} is no verdict"),
                    suggest(verdict, VERDICTS),
                ));
            }
        }
        Ok(json!(codes))
    }

    /// The statement of a query.
    pub(super) fn statement(
        &self,
        plan: &QueryPlan,
        title: &Value,
        selection: &str,
    ) -> Result<Value, WorkshopError> {
        let mut account = Map::new();
        let kind_of = plan.account_kind.as_deref().unwrap_or("household");
        account.insert("number".to_owned(), "{inputs.account}".into());
        account.insert("kind".to_owned(), kind_of.into());
        for (key, dotted, mask) in [
            ("holder_name", &plan.holder, "|mask:name"),
            ("address", &plan.address, "|mask:address"),
        ] {
            if let Some(dotted) = dotted {
                let located = self.at(key, dotted)?;
                let template = expression(&located, dotted, mask);
                account.insert(key.to_owned(), optional(&template).into());
            }
        }
        Ok(json!({
            "account": account,
            "bills": self.bills(plan, title)?,
            "selection": selection,
        }))
    }

    fn bills(&self, plan: &QueryPlan, title: &Value) -> Result<Value, WorkshopError> {
        let list = self.list(plan)?;
        let in_row = |key: &str, dotted: &str, usual: &str| {
            let place = format!("{}.{key}", self.asked_by);
            let plain = dotted.split('|').next().unwrap_or(dotted);
            let located =
                locate_in_row(self.operation.document, &self.media, &list, plain, &place)?;
            Ok::<_, WorkshopError>(expression(&located, dotted, usual))
        };
        let mut bill = Map::new();
        bill.insert("each".to_owned(), list.path.clone().into());
        bill.insert(
            "number".to_owned(),
            in_row("number", &plan.number, "")?.into(),
        );
        let amount = in_row("amount", &plan.amount, self.money())?;
        bill.insert("payable".to_owned(), amount.into());
        let title = match &plan.title {
            Some(dotted) => in_row("title", dotted, "")?.into(),
            None => title.clone(),
        };
        bill.insert("title".to_owned(), title);
        for (key, dotted) in [
            ("from", &plan.from),
            ("to", &plan.to),
            ("payable_to", &plan.payable_to),
        ] {
            if let Some(dotted) = dotted {
                let template = in_row(key, dotted, "")?;
                bill.insert(key.to_owned(), optional(&template).into());
            }
        }
        Ok(bill.into())
    }

    /// The list of bills.
    pub(super) fn list(&self, plan: &QueryPlan) -> Result<Located<'d>, WorkshopError> {
        let list = self.at("bills", &plan.bills)?;
        if kind(list.schema) == "array" {
            return Ok(list);
        }
        Err(WorkshopError::openapi(
            format!("{}.bills", self.asked_by),
            format!("{:?} is no list", plan.bills),
            "name the array that holds the bills",
        ))
    }

    /// `applied` or `reversed`: serial, time and amount.
    pub(super) fn evidence(&self, plan: &CallPlan) -> Result<Map<String, Value>, WorkshopError> {
        let must = |key: &str, value: &Option<String>| {
            value.clone().ok_or_else(|| {
                WorkshopError::openapi(
                    &self.asked_by,
                    format!("nothing says where the answer's {key} stands"),
                    format!("write {key} = \"…\"; without it an outcome cannot be proved"),
                )
            })
        };
        let mut section = Map::new();
        let serial = self.text("serial", &must("serial", &plan.serial)?)?;
        section.insert("serial".to_owned(), serial.into());
        let at = self.moment("at", &must("at", &plan.at)?)?;
        section.insert("at".to_owned(), at.into());
        let amount = self.amount("amount", &must("amount", &plan.amount)?)?;
        section.insert("amount".to_owned(), amount.into());
        if let Some(balance) = &plan.balance {
            let balance = optional(&self.amount("balance", balance)?);
            section.insert("balance".to_owned(), balance.into());
        }
        Ok(section)
    }

    /// What only an answer to a payment has: state, and whose answer it is.
    pub(super) fn about_payment(
        &self,
        section: &mut Map<String, Value>,
        plan: &CallPlan,
        own: &str,
    ) -> Result<(), WorkshopError> {
        if let Some(state) = &plan.state {
            let template = self.text("state", state)?;
            section.insert("state".to_owned(), template.into());
            section.insert("states".to_owned(), self.verdicts("states", &plan.states)?);
        }
        if let Some(reference) = &plan.reference {
            let template = self.text("reference", reference)?;
            section.insert("expect_done".to_owned(), json!([[template, own]]));
        }
        Ok(())
    }

    /// The account that a query's answer is about.
    pub(super) fn about_account(
        &self,
        section: &mut Map<String, Value>,
        plan: &QueryPlan,
    ) -> Result<(), WorkshopError> {
        if let Some(echo) = &plan.echo {
            let template = self.text("echo", echo)?;
            section.insert(
                "expect_done".to_owned(),
                json!([[template, "{inputs.account}"]]),
            );
        }
        Ok(())
    }
}

/// A placeholder: the mapping's own filters, else the usual ones.
fn expression(located: &Located<'_>, dotted: &str, usual: &str) -> String {
    let own = dotted
        .split_once('|')
        .map(|(_, filters)| format!("|{filters}"));
    format!("{{{}{}}}", located.path, own.as_deref().unwrap_or(usual))
}

/// The same placeholder, which may give nothing.
fn optional(template: &str) -> String {
    match template.find('|') {
        Some(at) => format!("{}?{}", &template[..at], &template[at..]),
        None => template.replace('}', "?}"),
    }
}
