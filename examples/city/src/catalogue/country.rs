//! The whole country: every service in a fixed order, found by code.

use std::collections::HashMap;

use super::inputs::{Form, Input};
use super::service::{
    Amounts, Answering, Biller, Bills, Dialect, Flow, Kind, Names, Reversal, Selection, Service,
    StatusQuery, Traits,
};

/// Every service of the simulated country.
#[derive(Debug)]
pub struct Country {
    services: Vec<Service>,
    by_code: HashMap<String, usize>,
}

impl Country {
    fn new(services: Vec<Service>) -> Self {
        let by_code = services
            .iter()
            .enumerate()
            .map(|(index, one)| (one.code.clone(), index))
            .collect();
        Self { services, by_code }
    }

    /// All services, always in the same order.
    #[must_use]
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// The service of this code.
    #[must_use]
    pub fn service(&self, code: &str) -> Option<&Service> {
        self.by_code.get(code).map(|index| &self.services[*index])
    }
}

/// The country. Made anew at every call; keep it.
#[must_use]
pub fn country() -> Country {
    let dialects = [
        Dialect::JsonHmac,
        Dialect::JsonRsa,
        Dialect::XmlGb18030,
        Dialect::Form,
        Dialect::JsonSm2,
    ];
    Country::new(
        dialects
            .iter()
            .enumerate()
            .map(|(index, dialect)| water(index + 1, *dialect))
            .collect(),
    )
}

fn water(number: usize, dialect: Dialect) -> Service {
    Service {
        code: format!("water-330100-{number}"),
        kind: Kind::BillPayment,
        category: "water",
        regions: vec!["330100".to_owned()],
        biller: Biller {
            id: format!("b-330100-water-{number}"),
            names: Names::new(
                format!("杭州市模拟供水{number}公司"),
                format!("Simulated Hangzhou Water Company {number}"),
            ),
        },
        title: Names::new("杭州市水费", "Hangzhou water bill"),
        dialect,
        flow: Flow::Query,
        inputs: vec![Input {
            name: "account",
            form: Form::Digits(10),
            label: "household-number",
            optional: false,
        }],
        bills: Bills::Metered {
            measure: "m3",
            price: 29_000,
            tiered: true,
        },
        traits: Traits {
            status: StatusQuery::Authoritative { after_seconds: 30 },
            deduplicates: true,
            reversal: Reversal::SameDay {
                until_minute: 22 * 60,
            },
            maintenance: None,
            season: None,
            selection: Selection::Any,
            amounts: Amounts::Exact,
            answering: Answering::Immediate,
            delay_ms: 0,
        },
        package: format!("guichet-demo/utilities-{}", dialect.as_str()),
    }
}
