//! What somebody is, and how many persons an act takes. Acts by which less runs
//! need one person; acts by which more runs, or money goes elsewhere, two. Which
//! role an act needs stands with its noun.

use guichet_domain::id::PublisherName;

use super::Register;
use super::act::Act;
use super::actor::Actor;
use super::founding::{LogAct, Mode};
use super::people::{Person, PersonAct};
use super::publications::PublicationAct;
use super::refusal::{Refusal, forbidden};
use super::roles::{MemberRole, Role};
use super::rollouts::RolloutAct;

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
                Act::Publication(PublicationAct::Published { .. }) => Ok(Persons::One),
                _ => Err(forbidden("a client only brings in releases")),
            },
            Actor::Node(_) => match act {
                Act::Rollout(RolloutAct::Halted { .. }) => Ok(Persons::One),
                _ => Err(forbidden("a node only halts releases by itself")),
            },
            Actor::Person(_) => act.rule().persons(self, by),
        }
    }

    /// In production it founds the log and names the first two administrators.
    fn installation(&self, act: &Act) -> Result<Persons, Refusal> {
        let lawful = match (self.mode(), act) {
            (None, Act::Log(LogAct::Founded { .. })) | (Some(Mode::Development), _) => true,
            (Some(Mode::Production), Act::Person(PersonAct::Set { side, .. })) => {
                side.has(Role::Administrator) && self.administrators().count() < 2
            }
            (None | Some(Mode::Production), _) => false,
        };
        if lawful {
            return Ok(Persons::One);
        }
        Err(forbidden(
            "once there are two administrators, people decide and not the installation",
        ))
    }

    /// So many persons of the operator's staff with one of these roles.
    pub(super) fn by_staff(
        &self,
        by: &Actor,
        roles: &[Role],
        persons: Persons,
    ) -> Result<Persons, Refusal> {
        let person = self.acting(by)?;
        if roles.iter().any(|role| person.side.has(*role)) {
            return Ok(persons);
        }
        let names: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
        Err(Refusal::Forbidden(format!(
            "{by} is no {} of the operator's",
            names.join(" or ")
        )))
    }

    /// Any member of the publisher.
    pub(super) fn by_member(
        &self,
        by: &Actor,
        publisher: &PublisherName,
    ) -> Result<Persons, Refusal> {
        match self.acting(by)?.member_of(publisher) {
            Some(MemberRole::Owner | MemberRole::Developer) => Ok(Persons::One),
            None => Err(Refusal::Forbidden(format!(
                "{by} is no member of {publisher}"
            ))),
        }
    }

    /// An owner of the publisher; or administrators, of whom two are needed as
    /// soon as it has an owner: no one of them can slip in a member or a key. That
    /// holds when its people are gone, too, for one administrator can remove them.
    pub(super) fn by_owner(
        &self,
        by: &Actor,
        publisher: &PublisherName,
    ) -> Result<Persons, Refusal> {
        let person = self.acting(by)?;
        if person.member_of(publisher) == Some(MemberRole::Owner) {
            return Ok(Persons::One);
        }
        if person.side.has(Role::Administrator) {
            let owner = |person: &Person| person.member_of(publisher) == Some(MemberRole::Owner);
            let mut former = self.former.values();
            let owned = self.people.values().any(owner)
                || former.any(|side| side.as_ref() == Some(publisher));
            return Ok(if owned { Persons::Two } else { Persons::One });
        }
        Err(Refusal::Forbidden(format!(
            "{by} is neither an owner of {publisher} nor an administrator"
        )))
    }

    /// An owner of the publisher or one administrator, for what gives nothing.
    pub(super) fn by_owner_alone(
        &self,
        by: &Actor,
        publisher: &PublisherName,
    ) -> Result<Persons, Refusal> {
        self.by_owner(by, publisher).map(|_| Persons::One)
    }

    fn acting(&self, by: &Actor) -> Result<&Person, Refusal> {
        let Actor::Person(id) = by else {
            return Err(forbidden("only persons decide this"));
        };
        self.people
            .get(id)
            .ok_or_else(|| Refusal::Forbidden(format!("{by} is not known here")))
    }
}
