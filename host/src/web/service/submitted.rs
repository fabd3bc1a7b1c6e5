//! What comes with a service's form, or with the link to it.

use guichet_domain::id::RegionCode;
use guichet_registry::service::PropertyType;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::plugins::Entry;
use crate::web::form::region::{self, Said};

/// Names in the form that are not the service's inputs.
const OWN_NAMES: [&str; 3] = ["guard", "consent", "step_token"];

/// The region to begin with, as a link to the form names it.
#[derive(Deserialize)]
pub(in crate::web) struct Place {
    region: Option<String>,
}

impl Place {
    /// As a value of the form.
    pub(in crate::web) fn value(&self, entry: &Entry) -> Option<(String, String)> {
        let code = region::served(entry.service(), self.region.as_deref()?)?;
        Some((region::NAME.to_owned(), code.to_string()))
    }
}

/// What came with the form.
pub(in crate::web) struct Submitted {
    pub(in crate::web) guard: String,
    pub(in crate::web) consents: bool,
    pub(in crate::web) token: Option<String>,
    pub(in crate::web) values: Vec<(String, String)>,
    region: Said,
    pub(in crate::web) inputs: Map<String, Value>,
}

/// What is drawn again when a form did not lead on.
#[derive(Clone)]
pub(in crate::web) struct Kept {
    pub(in crate::web) values: Vec<(String, String)>,
    pub(in crate::web) consents: bool,
}

impl Submitted {
    pub(in crate::web) fn read(entry: &Entry, fields: Vec<(String, String)>) -> Self {
        let own = |name: &str| {
            let found = fields.iter().find(|(own, _)| own == name);
            found.map(|(_, value)| value.clone())
        };
        let (guard, token) = (own("guard").unwrap_or_default(), own("step_token"));
        let consents = own("consent").is_some();
        let values: Vec<(String, String)> = fields
            .into_iter()
            .filter(|(name, _)| !OWN_NAMES.contains(&name.as_str()))
            .collect();
        let inputs = values
            .iter()
            .filter(|(name, value)| name != region::NAME && !value.trim().is_empty())
            .map(|(name, value)| (name.clone(), typed(entry, name, value.trim())))
            .collect();
        Self {
            guard,
            consents,
            token,
            region: region::said(entry.service(), &values),
            values,
            inputs,
        }
    }

    pub(in crate::web) fn kept(&self) -> Kept {
        Kept {
            values: self.values.clone(),
            consents: self.consents,
        }
    }

    /// Whether the citizen has still to say which region it is about. A second
    /// step goes on where the first one was.
    pub(in crate::web) fn lacks_region(&self) -> bool {
        self.region == Said::Nothing && self.token.is_none()
    }

    pub(in crate::web) fn region(&self) -> Option<RegionCode> {
        match &self.region {
            Said::Region(region) => region.clone(),
            Said::Nothing => None,
        }
    }

    /// Carries the region on to a page that may ask for a second step.
    pub(in crate::web) fn place(&self) -> String {
        let region = self.region();
        region.map_or_else(String::new, |region| format!("?region={region}"))
    }
}

/// A form sends texts only; the schema says what they mean.
fn typed(entry: &Entry, name: &str, value: &str) -> Value {
    let properties = &entry.service().inputs.properties;
    let kind = properties.get(name).map(|property| property.kind);
    let read = match kind {
        Some(PropertyType::Integer) => value.parse::<i64>().ok().map(Value::from),
        Some(PropertyType::Boolean) => value.parse::<bool>().ok().map(Value::from),
        Some(PropertyType::String) | None => None,
    };
    read.unwrap_or_else(|| Value::from(value))
}
