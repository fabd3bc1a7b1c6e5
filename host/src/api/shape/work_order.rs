//! Work orders on the wire.

use guichet_domain::Moment;
use guichet_domain::work_order::{Decision, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::money::Money;
use crate::store::{WorkOrderEvent, WorkOrderRow};

/// A work order.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkOrder {
    /// Its id; follows from kind and record.
    pub id: String,
    /// `unknown_payment`, `surplus`, `shortage`, `missing_file` …
    pub kind: &'static str,
    /// `open`, `proposed`, `decided` or `closed`.
    pub state: &'static str,
    /// What it is about: a payment, another side's reference, a party's day.
    pub record: String,
    /// The biller, client or bank on the other side.
    pub party: String,
    /// The day it belongs to.
    pub accounting_date: String,
    /// How much money it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// `operator`, or the person who has taken it.
    pub owner: String,
    /// Since when.
    pub opened_at: String,
    /// How old it is, or was when it ended.
    pub age_seconds: i64,
    /// Until when it should be decided.
    pub deadline: String,
    /// Whether that has passed.
    pub overdue: bool,
    /// What was found.
    #[schema(value_type = Object)]
    pub found: serde_json::Value,
    /// What may be decided about it.
    pub decisions: Vec<&'static str>,
    /// What is proposed or decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposal: Option<Proposal>,
    /// The second person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreed_by: Option<String>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<String>,
    /// Counts its changes; who agrees names the one that was read.
    pub version: i64,
}

/// A decision that one person has proposed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Proposal {
    /// Who.
    pub by: String,
    /// What.
    pub decision: &'static str,
    /// On which ground.
    pub evidence: String,
    /// The biller's serial number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
}

impl WorkOrder {
    /// As it is at `now`.
    pub(crate) fn new(row: WorkOrderRow, now: Moment) -> Self {
        let kind = row.standing.kind;
        let open = matches!(row.standing.state, State::Open | State::Proposed);
        let until = row.closed_at.unwrap_or(now);
        Self {
            id: row.id.into(),
            kind: kind.as_str(),
            state: row.standing.state.as_str(),
            record: row.record,
            party: row.party,
            accounting_date: row.date.to_string(),
            amount: row.amount.map(Into::into),
            owner: row.owner,
            opened_at: row.opened_at.to_string(),
            age_seconds: until.ms_since(row.opened_at) / 1_000,
            deadline: row.deadline.to_string(),
            overdue: open && now > row.deadline,
            found: row.found,
            decisions: kind.decisions().iter().map(|one| one.as_str()).collect(),
            proposal: row.standing.proposal.map(|proposal| Proposal {
                by: proposal.by.into(),
                decision: proposal.decision.as_str(),
                evidence: proposal.evidence,
                serial: proposal.serial,
            }),
            agreed_by: row.standing.agreed_by.map(Into::into),
            closed_at: row.closed_at.map(|at| at.to_string()),
            version: row.version,
        }
    }
}

/// A work order with its history.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkOrderWithHistory {
    /// As it stands.
    #[serde(flatten)]
    pub order: WorkOrder,
    /// Oldest first.
    pub history: Vec<HistoryLine>,
}

/// One line of a history.
#[derive(Debug, Serialize, ToSchema)]
pub struct HistoryLine {
    /// Counts from 1.
    pub number: i64,
    /// What happened.
    pub event: String,
    /// A person, or `node` where the house did it itself.
    pub actor: String,
    /// On which ground.
    pub detail: String,
    /// When.
    pub at: String,
}

impl From<WorkOrderEvent> for HistoryLine {
    fn from(event: WorkOrderEvent) -> Self {
        Self {
            number: event.number,
            event: event.event,
            actor: event.actor,
            detail: event.detail,
            at: event.at.to_string(),
        }
    }
}

/// A decision to be proposed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProposal {
    /// One of the order's `decisions`.
    #[schema(value_type = String, example = "applied")]
    pub decision: Decision,
    /// On which ground, in 1 to 500 characters; no personal data.
    #[schema(example = "letter 17 of the biller, 2026-11-22")]
    pub evidence: String,
    /// The biller's serial number, where the decision is `applied`.
    #[serde(default)]
    pub serial: Option<String>,
}

/// What is agreed to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// The order's `version` as it was read; with any other proposal the answer is
    /// 409.
    #[schema(example = 2)]
    pub version: i64,
}

/// Why a proposal is declined.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Declined {
    /// 1 to 500 characters.
    pub reason: String,
}
