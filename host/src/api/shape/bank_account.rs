//! Payers' accounts at banks on the wire.

use guichet_domain::id::{BankName, SubjectId};
use guichet_domain::{Currency, Moment};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::money::Money;
use crate::accounts;
use crate::bank::{self, AccountNumber};
use crate::error::{Code, Problem, Text};

/// An account at a bank, to be linked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// Whose it is.
    #[schema(value_type = String, example = "demo-citizen")]
    pub subject: SubjectId,
    /// The bank that holds it, by the operator's name for it.
    #[schema(value_type = String, example = "city-bank")]
    pub bank: BankName,
    /// ISO 4217; the only currency that is taken from it.
    #[schema(value_type = String, example = "CNY")]
    pub currency: Currency,
    /// Its number there: 8 to 34 digits and capital letters.
    #[schema(value_type = String, example = "6222020200112233")]
    pub number: AccountNumber,
    /// The payer's permission.
    pub mandate: Mandate,
}

/// The payer's permission that the client debits the account.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Mandate {
    /// What the client knows it by: 1 to 64 visible ASCII characters.
    #[schema(example = "M-2026-000017")]
    pub reference: String,
    /// When the payer agreed, RFC 3339.
    #[schema(value_type = String, example = "2026-11-22T08:00:00Z")]
    pub agreed_at: Moment,
    /// Until when it counts, RFC 3339; without end where nothing is said.
    #[schema(value_type = Option<String>)]
    pub until: Option<Moment>,
    /// The most that one payment may take, the fee included.
    pub most_per_payment: Option<Money>,
}

/// What is known of an account at a bank; its balance is not.
#[derive(Debug, Serialize, ToSchema)]
pub struct BankHolding {
    /// The bank.
    #[schema(example = "city-bank")]
    pub name: String,
    /// The number's last four characters.
    #[schema(example = "2233")]
    pub last_four: String,
    /// ISO 4217.
    #[schema(example = "CNY")]
    pub currency: String,
    /// Under which it may be debited.
    pub mandate: Mandate,
    /// Since when the mandate is withdrawn, RFC 3339.
    pub withdrawn_at: Option<String>,
}

impl Mandate {
    /// The mandate as the room wants it.
    pub(crate) fn into_domain(self) -> Result<bank::Mandate, Problem> {
        let most = self.most_per_payment.as_ref().map(Money::to_domain);
        let most = most.transpose().map_err(|error| {
            let field = "mandate.most_per_payment.currency";
            Problem::new(Code::InvalidField).with_field(field, Text::same(error.to_string()))
        })?;
        Ok(bank::Mandate {
            reference: self.reference,
            agreed_at: self.agreed_at,
            until: self.until,
            most_per_payment: most,
        })
    }
}

impl From<bank::Mandate> for Mandate {
    fn from(mandate: bank::Mandate) -> Self {
        Self {
            reference: mandate.reference,
            agreed_at: mandate.agreed_at,
            until: mandate.until,
            most_per_payment: mandate.most_per_payment.map(Money::from),
        }
    }
}

impl From<accounts::BankHolding> for BankHolding {
    fn from(holding: accounts::BankHolding) -> Self {
        Self {
            name: holding.bank.into(),
            last_four: holding.last_four,
            currency: holding.currency.into(),
            mandate: holding.mandate.into(),
            withdrawn_at: holding.ended_at.map(|moment| moment.to_string()),
        }
    }
}
