//! What stands on a receipt's paper, line by line, in the reader's language.

use guichet_domain::Money;
use guichet_domain::fee::FeeBearer;
use guichet_domain::payment::State;

use super::document::Document;
use super::statement::Statement;
use crate::language::Language;

/// A line of the paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    /// A label and its value.
    Fact(&'static str, String),
    /// The same, to be seen first.
    Sum(&'static str, String),
    /// A line across.
    Rule,
    /// A sentence.
    Note(String),
}

/// The paper's heading.
pub(super) const fn title(language: Language) -> &'static str {
    language.pick("缴费电子回单", "Payment receipt")
}

pub(super) fn lines(statement: &Statement, document: &Document, language: Language) -> Vec<Line> {
    let mut lines = vec![
        Line::Note(standing(statement.state, language).to_owned()),
        Line::Sum(
            language.pick("金额", "Amount"),
            money(statement.facts.total),
        ),
        Line::Rule,
    ];
    lines.extend(paid(statement, language));
    lines.extend(proven(statement, language));
    lines.push(Line::Rule);
    lines.extend(notes(document, language).map(Line::Note));
    lines
}

/// What was paid to whom.
fn paid(statement: &Statement, language: Language) -> Vec<Line> {
    let facts = &statement.facts;
    let names = statement.names.as_ref();
    let biller = names.map(|names| language.pick(names.biller.zh.as_str(), &names.biller.en));
    let service = names.map(|names| language.pick(names.service.zh.as_str(), &names.service.en));
    let named = |name: Option<&str>, id: &str| match name {
        Some(name) => format!("{name} ({id})"),
        None => id.to_owned(),
    };
    let mut lines = vec![
        Line::Fact(
            language.pick("收费单位", "Paid to"),
            named(biller, facts.biller.as_str()),
        ),
        Line::Fact(
            language.pick("缴费项目", "Service"),
            named(service, facts.service.as_str()),
        ),
    ];
    let mut fact = |label, value: String| lines.push(Line::Fact(label, value));
    if let Some(number) = &facts.account_number {
        fact(language.pick("户号", "Account number"), number.clone());
    }
    for item in &facts.items {
        let value = format!("{}  {}", item.title, money(item.amount));
        fact(language.pick("账单", "Bill"), value);
    }
    if let Some(fee) = &facts.fee {
        let bearer = match fee.bearer {
            FeeBearer::Payer => language.pick("付款人承担", "borne by the payer"),
            FeeBearer::Biller => language.pick("收费单位承担", "borne by the biller"),
            FeeBearer::Operator => language.pick("运营银行承担", "borne by the bank"),
        };
        let value = format!("{}  {bearer}", money(fee.amount));
        fact(language.pick("手续费", "Fee"), value);
    }
    let account = facts.payer_account.clone();
    fact(language.pick("付款账户", "Paid from"), account);
    lines
}

/// By which it can be found again at the biller and here.
fn proven(statement: &Statement, language: Language) -> Vec<Line> {
    let (facts, evidence) = (&statement.facts, &statement.facts.application);
    let mut lines = Vec::new();
    let mut fact = |label, value: &str| lines.push(Line::Fact(label, value.to_owned()));
    let date = facts.accounting_date.to_string();
    fact(language.pick("会计日期", "Accounting date"), &date);
    fact(
        language.pick("销账流水", "Biller's serial"),
        &evidence.serial,
    );
    fact(language.pick("销账时间", "Applied at"), &evidence.at);
    if let Some(code) = &evidence.treasury_code {
        fact(language.pick("缴款码", "Treasury code"), code);
    }
    if let Some(number) = &evidence.fiscal_receipt {
        fact(language.pick("财政票据", "Fiscal receipt"), number);
    }
    fact(language.pick("缴费编号", "Payment"), facts.payment.as_str());
    for milestone in &statement.history {
        let event = format!("{}  {}", milestone.event.state, milestone.event.at);
        fact(language.pick("审计日志", "Audit log"), &event);
        let (log, index) = (milestone.log, milestone.index);
        let place = format!("{}/audit/{log} #{index}", statement.installation);
        fact("", &place);
    }
    lines
}

fn notes(document: &Document, language: Language) -> impl Iterator<Item = String> {
    let log = if document.proofs.is_empty() {
        language.pick(
            "已签名；审计日志的证明尚未附上，请稍后重新下载。",
            "Signed; the proof from the audit log is not attached yet: fetch it again in a moment.",
        )
    } else {
        language.pick(
            "已签名，并附审计日志的包含证明。",
            "Signed, with proofs from the audit log attached.",
        )
    };
    let how = language.pick(
        "验证：guichet receipt verify 附件 receipt.json 或扫描下方二维码，只需要本机构的公钥。",
        "To verify: guichet receipt verify with the attached receipt.json or the code below; only the public key is needed.",
    );
    let key = format!("{} {}", language.pick("公钥", "Key"), document.key);
    [log.to_owned(), how.to_owned(), key].into_iter()
}

/// Where the payment stands, in a sentence.
const fn standing(state: State, language: Language) -> &'static str {
    match state {
        State::Applied => language.pick(
            "缴费成功，收费单位已销账。",
            "Paid; the biller has written the bill off.",
        ),
        State::Reversed => language.pick(
            "已冲正：款项已退回，本次缴费无效。",
            "Reversed: the money was given back, this payment counts no longer.",
        ),
        State::Refunded => language.pick(
            "已退款：款项已退回。",
            "Refunded: the money was given back.",
        ),
        State::Reversing | State::Refunding => language.pick(
            "正在冲正或退款，结果以最新回单为准。",
            "Being reversed or refunded: a later receipt will tell.",
        ),
        State::Requested
        | State::RequiresAction
        | State::Declined
        | State::Held
        | State::Cancelled
        | State::Expired
        | State::Submitted
        | State::Refused
        | State::Released
        | State::Pending
        | State::Unknown => language.pick("尚未缴成。", "Not paid."),
    }
}

/// `CNY 86.50`; currencies here have two decimals.
fn money(money: Money) -> String {
    let minor = money.minor_units();
    let sign = if minor < 0 { "-" } else { "" };
    let minor = minor.unsigned_abs();
    format!(
        "{} {sign}{}.{:02}",
        money.currency(),
        minor / 100,
        minor % 100
    )
}
