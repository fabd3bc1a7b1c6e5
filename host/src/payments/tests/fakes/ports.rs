//! The room's smaller ports, each as simple as it can be.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::future::BoxFuture;
use guichet_domain::Moment;
use guichet_domain::id::{AccountId, ClientId, ServiceCode};

use crate::payments::ports::{Closed, TermsPort, Timer};
use crate::payments::{CallbackPort, PolicyPort, SignedMessage};
use crate::ports::Random;
use crate::store::StoreError;
use crate::terms::{PayerPolicy, Terms};

pub(in crate::payments::tests) struct Counting(AtomicU64);

impl Counting {
    pub(in crate::payments::tests) const fn new() -> Self {
        Self(AtomicU64::new(1))
    }
}

impl Random for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        let number = self.0.fetch_add(1, Ordering::SeqCst).to_be_bytes();
        for (byte, source) in bytes.iter_mut().rev().zip(number.iter().rev()) {
            *byte = *source;
        }
    }
}

/// Time passes at once.
pub(in crate::payments::tests) struct NoTime;

impl Timer for NoTime {
    fn sleep(&self, _milliseconds: u64) -> BoxFuture<'_, ()> {
        Box::pin(tokio::task::yield_now())
    }
}

pub(in crate::payments::tests) struct TestTerms(
    pub(in crate::payments::tests) Mutex<Terms>,
    Mutex<Option<String>>,
);

impl TestTerms {
    pub(in crate::payments::tests) const fn new(terms: Terms) -> Self {
        Self(Mutex::new(terms), Mutex::new(None))
    }

    /// The service takes nothing from now on.
    pub(in crate::payments::tests) fn close(&self, reason: &str) {
        *self.1.lock().unwrap() = Some(reason.to_owned());
    }
}

impl TermsPort for TestTerms {
    fn terms(&self, service: &ServiceCode, _release: &str, _now: Moment) -> Result<Terms, Closed> {
        if let Some(reason) = self.1.lock().unwrap().clone() {
            return Err(Closed::ForNow(reason));
        }
        let terms = self.0.lock().unwrap().clone();
        if terms.service == *service {
            Ok(terms)
        } else {
            Err(Closed::NoSuchService)
        }
    }
}

/// One policy for all.
#[derive(Default)]
pub(in crate::payments::tests) struct TestPolicies(
    pub(in crate::payments::tests) Mutex<PayerPolicy>,
);

impl PolicyPort for TestPolicies {
    fn policy<'a>(
        &'a self,
        _client: &'a ClientId,
        _account: &'a AccountId,
    ) -> BoxFuture<'a, Result<PayerPolicy, StoreError>> {
        let policy = self.0.lock().unwrap().clone();
        Box::pin(std::future::ready(Ok(policy)))
    }
}

/// What is signed with "good" is genuine.
pub(in crate::payments::tests) struct TestSignatures;

impl CallbackPort for TestSignatures {
    fn is_genuine<'a>(
        &'a self,
        _service: &'a ServiceCode,
        message: &'a SignedMessage,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(std::future::ready(Ok(message.signatures == "good")))
    }
}
