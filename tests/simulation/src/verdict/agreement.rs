//! Whether payers have agreed to what was done with their money.

use anyhow::{Result, ensure};
use guichet::store::PaymentRow;
use guichet::terms::payer::ActionKind;
use guichet_domain::payment::{Leg, LegState, State};

use super::taken;
use crate::agreeing::second_person;
use crate::policies::required;

/// Whether the payment asked for what it had to, got it from the right persons, who
/// did agree, and was not touched before.
pub(super) fn agreed_to(row: &PaymentRow, agreed: &[ActionKind]) -> Result<()> {
    let id = &row.id;
    let must = required(&row.client, &row.payer_account, taken(row));
    let agreement = row.payer.agreement.as_ref();
    let asked = agreement.map_or(&[][..], |agreement| &agreement.required);
    ensure!(asked == must, "{id} asks for {asked:?} instead of {must:?}");
    let Some(agreement) = agreement else {
        return Ok(());
    };
    for (kind, given) in agreement.required.iter().zip(&agreement.given) {
        let person = match kind {
            ActionKind::PayerAuthorisation => row.subject.clone(),
            ActionKind::SecondPerson => second_person(),
        };
        ensure!(
            agreed.contains(kind) && given.subject == person.as_str(),
            "{id} has a {} of {} that nobody gave",
            kind.as_str(),
            given.subject
        );
    }
    let state = row.snapshot.state;
    let untouched = matches!(
        state,
        State::RequiresAction | State::Cancelled | State::Expired
    ) && row.attempts == 0
        && Leg::ALL
            .iter()
            .all(|leg| row.snapshot.leg(*leg) == LegState::None);
    ensure!(
        agreement.next().is_none() || untouched,
        "{id} is {state}, and the payer has not agreed"
    );
    Ok(())
}
