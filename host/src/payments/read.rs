//! Showing payments to those they belong to, and waiting for their end.

use std::future::Future;

use futures::future::{Either, select};
use guichet_domain::id::{ClientId, RecordId, SubjectId};

use super::authorise::action_of;
use super::receipt::{APPLIED, Facts};
use super::view::{EventView, PaymentView, Receipt};
use super::{PaymentError, Payments};
use crate::page::Page;
use crate::store::{Entry, PaymentRow, StoreError};

/// The longest page.
const PAGE: u32 = 200;

impl PaymentView {
    /// As the payment stands.
    #[must_use]
    pub fn of(row: &PaymentRow) -> Self {
        Self {
            id: row.id.clone(),
            state: row.snapshot.state,
            service: row.service.clone(),
            subject: row.subject.clone(),
            bill_query: row.bill_query.clone(),
            items: row.items(),
            total: row.total,
            fee: row.order.fee,
            payer_account: row.payer_account.clone(),
            client_reference: row.client_reference.clone(),
            accounting_date: row.accounting_date,
            created_at: row.created_at,
            updated_at: row.updated_at,
            owner: row.owner.clone(),
            news_by: row.news_by,
            reason: row.answer.reason.clone(),
            action: action_of(row),
            application: row.answer.fullest().cloned(),
        }
    }
}

impl Payments {
    /// A payment of the client's.
    pub async fn get(&self, client: &ClientId, id: &RecordId) -> Result<PaymentView, PaymentError> {
        Ok(PaymentView::of(&self.owned(client, id).await?))
    }

    /// A subject's payments, newest first.
    pub async fn list(
        &self,
        client: &ClientId,
        subject: &SubjectId,
        cursor: Option<&RecordId>,
        limit: u32,
    ) -> Result<Page<PaymentView>, PaymentError> {
        let limit = limit.clamp(1, PAGE);
        // `~` sorts behind every id.
        let before = cursor.map_or("~", |id| id.as_str());
        let rows = self
            .store
            .payments_of(client, subject, before, limit + 1)
            .await?;
        let full = rows.len() > limit as usize;
        let items: Vec<PaymentView> = rows
            .iter()
            .take(limit as usize)
            .map(PaymentView::of)
            .collect();
        let next_cursor = items
            .last()
            .filter(|_| full)
            .map(|last| last.id.to_string());
        Ok(Page { items, next_cursor })
    }

    /// A payment's history, oldest first.
    pub async fn events(
        &self,
        client: &ClientId,
        id: &RecordId,
    ) -> Result<Vec<EventView>, PaymentError> {
        self.owned(client, id).await?;
        let logged = self.store.events_of(id).await?;
        logged
            .into_iter()
            .map(|logged| shown(logged.entry))
            .collect()
    }

    /// The receipt of a payment that the biller has applied.
    pub async fn receipt(&self, client: &ClientId, id: &RecordId) -> Result<Receipt, PaymentError> {
        let row = self.owned(client, id).await?;
        let logged = self.store.milestones_of(id, APPLIED).await?;
        let facts = Facts::of(&row);
        let (Some(facts), Some(application)) = (facts, row.answer.fullest().cloned()) else {
            return Err(PaymentError::WrongState(row.snapshot.state));
        };
        Ok(Receipt {
            payment: PaymentView::of(&row),
            facts,
            application,
            history: logged,
        })
    }

    /// The payment as it is once it has ended, or when `until` comes first.
    pub async fn wait(
        &self,
        client: &ClientId,
        id: &RecordId,
        until: impl Future<Output = ()>,
    ) -> Result<PaymentView, PaymentError> {
        let mut until = Box::pin(until);
        loop {
            // Listened for before the look, so that no change slips through.
            let mut ring = Box::pin(self.bus.next_ring(id));
            ring.as_mut().enable();
            let view = self.get(client, id).await?;
            if view.is_awaited() {
                return Ok(view);
            }
            match select(ring, until).await {
                Either::Left(((), rest)) => until = rest,
                Either::Right(((), _)) => return self.get(client, id).await,
            }
        }
    }

    pub(super) async fn owned(
        &self,
        client: &ClientId,
        id: &RecordId,
    ) -> Result<PaymentRow, PaymentError> {
        let row = self.store.payment(id).await?;
        row.filter(|row| row.client == *client)
            .ok_or(PaymentError::NotFound)
    }
}

fn shown(entry: Entry) -> Result<EventView, PaymentError> {
    Ok(EventView {
        number: entry.number,
        state: entry.state.parse().map_err(|_| StoreError::Shape(4))?,
        event: entry.event,
        attempt: entry.attempt,
        at: entry.at,
    })
}
