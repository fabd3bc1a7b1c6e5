//! The payment room as the desk at which decisions are carried out.

use std::sync::Arc;

use futures::future::BoxFuture;
use guichet_domain::id::RecordId;
use guichet_domain::payment::{LegState, State};
use guichet_domain::work_order::{Decision, Seen};

use super::ports::{Carried, DeskError, PaymentDesk, Task, Word};
use crate::payments::{DayFileWord, Found, Ground, PaymentError, Payments, RefundAnswer};

/// The payment room of this node.
#[derive(Debug, Clone)]
pub struct PaymentRoom(pub Arc<Payments>);

impl PaymentDesk for PaymentRoom {
    fn look<'a>(&'a self, payment: &'a RecordId) -> BoxFuture<'a, Result<Option<Seen>, DeskError>> {
        Box::pin(async move { self.0.seen(payment).await.map_err(why) })
    }

    fn carry_out<'a>(&'a self, task: &'a Task) -> BoxFuture<'a, Result<Carried, DeskError>> {
        Box::pin(async move {
            let (id, room) = (&task.payment, &self.0);
            let ground = Ground {
                evidence: task.evidence.clone(),
                by: task.by.clone(),
                seen: task.seen,
            };
            let done = match task.decision {
                Decision::Applied => {
                    // Where the biller names no number, the decision itself is one.
                    let serial = task.serial.clone().unwrap_or_else(|| id.to_string());
                    let found = Found::Applied { serial };
                    room.decide_unknown(id, &found, &ground).await
                }
                Decision::NotApplied => room.decide_unknown(id, &Found::NotApplied, &ground).await,
                Decision::RefundAgreed => {
                    room.decide_refund(id, RefundAnswer::Agreed, &ground).await
                }
                Decision::RefundRefused => {
                    room.decide_refund(id, RefundAnswer::Refused, &ground).await
                }
                Decision::TryAgain => room.look_now(id).await,
                Decision::RefundPayer => return give_back(room, id, &ground).await,
                Decision::PartyCorrects | Decision::OperatorBears | Decision::SettledOutside => {
                    return Ok(Carried::Nothing);
                }
            };
            done.map(|()| Carried::Done).map_err(why)
        })
    }

    fn evidence<'a>(
        &'a self,
        payment: &'a RecordId,
        word: &'a Word,
    ) -> BoxFuture<'a, Result<Carried, DeskError>> {
        Box::pin(async move {
            let row = self.0.store().payment(payment).await;
            let row = row.map_err(|error| DeskError::Later(error.to_string()))?;
            let row = row.ok_or_else(|| why(PaymentError::NotFound))?;
            // Amounts were compared when the file was matched.
            let word = match word {
                Word::Applied { serial, at } => DayFileWord::Applied {
                    serial: serial.clone(),
                    amount: row.total,
                    at: at.clone(),
                },
                Word::NotFound { covers } => DayFileWord::NotFound { covers: *covers },
            };
            let taken = self.0.evidence_from_day_file(payment, &word).await;
            taken.map(|()| Carried::Done).map_err(why)
        })
    }
}

/// Money without record: the payer gets it back. On the day itself the biller
/// may still be asked to undo; later the two persons' word is its agreement. While
/// it is being undone the decision waits: where the biller refuses, the payment is
/// applied again, and the refund is what is left.
async fn give_back(room: &Payments, id: &RecordId, ground: &Ground) -> Result<Carried, DeskError> {
    let state = async || {
        let row = room.store().payment(id).await;
        let row = row.map_err(PaymentError::from).map_err(why)?;
        let row = row.ok_or_else(|| why(PaymentError::NotFound))?;
        Ok::<_, DeskError>((row.client, row.snapshot))
    };
    let (client, snapshot) = state().await?;
    if snapshot.state == State::Applied {
        let asked = room.reverse(&client, id, &ground.evidence).await;
        asked.map_err(why)?;
    }
    let (_, snapshot) = state().await?;
    match snapshot.state {
        State::Refunding if snapshot.refund == LegState::None => {
            // When they looked, nobody had asked for a refund yet.
            let ground = Ground {
                seen: None,
                ..ground.clone()
            };
            let agreed = room.decide_refund(id, RefundAnswer::Agreed, &ground).await;
            agreed.map(|()| Carried::Done).map_err(why)
        }
        State::Reversing => Err(DeskError::Later(
            "the biller is asked to undo it".to_owned(),
        )),
        State::Reversed | State::Refunding | State::Refunded => Ok(Carried::Done),
        other => Err(why(PaymentError::WrongState(other))),
    }
}

fn why(error: PaymentError) -> DeskError {
    match error {
        PaymentError::Busy(error) => DeskError::Later(error.to_string()),
        error => DeskError::NotPossible(error.to_string()),
    }
}
