//! The one table of answer codes, and how each dialect spells them
//! (`PROTOCOLS.md`, Codes). Which HTTP status goes with a code stands here too.

/// Why a biller answers as it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    Done,
    AccountNotFound,
    NothingOwed,
    NotPayable,
    AlreadyPaid,
    DuplicateReference,
    AmountWrong,
    Maintenance,
    OrderNotFound,
    ReversalRefused,
    BadRequest,
    ChooseAccount,
    Processing,
    NotSupported,
    BadSignature,
    SystemBusy,
}

impl Code {
    /// The table's number.
    pub(crate) const fn number(self) -> u16 {
        match self {
            Self::Done => 0,
            Self::AccountNotFound => 101,
            Self::NothingOwed => 102,
            Self::NotPayable => 103,
            Self::AlreadyPaid => 104,
            Self::DuplicateReference => 105,
            Self::AmountWrong => 106,
            Self::Maintenance => 107,
            Self::OrderNotFound => 108,
            Self::ReversalRefused => 109,
            Self::BadRequest => 110,
            Self::ChooseAccount => 111,
            Self::Processing => 112,
            Self::NotSupported => 113,
            Self::BadSignature => 901,
            Self::SystemBusy => 909,
        }
    }

    /// As json-rsa spells it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Done => "SUCCESS",
            Self::AccountNotFound => "ACCOUNT_NOT_FOUND",
            Self::NothingOwed => "NO_ARREARS",
            Self::NotPayable => "NOT_PAYABLE",
            Self::AlreadyPaid => "ALREADY_PAID",
            Self::DuplicateReference => "DUPLICATE_REFERENCE",
            Self::AmountWrong => "AMOUNT_WRONG",
            Self::Maintenance => "MAINTENANCE",
            Self::OrderNotFound => "ORDER_NOT_FOUND",
            Self::ReversalRefused => "REVERSAL_REFUSED",
            Self::BadRequest => "BAD_REQUEST",
            Self::ChooseAccount => "CHOOSE_ACCOUNT",
            Self::Processing => "PROCESSING",
            Self::NotSupported => "NOT_SUPPORTED",
            Self::BadSignature => "BAD_SIGNATURE",
            Self::SystemBusy => "SYSTEM_BUSY",
        }
    }

    /// For people.
    pub(crate) const fn message(self) -> &'static str {
        match self {
            Self::Done => "成功",
            Self::AccountNotFound => "户号不存在",
            Self::NothingOwed => "没有欠费",
            Self::NotPayable => "该账单不可缴费",
            Self::AlreadyPaid => "该账单已缴费",
            Self::DuplicateReference => "流水号重复",
            Self::AmountWrong => "金额不符",
            Self::Maintenance => "系统维护中",
            Self::OrderNotFound => "没有该流水",
            Self::ReversalRefused => "不能冲正",
            Self::BadRequest => "报文有误",
            Self::ChooseAccount => "请选择户号",
            Self::Processing => "处理中",
            Self::NotSupported => "不支持该交易",
            Self::BadSignature => "验签失败",
            Self::SystemBusy => "系统繁忙",
        }
    }

    /// Four digits, as json-hmac spells it.
    pub(crate) fn four_digits(self) -> String {
        format!("{:04}", self.number())
    }

    /// Six digits, as xml-gb18030 spells it.
    pub(crate) fn six_digits(self) -> String {
        format!("{:06}", self.number())
    }

    /// The HTTP status that carries it.
    pub(crate) const fn status(self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::BadSignature => 401,
            Self::SystemBusy => 503,
            _ => 200,
        }
    }
}
