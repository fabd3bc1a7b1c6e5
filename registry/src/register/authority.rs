//! Who may enter which act, and how many persons it takes. Acts by which less
//! runs need one person; acts by which more runs, or money goes elsewhere, two.

use guichet_domain::id::PublisherName;

use super::act::{Act, Mode};
use super::people::{Actor, MemberRole, Role, Side};
use super::{Refusal, Register};

/// How many persons an act takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Persons {
    /// One.
    One,
    /// Two different ones.
    Two,
}

impl Register {
    /// Whether the actor may enter the act at all, and whether alone.
    pub(super) fn persons_for(&self, by: &Actor, act: &Act) -> Result<Persons, Refusal> {
        match by {
            Actor::Installation => self.installation(act),
            Actor::Client(_) => match act {
                Act::Published { .. } => Ok(Persons::One),
                _ => Err(forbidden("a client only brings in releases")),
            },
            Actor::Node(_) => match act {
                Act::Halted { .. } => Ok(Persons::One),
                _ => Err(forbidden("a node only halts releases by itself")),
            },
            Actor::Person(_) => self.person(by, act),
        }
    }

    /// In production it founds the log and names the first two administrators.
    fn installation(&self, act: &Act) -> Result<Persons, Refusal> {
        let founding = self.founding.as_ref().map(|founding| founding.mode);
        let administrators = self.people.values();
        let administrators = administrators.filter(|person| person.has(Role::Administrator));
        let first = administrators.count() < 2;
        match (founding, act) {
            (None, Act::Founded { .. }) | (Some(Mode::Development), _) => Ok(Persons::One),
            (
                Some(Mode::Production),
                Act::PersonSet {
                    side: Side::Operator(roles),
                    ..
                },
            ) if first && roles.contains(&Role::Administrator) => Ok(Persons::One),
            _ => Err(forbidden(
                "once there are two administrators, people decide and not the installation",
            )),
        }
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each act: the compiler sees that none is missing")]
    fn person(&self, by: &Actor, act: &Act) -> Result<Persons, Refusal> {
        use Role::{
            Administrator, Auditor, BillerManager, ReleaseManager, Reviewer, SecurityOfficer,
        };
        let staff = |roles: &[Role]| self.require_staff(by, roles);
        match act {
            Act::Founded { .. } => Err(forbidden("only the installation founds a log")),
            Act::RegistryKeyReplaced { .. } => staff(&[Administrator]).map(two),
            Act::PersonSet { side, .. } => match side {
                Side::Operator(_) => staff(&[Administrator]).map(two),
                Side::Publisher(publisher, _) => self.owner_or_administrator(by, publisher),
            },
            Act::PersonRemoved { person } => {
                let found = self.people.get(person).map(|person| &person.side);
                match found {
                    Some(Side::Publisher(publisher, _)) => {
                        self.owner_or_administrator(by, publisher)
                    }
                    Some(Side::Operator(_)) | None => staff(&[Administrator]).map(one),
                }
            }
            Act::PublisherEnrolled { .. } | Act::QuotaSet { .. } => {
                staff(&[Administrator]).map(one)
            }
            Act::KeyEnrolled { publisher, .. } => self.owner_or_administrator(by, publisher),
            Act::KeyRevoked { publisher, .. } => self
                .owner_or_administrator(by, publisher)
                .or_else(|_| staff(&[SecurityOfficer]).map(one)),
            Act::BillersAdmitted { .. } | Act::BillerResumed { .. } => {
                staff(&[BillerManager]).map(two)
            }
            Act::BillerSuspended { .. } | Act::BillerExited { .. } => {
                staff(&[BillerManager, SecurityOfficer]).map(one)
            }
            Act::Published { package, .. } => self.member(by, package.publisher()),
            Act::Withdrawn { release } => {
                self.member(by, self.release(*release)?.package.publisher())
            }
            Act::Approved { release, .. } => {
                staff(&[Reviewer])?;
                Ok(self.persons_for_approval(*release)?)
            }
            Act::Granted { release, grant } => {
                staff(&[Reviewer])?;
                let release = self.release(*release)?;
                let before = release.grants.iter().find(|before| before.replaces(grant));
                let within = before.is_some_and(|before| grant.is_within(before));
                let harmless = within || grant.effect == super::Effect::Shadow;
                Ok(if harmless { Persons::One } else { Persons::Two })
            }
            Act::Rejected { .. } => staff(&[Reviewer]).map(one),
            Act::RolledOut { .. } => staff(&[ReleaseManager]).map(one),
            Act::Halted { .. } | Act::SwitchThrown { .. } => {
                staff(&[ReleaseManager, SecurityOfficer]).map(one)
            }
            Act::Yanked { release, .. } | Act::Advised { release, .. } => {
                let publisher = self.release(*release)?.package.publisher();
                self.member(by, publisher)
                    .or_else(|_| staff(&[ReleaseManager, SecurityOfficer]).map(one))
            }
            Act::SwitchLifted { .. } => staff(&[ReleaseManager, SecurityOfficer]).map(two),
            Act::SecretSet { .. } => staff(&[Reviewer, SecurityOfficer]).map(one),
            Act::MaintenanceAnnounced { package, .. } => self
                .member(by, package.publisher())
                .or_else(|_| staff(&[ReleaseManager]).map(one)),
            Act::MaintenanceCancelled { announcement } => {
                let found = self.maintenance.get(announcement);
                let publisher = found.map(|one| one.package.publisher());
                let member = publisher.map(|publisher| self.member(by, publisher));
                member
                    .and_then(Result::ok)
                    .map_or_else(|| staff(&[ReleaseManager]).map(one), Ok)
            }
            Act::ZoneSet { publisher, zone } => {
                let owner = self.zones.get(&zone.code).map(|known| &known.publisher);
                self.zone_owner(by, owner.unwrap_or(publisher))
            }
            Act::ZoneRemoved { zone } => {
                let owner = self.zones.get(zone).map(|known| &known.publisher);
                self.zone_owner(by, owner.unwrap_or(&None))
            }
            Act::ReadingAllowed { .. } => staff(&[Auditor]).map(two),
            Act::Proposed { .. } | Act::Agreed { .. } | Act::Declined { .. } => {
                Err(forbidden("a proposal is not itself proposed"))
            }
        }
    }

    /// Two where money is moved, or where the release wants more than the one
    /// that serves; the first release of a package always does.
    pub fn persons_for_approval(
        &self,
        release: guichet_domain::Digest,
    ) -> Result<Persons, Refusal> {
        let release = self.release(release)?;
        let serving = self
            .packages
            .get(&release.package)
            .and_then(|package| package.general);
        let serving = serving.and_then(|digest| self.releases.get(&digest));
        let grows = serving.is_none_or(|serving| release.summary.grows_beyond(&serving.summary));
        Ok(if grows || release.summary.moves_money() {
            Persons::Two
        } else {
            Persons::One
        })
    }

    fn zone_owner(&self, by: &Actor, owner: &Option<PublisherName>) -> Result<Persons, Refusal> {
        match owner {
            Some(publisher) => self.owner_or_administrator(by, publisher),
            None => self.require_staff(by, &[Role::Administrator]).map(one),
        }
    }

    fn require_staff(&self, by: &Actor, roles: &[Role]) -> Result<(), Refusal> {
        let person = self.acting(by)?;
        if roles.iter().any(|role| person.has(*role)) {
            return Ok(());
        }
        let names: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
        Err(Refusal::Forbidden(format!(
            "{by} is no {} of the operator's",
            names.join(" or ")
        )))
    }

    fn member(&self, by: &Actor, publisher: &PublisherName) -> Result<Persons, Refusal> {
        match self.acting(by)?.member_of(publisher) {
            Some(MemberRole::Owner | MemberRole::Developer) => Ok(Persons::One),
            None => Err(Refusal::Forbidden(format!(
                "{by} is no member of {publisher}"
            ))),
        }
    }

    fn owner_or_administrator(
        &self,
        by: &Actor,
        publisher: &PublisherName,
    ) -> Result<Persons, Refusal> {
        let person = self.acting(by)?;
        let owner = person.member_of(publisher) == Some(MemberRole::Owner);
        if owner || person.has(Role::Administrator) {
            return Ok(Persons::One);
        }
        Err(Refusal::Forbidden(format!(
            "{by} is neither an owner of {publisher} nor an administrator"
        )))
    }

    fn acting(&self, by: &Actor) -> Result<&super::Person, Refusal> {
        let Actor::Person(id) = by else {
            return Err(forbidden("only persons decide this"));
        };
        self.people
            .get(id)
            .ok_or_else(|| Refusal::Forbidden(format!("{by} is not known here")))
    }
}

fn forbidden(why: &str) -> Refusal {
    Refusal::Forbidden(why.to_owned())
}

const fn one((): ()) -> Persons {
    Persons::One
}

const fn two((): ()) -> Persons {
    Persons::Two
}
