//! The payer's side agrees: first to what exactly, then that it did. Money is
//! reserved only afterwards. Who a person is, the client has made sure of; here
//! stands what must agree.

use guichet_domain::id::{ClientId, RecordId, SubjectId};
use guichet_domain::payment::{Event, State};
use guichet_domain::planted::{Bug, planted};
use guichet_domain::{Digest, Moment, Money};
use serde_json::json;

use super::apply::Draft;
use super::drive::Driven;
use super::money::taken;
use super::view::PaymentView;
use super::{PaymentError, Payments};
use crate::canonical::canonical_digest;
use crate::store::{PaymentRow, Schedule};
use crate::terms::order::Order;
use crate::terms::payer::{ActionKind, Agreement, Authorisation};
use crate::terms::{AuthorisationRule, PayerPolicy, SecondPersonRule};

/// Somebody on the payer's side agrees.
#[derive(Debug, Clone)]
pub struct Authorise {
    /// Who calls.
    pub client: ClientId,
    /// Which payment.
    pub payment: RecordId,
    /// What is agreed to, as the payment showed it.
    pub binding: Digest,
    /// Who agrees.
    pub subject: SubjectId,
    /// How the client made sure: 1 to 64 characters.
    pub method: String,
    /// The client's proof: at most 4,096 characters.
    pub evidence: String,
}

impl Payments {
    /// Records an agreement. The same once more gives the same answer.
    pub async fn authorise(&self, request: &Authorise) -> Result<PaymentView, PaymentError> {
        let row = self.owned(&request.client, &request.payment).await?;
        let wrong_state = || PaymentError::WrongState(row.snapshot.state);
        let agreement = row.payer.agreement.as_ref().ok_or_else(wrong_state)?;
        if agreement.binding != request.binding && !planted(Bug::AnyBinding) {
            return Err(PaymentError::WrongBinding);
        }
        if agreement.given.iter().any(|given| is_same(given, request)) {
            return Ok(PaymentView::of(&row));
        }
        let now = self.ports.now();
        if row.snapshot.state != State::RequiresAction || now >= agreement.expires_at {
            return Err(wrong_state());
        }
        let kind = agreement.next().ok_or_else(wrong_state)?;
        if !planted(Bug::AnybodyAgrees) {
            check_person(kind, &row, agreement, &request.subject)?;
        }
        let mut draft = Draft::of(&row, now);
        let given = Authorisation {
            subject: request.subject.to_string(),
            method: request.method.clone(),
            evidence: request.evidence.clone(),
            at: now,
        };
        let complete = match &mut draft.next().payer.agreement {
            Some(agreement) => {
                agreement.given.push(given);
                agreement.next().is_none() || planted(Bug::HalfAgreement)
            }
            None => false,
        };
        if complete {
            draft.push(Event::Authorised).map_err(|_| wrong_state())?;
        } else {
            draft.note("authorised_in_part");
        }
        let view = PaymentView::of(draft.row());
        match self.record(draft.finish(Schedule::Due(now, 0))).await? {
            Driven::Settled => Ok(view),
            Driven::Overtaken => {
                // The same, sent twice at once, is no contradiction.
                let row = self.owned(&request.client, &request.payment).await?;
                let agreement = row.payer.agreement.as_ref();
                let known = agreement.is_some_and(|agreement| {
                    agreement.given.iter().any(|given| is_same(given, request))
                });
                if known {
                    Ok(PaymentView::of(&row))
                } else {
                    Err(PaymentError::WrongState(row.snapshot.state))
                }
            }
        }
    }

    /// What the payer has to agree to; none where nothing is asked.
    pub(super) fn agreement(
        &self,
        policy: &PayerPolicy,
        order: &Order,
        due: Money,
        account: &str,
        now: Moment,
    ) -> Option<Agreement> {
        let mut required = Vec::new();
        let authorised = match policy.authorisation {
            AuthorisationRule::Never => false,
            AuthorisationRule::Above(most) => due.minor_units() > most,
            AuthorisationRule::Always => true,
        };
        if authorised {
            required.push(ActionKind::PayerAuthorisation);
        }
        if policy.second_person == SecondPersonRule::Needed {
            required.push(ActionKind::SecondPerson);
        }
        (!required.is_empty()).then(|| Agreement {
            required,
            binding: binding(order, account),
            expires_at: now.plus_ms(self.settings.authorise_within_ms),
            given: Vec::new(),
        })
    }
}

/// SHA-256 over the canonical form (RFC 8785) of what the payer agrees to: which
/// payment, to whom, how much, with which fee, from where.
fn binding(order: &Order, account: &str) -> Digest {
    canonical_digest(&json!({
        "payment": order.payment,
        "payee": order.biller,
        "total": order.total,
        "fee": order.fee.map(|fee| fee.amount),
        "payer_account": account,
    }))
}

fn is_same(given: &Authorisation, request: &Authorise) -> bool {
    given.subject == request.subject.as_str()
        && given.method == request.method
        && given.evidence == request.evidence
}

/// The payer authorises in person; the second person is somebody else than
/// whoever made the payment or has agreed to it already.
fn check_person(
    kind: ActionKind,
    row: &PaymentRow,
    agreement: &Agreement,
    subject: &SubjectId,
) -> Result<(), PaymentError> {
    match kind {
        ActionKind::PayerAuthorisation if *subject == row.subject => Ok(()),
        ActionKind::PayerAuthorisation => Err(PaymentError::NotThePayer),
        ActionKind::SecondPerson => {
            let made = *subject == row.subject
                || agreement
                    .given
                    .iter()
                    .any(|given| given.subject == subject.as_str());
            if made {
                Err(PaymentError::MakerCannotCheck)
            } else {
                Ok(())
            }
        }
    }
}

/// What the payer's side is asked for, as clients see it.
pub(super) fn action_of(row: &PaymentRow) -> Option<super::view::ActionView> {
    let agreement = row.payer.agreement.as_ref()?;
    let waits = row.snapshot.state == State::RequiresAction;
    let kind = agreement.next().filter(|_| waits)?;
    Some(super::view::ActionView {
        kind,
        binding: agreement.binding,
        payee: row.biller.clone(),
        amount: taken(row),
        expires_at: agreement.expires_at,
    })
}
