//! Records a scenario: the exchanges of an errand that was run live become the
//! test biller's answers, with the states in which they were given.

mod tape;

use guichet_registry::scenario::{
    Expectation, ExpectedBill, ExpectedDocument, ExpectedQuery, ExpectedWord, Scenario,
};
use guichet_sandbox::Answer;
use guichet_sandbox::contract::bill_payment::QueryOutcome;
use guichet_sandbox::contract::inquiry::InquiryOutcome;

use super::errand::{Errand, Ground, Role};
use super::player::Player;
use super::{CertificationError, Origins, expectation, judge};
use tape::{Ends, Tape};

/// Runs the draft's errand live and gives the scenario.
pub(super) async fn record(
    player: &Player<'_>,
    draft: &Scenario,
    origins: &Origins,
) -> Result<Scenario, CertificationError> {
    let errand = Errand::run(player, Ground::Live(origins)).await?;
    let mut faults = errand.faults.clone();
    if faults.is_empty() {
        faults = expectation::check(&errand, &draft.expect);
    }
    if let Some((problem, _)) = faults.first() {
        return Err(CertificationError::Recording(problem.clone()));
    }
    let ended = |role, with: &str| {
        let last = errand.last(role);
        last.is_some_and(|step| judge::word(&step.result) == with)
    };
    let ends = Ends {
        applied: errand.application().is_some(),
        reversed: ended(Role::ReversalStatus, "reversed") || ended(Role::Reverse, "reversed"),
    };
    let mut tape = Tape::new(draft.begins.clone(), ends, player.random_keys());
    for step in &errand.steps {
        tape.step(step).map_err(CertificationError::Recording)?;
    }
    let mut scenario = draft.clone();
    scenario.exchanges = tape.into_exchanges();
    scenario.expect = Expectation {
        query: draft.expect.query.clone().or_else(|| found(&errand)),
        submission: draft
            .expect
            .submission
            .or_else(|| word(&errand, Role::Submit)),
        status: draft
            .expect
            .status
            .or_else(|| word(&errand, Role::StatusAfter)),
        reversal: draft
            .expect
            .reversal
            .or_else(|| word(&errand, Role::Reverse)),
        document: draft.expect.document.clone().or_else(|| document(&errand)),
        credential: draft.expect.credential.clone(),
    };
    Ok(scenario)
}

fn asked<'a>(errand: &'a Errand<'_>) -> Option<&'a Answer> {
    let step = errand
        .steps
        .iter()
        .rfind(|step| matches!(step.role, Role::Ask | Role::AskAgain));
    step?.result.as_ref().ok()
}

fn found(errand: &Errand<'_>) -> Option<ExpectedQuery> {
    let Answer::Query(answer) = asked(errand)? else {
        return None;
    };
    let Ok(QueryOutcome::Ready(statement)) = answer.as_ref() else {
        return None;
    };
    let bills = statement.bills.iter().map(|bill| ExpectedBill {
        number: bill.number.clone(),
        payable: bill.payable.minor_units,
    });
    Some(ExpectedQuery {
        bills: Some(bills.collect()),
        account: statement.account.as_ref().map(|one| one.number.clone()),
        failure: None,
    })
}

fn document(errand: &Errand<'_>) -> Option<ExpectedDocument> {
    let Answer::Inquiry(answer) = asked(errand)? else {
        return None;
    };
    let Ok(InquiryOutcome::Ready(document)) = answer.as_ref() else {
        return None;
    };
    Some(ExpectedDocument {
        title: Some(document.title.clone()),
        ..ExpectedDocument::default()
    })
}

fn word(errand: &Errand<'_>, role: Role) -> Option<ExpectedWord> {
    let step = errand.last(role)?;
    let word = serde_json::Value::from(judge::word(&step.result));
    serde_json::from_value(word).ok()
}
