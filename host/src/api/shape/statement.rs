//! A bill query and its answer on the wire.

use guichet_sandbox::contract::bill_payment as contract;
use serde::Serialize;
use utoipa::ToSchema;

use super::bill::Bill;
use super::money::Money;
use super::parts::{Details, Field, NextStep, Waiting, details, fields};
use crate::bills::{BillAnswer, BillQuery as Query};

/// A bill query. Payments name it, and bills of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct BillQuery {
    /// Begins with `bq_`.
    #[schema(example = "bq_01k2m3n4p5q6r7s8t9v0w1x2y3")]
    pub id: String,
    /// The service that was asked.
    #[schema(example = "water-330100-1")]
    pub service: String,
    /// `ready`, `pending` (read it again) or `ask_more` (see `next_step`).
    pub state: QueryState,
    /// The account at the biller, where there is one.
    pub account: Option<BillerAccount>,
    /// What is owed; empty where nothing is.
    pub bills: Vec<Bill>,
    /// How many of the bills one payment takes: `single`, `any`, `all` or
    /// `oldest_first`. Null unless the state is `ready`.
    #[schema(example = "any")]
    pub selection: Option<String>,
    /// The biller's own limits for this account.
    pub limits: Option<Limits>,
    /// A word of the biller's.
    pub notice: Option<String>,
    /// Where the state is `pending`.
    pub waiting: Option<Waiting>,
    /// Where the state is `ask_more`.
    pub next_step: Option<NextStep>,
    /// When it was asked, RFC 3339.
    pub created_at: String,
    /// Until when a payment can name it, RFC 3339.
    pub expires_at: String,
    /// Machine-readable extras.
    pub details: Details,
}

/// How far a query has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QueryState {
    /// The answer is there.
    Ready,
    /// Read it again later.
    Pending,
    /// The citizen must answer another question first.
    AskMore,
}

/// An account at a biller. Name and address are masked.
#[derive(Debug, Serialize, ToSchema)]
pub struct BillerAccount {
    /// The biller's number (户号).
    pub number: String,
    /// What the number is: `household`, `contract`, `meter`, `plate`, ….
    pub kind: String,
    /// Contract number.
    pub contract_number: Option<String>,
    /// Who holds it, masked.
    pub holder_name: Option<String>,
    /// Where it is, masked.
    pub address: Option<String>,
    /// What the biller holds for the account; negative where owed.
    pub balance: Option<Money>,
    /// The sum owed.
    pub arrears: Option<Money>,
    /// `token` (a code is typed into the meter), `ic_card` or `smart`.
    pub meter: Option<String>,
    /// A word of the biller's.
    pub notice: Option<String>,
    /// More to show.
    pub fields: Vec<Field>,
    /// Machine-readable extras.
    pub details: Details,
}

/// Limits for this account.
#[derive(Debug, Serialize, ToSchema)]
pub struct Limits {
    /// The most in one payment.
    pub per_payment: Option<Money>,
    /// The most on one accounting date.
    pub per_day: Option<Money>,
}

impl From<Query> for BillQuery {
    fn from(query: Query) -> Self {
        let mut shape = Self {
            id: query.id.into(),
            service: query.service.into(),
            state: QueryState::Ready,
            account: None,
            bills: Vec::new(),
            selection: None,
            limits: None,
            notice: None,
            waiting: None,
            next_step: None,
            created_at: query.created_at.to_string(),
            expires_at: query.expires_at.to_string(),
            details: Details::new(),
        };
        match query.answer {
            BillAnswer::Ready(statement) => shape.fill(statement),
            BillAnswer::Pending(ticket) => {
                shape.state = QueryState::Pending;
                shape.waiting = Some(ticket.into());
            }
            BillAnswer::AskMore(step) => {
                shape.state = QueryState::AskMore;
                shape.next_step = Some(step.into());
            }
        }
        shape
    }
}

impl BillQuery {
    fn fill(&mut self, statement: contract::Statement) {
        self.account = statement.account.map(BillerAccount::from);
        self.bills = statement.bills.into_iter().map(Bill::from).collect();
        self.selection = Some(match statement.selection {
            contract::Selection::Single => "single".to_owned(),
            contract::Selection::Any => "any".to_owned(),
            contract::Selection::All => "all".to_owned(),
            contract::Selection::OldestFirst => "oldest_first".to_owned(),
            contract::Selection::Other(name) => name,
        });
        self.limits = statement.limits.map(|limits| Limits {
            per_payment: limits.per_payment.map(Money::from),
            per_day: limits.per_day.map(Money::from),
        });
        self.notice = statement.notice;
        self.details = details(statement.details);
    }
}

impl From<contract::Account> for BillerAccount {
    fn from(account: contract::Account) -> Self {
        Self {
            number: account.number,
            kind: account.kind,
            contract_number: account.contract_number,
            holder_name: account.holder_name,
            address: account.address,
            balance: account.balance.map(Money::from),
            arrears: account.arrears.map(Money::from),
            meter: account.meter.map(|meter| match meter {
                contract::MeterKind::Token => "token".to_owned(),
                contract::MeterKind::IcCard => "ic_card".to_owned(),
                contract::MeterKind::Smart => "smart".to_owned(),
                contract::MeterKind::Other(kind) => kind,
            }),
            notice: account.notice,
            fields: fields(account.fields),
            details: details(account.details),
        }
    }
}
