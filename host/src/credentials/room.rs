//! Issuing credentials. The code goes to the caller and is not kept.

use guichet_sandbox::contract::credential::{Code, Issued};
use guichet_sandbox::{Answer, Question};

use super::{Credential, NewCredential};
use crate::consents::Consents;
use crate::plugins::{Bound, Caller, Plugins, Seeker, ServiceFailure};
use crate::ports::Ports;
use crate::store::{IssuedCredential, Store};

/// Issues credentials.
#[derive(Clone)]
pub struct Credentials {
    store: Store,
    plugins: Plugins,
    consents: Consents,
    ports: Ports,
}

impl Credentials {
    /// Over these.
    #[must_use]
    pub const fn new(store: Store, plugins: Plugins, consents: Consents, ports: Ports) -> Self {
        Self {
            store,
            plugins,
            consents,
            ports,
        }
    }

    /// Asks the issuer.
    pub async fn issue(&self, new: NewCredential) -> Result<Credential, ServiceFailure> {
        let now = self.ports.now();
        let id = self.ports.record_id("cred");
        let seeker = Seeker {
            subject: &new.subject,
            region: new.region.as_ref(),
            begun_with: None,
        };
        let bound = self
            .plugins
            .bound(&new.service, "credential", &seeker, (now, new.language))?;
        let inputs = bound.check_inputs(&new.inputs, new.token.is_some(), new.language)?;
        let circumstances =
            bound.circumstances(new.region.as_ref(), &new.channel, new.language, &id)?;
        let consent = self.consents.needed(&bound, &new).await?;
        let caller = Caller {
            client: &new.client,
            subject: &new.subject,
            circumstances: &circumstances,
            consent: consent.as_ref(),
            record: &id,
        };
        let question = Question::Issue {
            inputs,
            token: new.token,
        };
        let report = self.plugins.call(&bound, &caller, question).await;
        let issued = match report.result.map_err(ServiceFailure::from)? {
            Answer::Issued(issued) => issued.map_err(ServiceFailure::from)?,
            _ => return Err(ServiceFailure::other_kind()),
        };
        let (kind, credential) = checked(&bound, issued)?;
        let record = IssuedCredential {
            id,
            client: new.client,
            subject: new.subject,
            service: new.service,
            kind: kind.to_owned(),
            created_at: now,
        };
        self.store.insert_credential(&record).await?;
        Ok(credential)
    }
}

/// Neither a hand-off nor a code may lead to an origin that was not granted.
fn checked(bound: &Bound, issued: Issued) -> Result<(&'static str, Credential), ServiceFailure> {
    let refuse = |why: &str| Err(ServiceFailure::Misbehaved(why.to_owned()));
    match issued {
        Issued::Code(code) if code.seconds_to_live == 0 || code.payload.len() > 2_048 => {
            refuse("a code lives at least a second and has at most 2,048 bytes")
        }
        Issued::Code(code) if !leads_only_to_granted(bound, &code) => {
            refuse("the code leads to an origin that is not granted")
        }
        Issued::Code(code) => Ok(("code", Credential::Code(code))),
        Issued::Handoff(handoff) if !bound.may_hand_off_to(&handoff.url) => {
            refuse("the hand-off leads to an origin that is not granted")
        }
        Issued::Handoff(handoff) => Ok(("handoff", Credential::Handoff(handoff))),
        Issued::AskMore(step) => Ok(("ask_more", Credential::AskMore(step))),
        Issued::Other(name) => Err(ServiceFailure::unknown_outcome(&name)),
    }
}

fn leads_only_to_granted(bound: &Bound, code: &Code) -> bool {
    match std::str::from_utf8(&code.payload) {
        Ok(text) if text.contains("://") => bound.may_hand_off_to(text),
        Ok(_) | Err(_) => true,
    }
}
