//! How releases come in: published by a member or a program, under a key and a
//! quota, and taken back while they wait. That the bundle is what the entry says
//! is for the host to have seen.

use std::sync::Arc;

use guichet_domain::{Digest, Moment};
use serde::{Deserialize, Serialize};

use super::Register;
use super::actor::Actor;
use super::authority::Persons;
use super::founding::Mode;
use super::refusal::{Lawful, Refusal, ensure};
use super::releases::{Release, Standing};
use super::rule::{Made, Rule};
use super::summary::Summary;
use crate::names::{PackageName, Version};
use crate::sign::PublicKey;

/// What is decided about a release before anybody has judged it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", deny_unknown_fields)]
pub enum PublicationAct {
    /// A bundle passed every check and certification, and waits for review.
    #[serde(rename = "published")]
    Published {
        /// `publisher/name`.
        package: PackageName,
        /// Its version.
        version: Version,
        /// The bundle's digest.
        release: Digest,
        /// Whose key signed it.
        signer: PublicKey,
        /// What it is and asks for, as far as rules look at it.
        summary: Box<Summary>,
    },
    /// The publisher takes a release back before it was approved.
    #[serde(rename = "withdrawn")]
    Withdrawn {
        /// Which.
        release: Digest,
    },
}

impl Rule for PublicationAct {
    fn persons(&self, register: &Register, by: &Actor) -> Result<Persons, Refusal> {
        let publisher = match self {
            Self::Published { package, .. } => package.publisher(),
            Self::Withdrawn { release } => register.release(*release)?.package.publisher(),
        };
        register.by_member(by, publisher)
    }

    fn fits(&self, register: &Register, by: &Actor, at: Moment) -> Lawful {
        match self {
            Self::Withdrawn { release } => register.waiting(*release).map(drop),
            Self::Published {
                package,
                version,
                release,
                signer,
                summary,
            } => {
                let publisher = package.publisher();
                register.publisher_known(publisher)?;
                register.active_key(publisher, signer)?;
                ensure(!register.releases.contains_key(release), || {
                    "it is published already".to_owned()
                })?;
                ensure(register.find(package, version).is_none(), || {
                    format!(
                        "{package} {version} is published with other content: raise the version"
                    )
                })?;
                if *by == Actor::Installation && register.mode() == Some(Mode::Development) {
                    return Ok(());
                }
                register.quota_left(package, summary, at)
            }
        }
    }

    fn carry_out(&self, register: &mut Register, made: &Made<'_>) {
        match self {
            Self::Withdrawn { release } => {
                register.change(*release, |known| known.standing = Standing::Withdrawn);
            }
            Self::Published {
                package,
                version,
                release,
                signer,
                summary,
            } => {
                if let Some(publisher) = register.publishers.get_mut(package.publisher()) {
                    publisher.count_release(made.at);
                }
                let own = register.packages.entry(package.clone()).or_default();
                own.releases.push(*release);
                let known = Release {
                    package: package.clone(),
                    version: version.clone(),
                    signer: *signer,
                    summary: (**summary).clone(),
                    published: made.at,
                    by: made.by[0].clone(),
                    standing: Standing::Waiting,
                    grants: Vec::new(),
                    approved_by: Vec::new(),
                    halted: None,
                    yanked: None,
                    advisories: Vec::new(),
                };
                register.releases.insert(*release, Arc::new(known));
            }
        }
    }
}
