//! The services of the simulated town: one for each kind of biller.

use guichet::payments::{Closed, TermsPort};
use guichet::terms::{Payee, Terms};
use guichet_domain::bill::{AmountRule, Limits};
use guichet_domain::fee::{FeeBearer, FeeRule, FeeTerms};
use guichet_domain::id::{BillerId, CategoryCode, ServiceCode};
use guichet_domain::payment::{Capabilities, Repetition, Reversal, StatusAnswer};
use guichet_domain::{Moment, Money};

/// Seconds after which a "not found" is proof, where it ever is.
pub const PROOF_SECONDS: u32 = 60;

/// How many services there are.
pub const COUNT: usize = 6;

/// A service by its number.
pub fn service(number: usize) -> ServiceCode {
    let number = number % COUNT;
    ServiceCode::new(format!("water-330100-{number}")).expect("a lawful code")
}

/// A service of another biller.
pub fn other_than(own: &ServiceCode) -> ServiceCode {
    service(usize::from(number_of(own)) + 1)
}

fn number_of(service: &ServiceCode) -> u8 {
    let last = service.as_str().bytes().next_back();
    last.map_or(0, |byte| byte - b'0')
}

/// Both billers.
pub fn billers() -> [BillerId; 2] {
    [biller(0), biller(1)]
}

/// Two billers have three services each.
fn biller(number: u8) -> BillerId {
    BillerId::new(format!("b-330100-water-{}", number % 2)).expect("a lawful name")
}

/// Half of the services are free; each of the others lets somebody else pay.
fn fee(service: &ServiceCode) -> FeeTerms {
    let bearer = match number_of(service) {
        1 => FeeBearer::Payer,
        3 => FeeBearer::Biller,
        5 => FeeBearer::Operator,
        _ => return FeeTerms::default(),
    };
    FeeTerms {
        rule: FeeRule::Fixed {
            amount: Money::cny(3),
        },
        bearer,
    }
}

/// What that service's biller can do, by the code's last digit.
pub fn capabilities(service: &ServiceCode) -> Capabilities {
    let number = number_of(service);
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
            biller: biller(number_of(service)),
            payee: Payee::Biller,
            rule: AmountRule::Exact,
            limits: Limits::default(),
            fee: fee(service),
            capabilities: capabilities(service),
        })
    }
}
