//! How releases are judged, and what they are given. One reviewer is enough only
//! where nobody is given more than the serving release has.

use std::collections::BTreeSet;

use guichet_domain::{Digest, Moment};
use serde::{Deserialize, Serialize};

use super::Register;
use super::actor::Actor;
use super::authority::Persons;
use super::grant::{Effect, GrantTerms, gives_more};
use super::refusal::{Lawful, Refusal, bounded, ensure};
use super::releases::{Release, Standing};
use super::roles::Role;
use super::rule::{Made, Rule};
use super::words::Reason;

/// Grants of one release.
const GRANTS: usize = 10_000;
/// Reasons of one rejection.
const REASONS: usize = 50;

/// What is decided in review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", deny_unknown_fields)]
pub enum ReviewAct {
    /// A reviewer has understood the release and lets it run with these grants.
    #[serde(rename = "approved")]
    Approved {
        /// Which.
        release: Digest,
        /// What it is given.
        grants: Vec<GrantTerms>,
    },
    /// A reviewer refuses it for good.
    #[serde(rename = "rejected")]
    Rejected {
        /// Which.
        release: Digest,
        /// Why, each with what to do.
        reasons: Vec<Reason>,
    },
    /// An approved release is given something else.
    #[serde(rename = "granted")]
    Granted {
        /// Which.
        release: Digest,
        /// In place of what stood for the same services.
        grant: GrantTerms,
    },
}

impl Rule for ReviewAct {
    fn persons(&self, register: &Register, by: &Actor) -> Result<Persons, Refusal> {
        register.by_staff(by, &[Role::Reviewer], Persons::One)?;
        let more = match self {
            Self::Rejected { .. } => false,
            Self::Approved { release, grants } => {
                let release = register.release(*release)?;
                let serving = register.serving(&release.package);
                wants_more(release, serving)
                    || serving.is_none_or(|serving| {
                        gives_more(release.summary.services.keys(), grants, &serving.grants)
                    })
            }
            Self::Granted { release, grant } => {
                let grants = &register.release(*release)?.grants;
                let before = grants.iter().find(|before| before.replaces(grant));
                let within = before.is_some_and(|before| grant.is_within(before));
                grant.effect == Effect::Live && !within
            }
        };
        Ok(if more { Persons::Two } else { Persons::One })
    }

    fn fits(&self, register: &Register, _: &Actor, at: Moment) -> Lawful {
        match self {
            Self::Approved { release, grants } => {
                let known = register.waiting(*release)?;
                register.may_go_on(known)?;
                grants_fit(known, grants, at)
            }
            Self::Rejected { release, reasons } => {
                bounded((1..=REASONS).contains(&reasons.len()), || {
                    format!("a rejection has 1 to {REASONS} reasons")
                })?;
                register.waiting(*release).map(drop)
            }
            Self::Granted { release, grant } => {
                let known = register.approved(*release)?;
                let replaces = known.grants.iter().any(|before| before.replaces(grant));
                bounded(replaces || known.grants.len() < GRANTS, too_many)?;
                grant_fits(known, grant, at)
            }
        }
    }

    fn carry_out(&self, register: &mut Register, made: &Made<'_>) {
        match self {
            Self::Approved { release, grants } => {
                register.change(*release, |known| {
                    known.standing = Standing::Approved;
                    known.grants.clone_from(grants);
                    known.approved_by = made.by.to_vec();
                });
                register.house(*release);
            }
            Self::Rejected { release, reasons } => register.change(*release, |known| {
                known.standing = Standing::Rejected(reasons.clone());
            }),
            Self::Granted { release, grant } => register.change(*release, |known| {
                match known
                    .grants
                    .iter_mut()
                    .find(|before| before.replaces(grant))
                {
                    Some(before) => *before = grant.clone(),
                    None => known.grants.push(grant.clone()),
                }
            }),
        }
    }
}

impl Register {
    /// Two where money is moved, or where the release wants more than the one
    /// that serves; the first release of a package always does. Who gives it more
    /// than that one has needs a second person as well.
    pub fn persons_for_approval(&self, release: Digest) -> Result<Persons, Refusal> {
        let release = self.release(release)?;
        let more = wants_more(release, self.serving(&release.package));
        Ok(if more { Persons::Two } else { Persons::One })
    }

    /// Others may use an approved release's code.
    fn house(&mut self, digest: Digest) {
        let summary = self.releases.get(&digest).map(|known| &known.summary);
        if let Some(summary) = summary.filter(|summary| summary.own_code) {
            self.homes
                .entry(summary.component)
                .or_default()
                .push(digest);
        }
    }
}

fn wants_more(release: &Release, serving: Option<&Release>) -> bool {
    release.summary.moves_money()
        || serving.is_none_or(|serving| release.summary.grows_beyond(&serving.summary))
}

fn grants_fit(release: &Release, grants: &[GrantTerms], at: Moment) -> Lawful {
    bounded(grants.len() <= GRANTS, too_many)?;
    grants
        .iter()
        .try_for_each(|grant| grant_fits(release, grant, at))?;
    let places: BTreeSet<_> = grants
        .iter()
        .map(|grant| (&grant.service, grant.effect))
        .collect();
    ensure(places.len() == grants.len(), || {
        "two grants speak of the same service".to_owned()
    })
}

fn grant_fits(release: &Release, grant: &GrantTerms, at: Moment) -> Lawful {
    let known = |code| release.summary.services.contains_key(code);
    ensure(grant.service.as_ref().is_none_or(known), || {
        "the grant names a service that the release does not have".to_owned()
    })?;
    ensure(!grant.has_ended(at), || {
        "the grant ends in the past".to_owned()
    })
}

fn too_many() -> String {
    format!("a release has at most {GRANTS} grants")
}
