//! The circumstances that a plugin is told. Ids of subject, consent and journey
//! become pseudonyms of the publisher, so that two publishers cannot put their
//! knowledge of a citizen together.

use aws_lc_rs::hmac;
use guichet_domain::AccountingDate;
use guichet_domain::id::{RecordId, ServiceCode, SubjectId};
use guichet_sandbox::contract::types;

use super::translate;
use crate::consents::Consent;
use crate::terms::order::{Assurance, PayerType};

/// Makes pseudonyms; the key outlives the node.
pub struct Pseudonyms {
    key: hmac::Key,
}

impl Pseudonyms {
    /// With a secret of this installation.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, secret),
        }
    }

    /// The publisher's own name for an id: 26 of 0-9 and a-z.
    #[must_use]
    pub fn of(&self, publisher: &str, kind: &str, id: &str) -> String {
        const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
        let mut message = hmac::Context::with_key(&self.key);
        for part in [publisher, kind, id] {
            message.update(&(part.len() as u64).to_be_bytes());
            message.update(part.as_bytes());
        }
        let tag = message.sign();
        tag.as_ref()[..26]
            .iter()
            .map(|byte| char::from(DIGITS[usize::from(byte & 31)]))
            .collect()
    }
}

/// Who calls for whom, and how.
pub struct Circumstances<'a> {
    /// Id of the call, the name of its transcript.
    pub call: &'a RecordId,
    /// Who owns the plugin.
    pub publisher: &'a str,
    /// The catalogue entry.
    pub service: &'a ServiceCode,
    /// The region that the citizen chose.
    pub region: &'a str,
    /// On whose behalf.
    pub subject: &'a SubjectId,
    /// Person or firm.
    pub payer_type: PayerType,
    /// How well the subject is known.
    pub assurance: Assurance,
    /// The live consent, where there is one.
    pub consent: Option<&'a Consent>,
    /// The client's channel.
    pub channel: &'a str,
    /// One id over all calls of one errand.
    pub journey: &'a str,
    /// BCP 47 language tag.
    pub locale: &'a str,
    /// The day the call belongs to.
    pub accounting_date: AccountingDate,
}

impl Circumstances<'_> {
    /// As the contract says it.
    #[must_use]
    pub fn context(&self, pseudonyms: &Pseudonyms) -> types::Context {
        let pseudonym = |kind, id| pseudonyms.of(self.publisher, kind, id);
        types::Context {
            call: self.call.as_str().to_owned(),
            service: self.service.as_str().to_owned(),
            region: self.region.to_owned(),
            subject: pseudonym("subject", self.subject.as_str()),
            payer_type: translate::payer_type(self.payer_type),
            assurance: translate::assurance(self.assurance),
            consent: self.consent.map(|consent| types::Consent {
                id: pseudonym("consent", consent.id.as_str()),
                purpose: consent.purpose.clone(),
                scopes: consent
                    .scopes
                    .iter()
                    .map(|scope| scope.as_str().to_owned())
                    .collect(),
                expires_at: consent.expires_at.to_string(),
                details: Vec::new(),
            }),
            channel: self.channel.to_owned(),
            journey: pseudonym("journey", self.journey),
            locale: self.locale.to_owned(),
            accounting_date: self.accounting_date.to_string(),
            details: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_publishers_know_a_citizen_by_two_names() {
        let pseudonyms = Pseudonyms::new(&[1; 32]);
        let water = pseudonyms.of("water", "subject", "anna");
        assert_eq!(water, pseudonyms.of("water", "subject", "anna"));
        assert_ne!(water, pseudonyms.of("power", "subject", "anna"));
        assert_ne!(water, pseudonyms.of("water", "journey", "anna"));
        assert_ne!(
            water,
            Pseudonyms::new(&[2; 32]).of("water", "subject", "anna")
        );
        assert_eq!(water.len(), 26);
    }
}
