//! Clients' own accounts and prices on the wire.

use guichet_domain::Currency;
use guichet_domain::id::{CategoryCode, ServiceCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::money::Money;
use crate::accounts;
use crate::terms::price;

/// A client's account and prices.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClientAccount {
    /// Whose.
    pub client: String,
    /// Its id, for `GET /v1/accounts/{id}` and its statement.
    #[schema(example = "client:demo-bank-app:CNY")]
    pub account: String,
    /// What is in it; below zero where it lives on credit.
    pub balance: Money,
    /// What is reserved for open payments.
    pub held: Money,
    /// What may be used now, the credit limit included.
    pub available: Money,
    /// How far it may live on credit.
    pub credit_limit: Money,
    /// What it pays; null where everything is free.
    pub prices: Option<PriceList>,
}

/// Money paid in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTopUp {
    /// How much.
    pub amount: Money,
    /// The operator's own, 1 to 64 visible ASCII characters: the same one pays in
    /// once.
    #[schema(example = "bank-slip-2026-11-22-7")]
    pub reference: String,
}

/// A credit limit.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCreditLimit {
    /// How far the client may live on credit; zero: not at all.
    pub limit: Money,
}

/// What a client pays for payments. The most exact price counts: service, then
/// category, then the one that names neither; at most 500.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceList {
    /// ISO 4217.
    #[schema(value_type = String, example = "CNY")]
    pub currency: Currency,
    /// What becomes of the fee of a payment that is undone after it was applied:
    /// `give-back` (standard) or `keep`.
    #[serde(default)]
    #[schema(value_type = String, example = "give-back")]
    pub undone: price::Undone,
    /// In any order.
    pub prices: Vec<Price>,
}

/// One price.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// For this service only.
    #[schema(value_type = Option<String>)]
    pub service: Option<ServiceCode>,
    /// For services of this category that have no price of their own.
    #[schema(value_type = Option<String>, example = "water")]
    pub category: Option<CategoryCode>,
    /// Minor units for each payment.
    #[serde(default)]
    pub fixed: i64,
    /// Hundredths of a percent of the total on top of that, rounded half up.
    #[serde(default)]
    pub basis_points: u16,
    /// At least, in minor units.
    #[serde(default)]
    pub minimum: i64,
    /// At most, in minor units; no bound where nothing is said.
    pub maximum: Option<i64>,
}

impl From<PriceList> for price::PriceList {
    fn from(list: PriceList) -> Self {
        let prices = list.prices.into_iter().map(|price| price::Price {
            service: price.service,
            category: price.category,
            fixed: price.fixed,
            basis_points: price.basis_points,
            minimum: price.minimum,
            maximum: price.maximum,
        });
        Self {
            currency: list.currency,
            undone: list.undone,
            prices: prices.collect(),
        }
    }
}

impl From<price::PriceList> for PriceList {
    fn from(list: price::PriceList) -> Self {
        let prices = list.prices.into_iter().map(|price| Price {
            service: price.service,
            category: price.category,
            fixed: price.fixed,
            basis_points: price.basis_points,
            minimum: price.minimum,
            maximum: price.maximum,
        });
        Self {
            currency: list.currency,
            undone: list.undone,
            prices: prices.collect(),
        }
    }
}

impl From<accounts::ClientAccount> for ClientAccount {
    fn from(account: accounts::ClientAccount) -> Self {
        Self {
            client: account.client.into(),
            account: account.account.into(),
            balance: account.balances.balance.into(),
            held: account.balances.held.into(),
            available: account.balances.available.into(),
            credit_limit: account.balances.credit_limit.into(),
            prices: account.prices.map(PriceList::from),
        }
    }
}
