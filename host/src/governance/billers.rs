//! Admits billers: what they sign up with is checked, sealed and named in the
//! log by its digest. Money is only ever settled to the account in this record,
//! which must be the biller's own.

use std::collections::BTreeSet;

use guichet_domain::id::BillerId;
use guichet_domain::{Digest, Moment};
use guichet_registry::register::{Actor, BillerAct, BillerTerms, CreditCode};
use guichet_registry::sign::sha256;
use guichet_registry::{PackageName, Texts};
use serde::{Deserialize, Serialize};

use super::{Governance, GovernanceError};
use crate::log::Entered;
use crate::store::StoreError;

/// What a biller signs up with.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// Its id in services.
    pub biller: BillerId,
    /// Its name for people.
    pub names: Texts,
    /// Its name on the registration certificate.
    pub legal_name: String,
    /// Unified social credit code.
    pub credit_code: CreditCode,
    /// Where its money goes.
    pub settlement: Settlement,
    /// That money may be collected for it.
    pub authorisation: Authorisation,
    /// Packages that may carry its services.
    pub packages: BTreeSet<PackageName>,
    /// From when the agreement holds.
    pub from: Moment,
    /// Until when.
    pub until: Moment,
}

/// An account at a bank.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settlement {
    /// In whose name; the biller's own.
    pub holder: String,
    /// The bank's clearing code 联行号, 12 digits.
    pub bank_code: String,
    /// The account's number, 8 to 32 digits.
    pub account: String,
}

/// A collection authorisation.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authorisation {
    /// The contract's number at the operator's.
    pub contract: String,
    /// Who accepted the certification for the biller, and when.
    pub certification_accepted: String,
}

/// What is sealed: a number nobody can guess keeps the digest from telling the
/// account's number.
#[derive(Serialize)]
struct Record<'a> {
    secret: String,
    application: &'a Application,
}

/// What a sealed record is read as.
#[derive(Deserialize)]
struct Known {
    application: Application,
}

impl Application {
    fn check(&self) -> Result<(), GovernanceError> {
        let unfit = |field, problem: &str| {
            Err(GovernanceError::Unfit {
                field,
                problem: format!("{}: {problem}", self.biller),
            })
        };
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let named = |text: &str| !text.trim().is_empty() && text.chars().count() <= 200;
        if !named(&self.legal_name) {
            return unfit(
                "legal_name",
                "write the name of the registration certificate",
            );
        }
        if self.settlement.holder != self.legal_name {
            return unfit(
                "settlement.holder",
                "the account must be in the biller's own name: money never goes to anybody else",
            );
        }
        if !digits(&self.settlement.bank_code) || self.settlement.bank_code.len() != 12 {
            return unfit("settlement.bank_code", "a clearing code has 12 digits");
        }
        let account = &self.settlement.account;
        if !digits(account) || !(8..=32).contains(&account.len()) {
            return unfit("settlement.account", "an account number has 8 to 32 digits");
        }
        if !named(&self.authorisation.contract) {
            return unfit(
                "authorisation.contract",
                "name the signed collection contract",
            );
        }
        if !named(&self.authorisation.certification_accepted) {
            let problem = "say who accepted the certification for the biller, and when";
            return unfit("authorisation.certification_accepted", problem);
        }
        if self.packages.is_empty() {
            return unfit("packages", "name the packages that may carry its services");
        }
        Ok(())
    }

    fn terms(&self, record: Digest) -> BillerTerms {
        BillerTerms {
            biller: self.biller.clone(),
            names: self.names.clone(),
            credit_code: self.credit_code.clone(),
            record,
            packages: self.packages.clone(),
            from: self.from,
            until: self.until,
        }
    }
}

impl Governance {
    /// The account that a biller was admitted with, and the digest of the record
    /// that names it; none where the register does not know the biller.
    pub async fn settlement_of(
        &self,
        biller: &BillerId,
    ) -> Result<Option<(Digest, Settlement)>, StoreError> {
        let record = self.read(|register| register.biller(biller).map(|known| known.terms.record));
        let Some(record) = record else {
            return Ok(None);
        };
        let Some(body) = self.store.biller_record(record).await? else {
            return Ok(None);
        };
        // The register names the record by the digest of its bytes.
        if sha256(&body) != record {
            return Ok(None);
        }
        let known: Known = serde_json::from_slice(&body)?;
        let own = known.application.biller == *biller;
        Ok(own.then_some((record, known.application.settlement)))
    }

    /// Admits billers, once a second person has agreed.
    pub async fn admit_billers(
        &self,
        by: &Actor,
        applications: &[Application],
    ) -> Result<Entered, GovernanceError> {
        let mut records = Vec::with_capacity(applications.len());
        let mut billers = Vec::with_capacity(applications.len());
        for application in applications {
            application.check()?;
            let mut secret = [0; 16];
            self.ports.random.fill(&mut secret);
            let record = Record {
                secret: format!("{:032x}", u128::from_be_bytes(secret)),
                application,
            };
            let body = serde_json::to_vec(&record).map_err(StoreError::from)?;
            let digest = sha256(&body);
            billers.push(application.terms(digest));
            records.push((digest, application.biller.clone(), body));
        }
        let now = self.ports.now();
        self.store.put_biller_records(&records, now).await?;
        self.enter(by, BillerAct::Admitted { billers }).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_never_goes_to_another_name() {
        let text = r#"{"biller": "b-330100-water", "names": {"zh-CN": "水务", "en": "Water"},
            "legal_name": "杭州水务有限公司", "credit_code": "91350100M000100Y43",
            "settlement": {"holder": "杭州水务有限公司", "bank_code": "102331000007",
                "account": "1202020019900000000"},
            "authorisation": {"contract": "DK-1", "certification_accepted": "A, 2026-11-01"},
            "packages": ["acme/water"], "from": "2026-01-01T00:00:00Z",
            "until": "2027-01-01T00:00:00Z"}"#;
        let good: Application = serde_json::from_str(text).unwrap();
        assert!(good.check().is_ok());
        let mut other = good.clone();
        other.settlement.holder = "阿克米插件公司".to_owned();
        let refused = other.check().unwrap_err().to_string();
        assert!(refused.contains("biller's own name"), "{refused}");
        let mut short = good;
        short.settlement.account = "12".to_owned();
        assert!(short.check().is_err());
    }
}
