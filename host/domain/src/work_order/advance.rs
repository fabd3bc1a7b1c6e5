//! What moves a work order.

use serde::{Deserialize, Serialize};

use super::{Kind, Proposal, State};
use crate::id::PersonId;
use crate::planted::{Bug, planted};

/// An order as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// What it is about.
    pub kind: Kind,
    /// Where it stands.
    pub state: State,
    /// What is proposed or decided.
    pub proposal: Option<Proposal>,
    /// Who agreed.
    pub agreed_by: Option<PersonId>,
}

/// What happens to an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// A person proposes a decision, in place of an earlier proposal.
    Propose(Proposal),
    /// Another person agrees.
    Agree(PersonId),
    /// A person declines what is proposed.
    Decline(PersonId),
    /// The decision was carried out.
    CarriedOut,
    /// The decision cannot be carried out: things are not as they were taken to be.
    NotPossible,
    /// Evidence has settled the matter.
    Evidence,
    /// People are needed again.
    Again,
}

/// Why an act changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is so already.
    #[error("it stands there already")]
    Already,
    /// Nobody agrees with himself.
    #[error("{0} has proposed it: another person has to agree")]
    SamePerson(PersonId),
    /// This cannot be decided about this kind.
    #[error("this cannot be decided about {0}")]
    NotForKind(Kind),
    /// There is nothing to agree to, or it is too late.
    #[error("this cannot be done to an order that is {0}")]
    WrongState(State),
    /// A decision needs a ground.
    #[error("say on which evidence, in 1 to 500 characters")]
    NoEvidence,
}

/// The longest evidence.
const EVIDENCE_LIMIT: usize = 500;

/// Where the act leads.
pub fn advance(from: &Standing, act: &Act) -> Result<Standing, Refusal> {
    let to = |state, proposal, agreed_by| Standing {
        kind: from.kind,
        state,
        proposal,
        agreed_by,
    };
    match (act, from.state) {
        (Act::Propose(proposal), State::Open | State::Proposed) => {
            if !from.kind.decisions().contains(&proposal.decision) {
                return Err(Refusal::NotForKind(from.kind));
            }
            let length = proposal.evidence.trim().chars().count();
            if !(1..=EVIDENCE_LIMIT).contains(&length) {
                return Err(Refusal::NoEvidence);
            }
            if from.proposal.as_ref() == Some(proposal) {
                return Err(Refusal::Already);
            }
            Ok(to(State::Proposed, Some(proposal.clone()), None))
        }
        (Act::Agree(person), State::Proposed) => match &from.proposal {
            Some(proposal) if proposal.by == *person && !planted(Bug::OnePersonDecides) => {
                Err(Refusal::SamePerson(person.clone()))
            }
            Some(proposal) => Ok(to(
                State::Decided,
                Some(proposal.clone()),
                Some(person.clone()),
            )),
            None => Err(Refusal::WrongState(from.state)),
        },
        (Act::Agree(person), State::Decided | State::Closed)
            if from.agreed_by.as_ref() == Some(person) =>
        {
            Err(Refusal::Already)
        }
        (Act::Decline(_), State::Proposed)
        | (Act::NotPossible, State::Decided)
        | (Act::Again, State::Closed) => Ok(to(State::Open, None, None)),
        (Act::CarriedOut, State::Decided) => Ok(to(
            State::Closed,
            from.proposal.clone(),
            from.agreed_by.clone(),
        )),
        (Act::Evidence, State::Open | State::Proposed) => Ok(to(State::Closed, None, None)),
        (Act::CarriedOut | Act::Evidence, State::Closed) => Err(Refusal::Already),
        (Act::Propose(_), State::Decided | State::Closed)
        | (Act::Agree(_) | Act::Decline(_), State::Open | State::Decided | State::Closed)
        | (Act::CarriedOut, State::Open | State::Proposed)
        | (Act::NotPossible, State::Open | State::Proposed | State::Closed)
        | (Act::Again, State::Open | State::Proposed | State::Decided)
        | (Act::Evidence, State::Decided) => Err(Refusal::WrongState(from.state)),
    }
}
