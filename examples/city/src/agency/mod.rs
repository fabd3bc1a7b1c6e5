//! Agencies with protocols of their own (`PROTOCOLS.md`, from prepaid-power
//! on). Each takes the fields of a verified request and gives the fields of the
//! answer; codes, signatures and HTTP are added here.

mod certificate;
mod credit_report;
mod inquiries;
mod medical_code;
mod prepaid_power;
mod provident_fund;
mod traffic_fine;

use serde_json::{Value, json};

use crate::catalogue::{Dialect, Kind};
use crate::code::Code;
use crate::dialect::{Failed, sign_rsa, verify_hmac, verify_rsa};
use crate::fault::Intent;
use crate::ledger::Receipt;
use crate::wire::{Fields, Letter, Reply};

/// A verified request to an agency.
#[derive(Debug)]
pub(crate) struct Request {
    agency: Agency,
    fields: Fields,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Agency {
    PrepaidPower,
    TrafficFine,
    ProvidentFund,
    CreditReport,
    MedicalCode,
    Inquiries,
}

impl Agency {
    /// Which agency serves; none where an ordinary biller does.
    fn of(letter: &Letter<'_>) -> Option<Self> {
        let service = &letter.place.service;
        match service.dialect {
            Dialect::PrepaidPower => Some(Self::PrepaidPower),
            Dialect::TrafficFine => Some(Self::TrafficFine),
            Dialect::ProvidentFund => Some(Self::ProvidentFund),
            Dialect::CreditReport => Some(Self::CreditReport),
            Dialect::MedicalInsuranceCode => Some(Self::MedicalCode),
            Dialect::JsonHmac if service.kind == Kind::Inquiry => Some(Self::Inquiries),
            Dialect::JsonHmac
            | Dialect::JsonRsa
            | Dialect::XmlGb18030
            | Dialect::Form
            | Dialect::JsonSm2 => None,
        }
    }

    /// The intent of an operation; none where there is no such path.
    fn intent(self, operation: &str) -> Option<Intent> {
        let (reads, effects): (&[&str], &[&str]) = match self {
            Self::PrepaidPower => (&["meter", "purchase/status"], &["purchase"]),
            Self::TrafficFine => (
                &["decision", "violations", "fine-payments/status"],
                &["fine-payments"],
            ),
            Self::ProvidentFund => (&["fund/account"], &[]),
            Self::CreditReport => (&["orders/report"], &["orders"]),
            Self::MedicalCode => (&["handoff"], &["codes"]),
            Self::Inquiries => (&["contributions", "records", "records/result"], &[]),
        };
        if reads.contains(&operation) {
            Some(Intent::Read)
        } else {
            effects.contains(&operation).then_some(Intent::Effect)
        }
    }
}

/// Whether an agency, not an ordinary biller, serves this letter.
pub(crate) fn serves(letter: &Letter<'_>) -> bool {
    Agency::of(letter).is_some()
}

/// Verifies and reads a letter.
pub(crate) fn read(letter: &Letter<'_>) -> Result<(Request, Intent), Failed> {
    let agency = Agency::of(letter).ok_or(Failed::NoSuchPath)?;
    let intent = agency.intent(letter.operation).ok_or(Failed::NoSuchPath)?;
    if agency == Agency::ProvidentFund {
        verify_rsa(letter)?;
    } else {
        verify_hmac(letter)?;
    }
    Ok((
        Request {
            agency,
            fields: Fields::read(letter.body)?,
        },
        intent,
    ))
}

/// Answers; an effect happens here.
pub(crate) fn answer(letter: &Letter<'_>, request: &Request) -> Reply {
    if letter.place.is_in_maintenance(letter.now) {
        return refuse(letter, Code::Maintenance);
    }
    let fields = &request.fields;
    let outcome = match request.agency {
        Agency::PrepaidPower => prepaid_power::answer(letter, fields),
        Agency::TrafficFine => traffic_fine::answer(letter, fields),
        Agency::ProvidentFund => provident_fund::answer(letter, fields),
        Agency::CreditReport => credit_report::answer(letter, fields),
        Agency::MedicalCode => medical_code::answer(letter, fields),
        Agency::Inquiries => inquiries::answer(letter, fields),
    };
    match outcome {
        Ok((code, value)) => write(letter, code, value),
        Err(code) => refuse(letter, code),
    }
}

/// A refusal in the agency's own spelling.
pub(crate) fn refuse(letter: &Letter<'_>, code: Code) -> Reply {
    write(letter, code, json!({}))
}

fn write(letter: &Letter<'_>, code: Code, mut value: Value) -> Reply {
    if letter.place.service.dialect == Dialect::ProvidentFund {
        value["resultCode"] = json!(code.name());
        value["resultMsg"] = json!(code.message());
        return sign_rsa(letter, code.status(), value.to_string());
    }
    value["code"] = json!(code.four_digits());
    value["message"] = json!(code.message());
    Reply::json(code.status(), value.to_string())
}

/// What an agency gives: a code and the other fields.
type Outcome = Result<(Code, Value), Code>;

/// The fields that every receipt of an agency begins with.
fn receipt_fields(receipt: &Receipt) -> Value {
    json!({
        "state": match receipt.state {
            crate::ledger::State::Pending => "pending",
            crate::ledger::State::Applied => "applied",
            crate::ledger::State::Reversed => "reversed",
        },
        "reference": receipt.reference,
        "serial": receipt.serial,
        "at": receipt.at.rfc3339(),
        "amount": receipt.amount,
        "accounting_date": crate::clock::iso(receipt.accounting_date),
    })
}

/// The holder of an identity number, masked: `3301**********1234`.
fn masked(number: &str) -> String {
    let signs: Vec<char> = number.chars().collect();
    if signs.len() < 9 {
        return "*".repeat(signs.len());
    }
    let (head, tail) = (&signs[..4], &signs[signs.len() - 4..]);
    let middle = "*".repeat(signs.len() - 8);
    format!(
        "{}{middle}{}",
        head.iter().collect::<String>(),
        tail.iter().collect::<String>()
    )
}

/// An identity number that is known here.
fn known_person(fields: &Fields, name: &str) -> Result<String, Code> {
    let number = fields.text(name)?;
    if !(6..=32).contains(&number.chars().count()) {
        return Err(Code::BadRequest);
    }
    if number.ends_with("0000") {
        Err(Code::AccountNotFound)
    } else {
        Ok(number)
    }
}

/// `张*` for a name that was told, else a drawn one.
fn holder(fields: &Fields, drawn: String) -> String {
    let told = fields.find("name").and_then(|name| name.chars().next());
    told.map_or(drawn, |first| format!("{first}*"))
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn identity_numbers_leave_masked() {
        assert_eq!(masked("330106199001011234"), "3301**********1234");
        assert_eq!(masked("12345678"), "********");
    }
}
