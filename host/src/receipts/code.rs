//! The short form of a receipt, small enough for a QR code on paper: what was
//! paid to whom, and where the payment stood, signed by itself.
//!
//! ```text
//! GUICHET-RECEIPT-1|INSTALLATION|PAYMENT|STATE|BILLER|AMOUNT|CURRENCY|DATE|SERIAL|AT|SIGNATURE
//! ```
//! `%` and `|` within a part are written `%25` and `%7C`. The signature is that
//! over everything before its `|`, in hexadecimal digits.

use guichet_registry::sign::{PublicKey, Signature, StatementKind};

use super::statement::Statement;
use super::verify::Unproven;

const BEGIN: &str = "GUICHET-RECEIPT-1";
const PARTS: usize = 10;

/// The code of a statement, signed by `sign`.
pub(super) fn sign(statement: &Statement, sign: impl Fn(&str) -> Signature) -> String {
    let text = text_of(statement);
    let signature = sign(&text).hex();
    format!("{text}|{signature}")
}

/// Everything before the signature.
pub(super) fn text_of(statement: &Statement) -> String {
    let facts = &statement.facts;
    let at = statement.history.last().map(|last| last.event.at);
    let parts = [
        BEGIN.to_owned(),
        statement.installation.to_string(),
        facts.payment.to_string(),
        statement.state.to_string(),
        facts.biller.to_string(),
        facts.total.minor_units().to_string(),
        facts.total.currency().to_string(),
        facts.accounting_date.to_string(),
        facts.application.serial.clone(),
        at.map(|at| at.to_string()).unwrap_or_default(),
    ];
    let escaped = parts.map(|part| part.replace('%', "%25").replace('|', "%7C"));
    escaped.join("|")
}

/// The parts of a code that this key has signed: installation, payment, state,
/// biller, amount in minor units, currency, accounting date, the biller's serial,
/// and when it came to this state.
pub fn verify(code: &str, key: &PublicKey) -> Result<Vec<String>, Unproven> {
    let form = || Unproven::Form("it is not the code of a receipt".to_owned());
    let (text, signature) = code.rsplit_once('|').ok_or_else(form)?;
    let signature = Signature::of_key(*key, signature).map_err(|_| form())?;
    signature
        .verify_statement(StatementKind::ReceiptCode, text)
        .map_err(|_| Unproven::Signature)?;
    let parts: Vec<String> = text
        .split('|')
        .map(|part| part.replace("%7C", "|").replace("%25", "%"))
        .collect();
    match parts.split_first() {
        Some((begin, rest)) if begin == BEGIN && parts.len() == PARTS => Ok(rest.to_vec()),
        Some(_) | None => Err(form()),
    }
}
