//! The biller's evidence of a payment on the wire.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use guichet_sandbox::contract::bill_payment as contract;
use serde::Serialize;
use utoipa::ToSchema;

use super::money::Money;
use super::parts::{Details, Field, details, fields};

/// Evidence that the biller has written the bill off (销账).
#[derive(Debug, Serialize, ToSchema)]
pub struct Application {
    /// The biller's serial number.
    pub serial: String,
    /// The biller's own time, RFC 3339.
    pub at: String,
    /// What was credited.
    pub amount: Money,
    /// The new balance at the biller.
    pub balance: Option<Money>,
    /// How a prepaid purchase reaches the meter.
    pub deliveries: Vec<Delivery>,
    /// Seconds until it takes effect.
    pub effective_in_seconds: Option<u32>,
    /// Under which an invoice can be asked for.
    pub invoice_reference: Option<String>,
    /// Payment code of non-tax revenue (缴款码).
    pub treasury_code: Option<String>,
    /// Number of the fiscal e-receipt (财政电子票据).
    pub fiscal_receipt: Option<String>,
    /// More to show.
    pub fields: Vec<Field>,
    /// Machine-readable extras.
    pub details: Details,
}

/// How a prepaid purchase reaches the meter.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Delivery {
    /// Digits to type into the meter (购电码).
    Token {
        /// In groups, separated by spaces.
        digits: String,
        /// The meter.
        meter: Option<String>,
        /// How much was bought, decimal text.
        quantity: Option<String>,
        /// Unit of measure.
        measure: Option<String>,
    },
    /// Credit is written to an IC card at a terminal.
    CardWrite {
        /// What to do.
        instruction: String,
        /// What a terminal writes, in base64; empty where it fetches it itself.
        payload_base64: String,
        /// The card.
        card: Option<String>,
        /// RFC 3339.
        expires_at: Option<String>,
    },
    /// Another way, in words.
    Other {
        /// What to do.
        text: String,
    },
}

impl From<crate::terms::order::Application> for Application {
    fn from(application: crate::terms::order::Application) -> Self {
        let whole = serde_json::from_value::<contract::Application>(application.record);
        if let Ok(whole) = whole {
            return whole.into();
        }
        // Kept by an older host in a shape this one does not know: what was
        // credited still stands.
        Self {
            serial: application.serial,
            at: application.at,
            amount: application.amount.into(),
            balance: None,
            deliveries: Vec::new(),
            effective_in_seconds: None,
            invoice_reference: None,
            treasury_code: None,
            fiscal_receipt: None,
            fields: Vec::new(),
            details: Details::new(),
        }
    }
}

impl From<contract::Application> for Application {
    fn from(application: contract::Application) -> Self {
        Self {
            serial: application.serial,
            at: application.at,
            amount: application.amount.into(),
            balance: application.balance.map(Money::from),
            deliveries: application
                .deliveries
                .into_iter()
                .map(Delivery::from)
                .collect(),
            effective_in_seconds: application.effective_in_seconds,
            invoice_reference: application.invoice_reference,
            treasury_code: application.treasury_code,
            fiscal_receipt: application.fiscal_receipt,
            fields: fields(application.fields),
            details: details(application.details),
        }
    }
}

impl From<contract::Delivery> for Delivery {
    fn from(delivery: contract::Delivery) -> Self {
        match delivery {
            contract::Delivery::Token(token) => Self::Token {
                digits: token.digits,
                meter: token.meter,
                quantity: token.quantity,
                measure: token.measure,
            },
            contract::Delivery::CardWrite(card) => Self::CardWrite {
                instruction: card.instruction,
                payload_base64: STANDARD.encode(card.payload),
                card: card.card,
                expires_at: card.expires_at,
            },
            contract::Delivery::Other(text) => Self::Other { text },
        }
    }
}
