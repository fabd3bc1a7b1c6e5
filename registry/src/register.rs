//! The register: everything that was decided about publishers, billers,
//! releases and grants, folded from the log's entries and from nothing else.
//! Whoever holds the log can work out the same register, and see that every
//! entry was lawful when it was made. Each noun has a file of its own: its acts,
//! who may enter them, when they are lawful, and what they change. Knows no clock
//! and keeps nothing.

mod act;
mod actor;
mod authority;
mod billers;
mod enrolment;
mod founding;
mod grant;
mod json;
mod keys;
mod maintenance;
mod people;
mod proposals;
mod publications;
mod publishers;
mod readings;
mod refusal;
mod releases;
mod reviews;
mod roles;
mod rollouts;
mod rule;
mod secrets;
mod serving;
mod summary;
mod switches;
mod words;
mod zones;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use guichet_domain::Digest;
use guichet_domain::Moment;
use guichet_domain::id::{BillerId, PersonId, PublisherName, RecordId, ServiceCode};

pub use act::{Act, ENTRY_BYTES, Entry, EntryError};
pub use actor::{Actor, ActorError};
pub use authority::Persons;
pub use billers::{BillerAct, BillerStanding, BillerState, BillerTerms};
pub use enrolment::Possession;
pub use founding::{LogAct, Mode};
pub use grant::{Effect, GrantTerms};
pub use keys::{Enrolled, KeyAct, KeyStanding, Reach};
pub use maintenance::{Maintenance, MaintenanceAct};
pub use people::{Person, PersonAct};
pub use proposals::{PROPOSAL_DAYS, Proposal, ProposalAct};
pub use publications::PublicationAct;
pub use publishers::{Publisher, PublisherAct, Quota};
pub use readings::{Reading, ReadingAct};
pub use refusal::Refusal;
pub use releases::{Package, Pilot, Release, Standing};
pub use reviews::ReviewAct;
pub use roles::{MemberRole, Role, Side};
pub use rollouts::{Advisory, RolloutAct, Severity, Stage};
pub use secrets::SecretAct;
pub use serving::{Lineup, NotRunning, grant, shadow};
pub use summary::Summary;
pub use switches::{SwitchAct, Target};
pub use words::{CreditCode, Reason, Url, WordError};
pub use zones::{ZoneAct, ZoneState};

use crate::catalogue::ZoneCode;
use crate::names::PackageName;
use crate::sign::PublicKey;
use refusal::{ensure, forbidden};
use rule::Made;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// What is decided so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Register {
    size: u64,
    /// When the last entry was made; none before the first.
    last: Option<Moment>,
    founding: Option<founding::Founding>,
    people: BTreeMap<PersonId, Person>,
    /// Ids of people who are gone, with their publishers; none: the operator's.
    former: BTreeMap<PersonId, Option<PublisherName>>,
    publishers: BTreeMap<PublisherName, Publisher>,
    keys: BTreeMap<PublicKey, Enrolled>,
    billers: BTreeMap<BillerId, BillerState>,
    packages: BTreeMap<PackageName, Package>,
    /// Shared, so that a copy of the register costs little.
    releases: HashMap<Digest, Arc<Release>>,
    /// Service codes with the package that brought each in first.
    owners: HashMap<ServiceCode, PackageName>,
    /// Code with the approved releases that bring it, in order of approval.
    homes: HashMap<Digest, Vec<Digest>>,
    gone: BTreeMap<ServiceCode, Moment>,
    switches: BTreeMap<Target, Reason>,
    secrets: BTreeMap<PackageName, BTreeMap<String, Digest>>,
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

    /// When the next entry is made, by a clock that shows `now`: never before the
    /// last one, so that no clock that runs behind holds anybody up.
    #[must_use]
    pub fn time_of_next(&self, now: Moment) -> Moment {
        self.last.map_or(now, |last| last.max(now))
    }

    /// The entry by which this wish is to be written down: as it is, as a
    /// proposal where two persons are needed, or as agreement to the same
    /// proposal by somebody else.
    pub fn decide(&self, by: &Actor, wish: Act, at: Moment) -> Result<Decision, Refusal> {
        if matches!(wish, Act::Proposal(ProposalAct::Proposed { .. })) {
            return Err(forbidden(
                "say what is wanted: it becomes a proposal where a second person is needed",
            ));
        }
        if self.persons_for(by, &wish)? == Persons::One {
            return Ok(Decision::Enact(wish));
        }
        match self.same_wish(&wish, at) {
            Some((_, open)) if open.by == *by => Err(Refusal::Conflict(format!(
                "{by} has proposed this already: another person must agree"
            ))),
            Some((proposal, _)) => Ok(Decision::Enact(ProposalAct::Agreed { proposal }.into())),
            None => {
                wish.rule().fits(self, by, at)?;
                let wanted = Box::new(wish);
                Ok(Decision::Propose(ProposalAct::Proposed { wanted }.into()))
            }
        }
    }

    /// Whether the entry may come next.
    pub fn check(&self, entry: &Entry) -> Result<(), Refusal> {
        let Entry { at, by, act } = entry;
        ensure(self.last.is_none_or(|last| last <= *at), || {
            "it would have been made before the one before it".to_owned()
        })?;
        if self.persons_for(by, act)? == Persons::Two {
            return Err(forbidden(
                "this needs two persons: propose it, and let another one agree",
            ));
        }
        let begins = matches!(act, Act::Log(LogAct::Founded { .. }));
        ensure(begins || self.founding.is_some(), || {
            "the log is not founded yet".to_owned()
        })?;
        act.rule().fits(self, by, *at)
    }

    /// Takes the next entry in, where it is lawful.
    pub fn enter(&mut self, entry: &Entry) -> Result<(), Refusal> {
        self.check(entry)?;
        let made = Made {
            position: self.size,
            at: entry.at,
            by: std::slice::from_ref(&entry.by),
        };
        entry.act.rule().carry_out(self, &made);
        self.last = Some(entry.at);
        self.size += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
