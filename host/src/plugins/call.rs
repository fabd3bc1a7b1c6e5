//! One call: circumstances, reach, sandbox, transcript.

use std::sync::atomic::Ordering;

use guichet_domain::Moment;
use guichet_domain::id::{ClientId, RecordId, SubjectId};
use guichet_sandbox::{Call, Question, Report};

use super::context::Circumstances as Told;
use super::figures::Blame;
use super::line::Seeker;
use super::reach::Reach;
use super::shadow;
use super::transcripts::Recorded;
use super::{Bound, Plugins};
use crate::consents::Consent;
use crate::language::Language;
use crate::ports::Clock;
use crate::terms::order::{Circumstances, Order};

/// For whom and why a plugin is called.
pub struct Caller<'a> {
    /// Through which client.
    pub client: &'a ClientId,
    /// On whose behalf.
    pub subject: &'a SubjectId,
    /// Where and how.
    pub circumstances: &'a Circumstances,
    /// The live consent, where there is one.
    pub consent: Option<&'a Consent>,
    /// The bill query, inquiry or payment that the call belongs to.
    pub record: &'a RecordId,
}

impl Plugins {
    /// Calls the plugin. What was withdrawn since it was bound still answers this
    /// one call, like those that are under way.
    pub async fn call(&self, bound: &Bound, caller: &Caller<'_>, question: Question) -> Report {
        let now = self.0.ports.now();
        let id = self.0.ports.record_id("call");
        let call = Call {
            context: self.context(bound, caller, &id, now),
            question,
        };
        let ports = self.sandbox_ports(bound, caller, now);
        let plugin = &bound.release.plugin;
        let begun = std::time::Instant::now();
        let mut report = self
            .0
            .sandbox
            .call(plugin, &bound.binding, &ports, call)
            .await;
        bound
            .release
            .figures
            .count(Blame::of(&report), begun.elapsed());
        for line in &report.log {
            let service = &bound.service.code;
            tracing::debug!(%service, call = %id, level = line.level, message = line.message);
        }
        if let Err(error) = &report.result {
            tracing::info!(service = %bound.service.code, call = %id, %error, "a call failed");
        }
        if let (Some(trial), Some(transcript)) = (&bound.trial, &report.transcript) {
            let refused = shadow::would_refuse(trial, transcript);
            if !refused.is_empty() {
                bound.against_trial.fetch_add(1, Ordering::Relaxed);
                let service = &bound.service.code;
                tracing::info!(%service, call = %id, ?refused, "a grant on trial would refuse this");
            }
        }
        if let Some(transcript) = report.transcript.take() {
            let recorded = Recorded {
                call: id,
                subject: caller.subject.clone(),
                service: bound.service.code.to_string(),
                package: bound.release.manifest.package.to_string(),
                record: caller.record.clone(),
                client: caller.client.clone(),
                consent: caller.consent.map(|consent| consent.id.clone()),
                class: bound.release.class,
                transcript,
                at: now,
            };
            self.0.transcripts.keep(recorded).await;
        }
        report
    }

    /// Calls for an order of the payment room. An error means that the plugin
    /// never ran.
    pub(super) async fn call_for_order(
        &self,
        order: &Order,
        question: Question,
    ) -> Result<Report, String> {
        let shelf = self.shelf();
        let entry = shelf.entry(&order.service).ok_or("the service is gone")?;
        let region = order.circumstances.region.parse().ok();
        let seeker = Seeker {
            subject: &order.subject,
            region: region.as_ref(),
            begun_with: order.release.parse().ok(),
        };
        let bound = self.bind(&shelf, &entry, &seeker, self.0.ports.now());
        let bound = bound.map_err(|error| error.to_string())?;
        let caller = Caller {
            client: &order.client,
            subject: &order.subject,
            circumstances: &order.circumstances,
            consent: None,
            record: &order.payment,
        };
        let report = self.call(&bound, &caller, question).await;
        match &report.result {
            Err(error) if error.never_ran() => Err(error.to_string()),
            Ok(_) | Err(_) => Ok(report),
        }
    }

    fn context(
        &self,
        bound: &Bound,
        caller: &Caller<'_>,
        call: &RecordId,
        now: Moment,
    ) -> guichet_sandbox::contract::types::Context {
        let circumstances = caller.circumstances;
        Told {
            call,
            publisher: bound.release.publisher(),
            service: &bound.service.code,
            region: &circumstances.region,
            subject: caller.subject,
            payer_type: circumstances.payer_type,
            assurance: circumstances.assurance,
            consent: caller.consent,
            channel: &circumstances.channel,
            journey: &circumstances.journey,
            locale: if circumstances.locale.is_empty() {
                Language::default().tag()
            } else {
                &circumstances.locale
            },
            accounting_date: self.0.ports.accounting_date(now),
        }
        .context(&self.0.pseudonyms)
    }

    fn sandbox_ports(
        &self,
        bound: &Bound,
        caller: &Caller<'_>,
        now: Moment,
    ) -> guichet_sandbox::ports::Ports {
        let package = bound.release.manifest.package.to_string();
        let reach = Reach::new(
            self.0.store.clone(),
            (package, bound.service.code.clone()),
            caller.subject.clone(),
            caller.consent.cloned(),
            now,
        );
        guichet_sandbox::ports::Ports {
            kv: reach.clone(),
            subject_data: reach,
            clock: std::sync::Arc::new(HostClock(self.0.ports.clock.clone())),
            ..self.0.base.clone()
        }
    }
}

/// The host's clock as guests see it.
struct HostClock(std::sync::Arc<dyn Clock>);

impl guichet_sandbox::ports::Clock for HostClock {
    fn now_ms(&self) -> u64 {
        u64::try_from(self.0.now().micros() / 1_000).unwrap_or(0)
    }
}
