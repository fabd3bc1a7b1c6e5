//! Payments, their events and receipts on the wire.

use guichet_domain::fee::FeeBearer;
use guichet_domain::id::{AccountId, RecordId, SubjectId};
use guichet_domain::payment::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::application::Application;
use super::money::Money;
use crate::language::Language;
use crate::payments::{EventView, PaymentView};

/// What is to be paid.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPayment {
    /// The bill query that answered the bills.
    #[schema(value_type = String, example = "bq_01k2m3n4p5q6r7s8t9v0w1x2y3")]
    pub bill_query: RecordId,
    /// 1 to 50 bills of that query with the amounts to pay.
    #[schema(min_items = 1, max_items = 50)]
    pub items: Vec<Item>,
    /// The account the money comes from; it belongs to the subject.
    #[schema(value_type = String, example = "subject:demo-citizen")]
    pub payer_account: AccountId,
    /// On whose behalf.
    #[schema(value_type = String, example = "demo-citizen")]
    pub subject: SubjectId,
    /// Your own reference, unique among your payments: 1 to 64 characters.
    #[serde(default)]
    #[schema(example = "app-20261121-000042")]
    pub client_reference: Option<String>,
    /// Proof of the payer's authorisation, where the account asks for one.
    #[serde(default)]
    pub authorisation: Option<String>,
}

/// One bill and what is paid of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// The bill's id from the query.
    pub bill: String,
    /// What is paid of it.
    pub amount: Money,
}

/// A payment as it is now.
#[derive(Debug, Serialize, ToSchema)]
pub struct Payment {
    /// Begins with `pay_`; billers see it as the reference.
    #[schema(example = "pay_01k2m3n4p5q6r7s8t9v0w1x2y3")]
    pub id: String,
    /// `requested`, `requires_action`, `declined`, `held`, `cancelled`,
    /// `expired`, `submitted`, `applied`, `refused`, `released`, `pending`,
    /// `unknown`, `reversing`, `reversed`, `refunding` or `refunded`.
    #[schema(example = "applied")]
    pub state: String,
    /// Whether the state is an end for now: nothing changes without a new request.
    pub ended: bool,
    /// What the citizen reads, in the reader's language.
    pub message: String,
    /// The service.
    pub service: String,
    /// On whose behalf.
    pub subject: String,
    /// The query it was made from.
    pub bill_query: String,
    /// What is paid.
    pub items: Vec<Item>,
    /// The sum of the items.
    pub total: Money,
    /// Beside the total.
    pub fee: Option<Fee>,
    /// Where the money comes from.
    pub payer_account: String,
    /// Your own reference.
    pub client_reference: Option<String>,
    /// The day it belongs to in Asia/Shanghai, ISO 8601.
    #[schema(example = "2026-11-21")]
    pub accounting_date: String,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339.
    pub updated_at: String,
    /// Who looks after it while its outcome is open.
    pub owner: Option<String>,
    /// By when there will be news, RFC 3339.
    pub news_by: Option<String>,
    /// Why it was refused, or why it waits.
    pub reason: Option<String>,
    /// Who has to agree to what before money is reserved; only while the state is
    /// `requires_action`.
    pub action: Option<Action>,
    /// The biller's evidence, once applied.
    pub application: Option<Application>,
}

/// What the payer's side has to do.
#[derive(Debug, Serialize, ToSchema)]
pub struct Action {
    /// `payer_authorisation`, or `second_person`: another one than who made it.
    pub kind: String,
    /// SHA-256 over the canonical form (RFC 8785) of payment, payee, total, fee and
    /// payer account; comes back with the agreement.
    #[schema(example = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub binding: String,
    /// The id of who is paid; to be shown with the amount.
    pub payee: String,
    /// All that is taken, the payer's fee included.
    pub amount: Money,
    /// Until when, RFC 3339.
    pub expires_at: String,
}

/// What paying costs.
#[derive(Debug, Serialize, ToSchema)]
pub struct Fee {
    /// How much.
    pub amount: Money,
    /// Who bears it: `payer`, `biller` or `operator`.
    pub bearer: String,
}

impl Payment {
    /// The payment in the reader's language.
    pub(crate) fn new(view: PaymentView, language: Language) -> Self {
        Self {
            ended: view.has_ended(),
            message: message(view.state).pick(language).to_owned(),
            id: view.id.into(),
            state: view.state.as_str().to_owned(),
            service: view.service.into(),
            subject: view.subject.into(),
            bill_query: view.bill_query.into(),
            items: view.items.into_iter().map(Item::from).collect(),
            total: view.total.into(),
            fee: view.fee.map(|fee| Fee {
                amount: fee.amount.into(),
                bearer: match fee.bearer {
                    FeeBearer::Payer => "payer",
                    FeeBearer::Biller => "biller",
                    FeeBearer::Operator => "operator",
                }
                .to_owned(),
            }),
            payer_account: view.payer_account.into(),
            client_reference: view.client_reference,
            accounting_date: view.accounting_date.to_string(),
            created_at: view.created_at.to_string(),
            updated_at: view.updated_at.to_string(),
            owner: view.owner,
            news_by: view.news_by.map(|moment| moment.to_string()),
            reason: view.reason,
            action: view.action.map(|action| Action {
                kind: action.kind.as_str().to_owned(),
                binding: action.binding.to_string(),
                payee: action.payee.into(),
                amount: action.amount.into(),
                expires_at: action.expires_at.to_string(),
            }),
            application: view.application.map(Application::from),
        }
    }
}

impl From<guichet_domain::bill::Item> for Item {
    fn from(item: guichet_domain::bill::Item) -> Self {
        Self {
            bill: item.bill,
            amount: item.amount.into(),
        }
    }
}

/// A state in plain words.
struct Message(&'static str, &'static str);

impl Message {
    const fn pick(&self, language: Language) -> &'static str {
        language.pick(self.0, self.1)
    }
}

const fn message(state: State) -> Message {
    match state {
        State::Requested => Message("缴费申请已受理。", "The payment has been asked for."),
        State::RequiresAction => {
            Message("等待付款人确认。", "Waiting for the payer's authorisation.")
        }
        State::Declined => Message("未能缴费，没有扣款。", "Declined; no money was taken."),
        State::Held => Message(
            "款项已冻结，即将提交收费单位。",
            "The money is reserved and will be sent to the biller.",
        ),
        State::Cancelled => Message("已取消，没有扣款。", "Cancelled; no money was taken."),
        State::Expired => Message("已超时取消，没有扣款。", "Expired; no money was taken."),
        State::Submitted => Message(
            "已提交收费单位，正在等待应答。",
            "Sent to the biller; waiting for its answer.",
        ),
        State::Applied => Message(
            "缴费成功，已销账。",
            "Paid; the biller has written the bill off.",
        ),
        State::Refused => Message(
            "收费单位拒绝，正在退回冻结款项。",
            "The biller refused; the reserved money is being given back.",
        ),
        State::Released => Message(
            "没有缴成，冻结款项已退回。",
            "Not paid; the reserved money was given back.",
        ),
        State::Pending => Message(
            "收费单位已受理，尚未入账。款项已冻结，请勿重复缴费。",
            "The biller is working on it. The money is reserved; do not pay again.",
        ),
        State::Unknown => Message(
            "款项已冻结，收费单位尚未应答，我们会持续查询结果。请勿重复缴费。",
            "The money is reserved and the biller has not answered; we keep asking. Do not pay again.",
        ),
        State::Reversing => Message("正在冲正。", "Being reversed."),
        State::Reversed => Message(
            "已冲正，款项已退回。",
            "Reversed; the money was given back.",
        ),
        State::Refunding => Message(
            "正在退款，须收费单位同意后退回。",
            "Being refunded; the biller has to agree first.",
        ),
        State::Refunded => Message("已退款。", "Refunded."),
    }
}

/// One thing that happened to a payment.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentEvent {
    /// Counts from 1 within the payment.
    pub number: u32,
    /// Its name.
    #[schema(example = "applied")]
    pub event: String,
    /// The state it led to.
    pub state: String,
    /// The attempt it belongs to; 0 before the first.
    pub attempt: u32,
    /// RFC 3339.
    pub at: String,
}

impl From<EventView> for PaymentEvent {
    fn from(event: EventView) -> Self {
        Self {
            number: event.number,
            event: event.event,
            state: event.state.as_str().to_owned(),
            attempt: event.attempt,
            at: event.at.to_string(),
        }
    }
}
