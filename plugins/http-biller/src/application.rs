//! Evidence that a biller has applied or reversed, out of the sections `applied`
//! and `reversed`; with it the token or card step of a prepaid purchase.

use guichet_sdk::bill::{Application, CardWrite, Delivery, MeterToken, Reversed};

use crate::error::Fault;
use crate::part::Part;
use crate::shapes::{bytes, date, details, fields, instant, money, required_money};

/// What was applied.
pub(crate) fn application(part: &Part<'_>) -> Result<Application, Fault> {
    part.keys(&[
        "serial",
        "at",
        "amount",
        "accounting_date",
        "balance",
        "deliveries",
        "effective_in_seconds",
        "invoice_reference",
        "treasury_code",
        "fiscal_receipt",
        "fields",
        "details",
    ])?;
    Ok(Application {
        serial: part.required_text("serial")?,
        at: part.required("at", instant(part, "at")?)?,
        amount: required_money(part, "amount")?,
        accounting_date: date(part, "accounting_date")?,
        balance: money(part, "balance")?,
        deliveries: part.list("deliveries", delivery)?,
        effective_in_seconds: part.whole("effective_in_seconds")?,
        invoice_reference: part.text("invoice_reference")?,
        treasury_code: part.text("treasury_code")?,
        fiscal_receipt: part.text("fiscal_receipt")?,
        fields: fields(part)?,
        details: details(part)?,
    })
}

/// What was reversed.
pub(crate) fn reversed(part: &Part<'_>) -> Result<Reversed, Fault> {
    part.keys(&["serial", "at", "amount", "details"])?;
    Ok(Reversed {
        serial: part.required_text("serial")?,
        at: part.required("at", instant(part, "at")?)?,
        amount: required_money(part, "amount")?,
        details: details(part)?,
    })
}

fn delivery(part: &Part<'_>) -> Result<Delivery, Fault> {
    part.keys(&["token", "card_write"])?;
    match (part.part("token"), part.part("card_write")) {
        (Some(token), None) => {
            token.keys(&["digits", "meter", "quantity", "measure"])?;
            Ok(Delivery::Token(MeterToken {
                digits: token.required_text("digits")?,
                meter: token.text("meter")?,
                quantity: token.text("quantity")?,
                measure: token.text("measure")?,
                details: Vec::new(),
            }))
        }
        (None, Some(card)) => {
            card.keys(&["instruction", "payload", "card", "expires_at"])?;
            Ok(Delivery::CardWrite(CardWrite {
                instruction: card.required_text("instruction")?,
                payload: bytes(&card, "payload")?.unwrap_or_default(),
                card: card.text("card")?,
                expires_at: instant(&card, "expires_at")?,
                details: Vec::new(),
            }))
        }
        _ => Err(part.mistake("", "is either token or card_write")),
    }
}
