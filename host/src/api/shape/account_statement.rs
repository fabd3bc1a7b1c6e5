//! Accounts' statements on the wire.

use serde::Serialize;
use utoipa::ToSchema;

use super::money::Money;
use crate::accounts::statement;

/// The statement of an account over a month or a day.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccountStatement)]
pub struct Statement {
    /// Of which account.
    pub account: String,
    /// The period's first moment, RFC 3339.
    pub from: String,
    /// The first moment after it, RFC 3339.
    pub until: String,
    /// What stood on it at the beginning.
    pub opening: Money,
    /// What stood on it at the end, or now where the end is still to come.
    pub closing: Money,
    /// The sum of what came.
    pub paid_in: Money,
    /// The sum of what went.
    pub paid_out: Money,
    /// Oldest first.
    pub entries: Vec<StatementEntry>,
}

/// One movement.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementEntry {
    /// RFC 3339.
    pub at: String,
    /// `in` or `out`.
    #[schema(example = "out")]
    pub direction: String,
    /// How much, above zero.
    pub amount: Money,
    /// What stood on the account after it.
    pub balance: Money,
    /// The payment it belongs to.
    pub payment: Option<String>,
    /// The transfer's id.
    pub transfer: String,
}

impl From<statement::Statement> for Statement {
    fn from(statement: statement::Statement) -> Self {
        Self {
            account: statement.account.into(),
            from: statement.period.from.to_string(),
            until: statement.period.until.to_string(),
            opening: statement.opening.into(),
            closing: statement.closing.into(),
            paid_in: statement.paid_in.into(),
            paid_out: statement.paid_out.into(),
            entries: statement
                .entries
                .into_iter()
                .map(|entry| StatementEntry {
                    at: entry.at.to_string(),
                    direction: entry.direction.as_str().to_owned(),
                    amount: entry.amount.into(),
                    balance: entry.balance.into(),
                    payment: entry.payment.map(String::from),
                    transfer: entry.transfer.into(),
                })
                .collect(),
        }
    }
}
