//! The register: everything that was decided about publishers, billers,
//! releases and grants, folded from the log's entries and from nothing else.
//! Whoever holds the log can work out the same register, and see that every
//! entry was lawful when it was made. Knows no clock and keeps nothing.

mod act;
mod authority;
mod effect;
mod enrolment;
mod grant;
mod lawful;
mod people;
mod refusal;
mod serving;
mod state;
mod summary;
mod words;

use std::collections::{BTreeMap, HashMap};

use guichet_domain::Digest;
use guichet_domain::Moment;
use guichet_domain::id::{BillerId, PersonId, PublisherName, RecordId, ServiceCode};

pub use act::{Act, BillerTerms, Entry, Mode, Quota, Reach, Severity, Stage, Target};
pub use authority::Persons;
pub use enrolment::Possession;
pub use grant::{Effect, GrantTerms};
pub use people::{Actor, ActorError, MemberRole, Person, Role, Side};
pub use refusal::Refusal;
pub use serving::{Lineup, NotRunning, grant, shadow};
pub use state::{
    Advisory, BillerStanding, BillerState, Enrolled, KeyStanding, Maintenance, Package, Pilot,
    Proposal, Publisher, Reading, Release, Standing, ZoneState,
};
pub use summary::Summary;
pub use words::{CreditCode, Reason, Url, WordError};

use crate::catalogue::ZoneCode;
use crate::names::PackageName;
use crate::sign::PublicKey;

/// How long a proposal waits for a second person.
pub const PROPOSAL_DAYS: i64 = 30;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// What is decided so far.
#[derive(Debug, Clone, Default)]
pub struct Register {
    size: u64,
    founding: Option<state::Founding>,
    people: BTreeMap<PersonId, Person>,
    publishers: BTreeMap<PublisherName, Publisher>,
    keys: HashMap<PublicKey, Enrolled>,
    billers: BTreeMap<BillerId, BillerState>,
    packages: BTreeMap<PackageName, Package>,
    releases: HashMap<Digest, Release>,
    owners: HashMap<ServiceCode, PackageName>,
    homes: HashMap<Digest, Digest>,
    gone: BTreeMap<ServiceCode, Moment>,
    switches: BTreeMap<Target, Reason>,
    secrets: BTreeMap<(PackageName, String), Digest>,
    maintenance: BTreeMap<u64, Maintenance>,
    zones: BTreeMap<ZoneCode, ZoneState>,
    readings: BTreeMap<RecordId, Reading>,
    proposals: BTreeMap<u64, Proposal>,
}

/// How a person's wish is entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It takes effect with this entry.
    Enact(Act),
    /// It is written down and waits for a second person.
    Propose(Act),
}

impl Register {
    /// Entries folded in.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The entry by which this wish is to be written down: as it is, as a
    /// proposal where two persons are needed, or as agreement to the same
    /// proposal by somebody else.
    pub fn decide(&self, by: &Actor, wish: Act, at: Moment) -> Result<Decision, Refusal> {
        if matches!(wish, Act::Agreed { .. } | Act::Declined { .. })
            || self.persons_for(by, &wish)? == Persons::One
        {
            return Ok(Decision::Enact(wish));
        }
        let open = self
            .open_proposals(at)
            .find(|(_, open)| open.wanted == wish);
        match open {
            Some((_, open)) if open.by == *by => Err(Refusal::Conflict(format!(
                "{by} has proposed this already: another person must agree"
            ))),
            Some((proposal, _)) => Ok(Decision::Enact(Act::Agreed { proposal })),
            None => {
                self.check_lawful(&wish, by, at)?;
                let wanted = Box::new(wish);
                Ok(Decision::Propose(Act::Proposed { wanted }))
            }
        }
    }

    /// Whether the entry may come next.
    pub fn check(&self, entry: &Entry) -> Result<(), Refusal> {
        let Entry { at, by, act } = entry;
        match act {
            Act::Proposed { wanted } => match self.persons_for(by, wanted)? {
                Persons::Two => self.check_lawful(wanted, by, *at),
                Persons::One => Err(Refusal::Conflict(
                    "this needs no second person: enter it as it is".to_owned(),
                )),
            },
            Act::Agreed { proposal } => {
                let open = self.open_proposal(*proposal, *at)?;
                if open.by == *by {
                    let same = format!("{by} cannot agree to an own proposal");
                    return Err(Refusal::Forbidden(same));
                }
                self.persons_for(by, &open.wanted)?;
                self.check_lawful(&open.wanted, by, *at)
            }
            Act::Declined { proposal, .. } => {
                let open = self.open_proposal(*proposal, *at)?;
                self.persons_for(by, &open.wanted).map(drop)
            }
            act => match self.persons_for(by, act)? {
                Persons::One => self.check_lawful(act, by, *at),
                Persons::Two => Err(Refusal::Forbidden(
                    "this needs two persons: propose it, and let another one agree".to_owned(),
                )),
            },
        }
    }

    /// Takes the next entry in, where it is lawful.
    pub fn enter(&mut self, entry: &Entry) -> Result<(), Refusal> {
        self.check(entry)?;
        let position = self.size;
        match &entry.act {
            Act::Proposed { wanted } => {
                let proposal = Proposal {
                    by: entry.by.clone(),
                    at: entry.at,
                    wanted: (**wanted).clone(),
                };
                self.proposals.insert(position, proposal);
            }
            Act::Agreed { proposal } => {
                if let Some(open) = self.proposals.remove(proposal) {
                    self.enact(
                        position,
                        entry.at,
                        &[open.by, entry.by.clone()],
                        open.wanted,
                    );
                }
            }
            Act::Declined { proposal, .. } => drop(self.proposals.remove(proposal)),
            act => {
                let by = std::slice::from_ref(&entry.by);
                self.enact(position, entry.at, by, act.clone());
            }
        }
        self.size += 1;
        Ok(())
    }

    /// Proposals that still wait, with their positions.
    pub fn open_proposals(&self, at: Moment) -> impl Iterator<Item = (u64, &Proposal)> {
        self.proposals
            .iter()
            .filter(move |(_, open)| at.ms_since(open.at) < PROPOSAL_DAYS * DAY_MS)
            .map(|(position, open)| (*position, open))
    }

    fn open_proposal(&self, position: u64, at: Moment) -> Result<&Proposal, Refusal> {
        let found = self.open_proposals(at).find(|(open, _)| *open == position);
        found.map(|(_, open)| open).ok_or_else(|| {
            Refusal::NotFound(format!("no proposal {position} waits for a second person"))
        })
    }
}

#[cfg(test)]
mod tests;
