//! How each room's refusal is told to a client. Operators' details stay in the
//! log; clients get the code, a sentence, and the field to mend.

use guichet_domain::bill::ItemError;

use super::{Code, Problem, Text};
use crate::accounts::AccountError;
use crate::bills::BillsError;
use crate::consents::ConsentsError;
use crate::inquiries::InquiriesError;
use crate::payments::{Closed, PaymentError};
use crate::plugins::ServiceFailure;

impl From<ServiceFailure> for Problem {
    fn from(failure: ServiceFailure) -> Self {
        match failure {
            ServiceFailure::UnknownService => unknown_service(),
            ServiceFailure::WrongKind { expected, actual } => Self::new(Code::WrongServiceKind)
                .with_field(
                    "service",
                    Text::new(
                        format!("该项目的类型是 {actual}，此接口需要 {expected}。"),
                        format!("The service is of kind {actual}; this call needs {expected}."),
                    ),
                ),
            ServiceFailure::Closed {
                message,
                retry_after_seconds,
            } => after(Self::new(Code::ServiceClosed), message, retry_after_seconds),
            ServiceFailure::OutsideRegions(region) => Self::new(Code::InvalidField).with_field(
                "region",
                Text::new(
                    format!("该服务不在 {region} 提供，请选择服务所列的地区。"),
                    format!("The service is not for {region}; choose one of its regions."),
                ),
            ),
            ServiceFailure::InvalidInputs(errors) => {
                errors
                    .into_iter()
                    .fold(Self::new(Code::InvalidInput), |problem, error| {
                        problem.with_field(
                            format!("inputs.{}", error.field),
                            Text::same(error.message),
                        )
                    })
            }
            ServiceFailure::NoSuchAccount(message) => {
                Self::new(Code::AccountNotFound).with_detail(Text::same(message))
            }
            ServiceFailure::Refused { code, message } => Self::new(Code::Refused)
                .with_detail(Text::same(message))
                .with_field("biller_code", Text::same(code)),
            ServiceFailure::Unavailable {
                message,
                retry_after_seconds,
            } => after(
                Self::new(Code::Unavailable),
                message,
                retry_after_seconds.or(Some(5)),
            ),
            ServiceFailure::NeedsAssurance(level) => {
                Self::new(Code::NeedsAssurance).with_detail(Text::new(
                    format!("此项目要求身份核验等级 {level}，请先完成核验。"),
                    format!(
                        "This service needs assurance level {level}; identify the subject first."
                    ),
                ))
            }
            ServiceFailure::NeedsConsent(scopes) => needs_consent(&scopes),
            ServiceFailure::Misbehaved(reason) => {
                tracing::warn!(%reason, "a plugin misbehaved");
                Self::new(Code::BadAnswer).with_retry_after(30).with_detail(Text::new(
                    "收费单位的应答无法使用，没有发生任何办理；请稍后再试。",
                    "The biller's answer cannot be used; nothing has happened. Try again later.",
                ))
            }
            ServiceFailure::Overloaded => Self::new(Code::Overloaded).with_retry_after(1),
            ServiceFailure::Host(error) => error.into(),
        }
    }
}

fn unknown_service() -> Problem {
    Problem::new(Code::UnknownService).with_field(
        "service",
        Text::new(
            "没有这个项目代码；用 GET /v1/services?q= 查找。",
            "There is no service of this code; find it with GET /v1/services?q=.",
        ),
    )
}

fn needs_consent(scopes: &[String]) -> Problem {
    let scopes = scopes.join(", ");
    Problem::new(Code::NeedsConsent).with_field(
        "consent",
        Text::new(
            format!("请先用 POST /v1/consents 取得用户对 {scopes} 的授权，再带上授权编号。"),
            format!("First record the subject's consent to {scopes} with POST /v1/consents, then send its id."),
        ),
    )
}

fn after(problem: Problem, message: String, seconds: Option<u32>) -> Problem {
    let problem = problem.with_detail(Text::same(message));
    match seconds {
        Some(seconds) => problem.with_retry_after(seconds),
        None => problem,
    }
}

impl From<BillsError> for Problem {
    fn from(error: BillsError) -> Self {
        match error {
            BillsError::Service(failure) => failure.into(),
            BillsError::Unknown => Self::not_found(),
            BillsError::Store(error) => error.into(),
        }
    }
}

impl From<InquiriesError> for Problem {
    fn from(error: InquiriesError) -> Self {
        match error {
            InquiriesError::Service(failure) => failure.into(),
            InquiriesError::Unknown => Self::not_found(),
            InquiriesError::Store(error) => error.into(),
        }
    }
}

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::NotFound => Self::not_found(),
            AccountError::Cursor => Self::new(Code::InvalidCursor),
            AccountError::Refused(reason) => Self::internal(reason),
            AccountError::NotLinked(error) => error.into(),
            AccountError::Amount
            | AccountError::BelowUse
            | AccountError::Prices(_)
            | AccountError::AtABank
            | AccountError::TooLong => super::accounts::refused(&error),
            AccountError::Store(error) => error.into(),
        }
    }
}

impl From<ConsentsError> for Problem {
    fn from(error: ConsentsError) -> Self {
        match error {
            ConsentsError::UnknownService => unknown_service(),
            ConsentsError::ScopeNotAsked(scope) => Self::new(Code::InvalidField).with_field(
                "scopes",
                Text::new(
                    format!("该项目没有申请 {scope}；可授权的范围见 GET /v1/services/{{code}} 的 consent。"),
                    format!("The service does not ask for {scope}; `consent` of GET /v1/services/{{code}} lists what it asks for."),
                ),
            ),
            ConsentsError::NoScopes => Self::new(Code::InvalidField).with_field(
                "scopes",
                Text::new("至少列出一个数据范围。", "Name at least one scope."),
            ),
            ConsentsError::Lifetime => Self::new(Code::InvalidField).with_field(
                "lifetime_seconds",
                Text::new("应在 60 秒到 366 天之间。", "Must lie between 60 seconds and 366 days."),
            ),
            ConsentsError::Unknown => Self::not_found(),
            ConsentsError::Store(error) => error.into(),
        }
    }
}

impl From<PaymentError> for Problem {
    #[expect(clippy::too_many_lines, reason = "one wording for each error")]
    fn from(error: PaymentError) -> Self {
        match error {
            PaymentError::NotFound => Self::not_found(),
            PaymentError::NoSuchQuery => Self::not_found().with_field(
                "bill_query",
                Text::new(
                    "没有这次账单查询；缴费要先用 POST /v1/bill-queries 查询。",
                    "There is no such bill query; payments begin with POST /v1/bill-queries.",
                ),
            ),
            PaymentError::QueryNotReady => Self::new(Code::QueryNotReady).with_retry_after(2),
            PaymentError::QueryExpired => Self::new(Code::QueryExpired).with_field(
                "bill_query",
                Text::new("账单查询已过期，请重新查询后再缴费。", "The bill query has expired; query the bill again, then pay."),
            ),
            PaymentError::Items(error) => error.into(),
            PaymentError::Closed(Closed::NoSuchService) => unknown_service(),
            PaymentError::Closed(Closed::ForNow(message)) => {
                Self::new(Code::ServiceClosed).with_detail(Text::same(message))
            }
            PaymentError::NoMandate => Self::new(Code::AccountNotAllowed).with_field(
                "payer_account",
                Text::new("该账户不存在，或不属于此用户和渠道。", "There is no such account of this subject and client."),
            ),
            PaymentError::NotMandated(reason) => Self::new(Code::AccountNotAllowed).with_field(
                "payer_account",
                Text::new(
                    "付款人对该银行账户的授权不覆盖本次缴费，请重新授权或换一个账户。",
                    format!("{reason}; link the account again or use another one."),
                ),
            ),
            PaymentError::BankNotConnected => Self::new(Code::Unavailable).with_field(
                "payer_account",
                Text::new(
                    "该账户的开户银行暂未接通，请稍后再试或换一个账户。",
                    "The bank behind this account is not connected now; try later or use another one.",
                ),
            ),
            PaymentError::InsufficientFunds => Self::new(Code::InsufficientFunds).with_field(
                "payer_account",
                Text::new("账户可用余额不足，请换一个账户或先充值。", "The account has not enough money; use another one or fund it first."),
            ),
            PaymentError::ClientFunds => Self::new(Code::ClientFunds).with_detail(Text::new(
                "渠道自有账户余额不足以支付本次手续费，本次没有办理；请联系运营方充值。",
                "The client's own account does not cover its fee and nothing was done; ask the operator for a top-up.",
            )),
            PaymentError::AboveDayLimit => Self::new(Code::LimitExceeded).with_detail(Text::new(
                "已达到该户号当日缴费限额，请明日再缴。",
                "The limit for this account and day is reached; pay tomorrow.",
            )),
            PaymentError::AbovePayerLimit => Self::new(Code::LimitExceeded).with_detail(Text::new(
                "已达到付款人当日缴费限额，请明日再缴。",
                "The payer's limit for this day is reached; pay tomorrow.",
            )),
            PaymentError::KeyReused => Self::new(Code::IdempotencyKeyReused).with_detail(Text::new(
                "这个幂等键已用于内容不同的请求，本次没有办理；新业务请换新的键。",
                "This key was used with another body and nothing was done; take a new key for a new payment.",
            )),
            PaymentError::BillInPayment { payment } => bill_in_payment(payment),
            PaymentError::ReferenceReused => Self::new(Code::ReferenceReused).with_field(
                "client_reference",
                Text::new("该渠道流水号已用于另一笔缴费。", "This reference stands on another payment."),
            ),
            PaymentError::WrongState(state) => Self::new(Code::WrongState).with_detail(Text::new(
                format!("缴费当前状态为 {state}，不能这样操作。"),
                format!("The payment is {state}; this cannot be done to it."),
            )),
            PaymentError::WrongBinding => Self::new(Code::InvalidField).with_field(
                "binding",
                Text::new(
                    "与该笔缴费的收款方、金额不符，请重新读取缴费后再确认。",
                    "Does not belong to this payment's payee and amount; read the payment again.",
                ),
            ),
            PaymentError::NotThePayer => Self::new(Code::Forbidden).with_field(
                "subject",
                Text::new("只能由付款人本人确认。", "Only the payer can authorise it."),
            ),
            PaymentError::MakerCannotCheck => Self::new(Code::Forbidden).with_field(
                "subject",
                Text::new(
                    "复核人不能是经办人，请由另一人确认。",
                    "Who made the payment cannot be the second person; somebody else must agree.",
                ),
            ),
            PaymentError::OnePerson => Self::new(Code::Forbidden).with_detail(Text::new(
                "须由两个不同的人决定。",
                "Two different persons must decide.",
            )),
            PaymentError::NoProof(reason) => Self::new(Code::WrongState).with_detail(Text::new(
                format!("证据不足：{reason}"),
                format!("This proves nothing yet: {reason}."),
            )),
            PaymentError::Forged => Self::new(Code::Unauthenticated).with_detail(Text::new(
                "回调签名缺失或不正确。",
                "The callback's signature is missing or wrong.",
            )),
            PaymentError::Unreadable(reason) => Self::new(Code::InvalidField).with_detail(Text::new(
                format!("回调内容无法识别：{reason}"),
                format!("The callback cannot be read: {reason}."),
            )),
            PaymentError::Busy(error) | PaymentError::Store(error) => error.into(),
        }
    }
}

fn bill_in_payment(payment: Option<guichet_domain::id::RecordId>) -> Problem {
    let problem = Problem::new(Code::BillInPayment).with_detail(Text::new(
        "该账单已有一笔缴费在办理或已办结，请查看其结果；确需再次缴费的，请重新查询账单。",
        "This bill is being paid or was paid by another payment; look at its outcome. To pay again, ask for the bills anew.",
    ));
    match payment {
        Some(payment) => problem.with_field("payment", Text::same(payment.to_string())),
        None => problem,
    }
}

/// When a bill can be paid; either end may be open.
fn payable_days(from: &str, to: &str) -> Text {
    match (from, to) {
        ("", to) => Text::new(
            format!("这张账单最晚在 {to} 缴纳。"),
            format!("this bill could be paid until {to} only"),
        ),
        (from, "") => Text::new(
            format!("这张账单从 {from} 起可缴。"),
            format!("this bill can be paid from {from} on"),
        ),
        (from, to) => Text::new(
            format!("这张账单只能在 {from} 至 {to} 缴纳。"),
            format!("this bill can be paid from {from} to {to} only"),
        ),
    }
}

impl From<ItemError> for Problem {
    fn from(error: ItemError) -> Self {
        let english = error.to_string();
        let english = english
            .split_once(": ")
            .map_or(english.as_str(), |(_, rest)| rest)
            .to_owned();
        let at = |code, position: usize, field: &str, chinese: String| {
            Self::new(code).with_field(
                format!("items[{position}].{field}"),
                Text::new(chinese, english.clone()),
            )
        };
        match &error {
            ItemError::Count => Self::new(Code::InvalidField).with_field(
                "items",
                Text::new("一次缴费包含 1 到 50 张账单。", english.clone()),
            ),
            ItemError::NoSuchBill(position) => at(
                Code::InvalidField,
                *position,
                "bill",
                "查询结果中没有这张账单。".to_owned(),
            ),
            ItemError::Twice(position) => at(
                Code::InvalidField,
                *position,
                "bill",
                "同一张账单出现了两次。".to_owned(),
            ),
            ItemError::NotPayable(position, reason) => at(
                Code::SelectionNotAllowed,
                *position,
                "bill",
                format!("这张账单不能在此缴纳：{reason}"),
            ),
            ItemError::OutsideDates(position, from, to) => Self::new(Code::SelectionNotAllowed)
                .with_field(format!("items[{position}].bill"), payable_days(from, to)),
            ItemError::Amount(position, rule) => at(
                Code::AmountNotAllowed,
                *position,
                "amount",
                format!("金额不符合该账单的规则：{rule}"),
            ),
            ItemError::Selection(_) => Self::new(Code::SelectionNotAllowed).with_field(
                "items",
                Text::new(
                    "所选账单不符合该户号的选择规则（见查询结果的 selection）。",
                    english.clone(),
                ),
            ),
            ItemError::AboveLimit(most, currency) => Self::new(Code::LimitExceeded).with_field(
                "items",
                Text::new(
                    format!("超过单笔限额：{most}（{currency} 最小单位）。"),
                    english.clone(),
                ),
            ),
            ItemError::Sum => Self::new(Code::AmountNotAllowed).with_field(
                "items",
                Text::new("这些金额无法相加：币种不同或数额过大。", english.clone()),
            ),
        }
    }
}
