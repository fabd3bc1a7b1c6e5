//! The services of the simulated town: one for each kind of biller.

use guichet::payments::ports::Payee;
use guichet::payments::{Closed, Terms, TermsPort};
use guichet_domain::Moment;
use guichet_domain::bill::{AmountRule, Limits};
use guichet_domain::fee::FeeTerms;
use guichet_domain::id::{BillerId, CategoryCode, ServiceCode};
use guichet_domain::payment::{Capabilities, Repetition, Reversal, StatusAnswer};

/// Seconds after which a "not found" is proof, where it ever is.
pub const PROOF_SECONDS: u32 = 60;

/// How many services there are.
pub const COUNT: usize = 6;

/// A service by its number.
pub fn service(number: usize) -> ServiceCode {
    let number = number % COUNT;
    ServiceCode::new(format!("water-330100-{number}")).expect("a lawful code")
}

/// What that service's biller can do, by the code's last digit.
pub fn capabilities(service: &ServiceCode) -> Capabilities {
    let number = service
        .as_str()
        .bytes()
        .next_back()
        .map_or(0, |byte| byte - b'0');
    Capabilities {
        repetition: if number < 3 {
            Repetition::Deduplicates
        } else {
            Repetition::MayApplyAgain
        },
        status: match number % 3 {
            0 => StatusAnswer::Authoritative {
                after_seconds: PROOF_SECONDS,
            },
            1 => StatusAnswer::Advisory,
            _ => StatusAnswer::None,
        },
        reversal: Reversal::SameAccountingDate,
    }
}

/// The services' terms never change.
pub struct Town;

impl TermsPort for Town {
    fn terms(&self, service: &ServiceCode, _: &str, _: Moment) -> Result<Terms, Closed> {
        Ok(Terms {
            service: service.clone(),
            category: CategoryCode::new("water").expect("a lawful name"),
            biller: BillerId::new("b-330100-water").expect("a lawful name"),
            payee: Payee::Biller,
            rule: AmountRule::Exact,
            limits: Limits::default(),
            fee: FeeTerms::default(),
            capabilities: capabilities(service),
        })
    }
}
