//! The payment room as the desk at which decisions are carried out.

use std::sync::Arc;

use futures::future::BoxFuture;
use guichet_domain::id::RecordId;

use super::ports::{Carried, DeskError, PaymentDesk, Task, Word};
use crate::payments::Payments;

/// The payment room of this node.
#[derive(Debug, Clone)]
pub struct PaymentRoom(pub Arc<Payments>);

impl PaymentDesk for PaymentRoom {
    fn carry_out<'a>(&'a self, _task: &'a Task) -> BoxFuture<'a, Result<Carried, DeskError>> {
        Box::pin(std::future::ready(Err(DeskError::NotPossible(
            "this node's payment room takes no decisions yet".to_owned(),
        ))))
    }

    fn evidence<'a>(
        &'a self,
        _payment: &'a RecordId,
        _word: &'a Word,
    ) -> BoxFuture<'a, Result<Carried, DeskError>> {
        Box::pin(std::future::ready(Err(DeskError::NotPossible(
            "this node's payment room takes no day files yet".to_owned(),
        ))))
    }
}
