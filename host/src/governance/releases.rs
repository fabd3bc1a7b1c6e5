//! Decisions about releases. A reviewer who says nothing else gives a release
//! what the one that serves was given.

use guichet_domain::Digest;
use guichet_registry::binding::{self, BindingError};
use guichet_registry::register::{self, Act, Actor, GrantTerms, Refusal, ReviewAct};

use super::{Governance, GovernanceError};
use crate::log::Entered;

impl Governance {
    /// Approves a release: at once, or with the second person who says the same.
    pub async fn approve(
        &self,
        by: &Actor,
        release: Digest,
        grants: Option<Vec<GrantTerms>>,
    ) -> Result<Entered, GovernanceError> {
        let grants = match grants {
            Some(grants) => grants,
            None => self.usual_grants(release)?,
        };
        self.check_grants(release, &grants).await?;
        self.enter(by, ReviewAct::Approved { release, grants })
            .await
    }

    /// Whether every endpoint that the release needs leads somewhere under these
    /// grants: an approved release that cannot be bound would serve nobody. Keys
    /// may still be set later.
    async fn check_grants(
        &self,
        release: Digest,
        grants: &[GrantTerms],
    ) -> Result<(), GovernanceError> {
        let contents = self.contents(release).await?;
        let now = self.ports.now();
        for code in contents.services.keys() {
            let Ok(terms) = register::grant(grants, code, now) else {
                return Err(unfit(format!("nothing is granted for {code}")));
            };
            let proposed = binding::propose(&contents.manifest, &terms.binding, code);
            let lacking = proposed.err().unwrap_or_default().into_iter();
            let lacking = lacking.filter(|error| {
                !matches!(error, BindingError::NoKey(_) | BindingError::Algorithm(_))
            });
            if let Some(error) = lacking.into_iter().next() {
                return Err(unfit(format!("{code}: {error}")));
            }
        }
        Ok(())
    }

    /// What the first reviewer has proposed, else what the serving release has.
    fn usual_grants(&self, release: Digest) -> Result<Vec<GrantTerms>, GovernanceError> {
        let now = self.ports.now();
        self.read(|register| {
            let proposed = register
                .open_proposals(now)
                .find_map(|(_, open)| match &open.wanted {
                    Act::Review(ReviewAct::Approved {
                        release: wanted,
                        grants,
                    }) if *wanted == release => Some(grants.clone()),
                    _ => None,
                });
            if let Some(grants) = proposed {
                return Ok(grants);
            }
            let known = register.release(release)?;
            if known.summary.services.is_empty() {
                return Ok(Vec::new());
            }
            let general = register
                .lineup(&known.package)
                .and_then(|lineup| lineup.general);
            let serving = general.and_then(|digest| register.release(digest).ok());
            let fitting = |grant: &&GrantTerms| {
                let service = grant.service.as_ref();
                service.is_none_or(|code| known.summary.services.contains_key(code))
            };
            let grants =
                serving.map(|serving| serving.grants.iter().filter(fitting).cloned().collect());
            grants.ok_or_else(|| {
                Refusal::Conflict(
                    "no release of this package serves yet: say what it is granted (where its \
                     endpoints lead)"
                        .to_owned(),
                )
                .into()
            })
        })
    }
}

const fn unfit(problem: String) -> GovernanceError {
    GovernanceError::Unfit {
        field: "grants",
        problem,
    }
}
