//! Decisions about releases. A reviewer who says nothing else gives a release
//! what the one that serves was given.

use guichet_domain::Digest;
use guichet_registry::register::{Act, Actor, GrantTerms, Refusal, ReviewAct};

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
        self.enter(by, ReviewAct::Approved { release, grants })
            .await
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
