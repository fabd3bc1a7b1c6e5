//! What an errand shows of a biller's abilities, and why not.

use std::collections::BTreeMap;

use guichet_registry::certification::Capability;
use guichet_sandbox::Answer;
use guichet_sandbox::contract::bill_payment as contract;

use super::drill::Repeats;
use super::errand::{Errand, Role, Step};
use super::judge;

/// For each capability: nothing where it is shown, else why not.
pub(super) type Shown = BTreeMap<Capability, Option<String>>;

/// What an errand shows.
pub(super) fn shown(errand: &Errand<'_>) -> Shown {
    [
        (Capability::Deduplicates, deduplicates(errand)),
        (Capability::Status, status(errand)),
        (Capability::NotFound, not_found(errand)),
        (Capability::Reversal, reversal(errand)),
    ]
    .into_iter()
    .map(|(capability, shown)| (capability, shown.err()))
    .collect()
}

/// Whether the drill may submit a payment again.
pub(super) fn repeats(errand: &Errand<'_>) -> Repeats {
    match deduplicates(errand) {
        Ok(()) => Repeats::Harmless,
        Err(_) => Repeats::Dangerous,
    }
}

fn call(errand: &Errand<'_>, role: Role, missing: &str) -> Result<(), String> {
    if errand.last(role).is_some() {
        return Ok(());
    }
    Err(errand
        .why_left_out(role)
        .map_or_else(|| missing.to_owned(), |why| format!("{missing} ({why})")))
}

fn deduplicates(errand: &Errand<'_>) -> Result<(), String> {
    call(
        errand,
        Role::SubmitAgain,
        "the scenario does not record the same submission once more",
    )?;
    let again = errand.last(Role::SubmitAgain);
    let again = again.ok_or_else(String::new)?;
    if again.end.payments > again.start.truth.payments {
        return Err("the biller applies the same submission again".to_owned());
    }
    let word = judge::word(&again.result);
    let first = errand
        .steps
        .iter()
        .find_map(|step| serial(step).filter(|_| step.role != Role::SubmitAgain));
    match serial(again) {
        Some(serial) if Some(serial) == first => Ok(()),
        Some(_) => Err("the second answer names another serial than the first".to_owned()),
        None => Err(format!(
            "the same submission once more is {word}, not applied"
        )),
    }
}

fn status(errand: &Errand<'_>) -> Result<(), String> {
    call(
        errand,
        Role::StatusAfter,
        "the scenario does not record the status of an applied payment",
    )?;
    let word = errand
        .last(Role::StatusAfter)
        .map(|step| judge::word(&step.result));
    match word.as_deref() {
        Some("applied") => Ok(()),
        Some(word) => Err(format!("the status of the payment is {word}, not applied")),
        None => Err(String::new()),
    }
}

fn not_found(errand: &Errand<'_>) -> Result<(), String> {
    status(errand)?;
    call(
        errand,
        Role::StatusBefore,
        "the scenario does not record the status before the submission",
    )?;
    let word = errand
        .last(Role::StatusBefore)
        .map(|step| judge::word(&step.result));
    match word.as_deref() {
        Some("not-found") => Ok(()),
        Some(word) => Err(format!(
            "the status before the submission is {word}, not not-found"
        )),
        None => Err(String::new()),
    }
}

fn reversal(errand: &Errand<'_>) -> Result<(), String> {
    call(
        errand,
        Role::Reverse,
        "the scenario does not record a reversal",
    )?;
    let done = [Role::Reverse, Role::ReversalStatus];
    let reversed = errand
        .steps
        .iter()
        .filter(|step| done.contains(&step.role))
        .any(|step| judge::word(&step.result) == "reversed" && step.end.reversals > 0);
    if reversed {
        Ok(())
    } else {
        Err("the reversal does not come to an end".to_owned())
    }
}

/// The serial of an application.
pub(super) fn serial(step: &Step) -> Option<&str> {
    match step.result.as_ref().ok()? {
        Answer::Submission(answer) => match answer.as_ref() {
            contract::Submission::Applied(application) => Some(&application.serial),
            _ => None,
        },
        Answer::Status(answer) => match answer.as_ref() {
            contract::Status::Applied(application) => Some(&application.serial),
            _ => None,
        },
        _ => None,
    }
}
