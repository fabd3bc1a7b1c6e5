//! Every code a client can meet, with its status, its title in both languages
//! and what the client may do next. Codes are part of the public contract: they
//! are added, never renamed.

use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

/// What a client may do after an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// The same request cannot succeed; change it first.
    Never,
    /// Send the same request with the same `Idempotency-Key` again: it is safe.
    SameKey,
    /// Send it again after `retry_after_seconds`.
    After,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $status:ident, $retry:ident, $chinese:literal, $english:literal;)*) => {
        /// The stable name of an error.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[$doc])* $name,)*
        }

        impl Code {
            /// Every code, in the order of this table.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The name on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The HTTP status.
            #[must_use]
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)* }
            }

            /// What the client may do next, unless the case says otherwise.
            #[must_use]
            pub const fn retry(self) -> Retry {
                match self { $(Self::$name => Retry::$retry,)* }
            }

            /// The title in Chinese and in English.
            #[must_use]
            pub const fn titles(self) -> (&'static str, &'static str) {
                match self { $(Self::$name => ($chinese, $english),)* }
            }
        }
    };
}

codes! {
    /// The body is not JSON.
    MalformedJson = "malformed_json", BAD_REQUEST, Never, "请求体不是合法的 JSON", "The body is not valid JSON";
    /// A field is missing, unknown or of the wrong type or value.
    InvalidField = "invalid_field", UNPROCESSABLE_ENTITY, Never, "字段不符合要求", "A field is not as required";
    /// A query parameter is unknown or has a wrong value.
    InvalidParameter = "invalid_parameter", BAD_REQUEST, Never, "查询参数有误", "A query parameter is wrong";
    /// A header is missing or has a wrong value.
    InvalidHeader = "invalid_header", BAD_REQUEST, Never, "请求头有误", "A header is wrong";
    /// `Idempotency-Key` is missing or no lawful key.
    InvalidIdempotencyKey = "invalid_idempotency_key", BAD_REQUEST, Never, "幂等键缺失或不合规", "The idempotency key is missing or wrong";
    /// The cursor was not made by this API for this list.
    InvalidCursor = "invalid_cursor", BAD_REQUEST, Never, "游标无效", "The cursor is not valid";
    /// The body is not of the required media type.
    UnsupportedMediaType = "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE, Never, "不支持的内容类型", "The media type is not supported";
    /// The body is larger than allowed.
    BodyTooLarge = "body_too_large", PAYLOAD_TOO_LARGE, Never, "请求体过大", "The body is too large";
    /// The path or its resource does not exist for this client.
    NotFound = "not_found", NOT_FOUND, Never, "没有找到", "Not found";
    /// There is no service of this code.
    UnknownService = "unknown_service", NOT_FOUND, Never, "没有这个服务项目", "There is no such service";
    /// The service is of another kind than the call needs.
    WrongServiceKind = "wrong_service_kind", UNPROCESSABLE_ENTITY, Never, "该项目不支持此操作", "The service does not offer this";
    /// The path exists, the method does not.
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED, Never, "不支持的请求方法", "The method is not allowed here";
    /// No token, or one that nobody holds.
    Unauthenticated = "unauthenticated", UNAUTHORIZED, Never, "未通过身份认证", "Authentication is needed";
    /// The client lacks the scope.
    Forbidden = "forbidden", FORBIDDEN, Never, "没有权限", "Not allowed";
    /// Too many requests of this client.
    TooManyRequests = "too_many_requests", TOO_MANY_REQUESTS, After, "请求过于频繁", "Too many requests";
    /// The host has as much work as it takes at a time.
    Overloaded = "overloaded", SERVICE_UNAVAILABLE, After, "系统繁忙", "The host is busy";
    /// The disk under the books is full: nothing is accepted for now.
    StorageFull = "storage_full", SERVICE_UNAVAILABLE, After, "存储空间不足，暂停受理", "The storage is full; nothing is accepted now";
    /// The disk under the books fails: nothing is accepted for now.
    StorageFailing = "storage_failing", SERVICE_UNAVAILABLE, After, "存储设备故障，暂停受理", "The storage fails; nothing is accepted now";
    /// The host could not answer in time. What it did is found under the same key.
    TimedOut = "timed_out", GATEWAY_TIMEOUT, SameKey, "处理超时", "The request took too long";
    /// A fault of the host. The answer tells only an id.
    Internal = "internal", INTERNAL_SERVER_ERROR, SameKey, "系统内部错误", "A fault of the host";
    /// The same key was used with another body.
    IdempotencyKeyReused = "idempotency_key_reused", CONFLICT, Never, "幂等键已用于不同的请求", "The idempotency key belongs to another request";
    /// What the citizen filled in does not fit the service's schema or account.
    InvalidInput = "invalid_input", UNPROCESSABLE_ENTITY, Never, "填写的内容有误", "What was filled in is not right";
    /// The biller or agency knows no such account, decision or person.
    AccountNotFound = "account_not_found", UNPROCESSABLE_ENTITY, Never, "收费单位查无此户号", "The biller knows no such account";
    /// The biller or agency gave a definitive no.
    Refused = "refused", CONFLICT, Never, "收费单位拒绝受理", "The biller refused";
    /// The biller or agency cannot be reached; nothing happened.
    Unavailable = "unavailable", SERVICE_UNAVAILABLE, After, "收费单位暂时无法应答", "The biller cannot answer now";
    /// The biller answered in a way that cannot be used; nothing happened.
    BadAnswer = "bad_answer", BAD_GATEWAY, After, "收费单位应答异常", "The biller's answer cannot be used";
    /// The service is not offered now: closed, suspended or out of season.
    ServiceClosed = "service_closed", CONFLICT, Never, "该项目当前不可办理", "The service is closed now";
    /// The subject must be known better.
    NeedsAssurance = "needs_assurance", FORBIDDEN, Never, "需要更高的身份核验等级", "The subject must be identified better";
    /// The subject has not consented, or the consent has ended.
    NeedsConsent = "needs_consent", FORBIDDEN, Never, "需要用户授权", "The subject's consent is needed";
    /// The bill query has no bills yet.
    QueryNotReady = "query_not_ready", CONFLICT, After, "账单仍在查询中", "The bills are not there yet";
    /// The bill query has expired.
    QueryExpired = "query_expired", CONFLICT, Never, "账单查询已过期", "The bill query has expired";
    /// Another open payment holds the bill.
    BillInPayment = "bill_in_payment", CONFLICT, Never, "该账单正在缴费中，请勿重复缴费", "This bill is being paid already";
    /// An amount breaks the bill's rule.
    AmountNotAllowed = "amount_not_allowed", UNPROCESSABLE_ENTITY, Never, "金额不符合缴费规则", "The amount is off the rule";
    /// The chosen bills break the selection rule.
    SelectionNotAllowed = "selection_not_allowed", UNPROCESSABLE_ENTITY, Never, "所选账单不符合规则", "The choice of bills is off the rule";
    /// A limit per payment or day.
    LimitExceeded = "limit_exceeded", CONFLICT, Never, "超过缴费限额", "A limit is exceeded";
    /// Not enough money.
    InsufficientFunds = "insufficient_funds", CONFLICT, Never, "余额不足", "Not enough money";
    /// The client's own account does not cover its fee.
    ClientFunds = "client_funds_exhausted", CONFLICT, After, "渠道账户余额不足", "The client's account is exhausted";
    /// The client may not debit the account.
    AccountNotAllowed = "account_not_allowed", FORBIDDEN, Never, "无权使用该付款账户", "The account may not be debited";
    /// The client's own reference was used before.
    ReferenceReused = "client_reference_reused", CONFLICT, Never, "渠道流水号已使用", "The client reference is used already";
    /// The payment's state does not allow it.
    WrongState = "wrong_state", CONFLICT, Never, "当前状态不允许此操作", "The state does not allow this";
    /// The digest that was named is not that of what is there.
    DigestDiffers = "digest_differs", CONFLICT, Never, "摘要与文件不符", "The digest is not that of the file";
    /// The biller takes no reversal, or no longer.
    ReversalNotPossible = "reversal_not_possible", CONFLICT, Never, "该笔缴费无法冲正或退款", "This payment cannot be reversed";
    /// The receipt does not exist yet.
    ReceiptNotReady = "receipt_not_ready", CONFLICT, After, "回单尚未生成", "There is no receipt yet";
    /// The bundle was refused; the field errors are its findings.
    BundleRefused = "bundle_refused", UNPROCESSABLE_ENTITY, Never, "插件包未通过检查", "The bundle is refused";
    /// A release of this name and version exists with other content.
    ReleaseExists = "release_exists", CONFLICT, Never, "该版本已存在且内容不同", "The release exists with other content";
    /// An act in the registry does not fit what was decided before.
    NotLawful = "not_lawful", CONFLICT, Never, "与已有登记不符", "It does not fit what was decided before";
    /// A publisher's quota is used up.
    QuotaExceeded = "quota_exceeded", CONFLICT, Never, "超过配额", "A quota is used up";
    /// A part of the standard that this host does not offer yet.
    NotOffered = "not_offered", CONFLICT, Never, "暂不提供", "Not offered here";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct_and_of_one_form() {
        let mut seen = std::collections::BTreeSet::new();
        for code in Code::ALL {
            let text = code.as_str();
            assert!(seen.insert(text), "{text} stands twice");
            assert!(
                text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'),
                "{text}"
            );
            assert!(code.status().is_client_error() || code.status().is_server_error());
        }
    }
}
