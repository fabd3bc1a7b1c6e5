//! The money commands: sealed and prepared in the caller's task, so that the
//! writer, which everybody shares, only has to collect.

use super::idempotency::RESPONSE;
use super::writer::{Command, Opened, Outcome, PreparedChange, PreparedOpen, Recorded};
use super::{
    ClientAct, LedgerCommand, OpenPayment, PaymentChange, RecordEvent, Refused, Statement, Store,
    StoreError,
};

impl Store {
    /// Opens a payment with all that belongs to it, or says which rule forbids it.
    pub async fn open_payment(
        &self,
        open: &OpenPayment,
    ) -> Result<Result<Opened, Refused>, StoreError> {
        let key = self
            .subject_key(&open.row.subject, open.row.created_at)
            .await?;
        let sealed = key.seal(RESPONSE, &open.response)?.into_bytes();
        let prepared = PreparedOpen::new(open, open.row.insert_values(&key)?, sealed, self.node());
        match self.order(Command::Open(Box::new(prepared))).await? {
            Outcome::Done => Ok(Ok(Opened::Made)),
            Outcome::Known(known) => {
                let remembered = self.open_remembered(known.0, &open.row.subject).await?;
                Ok(Ok(Opened::Remembered(remembered)))
            }
            Outcome::Refused(refused) => Ok(Err(refused)),
            Outcome::Rows(_) => Err(StoreError::RolledBack("unexpected rows".to_owned())),
        }
    }

    /// Changes a payment where it still stands at the expected version.
    pub async fn change_payment(
        &self,
        change: &PaymentChange,
    ) -> Result<Result<(), Refused>, StoreError> {
        let key = self.existing_key(&change.next.subject).await?;
        let prepared = PreparedChange::new(change, change.next.changing_values(&key)?);
        plain(self.order(Command::Change(Box::new(prepared))).await?)
    }

    /// Records transfers, all or none.
    pub async fn record_transfers(
        &self,
        command: LedgerCommand,
    ) -> Result<Result<(), Refused>, StoreError> {
        plain(self.order(Command::Ledger(Box::new(command))).await?)
    }

    /// Records transfers, all or none, and the event that tells of them, unless
    /// all of them stood there already.
    pub async fn record_told_transfers(
        &self,
        command: LedgerCommand,
        event: RecordEvent,
    ) -> Result<Result<(), Refused>, StoreError> {
        self.tell_transfers(command, Vec::new(), event).await
    }

    /// Records what somebody paid into a client's account, with the act and the
    /// event that tell of it; unless it stood there already.
    pub async fn record_top_up(
        &self,
        command: LedgerCommand,
        act: &ClientAct,
        event: RecordEvent,
    ) -> Result<Result<(), Refused>, StoreError> {
        self.tell_transfers(command, vec![act.insert()], event)
            .await
    }

    async fn tell_transfers(
        &self,
        command: LedgerCommand,
        statements: Vec<Statement>,
        event: RecordEvent,
    ) -> Result<Result<(), Refused>, StoreError> {
        let told = Box::new(Recorded::new(statements, event));
        plain(self.order(Command::Told(Box::new(command), told)).await?)
    }
}

fn plain(outcome: Outcome) -> Result<Result<(), Refused>, StoreError> {
    match outcome {
        Outcome::Done => Ok(Ok(())),
        Outcome::Refused(refused) => Ok(Err(refused)),
        Outcome::Rows(_) | Outcome::Known(_) => {
            Err(StoreError::RolledBack("unexpected rows".to_owned()))
        }
    }
}
