//! Proposals: what one person wants and a second one must agree to. A proposal
//! counts for a month, and only while the one who made it may still do so.

use guichet_domain::Moment;
use serde::{Deserialize, Serialize};

use super::act::Act;
use super::actor::Actor;
use super::authority::Persons;
use super::refusal::{Lawful, Refusal, bounded, forbidden, present};
use super::rule::{Made, Rule};
use super::words::Reason;
use super::{DAY_MS, Register};

/// How long a proposal waits for a second person.
pub const PROPOSAL_DAYS: i64 = 30;
/// Proposals of one person that wait at the same time.
const OPEN_PROPOSALS: usize = 200;

/// What is decided about proposals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", deny_unknown_fields)]
pub enum ProposalAct {
    /// A first person wants an act that needs two; it has no effect yet.
    #[serde(rename = "proposed")]
    Proposed {
        /// What is wanted.
        wanted: Box<Act>,
    },
    /// A second person agrees: the proposed act takes effect.
    #[serde(rename = "agreed")]
    Agreed {
        /// Position of the proposal.
        proposal: u64,
    },
    /// The proposal is off.
    #[serde(rename = "declined")]
    Declined {
        /// Position of the proposal.
        proposal: u64,
        /// Why.
        reason: Reason,
    },
}

/// Something that waits for a second person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The first person.
    pub by: Actor,
    /// When.
    pub at: Moment,
    /// What is wanted.
    pub wanted: Act,
}

impl Rule for ProposalAct {
    fn persons(&self, register: &Register, by: &Actor) -> Result<Persons, Refusal> {
        match self {
            Self::Proposed { wanted } => match needed(register, by, wanted)? {
                Persons::Two => Ok(Persons::One),
                Persons::One => Err(Refusal::Conflict(
                    "this needs no second person: enter it as it is".to_owned(),
                )),
            },
            Self::Agreed { proposal } | Self::Declined { proposal, .. } => {
                let found = present(register.proposals.get(proposal), || missing(*proposal))?;
                needed(register, by, &found.wanted).map(|_| Persons::One)
            }
        }
    }

    fn fits(&self, register: &Register, by: &Actor, at: Moment) -> Lawful {
        match self {
            Self::Proposed { wanted } => {
                let own = register
                    .open_proposals(at)
                    .filter(|(_, open)| open.by == *by);
                bounded(own.count() < OPEN_PROPOSALS, || {
                    format!("{by} has {OPEN_PROPOSALS} proposals that wait: decline some of them")
                })?;
                wanted.rule().fits(register, by, at)
            }
            Self::Agreed { proposal } => {
                let open = register.open_proposal(*proposal, at)?;
                if open.by == *by {
                    let same = format!("{by} cannot agree to an own proposal");
                    return Err(Refusal::Forbidden(same));
                }
                needed(register, &open.by, &open.wanted).map_err(|_| {
                    Refusal::Forbidden(format!("{} may not propose this any more", open.by))
                })?;
                open.wanted.rule().fits(register, by, at)
            }
            Self::Declined { proposal, .. } => register.open_proposal(*proposal, at).map(drop),
        }
    }

    fn carry_out(&self, register: &mut Register, made: &Made<'_>) {
        match self {
            Self::Proposed { wanted } => {
                register.proposals.retain(|_, open| open.is_open(made.at));
                let proposal = Proposal {
                    by: made.by[0].clone(),
                    at: made.at,
                    wanted: (**wanted).clone(),
                };
                register.proposals.insert(made.position, proposal);
            }
            Self::Agreed { proposal } => {
                if let Some(open) = register.proposals.remove(proposal) {
                    let both = [open.by, made.by[0].clone()];
                    let made = Made { by: &both, ..*made };
                    open.wanted.rule().carry_out(register, &made);
                }
            }
            Self::Declined { proposal, .. } => drop(register.proposals.remove(proposal)),
        }
    }
}

/// How many persons the wanted act takes.
fn needed(register: &Register, by: &Actor, wanted: &Act) -> Result<Persons, Refusal> {
    if matches!(wanted, Act::Proposal(_)) {
        return Err(forbidden("a proposal is not itself proposed"));
    }
    register.persons_for(by, wanted)
}

fn missing(position: u64) -> String {
    format!("no proposal {position} waits for a second person")
}

impl Proposal {
    const fn is_open(&self, at: Moment) -> bool {
        at.ms_since(self.at) < PROPOSAL_DAYS * DAY_MS
    }
}

impl Register {
    /// Proposals that still wait, with their positions.
    pub fn open_proposals(&self, at: Moment) -> impl Iterator<Item = (u64, &Proposal)> {
        self.proposals
            .iter()
            .filter(move |(_, open)| open.is_open(at))
            .map(|(position, open)| (*position, open))
    }

    /// The same wish of somebody who may still have it.
    pub(super) fn same_wish(&self, wish: &Act, at: Moment) -> Option<(u64, &Proposal)> {
        let mut open = self.open_proposals(at);
        open.find(|(_, open)| {
            open.wanted == *wish && self.persons_for(&open.by, &open.wanted).is_ok()
        })
    }

    fn open_proposal(&self, position: u64, at: Moment) -> Result<&Proposal, Refusal> {
        let found = self.proposals.get(&position);
        present(found.filter(|open| open.is_open(at)), || missing(position))
    }
}
