//! Asking for a document under consent, and asking again.

use guichet_domain::Moment;
use guichet_domain::id::{ClientId, RecordId};
use guichet_sandbox::contract::inquiry::InquiryOutcome;
use guichet_sandbox::contract::types::Ticket;
use guichet_sandbox::{Answer, Question};

use super::{InquiriesError, Inquiry, InquiryAnswer, NewInquiry, check};
use crate::consents::{Consent, Consents};
use crate::plugins::{Bound, Caller, Plugins, Seeker, ServiceFailure, ticket_is_due};
use crate::ports::Ports;
use crate::store::{Store, StoredInquiry};

/// How long a document can be read again.
const KEPT_MS: i64 = 24 * 3_600_000;
/// How long a slow agency is asked again.
const PENDING_MS: i64 = 30 * 24 * 3_600_000;

/// The inquiries of all subjects.
#[derive(Clone)]
pub struct Inquiries {
    store: Store,
    plugins: Plugins,
    consents: Consents,
    ports: Ports,
}

impl Inquiries {
    /// Over these.
    #[must_use]
    pub const fn new(store: Store, plugins: Plugins, consents: Consents, ports: Ports) -> Self {
        Self {
            store,
            plugins,
            consents,
            ports,
        }
    }

    /// Asks the agency.
    pub async fn create(&self, new: NewInquiry) -> Result<Inquiry, InquiriesError> {
        let now = self.ports.now();
        let id = self.ports.record_id("inq");
        let seeker = Seeker {
            subject: &new.subject,
            region: new.region.as_ref(),
            begun_with: None,
        };
        let bound = self
            .plugins
            .bound(&new.service, "inquiry", &seeker, (now, new.language))?;
        let inputs = bound.check_inputs(&new.inputs, new.token.is_some(), new.language)?;
        let circumstances =
            bound.circumstances(new.region.as_ref(), &new.channel, new.language, &id)?;
        let consent = self.consents.needed(&bound, &new).await?;
        let question = match new.token {
            None => Question::Ask {
                inputs: inputs.clone(),
            },
            Some(token) => Question::Poll {
                token,
                inputs: inputs.clone(),
            },
        };
        let inquiry = StoredInquiry {
            id,
            client: new.client,
            subject: new.subject,
            service: new.service,
            release: bound.release().to_string(),
            state: "pending".to_owned(),
            inputs,
            circumstances,
            consent: consent.as_ref().map(|consent| consent.id.clone()),
            answer: serde_json::Value::Null,
            created_at: now,
            expires_at: None,
        };
        self.ask(&bound, inquiry, consent.as_ref(), question).await
    }

    /// The inquiry as it is; a pending one is asked again when it is time.
    pub async fn get(&self, client: &ClientId, id: &RecordId) -> Result<Inquiry, InquiriesError> {
        let stored = self.store.inquiry(id).await?;
        let stored = stored.filter(|found| found.client == *client);
        let stored = stored.ok_or(InquiriesError::Unknown)?;
        let now = self.ports.now();
        if stored.expires_at.is_some_and(|end| end <= now) {
            return Err(InquiriesError::Unknown);
        }
        let answer: InquiryAnswer = serde_json::from_value(stored.answer.clone())
            .map_err(crate::store::StoreError::from)?;
        match answer {
            InquiryAnswer::Pending(ticket) if ticket_is_due(&ticket, asked_at(&stored), now) => {
                self.ask_again(stored, ticket).await
            }
            answer => Ok(shown(stored, answer)),
        }
    }

    async fn ask_again(
        &self,
        stored: StoredInquiry,
        ticket: Ticket,
    ) -> Result<Inquiry, InquiriesError> {
        let language = crate::language::Language::from_header(&stored.circumstances.locale);
        let region = stored.circumstances.region.parse().ok();
        let seeker = Seeker {
            subject: &stored.subject,
            region: region.as_ref(),
            begun_with: stored.release.parse().ok(),
        };
        let now = self.ports.now();
        let bound = self
            .plugins
            .bound(&stored.service, "inquiry", &seeker, (now, language))?;
        // A consent that ended meanwhile ends the inquiry as well.
        let consent = match &stored.consent {
            None => None,
            Some(id) => {
                let (client, subject) = (&stored.client, &stored.subject);
                let live = self
                    .consents
                    .live(client, subject, &stored.service, id)
                    .await;
                let live = live.map_err(ServiceFailure::from)?;
                Some(live.ok_or_else(|| ServiceFailure::NeedsConsent(bound.scopes()))?)
            }
        };
        let question = Question::Poll {
            token: ticket.token,
            inputs: stored.inputs.clone(),
        };
        self.ask(&bound, stored, consent.as_ref(), question).await
    }

    async fn ask(
        &self,
        bound: &Bound,
        inquiry: StoredInquiry,
        consent: Option<&Consent>,
        question: Question,
    ) -> Result<Inquiry, InquiriesError> {
        let caller = Caller {
            client: &inquiry.client,
            subject: &inquiry.subject,
            circumstances: &inquiry.circumstances,
            consent,
            record: &inquiry.id,
        };
        let report = self.plugins.call(bound, &caller, question).await;
        let outcome = match report.result.map_err(ServiceFailure::from)? {
            Answer::Inquiry(outcome) => outcome.map_err(ServiceFailure::from)?,
            _ => return Err(ServiceFailure::other_kind().into()),
        };
        self.keep(inquiry, outcome).await
    }

    async fn keep(
        &self,
        mut inquiry: StoredInquiry,
        outcome: InquiryOutcome,
    ) -> Result<Inquiry, InquiriesError> {
        let (state, answer) = match outcome {
            InquiryOutcome::Ready(document) => {
                check::document(&document).map_err(ServiceFailure::Misbehaved)?;
                ("ready", InquiryAnswer::Ready(document))
            }
            InquiryOutcome::PollLater(ticket) => ("pending", InquiryAnswer::Pending(ticket)),
            InquiryOutcome::AskMore(step) => ("ask_more", InquiryAnswer::AskMore(step)),
            InquiryOutcome::Other(name) => {
                return Err(ServiceFailure::unknown_outcome(&name).into());
            }
        };
        let is_open = matches!(answer, InquiryAnswer::Pending(_));
        let kept_ms = if is_open { PENDING_MS } else { KEPT_MS };
        inquiry.state = state.to_owned();
        inquiry.answer = serde_json::to_value(&answer).map_err(crate::store::StoreError::from)?;
        inquiry.expires_at = Some(self.ports.now().plus_ms(kept_ms));
        self.store.put_inquiry(&inquiry).await?;
        Ok(shown(inquiry, answer))
    }
}

/// When a pending inquiry was asked last: its expiry moves with every question.
fn asked_at(stored: &StoredInquiry) -> Moment {
    stored
        .expires_at
        .map_or(stored.created_at, |end| end.plus_ms(-PENDING_MS))
}

fn shown(stored: StoredInquiry, answer: InquiryAnswer) -> Inquiry {
    Inquiry {
        id: stored.id,
        service: stored.service,
        client: stored.client,
        subject: stored.subject,
        answer,
        created_at: stored.created_at,
    }
}

impl Consents {
    /// The live consent that the service needs; none where it needs none.
    pub(crate) async fn needed(
        &self,
        bound: &Bound,
        new: &NewInquiry,
    ) -> Result<Option<Consent>, ServiceFailure> {
        let scopes = bound.scopes();
        let missing = || ServiceFailure::NeedsConsent(scopes.clone());
        let Some(id) = &new.consent else {
            return if scopes.is_empty() {
                Ok(None)
            } else {
                Err(missing())
            };
        };
        let live = self
            .live(&new.client, &new.subject, &new.service, id)
            .await?;
        let consent = live.ok_or_else(missing)?;
        let covers = scopes
            .iter()
            .all(|scope| consent.scopes.iter().any(|own| own.as_str() == scope));
        if covers {
            Ok(Some(consent))
        } else {
            Err(missing())
        }
    }
}
