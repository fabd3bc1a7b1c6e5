//! Workers of the tests: those that look, those that die in a call, two at a
//! time, and the control that is too hasty.

use std::sync::Arc;

use guichet_domain::id::RecordId;
use guichet_domain::payment::LegState;

use super::fakes::biller::Mood;
use super::fakes::hasty::{HastyBank, HastyBiller};
use super::fakes::ports::{NoTime, TestSignatures};
use super::world::{FUNDS, World};
use crate::payments::{Outside, PaymentSettings, Payments};
use crate::store::{Claim, PaymentRow};

/// With whom a house is hasty that takes silence for a no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Haste {
    WithBillers,
    WithBanks,
}

impl World {
    /// Claims what is due and drives it, as the worker does.
    pub(super) async fn look(&self) -> usize {
        let now = self.ports.now();
        let claims = self
            .payments
            .store()
            .claim(now, now.plus_ms(10_000), 100)
            .await
            .unwrap();
        for claim in &claims {
            self.payments.drive(claim).await.unwrap();
        }
        claims.len()
    }

    /// The same, where a call that hangs is the end of the worker.
    pub(super) async fn look_or_die(&self) {
        for claim in self.claims().await {
            tokio::select! {
                biased;
                driven = self.payments.drive(&claim) => { driven.unwrap(); }
                () = self.biller.hung.notified() => {}
                () = self.bank.hung.notified() => {}
            }
        }
    }

    /// Two workers look after the same payments at the same time.
    pub(super) async fn look_twice(&self) {
        for claim in self.claims().await {
            let both =
                async { tokio::join!(self.payments.drive(&claim), self.payments.drive(&claim)) };
            tokio::select! {
                biased;
                (one, two) = both => { one.unwrap(); two.unwrap(); }
                () = self.biller.hung.notified() => {}
                () = self.bank.hung.notified() => {}
            }
        }
    }

    /// Pays 500 to a biller in these moods, and looks after it once.
    pub(super) async fn submit(&mut self, moods: &[Mood]) -> RecordId {
        self.biller.will(moods);
        let made = self.pay("k1", "1", 500).await.unwrap();
        self.drive_next().await;
        made.payment
    }

    /// What a worker does with the payment that was made first.
    pub(super) async fn drive_next(&mut self) {
        let claim = self.queue.try_recv().unwrap();
        self.payments.drive(&claim).await.unwrap();
    }

    async fn claims(&self) -> Vec<Claim> {
        let now = self.ports.now();
        let store = self.payments.store();
        store.claim(now, now.plus_ms(10_000), 100).await.unwrap()
    }

    pub(super) async fn row(&self, id: &RecordId) -> PaymentRow {
        self.payments.store().payment(id).await.unwrap().unwrap()
    }

    /// Whether the payer's account shows what the payments say, where all cost
    /// the same and nothing is open.
    pub(super) async fn money_differs(&self, price: i64) -> Option<String> {
        let store = self.payments.store();
        let rows = store.payments_of(&self.client, &self.subject, "~", 10_000);
        let rows = rows.await.unwrap();
        let count = |wanted: &dyn Fn(&PaymentRow) -> bool| {
            i64::try_from(rows.iter().filter(|row| wanted(row)).count()).unwrap()
        };
        let taken = count(&|row| {
            row.snapshot.capture == LegState::Done && row.snapshot.refund != LegState::Done
        });
        let held = count(&|row| {
            row.snapshot.capture == LegState::None
                && row.snapshot.hold == LegState::Done
                && row.snapshot.release == LegState::None
        });
        let expected = (FUNDS - taken * price, held * price);
        let found = self.money().await;
        (found != expected).then(|| format!("the account shows {found:?}, not {expected:?}"))
    }

    /// Makes the house take silence for a no.
    pub(super) fn make_hasty(&mut self, haste: Haste) {
        self.haste = Some(haste);
        let (biller, bank) = (self.biller.clone(), self.bank.clone());
        let outside = Outside {
            timer: Arc::new(NoTime),
            terms: self.terms.clone(),
            biller: match haste {
                Haste::WithBillers => Arc::new(HastyBiller(biller)),
                Haste::WithBanks => biller,
            },
            banks: match haste {
                Haste::WithBillers => bank,
                Haste::WithBanks => Arc::new(HastyBank(bank)),
            },
            policies: self.policies.clone(),
            callbacks: Arc::new(TestSignatures),
        };
        let store = self.payments.store().clone();
        let settings = PaymentSettings::default();
        let (payments, queue) = Payments::new(store, self.ports.clone(), outside, settings);
        self.payments = payments;
        self.queue = queue;
    }
}
