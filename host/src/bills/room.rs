//! Asking for bills, and asking again.

use guichet_domain::Moment;
use guichet_domain::id::{ClientId, RecordId};
use guichet_sandbox::contract::bill_payment::{QueryOutcome, Statement};
use guichet_sandbox::{Answer, Question};

use super::{BillAnswer, BillQuery, BillsError, NewBillQuery, check};
use crate::plugins::{Bound, Caller, Plugins, Seeker, ServiceFailure, ticket_is_due};
use crate::ports::Ports;
use crate::store::{Payable, Store, StoredBillQuery};

/// How long amounts hold where the biller says nothing shorter.
const USUAL_SECONDS: u32 = 900;
/// How long a pending query is kept.
const PENDING_SECONDS: u32 = 24 * 3_600;

/// The bill queries of all subjects.
#[derive(Clone)]
pub struct Bills {
    store: Store,
    plugins: Plugins,
    ports: Ports,
}

impl Bills {
    /// Over these.
    #[must_use]
    pub const fn new(store: Store, plugins: Plugins, ports: Ports) -> Self {
        Self {
            store,
            plugins,
            ports,
        }
    }

    /// Asks the biller.
    pub async fn create(&self, new: NewBillQuery) -> Result<BillQuery, BillsError> {
        let now = self.ports.now();
        let id = self.ports.record_id("bq");
        let seeker = Seeker {
            subject: &new.subject,
            region: new.region.as_ref(),
            begun_with: None,
        };
        let bound =
            self.plugins
                .bound(&new.service, "bill-payment", &seeker, (now, new.language))?;
        let extra = new.token.is_some();
        let inputs = bound.check_inputs(&new.inputs, extra, new.language)?;
        let circumstances =
            bound.circumstances(new.region.as_ref(), &new.channel, new.language, &id)?;
        let question = match new.token {
            None => Question::QueryBills {
                inputs: inputs.clone(),
            },
            Some(token) => Question::PollQuery {
                token,
                inputs: inputs.clone(),
            },
        };
        let query = StoredBillQuery {
            id,
            client: new.client,
            subject: new.subject,
            service: new.service,
            release: bound.release().to_string(),
            state: "pending".to_owned(),
            inputs,
            circumstances,
            answer: Box::default(),
            payable: None,
            created_at: now,
            expires_at: now,
        };
        self.ask(&bound, query, question).await
    }

    /// The query as it is; a pending one is asked again when it is time.
    pub async fn get(&self, client: &ClientId, id: &RecordId) -> Result<BillQuery, BillsError> {
        let stored = self.store.bill_query(id).await?;
        let stored = stored
            .filter(|query| query.client == *client)
            .ok_or(BillsError::Unknown)?;
        let answer = read_answer(&stored)?;
        let now = self.ports.now();
        match answer {
            BillAnswer::Pending(ticket) if ticket_is_due(&ticket, asked_at(&stored), now) => {
                let language = crate::language::Language::from_header(&stored.circumstances.locale);
                let region = stored.circumstances.region.parse().ok();
                let seeker = Seeker {
                    subject: &stored.subject,
                    region: region.as_ref(),
                    begun_with: stored.release.parse().ok(),
                };
                let bound = self.plugins.bound(
                    &stored.service,
                    "bill-payment",
                    &seeker,
                    (now, language),
                )?;
                let question = Question::PollQuery {
                    token: ticket.token,
                    inputs: stored.inputs.clone(),
                };
                self.ask(&bound, stored, question).await
            }
            answer => Ok(shown(stored, answer)),
        }
    }

    async fn ask(
        &self,
        bound: &Bound,
        query: StoredBillQuery,
        question: Question,
    ) -> Result<BillQuery, BillsError> {
        let caller = Caller {
            client: &query.client,
            subject: &query.subject,
            circumstances: &query.circumstances,
            consent: None,
            record: &query.id,
        };
        let report = self.plugins.call(bound, &caller, question).await;
        let outcome = match report.result.map_err(ServiceFailure::from)? {
            Answer::Query(outcome) => outcome.map_err(ServiceFailure::from)?,
            _ => return Err(ServiceFailure::other_kind().into()),
        };
        self.keep(query, outcome).await
    }

    async fn keep(
        &self,
        mut query: StoredBillQuery,
        outcome: QueryOutcome,
    ) -> Result<BillQuery, BillsError> {
        let now = self.ports.now();
        let (answer, seconds) = match outcome {
            QueryOutcome::Ready(statement) => {
                query.payable = Some(payable(&statement)?);
                let asked = statement.valid_for_seconds.unwrap_or(USUAL_SECONDS);
                (BillAnswer::Ready(statement), asked.min(USUAL_SECONDS))
            }
            QueryOutcome::PollLater(ticket) => (BillAnswer::Pending(ticket), PENDING_SECONDS),
            QueryOutcome::AskMore(step) => (BillAnswer::AskMore(step), USUAL_SECONDS),
            QueryOutcome::Other(name) => {
                return Err(ServiceFailure::unknown_outcome(&name).into());
            }
        };
        query.state = state_name(&answer).to_owned();
        query.answer =
            serde_json::value::to_raw_value(&answer).map_err(crate::store::StoreError::from)?;
        query.expires_at = now.plus_ms(i64::from(seconds) * 1_000);
        self.store.put_bill_query(&query).await?;
        Ok(shown(query, answer))
    }
}

/// The state's name on the API and in the database.
const fn state_name(answer: &BillAnswer) -> &'static str {
    match answer {
        BillAnswer::Ready(_) => "ready",
        BillAnswer::Pending(_) => "pending",
        BillAnswer::AskMore(_) => "ask_more",
    }
}

fn payable(statement: &Statement) -> Result<Payable, ServiceFailure> {
    let checked = check::statement(statement)
        .map_err(|error| ServiceFailure::Misbehaved(error.to_string()))?;
    Ok(Payable {
        account_number: statement
            .account
            .as_ref()
            .map(|account| account.number.clone()),
        bills: checked.bills,
        selection: checked.selection,
        limits: checked.limits,
    })
}

fn read_answer(stored: &StoredBillQuery) -> Result<BillAnswer, crate::store::StoreError> {
    Ok(serde_json::from_str(stored.answer.get())?)
}

/// When a pending query was asked last: its expiry moves with every question.
fn asked_at(stored: &StoredBillQuery) -> Moment {
    stored
        .expires_at
        .plus_ms(-i64::from(PENDING_SECONDS) * 1_000)
}

fn shown(stored: StoredBillQuery, answer: BillAnswer) -> BillQuery {
    BillQuery {
        id: stored.id,
        service: stored.service,
        client: stored.client,
        subject: stored.subject,
        inputs: stored.inputs,
        answer,
        expires_at: stored.expires_at,
        created_at: stored.created_at,
    }
}
