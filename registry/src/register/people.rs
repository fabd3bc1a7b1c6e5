//! People: who is known here, on whose side, as what. An id belongs to its side
//! for ever, also when its person is gone.

use guichet_domain::Moment;
use guichet_domain::id::{PersonId, PublisherName};
use serde::{Deserialize, Serialize};

use super::Register;
use super::actor::Actor;
use super::authority::Persons;
use super::founding::Mode;
use super::refusal::{Lawful, Refusal, bounded, ensure, present};
use super::roles::{MemberRole, Role, Side};
use super::rule::{Made, Rule};
use crate::texts::Texts;

/// Ids of one publisher's members, of former ones too.
const MEMBERS: usize = 500;

/// What is decided about people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", deny_unknown_fields)]
pub enum PersonAct {
    /// A person is known here, with these rights and no others.
    #[serde(rename = "person-set")]
    Set {
        /// Who.
        person: PersonId,
        /// For people to read.
        name: Texts,
        /// On whose side, as what.
        side: Side,
    },
    /// A person may do nothing any more.
    #[serde(rename = "person-removed")]
    Removed {
        /// Who.
        person: PersonId,
    },
}

/// A person as the register knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// For people to read.
    pub name: Texts,
    /// On whose side.
    pub side: Side,
}

impl Person {
    pub(super) fn member_of(&self, publisher: &PublisherName) -> Option<MemberRole> {
        match &self.side {
            Side::Publisher(own, role) if own == publisher => Some(*role),
            Side::Publisher(..) | Side::Operator(_) => None,
        }
    }
}

impl Rule for PersonAct {
    fn persons(&self, register: &Register, by: &Actor) -> Result<Persons, Refusal> {
        let staff = [Role::Administrator];
        match self {
            Self::Set { side, .. } => match side.publisher() {
                Some(publisher) => register.by_owner(by, publisher),
                None => register.by_staff(by, &staff, Persons::Two),
            },
            Self::Removed { person } => {
                let known = register.people.get(person);
                match known.and_then(|known| known.side.publisher()) {
                    Some(publisher) => register.by_owner_alone(by, publisher),
                    None => register.by_staff(by, &staff, Persons::One),
                }
            }
        }
    }

    fn fits(&self, register: &Register, _: &Actor, _: Moment) -> Lawful {
        match self {
            Self::Set { person, side, .. } => {
                register.keeps_side(person, side)?;
                if side.has(Role::Administrator) {
                    Ok(())
                } else {
                    register.keeps_administrators(person)
                }
            }
            Self::Removed { person } => {
                present(register.people.get(person), || {
                    format!("nobody is called {person}")
                })?;
                register.keeps_administrators(person)
            }
        }
    }

    fn carry_out(&self, register: &mut Register, _: &Made<'_>) {
        match self {
            Self::Set { person, name, side } => {
                let known = Person {
                    name: name.clone(),
                    side: side.clone(),
                };
                register.former.remove(person);
                register.people.insert(person.clone(), known);
            }
            Self::Removed { person } => {
                if let Some(known) = register.people.remove(person) {
                    let side = known.side.publisher().cloned();
                    register.former.insert(person.clone(), side);
                }
            }
        }
    }
}

impl Register {
    /// A person.
    #[must_use]
    pub fn known_person(&self, id: &PersonId) -> Option<&Person> {
        self.people.get(id)
    }

    /// All persons.
    pub fn people(&self) -> impl Iterator<Item = (&PersonId, &Person)> {
        self.people.iter()
    }

    pub(super) fn administrators(&self) -> impl Iterator<Item = &PersonId> {
        let all = self.people.iter();
        all.filter(|(_, person)| person.side.has(Role::Administrator))
            .map(|(id, _)| id)
    }

    /// Nobody changes sides: a reviewer must never have been made one by the
    /// publisher under review, nor lose the role by its doing.
    fn keeps_side(&self, id: &PersonId, side: &Side) -> Lawful {
        let present = self.people.get(id).map(|known| known.side.publisher());
        let former = || self.former.get(id).map(Option::as_ref);
        let before = present.or_else(former);
        ensure(before.is_none_or(|own| own == side.publisher()), || {
            format!("{id} stands on another side: choose another id")
        })?;
        match side.publisher() {
            Some(publisher) => {
                self.publisher_known(publisher)?;
                bounded(
                    before.is_some() || self.members(publisher) < MEMBERS,
                    || format!("{publisher} has had {MEMBERS} members"),
                )
            }
            None => Ok(()),
        }
    }

    fn members(&self, publisher: &PublisherName) -> usize {
        let present = self.people.values().map(|known| known.side.publisher());
        let former = self.former.values().map(Option::as_ref);
        present
            .chain(former)
            .filter(|own| *own == Some(publisher))
            .count()
    }

    /// With fewer than two administrators nobody could name another one, and the
    /// installation would decide again.
    fn keeps_administrators(&self, without: &PersonId) -> Lawful {
        let is_one = self.administrators().any(|id| id == without);
        let others = self.administrators().filter(|id| *id != without).count();
        let few = self.mode() == Some(Mode::Production) && is_one && others < 2;
        ensure(!few, || {
            "two administrators must stay: name another one first".to_owned()
        })
    }
}
