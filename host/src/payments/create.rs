//! Opening a payment: everything is checked, then one transaction keeps the
//! key, the payment, the holds and the work to be done.

use guichet_domain::bill::{Limits, check_items};
use guichet_domain::books::{BooksError, Transfer};
use guichet_domain::payment::{Backing, Event, Leg, Snapshot, State, Step, transition};
use guichet_domain::planted::{Bug, planted};
use guichet_domain::{Moment, Money};

use super::keys::{account_key, bill_keys};
use super::money::{client_holds, holds, payer_fee, receiving_accounts};
use super::view::PaymentView;
use super::{Acknowledgement, Create, Freshness, PaymentError, Payments};
use crate::accounts::chart;
use crate::canonical::canonical_digest;
use crate::store::{
    Claim, IdempotencyKey, NewAccount, NewEvent, OpenPayment, Opened, Payable, PaymentRow, Refused,
    StoredAnswer, StoredBillQuery, Unique,
};
use crate::terms::order::{Order, OrderItem};
use crate::terms::payer::{PayerBank, PayerSide};
use crate::terms::price::ClientFee;
use crate::terms::{PayerPolicy, Terms};

/// The route's name in the scope of keys.
const ROUTE: &str = "payments";

impl Payments {
    /// Opens a payment and hands it to the worker. The same key with the same
    /// body gives the same acknowledgement again, byte for byte.
    pub async fn create(&self, request: &Create) -> Result<Acknowledgement, PaymentError> {
        let unique = Unique {
            key: IdempotencyKey {
                client: request.client.clone(),
                route: ROUTE,
                key: request.idempotency_key.clone(),
            },
            body_digest: canonical_digest(&request.body).as_bytes().to_vec(),
        };
        // Looked up before anything else: what was acknowledged once stays so,
        // even after the query has expired.
        if let Some(known) = self.store.remembered(&unique.key, &request.subject).await? {
            return replayed(&unique, known);
        }
        let now = self.ports.now();
        let (query, payable) = self.query_for(request, now).await?;
        let terms = self
            .outside
            .terms
            .terms(&query.service, &query.release, now)?;
        let today = self.ports.accounting_date(now);
        let limits = [terms.limits, payable.limits];
        let total = check_items(
            &payable.bills,
            payable.selection,
            Some(&terms.rule),
            &limits,
            &request.items,
            today,
        )?;
        let due = total
            .minor_units()
            .saturating_add(payer_fee(terms.fee.of(total)));
        let due = Money::new(due, total.currency());
        let payer = self.payer_side(request, due, now).await?;
        let account = &request.payer_account;
        let policy = self.outside.policies.policy(&request.client, account);
        let policy = policy.await?;
        let client = &request.client;
        let client_fee = self.prices.fee(client, &terms, total, now).await?;
        let checked = Checked {
            query: &query,
            payable: &payable,
            terms,
            total,
            due,
            payer,
            policy,
            client_fee,
        };
        let open = self.assemble(request, unique, checked, now);
        self.open(request, open).await
    }

    async fn open(
        &self,
        request: &Create,
        open: OpenPayment,
    ) -> Result<Acknowledgement, PaymentError> {
        match self.store.open_payment(&open).await? {
            Ok(Opened::Made) => {
                // Where the queue is full the payment waits for its lease to end.
                let claim = Claim {
                    payment: open.row.id.clone(),
                    service: open.row.service.clone(),
                    tries: 0,
                };
                let _full = self.handed_over.try_send(claim);
                Ok(Acknowledgement {
                    payment: open.row.id,
                    body: open.response,
                    freshness: Freshness::Made,
                })
            }
            Ok(Opened::Remembered(known)) => replayed(&open.unique, known),
            Err(refused) => {
                // This very request may have been first, through another node,
                // while it was decided here: then what stands in its way is itself.
                // Boxed, so that every payment is not as large as this rare case.
                let twin = self.store.remembered(&open.unique.key, &request.subject);
                match Box::pin(twin).await? {
                    Some(known) => replayed(&open.unique, known),
                    None => Err(self.explain(request, refused).await),
                }
            }
        }
    }

    async fn query_for(
        &self,
        request: &Create,
        now: Moment,
    ) -> Result<(StoredBillQuery, Payable), PaymentError> {
        let query = self.store.bill_query(&request.bill_query).await?;
        let query = query
            .filter(|query| query.client == request.client && query.subject == request.subject)
            .ok_or(PaymentError::NoSuchQuery)?;
        let payable = query.payable.clone().ok_or(PaymentError::QueryNotReady)?;
        if now >= query.expires_at {
            return Err(PaymentError::QueryExpired);
        }
        Ok((query, payable))
    }

    /// The payer's mandate: the account is the subject's, was opened to this
    /// client, and may be debited by so much. Gives the bank behind it.
    async fn payer_side(
        &self,
        request: &Create,
        due: Money,
        now: Moment,
    ) -> Result<PayerSide, PaymentError> {
        let row = self.store.account(&request.payer_account).await?;
        let row = row.ok_or(PaymentError::NoMandate)?;
        let own = row.client.as_ref() == Some(&request.client)
            && row.subject.as_ref() == Some(&request.subject)
            && row.account.currency == due.currency();
        match row.kind.as_str() {
            chart::FUNDING if own => Ok(PayerSide::default()),
            chart::BANK_ACCOUNT if own => {
                let account = self.store.bank_account(&request.payer_account).await?;
                let account = account.ok_or(PaymentError::NoMandate)?;
                account.check(due, now)?;
                let bank = self.outside.banks.bank(account.bank.as_str());
                let bank = bank.ok_or(PaymentError::BankNotConnected)?;
                Ok(PayerSide {
                    bank: Some(PayerBank {
                        custom: bank.custom(),
                        name: account.bank,
                        number: account.number,
                    }),
                    ..PayerSide::default()
                })
            }
            _ => Err(PaymentError::NoMandate),
        }
    }

    fn assemble(
        &self,
        request: &Create,
        unique: Unique,
        checked: Checked<'_>,
        now: Moment,
    ) -> OpenPayment {
        let order = self.order_for(request, &checked, now);
        let Checked {
            query,
            payable,
            terms,
            total,
            due,
            mut payer,
            policy,
            client_fee,
        } = checked;
        let from = request.payer_account.as_str();
        payer.agreement = self.agreement(&policy, &order, due, from, now);
        let (snapshot, events) = beginning(&payer);
        let agreed_by = payer.agreement.as_ref().map(|asked| asked.expires_at);
        let sent_from = agreed_by.unwrap_or(now);
        let day_limit = day_limit(&terms, payable);
        let service = query.service.as_str();
        let account = payable.account_number.as_deref().unwrap_or_default();
        let row = PaymentRow {
            id: order.payment.clone(),
            sequence: order.sequence,
            client: request.client.clone(),
            client_reference: request.client_reference.clone(),
            subject: request.subject.clone(),
            service: query.service.clone(),
            biller: terms.biller.clone(),
            bill_query: query.id.clone(),
            payer_account: request.payer_account.clone(),
            account_key: day_limit.map(|_| account_key(service, account, request)),
            total,
            payer_fee: payer_fee(order.fee),
            client_fee,
            snapshot,
            version: i64::try_from(events.len()).unwrap_or(0),
            attempts: 0,
            exposed: 0,
            attempted_at: None,
            submit_until: sent_from.plus_ms(self.settings.submit_within_ms),
            accounting_date: order.accounting_date,
            traceparent: request.traceparent.clone(),
            terms,
            order,
            answer: StoredAnswer::default(),
            reversal: None,
            payer,
            owner: None,
            news_by: None,
            open_since: None,
            created_at: now,
            updated_at: now,
        };
        let view = PaymentView::of(&row);
        let (accounts, transfers) = booked_at_once(&row);
        OpenPayment {
            unique,
            response: serde_json::to_string(&view).expect("a view is plain JSON"),
            events,
            bill_keys: bill_keys(&row, request, (account, payable), query.expires_at),
            accounts,
            transfers,
            day_limit,
            payer_day_limit: policy.payer_per_day,
            lease_until: now.plus_ms(self.settings.lease_ms),
            row,
        }
    }

    fn order_for(&self, request: &Create, checked: &Checked<'_>, now: Moment) -> Order {
        let Checked {
            query,
            payable,
            terms,
            total,
            ..
        } = checked;
        let items = request
            .items
            .iter()
            .filter_map(|item| {
                let bill = payable.bills.iter().find(|bill| bill.number == item.bill)?;
                Some(OrderItem {
                    bill: bill.number.clone(),
                    title: bill.title.clone(),
                    token: bill.token.clone(),
                    amount: item.amount,
                })
            })
            .collect();
        Order {
            payment: self.ports.record_id("pay"),
            sequence: self.sequencer.next(now),
            attempt: 0,
            service: query.service.clone(),
            release: query.release.clone(),
            biller: terms.biller.clone(),
            subject: request.subject.clone(),
            client: request.client.clone(),
            account_number: payable.account_number.clone(),
            items,
            total: *total,
            fee: terms.fee.of(*total),
            inputs: query.inputs.clone(),
            circumstances: query.circumstances.clone(),
            accounting_date: self.ports.accounting_date(now),
            requested_at: now,
        }
    }

    async fn explain(&self, request: &Create, refused: Refused) -> PaymentError {
        match refused {
            Refused::KeyReused => PaymentError::KeyReused,
            Refused::BillInPayment(id) => {
                // The other payment is named to its own payer only.
                let other = self.store.payment(&id).await.ok().flatten();
                let own = other
                    .filter(|row| row.client == request.client && row.subject == request.subject);
                PaymentError::BillInPayment {
                    payment: own.map(|row| row.id),
                }
            }
            Refused::ReferenceReused => PaymentError::ReferenceReused,
            Refused::AboveDayLimit => PaymentError::AboveDayLimit,
            Refused::AbovePayerLimit => PaymentError::AbovePayerLimit,
            Refused::Books(BooksError::Exceeds(account)) if account != request.payer_account => {
                PaymentError::ClientFunds
            }
            Refused::Books(_) => PaymentError::InsufficientFunds,
            Refused::Stale => PaymentError::NotFound,
        }
    }
}

/// What was found to be in order.
struct Checked<'a> {
    query: &'a StoredBillQuery,
    payable: &'a Payable,
    terms: Terms,
    total: Money,
    /// With the payer's fee.
    due: Money,
    payer: PayerSide,
    policy: PayerPolicy,
    client_fee: Option<ClientFee>,
}

/// The house's own ledger holds the money in the transaction that opens the
/// payment; a bank, and a payer who has to agree, are asked afterwards.
fn beginning(payer: &PayerSide) -> (Snapshot, Vec<NewEvent>) {
    let mut events = vec![NewEvent::new("requested".to_owned(), State::Requested)];
    let first = if payer.agreement.is_some() && !planted(Bug::AgreementIgnored) {
        Some(Event::ActionRequired)
    } else if payer.backing() == Backing::OwnLedger {
        Some(Event::Bank(Leg::Hold, Step::Done))
    } else {
        None
    };
    let mut snapshot = Snapshot::NEW;
    if let Some(event) = first {
        snapshot = transition(snapshot, event).expect("a new payment can be held, or wait");
        events.push(NewEvent::new(event.name(), snapshot.state));
    }
    (snapshot, events)
}

/// The stricter of both limits of the account at the biller.
fn day_limit(terms: &Terms, payable: &Payable) -> Option<i64> {
    let limits = [terms.limits, payable.limits];
    let by_day = limits.iter().filter_map(|limits: &Limits| limits.per_day);
    by_day.map(Money::minor_units).min()
}

/// What the own ledger reserves with the opening: the client's fee always; nothing
/// of the payer's where the money is a bank's, or the payer has to agree first.
fn booked_at_once(row: &PaymentRow) -> (Vec<NewAccount>, Vec<Transfer>) {
    let mut transfers = client_holds(row);
    if row.snapshot.is_funded() {
        transfers.append(&mut holds(row));
    }
    if transfers.is_empty() {
        (Vec::new(), transfers)
    } else {
        (receiving_accounts(row), transfers)
    }
}

fn replayed(
    unique: &Unique,
    known: crate::store::Remembered,
) -> Result<Acknowledgement, PaymentError> {
    if known.body_digest != unique.body_digest && !planted(Bug::AnyBody) {
        return Err(PaymentError::KeyReused);
    }
    let body = String::from_utf8(known.response).map_err(|_| PaymentError::KeyReused)?;
    Ok(Acknowledgement {
        payment: known.record,
        body,
        freshness: Freshness::Replayed,
    })
}
