//! Billers' messages that were taken in, each once. What they say is kept with
//! the payment.

use guichet_domain::Moment;
use guichet_domain::id::{RecordId, ServiceCode};

use super::{Statement, Store, StoreError};

impl Store {
    /// Whether a message of this id came before.
    pub async fn knows_callback(
        &self,
        service: &ServiceCode,
        message: &str,
    ) -> Result<bool, StoreError> {
        let rows = self
            .fetch(
                "select payment from callbacks where service = $1 and message = $2",
                &[service.as_str().into(), message.into()],
            )
            .await?;
        Ok(!rows.is_empty())
    }

    /// Remembers a message.
    pub async fn keep_callback(
        &self,
        service: &ServiceCode,
        message: &str,
        payment: &RecordId,
        now: Moment,
    ) -> Result<(), StoreError> {
        let keep = Statement::new(
            "insert into callbacks (service, message, payment, received_at) \
             values ($1, $2, $3, $4) on conflict (service, message) do nothing",
            vec![
                service.as_str().into(),
                message.into(),
                payment.as_str().into(),
                now.into(),
            ],
        );
        self.write(vec![keep]).await.map(drop)
    }
}
