//! Queries: an exchange that becomes a statement of bills, a second step, or a
//! ticket. A direct flow sends nothing: its one open bill stands in the mapping.

use guichet_sdk::Failure;
use guichet_sdk::bill::{Account, Limits, MeterKind, QueryOutcome, Selection, Statement};

use crate::bill::bill;
use crate::error::Fault;
use crate::exchange::exchange;
use crate::failure;
use crate::mapping::Mapping;
use crate::part::Part;
use crate::request::Intent;
use crate::scope::Call;
use crate::shapes::{details, fields, money, next_step, ticket};
use crate::verdict::{Reply, Verdict};

/// Carries out a query.
pub(crate) fn query(
    call: &Call<'_>,
    mapping: &Mapping<'_>,
    operation: &str,
) -> Result<QueryOutcome, Failure> {
    let outcome = exchange(call, mapping, operation, Intent::Read, |part, reply| {
        outcome(call, part, reply)
    });
    outcome.unwrap_or_else(|stop| Err(failure::of_stop(call, &stop)))
}

fn outcome(
    call: &Call<'_>,
    part: &Part<'_>,
    reply: &Reply,
) -> Result<Result<QueryOutcome, Failure>, Fault> {
    Ok(Ok(match &reply.verdict {
        Verdict::Done => {
            QueryOutcome::Ready(statement(&part.required_part("statement")?, Bills::Listed)?)
        }
        Verdict::Empty => {
            QueryOutcome::Ready(statement(&part.required_part("statement")?, Bills::None)?)
        }
        Verdict::Choose => QueryOutcome::AskMore(next_step(&part.required_part("choose")?)?),
        Verdict::Later | Verdict::Pending => {
            QueryOutcome::PollLater(ticket(&part.required_part("later")?, &reply.message)?)
        }
        _ => return Ok(Err(failure::of_reply(call, reply))),
    }))
}

/// Whether the answer says that bills stand in it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bills {
    /// They do.
    Listed,
    /// Nothing is owed, whatever else the answer holds.
    None,
}

/// The statement that a section describes.
pub(crate) fn statement(part: &Part<'_>, bills: Bills) -> Result<Statement, Fault> {
    part.keys(&[
        "account",
        "bills",
        "selection",
        "limits",
        "notice",
        "valid_for_seconds",
        "details",
    ])?;
    let account = match part.part("account") {
        Some(account) if account.holds()? => Some(self::account(&account)?),
        _ => None,
    };
    let bills = match bills {
        Bills::Listed => part.list("bills", bill)?,
        Bills::None => Vec::new(),
    };
    Ok(Statement {
        account,
        bills,
        selection: part
            .parsed("selection", Selection::Single, selection)?
            .unwrap_or(Selection::Single),
        limits: part
            .part("limits")
            .map(|limits| self::limits(&limits))
            .transpose()?,
        notice: part.text("notice")?,
        valid_for_seconds: part.whole("valid_for_seconds")?,
        details: details(part)?,
    })
}

fn account(part: &Part<'_>) -> Result<Account, Fault> {
    part.keys(&[
        "number",
        "kind",
        "contract_number",
        "holder_name",
        "address",
        "balance",
        "arrears",
        "meter",
        "notice",
        "fields",
        "details",
    ])?;
    Ok(Account {
        number: part.required_text("number")?,
        kind: part.text("kind")?.unwrap_or_else(|| "household".to_owned()),
        contract_number: part.text("contract_number")?,
        holder_name: part.text("holder_name")?,
        address: part.text("address")?,
        balance: money(part, "balance")?,
        arrears: money(part, "arrears")?,
        meter: part.parsed("meter", MeterKind::Token, |text| Ok(meter(text)))?,
        notice: part.text("notice")?,
        fields: fields(part)?,
        details: details(part)?,
    })
}

fn meter(text: &str) -> MeterKind {
    match text {
        "token" => MeterKind::Token,
        "ic-card" => MeterKind::IcCard,
        "smart" => MeterKind::Smart,
        other => MeterKind::Other(other.to_owned()),
    }
}

fn selection(text: &str) -> Result<Selection, Fault> {
    match text {
        "single" => Ok(Selection::Single),
        "any" => Ok(Selection::Any),
        "all" => Ok(Selection::All),
        "oldest-first" => Ok(Selection::OldestFirst),
        _ => Err(Fault::mapping("is single, any, all or oldest-first")),
    }
}

fn limits(part: &Part<'_>) -> Result<Limits, Fault> {
    part.keys(&["per_payment", "per_day"])?;
    Ok(Limits {
        per_payment: money(part, "per_payment")?,
        per_day: money(part, "per_day")?,
        details: Vec::new(),
    })
}
