//! Zones and whose they are. What a zone shows stands in the catalogue.

use guichet_domain::Moment;
use guichet_domain::id::PublisherName;
use serde::{Deserialize, Serialize};

use super::Register;
use super::actor::Actor;
use super::authority::Persons;
use super::refusal::{Lawful, Refusal, bounded, ensure, present};
use super::roles::Role;
use super::rule::{Made, Rule};
use crate::catalogue::{Zone, ZoneCode};

/// Zones of one publisher, or of the operator.
const ZONES: usize = 5_000;
const ZONES_OF_A_PUBLISHER: usize = 100;
/// Regions, categories and hidden services of one zone, together.
const PARTS: usize = 5_000;

/// What is decided about zones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", deny_unknown_fields)]
pub enum ZoneAct {
    /// A part of the catalogue is as said here.
    #[serde(rename = "zone-set")]
    Set {
        /// What it shows.
        zone: Zone,
        /// The agency it belongs to; none: the operator.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        publisher: Option<PublisherName>,
    },
    /// There is no such zone any more.
    #[serde(rename = "zone-removed")]
    Removed {
        /// Which.
        zone: ZoneCode,
    },
}

/// A zone and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneState {
    /// What it shows.
    pub zone: Zone,
    /// The agency; none: the operator.
    pub publisher: Option<PublisherName>,
}

impl Rule for ZoneAct {
    fn persons(&self, register: &Register, by: &Actor) -> Result<Persons, Refusal> {
        let owner = |code| {
            register
                .zones
                .get(code)
                .map(|known| known.publisher.as_ref())
        };
        let owner = match self {
            Self::Set { zone, publisher } => owner(&zone.code).unwrap_or(publisher.as_ref()),
            Self::Removed { zone } => owner(zone).flatten(),
        };
        match owner {
            Some(publisher) => register.by_owner_alone(by, publisher),
            None => register.by_staff(by, &[Role::Administrator], Persons::One),
        }
    }

    fn fits(&self, register: &Register, _: &Actor, _: Moment) -> Lawful {
        let (zone, publisher) = match self {
            Self::Set { zone, publisher } => (zone, publisher),
            Self::Removed { zone } => {
                let known = register.zones.get(zone);
                return present(known, || format!("there is no zone {zone}")).map(drop);
            }
        };
        if let Some(publisher) = publisher {
            register.publisher_known(publisher)?;
        }
        let known = register.zones.get(&zone.code);
        ensure(
            known.is_none_or(|known| known.publisher == *publisher),
            || format!("the zone {} belongs to somebody else", zone.code),
        )?;
        let most = match publisher {
            Some(_) => ZONES_OF_A_PUBLISHER,
            None => ZONES,
        };
        let own = register
            .zones
            .values()
            .filter(|other| other.publisher == *publisher);
        bounded(known.is_some() || own.count() < most, || {
            format!("there are {most} zones already")
        })?;
        let parts = zone.regions.len() + zone.categories.len() + zone.hidden.len();
        bounded(parts <= PARTS, || {
            format!("a zone names at most {PARTS} regions, categories and services")
        })
    }

    fn carry_out(&self, register: &mut Register, _: &Made<'_>) {
        match self {
            Self::Set { zone, publisher } => {
                let known = ZoneState {
                    zone: zone.clone(),
                    publisher: publisher.clone(),
                };
                register.zones.insert(zone.code.clone(), known);
            }
            Self::Removed { zone } => drop(register.zones.remove(zone)),
        }
    }
}

impl Register {
    /// All zones.
    pub fn zones(&self) -> impl Iterator<Item = &ZoneState> {
        self.zones.values()
    }
}
