//! How the biller undoes what it has applied, with every way to misbehave.

use guichet::terms::order::{Refusal, RefusalGround, ReversalOrder, ReversalOutcome};
use guichet_domain::payment::Repetition;
use serde_json::json;

use super::{Biller, Fault};
use crate::services;

impl Biller {
    pub(super) async fn undo(&self, reversal: &ReversalOrder) -> ReversalOutcome {
        let fault = self.fault();
        self.tell("reverse", &reversal.order, fault);
        self.time.sleep(1 + self.draw(30) as u64).await;
        match fault {
            Fault::Unsent => return ReversalOutcome::NotSent("no connection".to_owned()),
            Fault::HangBefore | Fault::LostBefore => {
                return ReversalOutcome::Unknown("reset".to_owned());
            }
            Fault::Refuse => {
                let mut log = self.log();
                let known = log.undone_references.get(reversal.reversal.as_str());
                if known != Some(&true) {
                    log.undone_references
                        .insert(reversal.reversal.to_string(), false);
                    return ReversalOutcome::Refused(Refusal {
                        ground: RefusalGround::Definite,
                        code: "E2".to_owned(),
                        message: "too late".to_owned(),
                    });
                }
            }
            _ => {}
        }
        {
            let mut log = self.log();
            let reference = reversal.reversal.to_string();
            let known = log.undone_references.get(&reference) == Some(&true);
            let terms = services::capabilities(&reversal.order.service);
            if !known || terms.repetition == Repetition::MayApplyAgain {
                log.undone_references.insert(reference, true);
                log.undo(&reversal.order, self.time.now());
            }
        }
        match fault {
            Fault::HangAfter | Fault::LostAfter => ReversalOutcome::Unknown("reset".to_owned()),
            _ => ReversalOutcome::Reversed(json!({})),
        }
    }

    pub(super) async fn asked_about_undoing(&self, reversal: &ReversalOrder) -> ReversalOutcome {
        let fault = self.fault();
        self.time.sleep(1 + self.draw(10) as u64).await;
        if fault != Fault::None {
            return ReversalOutcome::Unknown("reset".to_owned());
        }
        match self.log().undone_references.get(reversal.reversal.as_str()) {
            Some(true) => ReversalOutcome::Reversed(json!({})),
            Some(false) => ReversalOutcome::Refused(Refusal {
                ground: RefusalGround::Definite,
                code: "E2".to_owned(),
                message: "too late".to_owned(),
            }),
            None => ReversalOutcome::NotFound,
        }
    }
}
