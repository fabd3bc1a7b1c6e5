//! What a service asks for in the words of the rooms that ask: its payment terms,
//! what a subject agrees to, and whether it is open.

use guichet_domain::Moment;
use guichet_domain::bill::Limits;
use guichet_domain::id::ServiceCode;
use guichet_domain::payment;
use guichet_registry::certification::believed;
use guichet_registry::service::{self, Closing, Phase, Service};
use time::OffsetDateTime;

use super::Plugins;
use crate::consents::{ConsentTerms, Declared};
use crate::language::Language;
use crate::payments::ports::{Closed, TermsPort};
use crate::terms::{Payee, Terms};

impl TermsPort for Plugins {
    fn terms(&self, code: &ServiceCode, release: &str, now: Moment) -> Result<Terms, Closed> {
        let shelf = self.shelf();
        let entry = shelf.entry(code).ok_or(Closed::NoSuchService)?;
        if let Some(reason) = self.closed(&shelf, &entry, now, Language::default()) {
            return Err(Closed::ForNow(reason));
        }
        let asked = release.parse().ok();
        let asked = asked.and_then(|release| shelf.offered(release, code));
        let (service, report) = asked.unwrap_or_else(|| shelf.offered_now(&entry));
        let terms = service.payment.as_ref().ok_or(Closed::NoSuchService)?;
        // A release that was certified is believed as far as it has shown; one
        // that the installation brought along, on the operator's word.
        let able = match &report {
            Some(report) => believed(&terms.capabilities, code, report),
            None => terms.capabilities.clone(),
        };
        Ok(Terms {
            service: code.clone(),
            category: service.category.clone(),
            biller: service.biller.id.clone(),
            payee: payee(&service),
            rule: terms.amount.rule.clone(),
            limits: Limits {
                per_payment: terms.amount.per_payment,
                per_day: terms.amount.per_day,
            },
            fee: terms.fee,
            capabilities: capabilities(&able),
        })
    }

    /// Without the terms, which cost more to make: asked before every submission.
    fn closed_now(&self, code: &ServiceCode, _release: &str, now: Moment) -> Option<String> {
        let shelf = self.shelf();
        let entry = shelf.entry(code)?;
        self.closed(&shelf, &entry, now, Language::default())
    }
}

impl Declared for Plugins {
    fn consent_terms(&self, code: &ServiceCode, language: Language) -> Option<ConsentTerms> {
        let entry = self.entry(code)?;
        let asked = entry.service().consent.as_ref();
        let terms = asked.map(|consent| ConsentTerms {
            scopes: consent.scopes.iter().cloned().collect(),
            purpose: consent.purpose.in_locale(language.tag()).to_owned(),
        });
        Some(terms.unwrap_or_default())
    }
}

/// Why the service takes nothing now, for the citizen; none where it is open.
pub fn closing(service: &Service, now: Moment, language: Language) -> Option<String> {
    let locale = language.tag();
    if service.standing.phase == Phase::Suspended {
        let tip = service
            .standing
            .tip
            .as_ref()
            .map(|tip| tip.in_locale(locale).to_owned());
        let usual = language.pick("该服务已暂停", "The service is suspended");
        return Some(tip.unwrap_or_else(|| usual.to_owned()));
    }
    let moment =
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(now.micros()) * 1_000).ok()?;
    let usual = match service.schedule.closing_at(moment)? {
        Closing::Maintenance(Some(notice)) => return Some(notice.in_locale(locale).to_owned()),
        Closing::Maintenance(None) => language.pick(
            "收费单位系统维护中，请稍后再来",
            "The biller's system is under maintenance",
        ),
        Closing::Hours => language.pick("不在服务时间内", "Outside the service's hours"),
        Closing::Season => language.pick(
            "不在收费季节内",
            "Outside the season in which this is collected",
        ),
    };
    Some(usual.to_owned())
}

/// Fines and administrative fees go to the treasury; the rest to the biller.
fn payee(service: &Service) -> Payee {
    match service.category.as_str() {
        "traffic-fine" | "non-tax" | "court-fee" | "administrative-fee" => Payee::Treasury,
        _ => Payee::Biller,
    }
}

fn capabilities(capabilities: &service::Capabilities) -> payment::Capabilities {
    payment::Capabilities {
        repetition: if capabilities.deduplicates {
            payment::Repetition::Deduplicates
        } else {
            payment::Repetition::MayApplyAgain
        },
        status: capabilities.status,
        reversal: match capabilities.reversal {
            service::Reversal::None => payment::Reversal::Unsupported,
            service::Reversal::SameDay { .. } => payment::Reversal::SameAccountingDate,
        },
    }
}
