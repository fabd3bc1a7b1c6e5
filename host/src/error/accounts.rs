//! What the accounts room refuses, in the words of the API.

use super::{Code, Problem, Text};
use crate::accounts::{AccountError, NotLinked};

/// What is refused about clients' accounts and statements.
pub(super) fn refused(error: &AccountError) -> Problem {
    let english = error.to_string();
    match error {
        AccountError::BelowUse => Problem::new(Code::LimitExceeded)
            .with_detail(Text::new("已使用的授信额度高于该限额。", english)),
        AccountError::AtABank => Problem::new(Code::NotOffered)
            .with_detail(Text::new("该账户由银行持有，对账单请向银行索取。", english)),
        AccountError::TooLong => Problem::new(Code::LimitExceeded)
            .with_detail(Text::new("条目过多，请按日索取对账单。", english)),
        AccountError::Prices(_) => Problem::new(Code::InvalidField).with_field(
            "prices",
            Text::new(format!("价目表有误：{english}"), english),
        ),
        _ => Problem::new(Code::InvalidField).with_field(
            "amount",
            Text::new(
                "金额应为正数，授信额度不得为负；凭证号为 1 到 64 个可见字符。",
                english,
            ),
        ),
    }
}

impl From<NotLinked> for Problem {
    fn from(error: NotLinked) -> Self {
        match error {
            NotLinked::UnknownBank(bank) => Self::new(Code::InvalidField).with_field(
                "bank",
                Text::new(
                    format!("本平台未接入 {bank}，请向运营银行询问可用的银行名称。"),
                    format!("There is no connection to {bank}; ask the operator which banks there are."),
                ),
            ),
            NotLinked::KeyReused => Self::new(Code::IdempotencyKeyReused).with_detail(Text::new(
                "同一个幂等键已用于另一个请求；新的业务请换一个新的键。",
                "The key belongs to another request; use a new one for a new errand.",
            )),
            NotLinked::Mandate(field) => Self::new(Code::InvalidField).with_field(
                format!("mandate.{field}"),
                Text::new(
                    "授权书应有 1 到 64 个可见字符的编号，已签署、未到期；每笔限额为正数且币种与账户相同。",
                    "A mandate has a reference of 1 to 64 visible characters, is agreed to already and not over; its most per payment is above zero and in the account's currency.",
                ),
            ),
            NotLinked::TooMany => Self::new(Code::LimitExceeded).with_detail(Text::new(
                "该用户绑定的银行账户已达上限，请先解除一个。",
                "The subject has linked as many accounts as there may be; withdraw one first.",
            )),
        }
    }
}
