//! What a receipt looks like, for the API's description. Receipts are handed out
//! as the room has signed them: nothing is translated here.

#![expect(
    dead_code,
    reason = "the description is made of these; the bodies are the room's"
)]

use utoipa::ToSchema;

use super::money::Money;
use super::payment::Fee;

/// Everything that proves a payment, to anybody.
#[derive(ToSchema)]
pub struct Receipt {
    /// What is stated. Its signature is over its canonical form (RFC 8785).
    statement: ReceiptStatement,
    /// 128 hexadecimal digits: over `guichet receipt 1`, a newline, the statement's
    /// canonical form and a newline.
    signature: String,
    /// The key it was made with; verify with the one that you know already.
    #[schema(example = "ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")]
    key: String,
    /// A short form, signed by itself, to be drawn as a QR code.
    code: String,
    /// One for each event of the history, in its order; empty until a tree head
    /// covers them all, which takes a second at most.
    proofs: Vec<ReceiptProof>,
}

/// What a receipt states.
#[derive(ToSchema)]
pub struct ReceiptStatement {
    /// Of this shape: 1.
    version: u32,
    /// Who states it; the tree heads of its logs bear the name
    /// `INSTALLATION/audit/LOG`.
    installation: String,
    /// `applied`, `reversing`, `reversed`, `refunding` or `refunded`.
    #[schema(example = "applied")]
    state: String,
    /// What was paid; fixed since it was applied.
    facts: ReceiptFacts,
    /// Names as the catalogue had them when the receipt was made.
    #[schema(required = false)]
    names: Option<ReceiptNames>,
    /// The application, and what came after it.
    history: Vec<ReceiptEvent>,
}

/// What was paid. The digest of its canonical form is the `content` of the event
/// `applied`.
#[derive(ToSchema)]
pub struct ReceiptFacts {
    /// The payment's id.
    #[schema(example = "pay_01k2m3n4p5q6r7s8t9v0w1x2y3")]
    payment: String,
    /// Number of at most 18 digits under which some billers keep it.
    sequence: u64,
    /// The service.
    service: String,
    /// Who was paid.
    biller: String,
    /// The account at the biller, all but its end masked.
    #[schema(required = false, example = "****5678")]
    account_number: Option<String>,
    /// What was paid.
    items: Vec<ReceiptItem>,
    /// The sum of the items.
    total: Money,
    /// Beside the total.
    #[schema(required = false)]
    fee: Option<Fee>,
    /// Where the money came from, all but its end masked.
    payer_account: String,
    /// The day it belongs to in Asia/Shanghai, ISO 8601.
    #[schema(example = "2026-11-21")]
    accounting_date: String,
    /// RFC 3339.
    requested_at: String,
    /// The biller's evidence.
    application: ReceiptEvidence,
}

/// One bill.
#[derive(ToSchema)]
pub struct ReceiptItem {
    /// Its number.
    bill: String,
    /// Its title as the biller gave it.
    title: String,
    /// What was paid of it.
    amount: Money,
}

/// The biller's evidence.
#[derive(ToSchema)]
pub struct ReceiptEvidence {
    /// The biller's serial number.
    serial: String,
    /// What it has credited.
    amount: Money,
    /// Its own time.
    at: String,
    /// The code of a payment to a treasury.
    #[schema(required = false)]
    treasury_code: Option<String>,
    /// The number of a fiscal receipt.
    #[schema(required = false)]
    fiscal_receipt: Option<String>,
}

/// Names in both languages.
#[derive(ToSchema)]
pub struct ReceiptNames {
    /// Who was paid.
    biller: ReceiptName,
    /// For which service.
    service: ReceiptName,
}

/// A name.
#[derive(ToSchema)]
pub struct ReceiptName {
    /// In Chinese.
    zh: String,
    /// In English.
    en: String,
}

/// An event with its place in the audit log.
#[derive(ToSchema)]
pub struct ReceiptEvent {
    /// Number of the log.
    log: u8,
    /// The leaf's index, from 0.
    index: u64,
    /// Its canonical form is what the leaf hashes.
    event: super::audit::AuditEntry,
}

/// That an event stands in the audit log.
#[derive(ToSchema)]
pub struct ReceiptProof {
    /// Hashes from the leaf upwards (RFC 9162, section 2.1.3).
    path: Vec<String>,
    /// The signed tree head that they lead to (C2SP tlog-checkpoint).
    checkpoint: String,
}
