//! What the payment room asks of the rest of the house: calls to billers and
//! the terms of a service. Both are implemented over the plugins.

use std::sync::Arc;

use futures::future::BoxFuture;
use guichet_domain::Moment;
use guichet_domain::id::{AccountId, ClientId, ServiceCode};

use super::callback::SignedMessage;
use crate::bank::{Bank, Banks};
use crate::store::StoreError;
use crate::terms::order::{
    Application, Order, Outcome, PendingAnswer, ReversalOrder, ReversalOutcome,
};
use crate::terms::{PayerPolicy, Terms};

/// All that the room reaches outside the books.
#[derive(Clone)]
pub struct Outside {
    /// Lets time pass.
    pub timer: Arc<dyn Timer>,
    /// Knows the services.
    pub terms: Arc<dyn TermsPort>,
    /// Calls billers.
    pub biller: Arc<dyn BillerPort>,
    /// The banks behind payers' accounts.
    pub banks: Arc<dyn Banks>,
    /// What payers have to agree to, and how much they may pay.
    pub policies: Arc<dyn PolicyPort>,
    /// Knows billers' signatures.
    pub callbacks: Arc<dyn CallbackPort>,
}

/// Checks what billers send by themselves.
pub trait CallbackPort: Send + Sync {
    /// Whether a key of this service's biller has signed the message.
    fn is_genuine<'a>(
        &'a self,
        service: &'a ServiceCode,
        message: &'a SignedMessage,
    ) -> BoxFuture<'a, Result<bool, StoreError>>;
}

/// Believes no callback.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoCallbacks;

impl CallbackPort for NoCallbacks {
    fn is_genuine<'a>(
        &'a self,
        _service: &'a ServiceCode,
        _message: &'a SignedMessage,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(std::future::ready(Ok(false)))
    }
}

/// Knows the policies.
pub trait PolicyPort: Send + Sync {
    /// The policy for this client and account.
    fn policy<'a>(
        &'a self,
        client: &'a ClientId,
        account: &'a AccountId,
    ) -> BoxFuture<'a, Result<PayerPolicy, StoreError>>;
}

/// Asks nothing of anybody.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoPolicies;

impl PolicyPort for NoPolicies {
    fn policy<'a>(
        &'a self,
        _client: &'a ClientId,
        _account: &'a AccountId,
    ) -> BoxFuture<'a, Result<PayerPolicy, StoreError>> {
        Box::pin(std::future::ready(Ok(PayerPolicy::default())))
    }
}

/// An installation that is connected to no bank.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoBanks;

impl Banks for NoBanks {
    fn bank(&self, _name: &str) -> Option<&dyn Bank> {
        None
    }
}

/// Calls to billers. Every call ends by itself within its binding's deadline;
/// what went wrong on the way is part of the outcome.
pub trait BillerPort: Send + Sync {
    /// Sends the order once.
    fn submit<'a>(&'a self, order: &'a Order) -> BoxFuture<'a, Outcome>;

    /// Asks what became of it, with the last pending answer where there was one.
    fn status<'a>(
        &'a self,
        order: &'a Order,
        last: Option<&'a PendingAnswer>,
    ) -> BoxFuture<'a, Outcome>;

    /// Whether this evidence can be shown to the biller when it shall undo what it
    /// says: only its own answer can, where it reads still.
    fn knows_again(&self, _evidence: &Application) -> bool {
        true
    }

    /// Asks for the undoing once.
    fn reverse<'a>(&'a self, reversal: &'a ReversalOrder) -> BoxFuture<'a, ReversalOutcome>;

    /// Asks what became of the undoing.
    fn reversal_status<'a>(
        &'a self,
        reversal: &'a ReversalOrder,
        last: Option<&'a PendingAnswer>,
    ) -> BoxFuture<'a, ReversalOutcome>;
}

/// Why a service takes no payment now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Closed {
    /// There is none of that name.
    #[error("there is no such service")]
    NoSuchService,
    /// Outside its window or season, under maintenance, or suspended; the text
    /// is for the citizen.
    #[error("the service takes no payment now: {0}")]
    ForNow(String),
}

/// Knows the services' terms.
pub trait TermsPort: Send + Sync {
    /// The terms under which a payment may begin at this moment, for bills that
    /// came from this release.
    fn terms(&self, service: &ServiceCode, release: &str, now: Moment) -> Result<Terms, Closed>;

    /// Why nothing may be sent to the biller at this moment; none where it may.
    fn closed_now(&self, service: &ServiceCode, release: &str, now: Moment) -> Option<String> {
        match self.terms(service, release, now) {
            Err(Closed::ForNow(reason)) => Some(reason),
            Ok(_) | Err(Closed::NoSuchService) => None,
        }
    }
}

/// Lets time pass. Tests and the simulation pass it faster.
pub trait Timer: Send + Sync {
    /// Resolves so many milliseconds later.
    fn sleep(&self, milliseconds: u64) -> BoxFuture<'_, ()>;
}
