//! Checks an answer against the contract's bounds before the host sees it.
//! Whether a bill makes sense is the host's business; that it is not a flood is
//! this one's.

mod measure;

use crate::call::{Answer, CallError};
use crate::contract::bill_payment::{QueryOutcome, Reversal, Status, Submission};
use crate::contract::credential::Issued;
use crate::contract::inquiry::InquiryOutcome;
use crate::contract::types::{NextStep, Ticket};
use crate::state::CallState;

/// Bytes of any token.
const TOKEN_BYTES: usize = 4_096;
/// Bills of one statement.
const BILLS: usize = 500;
/// Attachments of one document.
const ATTACHMENTS: usize = 20;

pub(crate) fn check(answer: Answer, state: &CallState) -> Result<Answer, CallError> {
    measure::within(&answer, state.limits.answer_bytes)
        .and_then(|()| check_shape(&answer))
        .and_then(|()| check_origins(&answer, state))
        .map_err(CallError::Contract)?;
    Ok(answer)
}

fn check_shape(answer: &Answer) -> Result<(), String> {
    match answer {
        Answer::Query(query) => match query.as_ref() {
            Ok(QueryOutcome::Ready(statement)) => {
                at_most("bills", statement.bills.len(), BILLS)?;
                statement
                    .bills
                    .iter()
                    .try_for_each(|bill| check_token(&bill.token))
            }
            Ok(QueryOutcome::PollLater(ticket)) => check_ticket(ticket),
            Ok(QueryOutcome::AskMore(step)) => check_step(step),
            Ok(QueryOutcome::Other(_)) | Err(_) => Ok(()),
        },
        Answer::Inquiry(inquiry) => match inquiry.as_ref() {
            Ok(InquiryOutcome::Ready(document)) => {
                at_most("attachments", document.attachments.len(), ATTACHMENTS)?;
                document
                    .attachments
                    .iter()
                    .try_for_each(|file| check_file_name(&file.name))?;
                document.next.as_deref().map_or(Ok(()), check_token)
            }
            Ok(InquiryOutcome::PollLater(ticket)) => check_ticket(ticket),
            Ok(InquiryOutcome::AskMore(step)) => check_step(step),
            Ok(InquiryOutcome::Other(_)) | Err(_) => Ok(()),
        },
        Answer::Issued(issued) => match issued.as_ref() {
            Ok(Issued::AskMore(step)) => check_step(step),
            _ => Ok(()),
        },
        Answer::Submission(submission) => match submission.as_ref() {
            Submission::Pending(pending) => check_optional_token(pending.token.as_deref()),
            _ => Ok(()),
        },
        Answer::Status(status) => match status.as_ref() {
            Status::Pending(pending) => check_optional_token(pending.token.as_deref()),
            _ => Ok(()),
        },
        Answer::Reversal(reversal) => match reversal.as_ref() {
            Reversal::Pending(pending) => check_optional_token(pending.token.as_deref()),
            _ => Ok(()),
        },
    }
}

/// A credential may point only to origins that were granted.
fn check_origins(answer: &Answer, state: &CallState) -> Result<(), String> {
    let Answer::Issued(issued) = answer else {
        return Ok(());
    };
    let uri = match issued.as_ref() {
        Ok(Issued::Handoff(handoff)) => handoff.url.as_str(),
        Ok(Issued::Code(code)) => match std::str::from_utf8(&code.payload) {
            Ok(text) if reads_as_uri(text) => text,
            _ => return Ok(()),
        },
        _ => return Ok(()),
    };
    match https_origin(uri) {
        Some(origin) if state.handoff_origins().contains(&origin) => Ok(()),
        _ => Err("a credential leads to an origin that was not granted".to_owned()),
    }
}

/// Whether a scanner would open it: a scheme and `://`, or a scheme that acts.
fn reads_as_uri(text: &str) -> bool {
    let Some((scheme, _)) = text.trim_start().split_once(':') else {
        return false;
    };
    let first_is_letter = scheme.starts_with(|first: char| first.is_ascii_alphabetic());
    first_is_letter
        && scheme
            .chars()
            .all(|other| other.is_ascii_alphanumeric() || "+-.".contains(other))
}

/// `https://host[:port]` of a URL without user information.
fn https_origin(url: &str) -> Option<String> {
    let rest = url.strip_prefix("https://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let plain = authority.bytes().all(|byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']')
    });
    (plain && !authority.is_empty()).then(|| format!("https://{}", authority.to_ascii_lowercase()))
}

fn check_ticket(ticket: &Ticket) -> Result<(), String> {
    check_token(&ticket.token)
}

fn check_step(step: &NextStep) -> Result<(), String> {
    check_token(&step.token)
}

fn check_optional_token(token: Option<&str>) -> Result<(), String> {
    token.map_or(Ok(()), check_token)
}

fn check_token(token: &str) -> Result<(), String> {
    at_most("bytes of a token", token.len(), TOKEN_BYTES)
}

fn check_file_name(name: &str) -> Result<(), String> {
    const NAME_BYTES: usize = 255;
    at_most("bytes of an attachment's name", name.len(), NAME_BYTES)?;
    let lawful = !name.is_empty()
        && !name
            .chars()
            .any(|letter| letter.is_control() || matches!(letter, '/' | '\\'));
    if lawful {
        Ok(())
    } else {
        Err("an attachment's name is not lawful".to_owned())
    }
}

fn at_most(what: &str, found: usize, most: usize) -> Result<(), String> {
    if found > most {
        Err(format!("{found} {what}, at most {most}"))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_read_strictly() {
        assert_eq!(
            https_origin("https://A.test/x").as_deref(),
            Some("https://a.test")
        );
        assert_eq!(
            https_origin("https://a.test:8443?x").as_deref(),
            Some("https://a.test:8443")
        );
        for bad in [
            "http://a.test/",
            "https://user@a.test/",
            "https:///x",
            "//a.test",
        ] {
            assert_eq!(https_origin(bad), None, "{bad}");
        }
        assert_eq!(https_origin("https://a.test\\@b.test/"), None);
    }

    #[test]
    fn codes_that_a_scanner_would_open_are_uris() {
        for uri in [
            "https://a.test",
            "weixin://pay",
            "tel:110",
            " HTTPS://a.test",
            "javascript:x",
        ] {
            assert!(reads_as_uri(uri), "{uri}");
        }
        for code in ["0123456789", "28763524123", "MI 1:2"] {
            assert!(!reads_as_uri(code), "{code}");
        }
    }

    #[test]
    fn file_names_have_no_folders() {
        assert!(check_file_name("证明.pdf").is_ok());
        for bad in ["", "../x", "a\\b", "a\nb"] {
            assert!(check_file_name(bad).is_err(), "{bad:?}");
        }
    }
}
