//! Whether an errand came out as expected: what the scenario says, and where it
//! says nothing, an answer of the usual kind that conforms to the contract.

use guichet_registry::scenario::{
    Expectation, ExpectedBill, ExpectedCredential, ExpectedDocument, ExpectedQuery, ExpectedWord,
};
use guichet_sandbox::Answer;
use guichet_sandbox::contract::bill_payment::{QueryOutcome, Statement};
use guichet_sandbox::contract::credential::Issued;
use guichet_sandbox::contract::inquiry::{Content, Document, InquiryOutcome};
use guichet_sandbox::contract::types::Failure;

use super::errand::{Errand, Role};
use super::judge;
use crate::{bills, inquiries};

const CORRECT: &str = "correct the plugin or the recording, or expect it in `expect`";

/// What came out otherwise: problem and mend.
pub(super) fn check(errand: &Errand<'_>, expect: &Expectation) -> Vec<(String, String)> {
    let asked = errand
        .steps
        .iter()
        .rfind(|step| matches!(step.role, Role::Ask | Role::AskAgain));
    let mut problems = Vec::new();
    if let Some(Ok(answer)) = asked.map(|step| &step.result) {
        problems.extend(answered(answer, expect));
    }
    problems.extend(words(errand, expect));
    problems
        .into_iter()
        .map(|problem| (problem, CORRECT.to_owned()))
        .collect()
}

fn answered(answer: &Answer, expect: &Expectation) -> Option<String> {
    match answer {
        Answer::Query(answer) => {
            let usual = ExpectedQuery::default();
            let expected = expect.query.as_ref().unwrap_or(&usual);
            match answer.as_ref() {
                Ok(QueryOutcome::Ready(statement)) => query(statement, expected),
                Ok(_) => None,
                Err(failure) => failed(failure, expected.failure.as_deref()),
            }
        }
        Answer::Inquiry(answer) => {
            let usual = ExpectedDocument::default();
            let expected = expect.document.as_ref().unwrap_or(&usual);
            match answer.as_ref() {
                Ok(InquiryOutcome::Ready(found)) => document(found, expected),
                Ok(_) => None,
                Err(failure) => failed(failure, expected.failure.as_deref()),
            }
        }
        Answer::Issued(answer) => {
            let usual = ExpectedCredential::default();
            let expected = expect.credential.as_ref().unwrap_or(&usual);
            match answer.as_ref() {
                Ok(issued) => credential(issued, expected),
                Err(failure) => failed(failure, expected.failure.as_deref()),
            }
        }
        Answer::Submission(_) | Answer::Status(_) | Answer::Reversal(_) => None,
    }
}

fn failed(failure: &Failure, expected: Option<&str>) -> Option<String> {
    let found = judge::failure_word(failure);
    if expected == Some(found) {
        return None;
    }
    let said = match failure {
        Failure::NotFound(text) | Failure::Other(text) => text.clone(),
        Failure::Refused(refusal) => refusal.message.clone(),
        Failure::Unavailable(why) => why.message.clone(),
        Failure::InvalidInput(errors) => errors
            .iter()
            .map(|error| format!("{}: {}", error.field, error.message))
            .collect::<Vec<_>>()
            .join(", "),
        Failure::NeedsConsent(scopes) => scopes.join(", "),
        Failure::NeedsAssurance(_) => String::new(),
    };
    Some(format!("the plugin fails with {found} ({said})"))
}

fn query(statement: &Statement, expected: &ExpectedQuery) -> Option<String> {
    if let Some(failure) = &expected.failure {
        return Some(format!(
            "the query gives a statement instead of failing with {failure}"
        ));
    }
    if let Err(broken) = bills::check::statement(statement) {
        return Some(format!("the statement breaks the contract: {broken}"));
    }
    let found: Vec<ExpectedBill> = statement
        .bills
        .iter()
        .map(|bill| ExpectedBill {
            number: bill.number.clone(),
            payable: bill.payable.minor_units,
        })
        .collect();
    if let Some(bills) = expected.bills.as_ref().filter(|bills| **bills != found) {
        return Some(format!(
            "the query gives {}, expected {}",
            listed(&found),
            listed(bills)
        ));
    }
    let account = statement.account.as_ref().map(|account| &account.number);
    if expected.account.is_some() && account != expected.account.as_ref() {
        return Some(format!(
            "the query gives the account {account:?}, expected {:?}",
            expected.account
        ));
    }
    None
}

fn listed(bills: &[ExpectedBill]) -> String {
    let bills: Vec<String> = bills
        .iter()
        .map(|bill| format!("{} {}", bill.number, bill.payable))
        .collect();
    format!("[{}]", bills.join(", "))
}

fn document(found: &Document, expected: &ExpectedDocument) -> Option<String> {
    if let Some(failure) = &expected.failure {
        return Some(format!("a document comes instead of the failure {failure}"));
    }
    if let Err(broken) = inquiries::check::document(found) {
        return Some(format!("the document breaks the contract: {broken}"));
    }
    if let Some(title) = expected
        .title
        .as_ref()
        .filter(|title| **title != found.title)
    {
        return Some(format!(
            "the document's title is {:?}, expected {title:?}",
            found.title
        ));
    }
    let fields = || {
        found
            .sections
            .iter()
            .flat_map(|section| match &section.content {
                Content::Fields(fields) => fields.as_slice(),
                _ => &[],
            })
    };
    for (name, value) in &expected.fields {
        let own = fields().find(|field| field.name == *name);
        if own.is_none_or(|field| field.value != *value) {
            let own = own.map(|field| field.value.as_str());
            return Some(format!("the field {name} is {own:?}, expected {value:?}"));
        }
    }
    let rows = found.sections.iter().map(|section| match &section.content {
        Content::Table(table) => table.rows.len(),
        _ => 0,
    });
    let rows: usize = rows.sum();
    expected
        .rows
        .filter(|expected| *expected != rows)
        .map(|expected| format!("the tables have {rows} rows, expected {expected}"))
}

fn credential(issued: &Issued, expected: &ExpectedCredential) -> Option<String> {
    let (shape, payload) = match issued {
        Issued::Code(code) if code.seconds_to_live == 0 => {
            return Some("the code does not live for a second".to_owned());
        }
        Issued::Code(code) => ("code", String::from_utf8_lossy(&code.payload).into_owned()),
        Issued::Handoff(handoff) => ("handoff", handoff.url.clone()),
        Issued::AskMore(_) => return None,
        Issued::Other(name) => return Some(format!("the plugin issues {name:?}")),
    };
    if let Some(failure) = &expected.failure {
        return Some(format!("a {shape} comes instead of the failure {failure}"));
    }
    if expected
        .shape
        .as_deref()
        .is_some_and(|wanted| wanted != shape)
    {
        return Some(format!("a {shape} comes, expected {:?}", expected.shape));
    }
    let other = expected
        .payload
        .as_ref()
        .filter(|wanted| **wanted != payload);
    other.map(|wanted| format!("the {shape} holds {payload:?}, expected {wanted:?}"))
}

/// The words of submission, status and reversal.
fn words(errand: &Errand<'_>, expect: &Expectation) -> Vec<String> {
    let mut problems = Vec::new();
    let mut compare = |role, what: &str, expected: Option<ExpectedWord>, usual: &[&str]| {
        let Some(step) = errand.last(role) else {
            if let Some(expected) = expected {
                let why = errand.why_left_out(role).unwrap_or("it was not reached");
                let expected = expected.as_str();
                problems.push(format!("{what} is to be {expected}, but {why}"));
            }
            return;
        };
        let found = judge::word(&step.result);
        let fits = match expected {
            Some(expected) => found == expected.as_str(),
            None => usual.contains(&found.as_str()),
        };
        if !fits {
            let wanted = expected.map_or_else(|| usual.join(" or "), |one| one.as_str().to_owned());
            problems.push(format!(
                "{what} is {found}{}, expected {wanted}",
                said(&step.result)
            ));
        }
    };
    compare(
        Role::Submit,
        "the submission",
        expect.submission,
        &["applied", "pending"],
    );
    let refused = expect.submission == Some(ExpectedWord::Refused);
    let usual: &[&str] = if refused {
        &["refused", "not-found", "unknown"]
    } else {
        &["applied"]
    };
    compare(Role::StatusAfter, "the status", expect.status, usual);
    compare(
        Role::Reverse,
        "the reversal",
        expect.reversal,
        &["reversed", "pending"],
    );
    problems
}

/// What a plugin says beside its word.
fn said(result: &Result<Answer, guichet_sandbox::CallError>) -> String {
    use guichet_sandbox::contract::bill_payment::{Reversal, Status, Submission};
    let text = match result {
        Err(error) => error.to_string(),
        Ok(Answer::Submission(answer)) => match answer.as_ref() {
            Submission::NotSent(why) | Submission::Unknown(why) | Submission::Other(why) => {
                why.clone()
            }
            Submission::Refused(refusal) => refusal.message.clone(),
            Submission::Applied(_) | Submission::Pending(_) => String::new(),
        },
        Ok(Answer::Status(answer)) => match answer.as_ref() {
            Status::Unknown(why) | Status::Other(why) => why.clone(),
            Status::Refused(refusal) => refusal.message.clone(),
            _ => String::new(),
        },
        Ok(Answer::Reversal(answer)) => match answer.as_ref() {
            Reversal::NotSent(why) | Reversal::Unknown(why) | Reversal::Other(why) => why.clone(),
            Reversal::Refused(refusal) => refusal.message.clone(),
            _ => String::new(),
        },
        Ok(_) => String::new(),
    };
    if text.is_empty() {
        text
    } else {
        format!(" ({text})")
    }
}
