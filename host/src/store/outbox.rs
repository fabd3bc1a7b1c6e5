//! What is still to be done for which payment, and which node has taken it.

use guichet_domain::Moment;
use guichet_domain::id::{RecordId, ServiceCode};
use guichet_domain::payment::State;

use super::writer::{Command, Outcome};
use super::{Statement, Store, StoreError};

/// A payment whose lease this node has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The payment.
    pub payment: RecordId,
    /// Its service: one that hangs must not keep others waiting.
    pub service: ServiceCode,
    /// How often it was looked after before.
    pub tries: u32,
}

impl Store {
    /// Takes the leases of due payments that no live lease covers.
    pub async fn claim(
        &self,
        now: Moment,
        lease_until: Moment,
        limit: u32,
    ) -> Result<Vec<Claim>, StoreError> {
        let values = vec![
            now.into(),
            limit.into(),
            self.node().into(),
            lease_until.into(),
        ];
        let Outcome::Rows(rows) = self.order(Command::Claim(values)).await? else {
            return Ok(Vec::new());
        };
        rows.iter()
            .flatten()
            .map(|row| {
                let tries = u32::try_from(row.int(2)?).map_err(|_| StoreError::Shape(2))?;
                Ok(Claim {
                    payment: row.parsed(0)?,
                    service: row.parsed(1)?,
                    tries,
                })
            })
            .collect()
    }

    /// Holds the leases of payments that this node still has in hand.
    pub async fn renew_leases(
        &self,
        payments: &[RecordId],
        lease_until: Moment,
    ) -> Result<(), StoreError> {
        let statements = payments.iter().map(|payment| {
            Statement::new(
                "update outbox set lease_until = $1 where payment = $2 and lease_node = $3",
                vec![
                    lease_until.into(),
                    payment.as_str().into(),
                    self.node().into(),
                ],
            )
        });
        self.write(statements.collect()).await.map(drop)
    }

    /// Gives one payment back: due at `due_at`, leased by nobody.
    pub async fn reschedule(
        &self,
        payment: &RecordId,
        due_at: Moment,
        tries: u32,
    ) -> Result<(), StoreError> {
        let statement = Statement::new(
            "update outbox set due_at = $1, tries = $2, lease_node = null, lease_until = 0 \
             where payment = $3",
            vec![due_at.into(), tries.into(), payment.as_str().into()],
        );
        self.write(vec![statement]).await.map(drop)
    }

    /// Forgets all leases: only where no other node can be running, that is at
    /// the start on an embedded database.
    pub async fn forget_leases(&self) -> Result<(), StoreError> {
        let statement = Statement::new(
            "update outbox set lease_node = null, lease_until = 0 where lease_node is not null",
            Vec::new(),
        );
        self.write(vec![statement]).await.map(drop)
    }

    /// How many payments have not ended, by state.
    pub async fn open_payments(&self) -> Result<Vec<(State, u64)>, StoreError> {
        let rows = self
            .fetch(
                "select p.state, count(*) from outbox as o join payments as p on p.id = o.payment \
                 group by p.state order by p.state",
                &[],
            )
            .await?;
        rows.iter()
            .map(|row| {
                let count = u64::try_from(row.int(1)?).map_err(|_| StoreError::Shape(1))?;
                Ok((row.parsed(0)?, count))
            })
            .collect()
    }

    /// When the next payment is due that no live lease covers.
    pub async fn next_due(&self, now: Moment) -> Result<Option<Moment>, StoreError> {
        let rows = self
            .fetch(
                "select min(due_at) from outbox where lease_node is null or lease_until < $1",
                &[now.into()],
            )
            .await?;
        rows.first().map_or(Ok(None), |row| row.moment_or_none(0))
    }
}
