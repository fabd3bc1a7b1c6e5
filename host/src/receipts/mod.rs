//! Receipts that anyone can verify: what was paid, signed by the installation,
//! with the proof that the biller's application stands in the audit log. What is
//! on paper is drawn from the same statement.

mod code;
mod document;
mod font;
mod ink;
mod paper;
mod pdf;
mod statement;
mod verify;

use std::sync::Arc;

use guichet_domain::id::{ClientId, RecordId};
use guichet_registry::sign::StatementKind;

pub use code::verify as verify_code;
pub use document::{Document, Proof};
pub use pdf::{attached, draw as draw_pdf};
pub use statement::{Milestone, Named, Names, Statement, VERSION};
pub use verify::{InLog, Proven, Unproven, verify};

use crate::audit::{Audit, AuditError};
use crate::catalogue::Catalogue;
use crate::payments::{PaymentError, Payments, Receipt};

/// The receipts room. Cheap to clone.
#[derive(Clone)]
pub struct Receipts {
    payments: Arc<Payments>,
    audit: Audit,
    catalogue: Catalogue,
}

/// A receipt, signed, and what the payment's own room says of it.
#[derive(Debug)]
pub struct Issued {
    /// For whoever it belongs to.
    pub receipt: Receipt,
    /// What is signed.
    pub statement: Statement,
    /// For everybody.
    pub document: Document,
}

/// Why there is no receipt.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptError {
    /// Of this payment.
    #[error(transparent)]
    Payment(#[from] PaymentError),
    /// Its proof cannot be made.
    #[error(transparent)]
    Audit(#[from] AuditError),
}

impl Receipts {
    /// The room over these.
    #[must_use]
    pub const fn new(payments: Arc<Payments>, audit: Audit, catalogue: Catalogue) -> Self {
        Self {
            payments,
            audit,
            catalogue,
        }
    }

    /// The receipt of a payment that the biller has applied: signed at once, and
    /// with its proofs as soon as a tree head covers them.
    pub async fn issue(&self, client: &ClientId, id: &RecordId) -> Result<Issued, ReceiptError> {
        let receipt = self.payments.receipt(client, id).await?;
        let names = self.names(&receipt);
        let statement = Statement::of(&receipt, self.audit.installation().clone(), names);
        let statement = statement.ok_or(PaymentError::WrongState(receipt.payment.state))?;
        let text = statement.text();
        let signature = self
            .audit
            .sign_statement(StatementKind::Receipt, &text)
            .hex();
        let code = code::sign(&statement, |text| {
            self.audit.sign_statement(StatementKind::ReceiptCode, text)
        });
        let document = Document {
            statement: statement.value(),
            signature,
            key: self.audit.public_key(),
            code,
            proofs: self.proofs(&statement).await?,
        };
        Ok(Issued {
            receipt,
            statement,
            document,
        })
    }

    /// All of them or none: half a proof would only puzzle.
    async fn proofs(&self, statement: &Statement) -> Result<Vec<Proof>, AuditError> {
        let mut proofs = Vec::new();
        for milestone in &statement.history {
            let head = self.audit.head(milestone.log).await?;
            let Some(head) = head.filter(|head| head.size > milestone.index) else {
                return Ok(Vec::new());
            };
            let found = self
                .audit
                .inclusion(milestone.log, milestone.index, head.size)
                .await?;
            let Some(found) = found else {
                return Ok(Vec::new());
            };
            proofs.push(Proof {
                path: found.path,
                checkpoint: head.checkpoint,
            });
        }
        Ok(proofs)
    }

    fn names(&self, receipt: &Receipt) -> Option<Names> {
        let entry = self.catalogue.service(&receipt.payment.service)?;
        let service = entry.service();
        let named = |locale: &str| {
            (
                service.biller.names.in_locale(locale).to_owned(),
                service.titles.in_locale(locale).to_owned(),
            )
        };
        let ((biller_zh, service_zh), (biller_en, service_en)) = (named("zh-CN"), named("en"));
        Some(Names {
            biller: Named {
                zh: biller_zh,
                en: biller_en,
            },
            service: Named {
                zh: service_zh,
                en: service_en,
            },
        })
    }
}
