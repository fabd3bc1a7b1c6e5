//! Decisions about releases. A reviewer who says nothing else gives a release
//! what the one that serves was given.

use guichet_domain::{Digest, Moment};
use guichet_registry::binding::{self, BindingError};
use guichet_registry::register::{
    self, Act, Actor, Effect, GrantTerms, ProposalAct, Refusal, Register, ReviewAct,
};

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

    /// Whether every endpoint that a release needs leads somewhere under what the
    /// act grants: a release that cannot be bound would serve nobody. Keys may
    /// still be set later. The installation brings bindings of its own making, and
    /// is not held up by reading every bundle again.
    pub(super) async fn check_granted(&self, by: &Actor, act: &Act) -> Result<(), GovernanceError> {
        if *by == Actor::Installation {
            return Ok(());
        }
        let now = self.ports.now();
        let Some(Granted { release, after, of }) =
            self.read(|register| Granted::find(register, act, now))
        else {
            return Ok(());
        };
        // Strangers are refused before a bundle is read for them.
        self.read(|register| register.decide(by, act.clone(), now))?;
        let contents = self.contents(release).await?;
        for code in contents.services.keys() {
            let held = register::grant(&after, code, now);
            if of.as_ref().is_some_and(|own| held.ok() != Some(own)) {
                continue;
            }
            let Ok(terms) = held else {
                return Err(unfit(format!("nothing is granted for {code}")));
            };
            let proposed = binding::propose(&contents.manifest, &terms.binding, code);
            let mut lacking = proposed.err().unwrap_or_default().into_iter();
            let open = lacking.find(|error| {
                !matches!(error, BindingError::NoKey(_) | BindingError::Algorithm(_))
            });
            if let Some(error) = open {
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

/// What a release would be given once an act had taken effect.
struct Granted {
    release: Digest,
    after: Vec<GrantTerms>,
    /// The one grant that is new; none where all are.
    of: Option<GrantTerms>,
}

impl Granted {
    /// What the act grants, itself or by agreeing to it; none where it grants
    /// nothing. What is only tried serves nobody and may lack whatever it lacks.
    fn find(register: &Register, act: &Act, now: Moment) -> Option<Self> {
        match act {
            Act::Review(ReviewAct::Approved { release, grants }) => Some(Self {
                release: *release,
                after: grants.clone(),
                of: None,
            }),
            Act::Review(ReviewAct::Granted { release, grant }) if grant.effect == Effect::Live => {
                let before = &register.release(*release).ok()?.grants;
                let others = before.iter().filter(|other| !other.replaces(grant));
                Some(Self {
                    release: *release,
                    after: others.chain([grant]).cloned().collect(),
                    of: Some(grant.clone()),
                })
            }
            Act::Proposal(ProposalAct::Agreed { proposal }) => {
                let mut open = register.open_proposals(now);
                let (_, open) = open.find(|(position, _)| position == proposal)?;
                Self::find(register, &open.wanted, now)
            }
            _ => None,
        }
    }
}

const fn unfit(problem: String) -> GovernanceError {
    GovernanceError::Unfit {
        field: "grants",
        problem,
    }
}
