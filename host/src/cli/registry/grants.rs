//! What a reviewer gives a release, as it is written on the command line. Where
//! an endpoint's name leads into the operator's own network, the addresses it
//! has now are written into the grant: it is never led anywhere else.

use clap::Args;
use guichet_registry::register::GrantTerms;
use serde_json::{Value, json};

use crate::cli::exit::Failure;
use crate::workshop::trial::origin;

/// What a release, or one of its services, is given.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Grant")]
pub struct Given {
    /// Where an endpoint leads, NAME=ORIGIN; once for each.
    #[arg(long, value_name = "NAME=ORIGIN")]
    pub endpoint: Vec<String>,
    /// A header that the host adds, ENDPOINT:HEADER=SECRET, where the secret is
    /// the whole value, or ENDPOINT:HEADER=SECRET:FORMAT with {} for it.
    #[arg(long, value_name = "ENDPOINT:HEADER=SECRET")]
    pub credential: Vec<String>,
    /// Only these of the data scopes that it asks for; once for each.
    #[arg(long, value_name = "SCOPE")]
    pub data_scope: Vec<String>,
    /// No data scopes at all.
    #[arg(long, conflicts_with = "data_scope")]
    pub no_data: bool,
    /// The most state, in bytes; else what it asks for.
    #[arg(long, value_name = "BYTES")]
    pub kv_bytes: Option<u64>,
    /// Allow broken schemes where it asks for them.
    #[arg(long)]
    pub legacy_crypto: bool,
    /// Only for this service; else for all that have no grant of their own.
    #[arg(long, value_name = "CODE")]
    pub service: Option<String>,
    /// When it ends, such as 2027-01-01T00:00:00Z.
    #[arg(long, value_name = "TIME")]
    pub expires: Option<String>,
    /// Only try it: calls run under the live grant, and what this one would have
    /// refused is counted.
    #[arg(long)]
    pub shadow: bool,
}

impl Given {
    /// Whether nothing was said.
    pub(super) fn is_nothing(&self) -> bool {
        self.endpoint.is_empty()
            && self.credential.is_empty()
            && self.data_scope.is_empty()
            && !self.no_data
            && self.kv_bytes.is_none()
            && !self.legacy_crypto
            && self.service.is_none()
            && self.expires.is_none()
            && !self.shadow
    }

    /// The grant as it stands in the log.
    pub(in crate::cli) fn terms(&self) -> Result<GrantTerms, Failure> {
        let mut endpoints = serde_json::Map::new();
        for written in &self.endpoint {
            let (name, bound) = origin(written)?;
            let bound = serde_json::to_value(bound).map_err(|error| unfit(&error))?;
            endpoints.insert(name.to_string(), bound);
        }
        for written in &self.credential {
            let (endpoint, credential) = credential(written)?;
            let bound = endpoints.get_mut(endpoint).ok_or_else(|| {
                Failure::Usage(format!(
                    "--credential {written}: say where {endpoint} leads with --endpoint"
                ))
            })?;
            if let Some(credentials) = bound["credentials"].as_array_mut() {
                credentials.push(credential);
            }
        }
        let mut binding = json!({"endpoints": endpoints});
        if !self.data_scope.is_empty() || self.no_data {
            binding["data_scopes"] = json!(self.data_scope);
        }
        if let Some(bytes) = self.kv_bytes {
            binding["kv_bytes"] = json!(bytes);
        }
        if self.legacy_crypto {
            binding["legacy_crypto"] = json!("allowed");
        }
        let effect = if self.shadow { "shadow" } else { "live" };
        let mut terms = json!({"effect": effect, "binding": binding});
        if let Some(service) = &self.service {
            terms["service"] = json!(service);
        }
        if let Some(expires) = &self.expires {
            terms["expires"] = json!(expires);
        }
        serde_json::from_value(terms).map_err(|error| unfit(&error))
    }
}

fn unfit(error: &serde_json::Error) -> Failure {
    Failure::Usage(format!("this makes no grant: {error}"))
}

/// `biller:authorization=partner-token:Bearer {}`
fn credential(written: &str) -> Result<(&str, Value), Failure> {
    let parts = written.split_once(':').and_then(|(endpoint, rest)| {
        let (header, secret) = rest.split_once('=')?;
        Some((endpoint, header, secret))
    });
    let (endpoint, header, secret) = parts.ok_or_else(|| {
        Failure::Usage(format!(
            "--credential {written}: write ENDPOINT:HEADER=SECRET, such as \
             biller:x-partner-key=partner-key"
        ))
    })?;
    let (secret, format) = secret.split_once(':').unwrap_or((secret, "{}"));
    let header = header.to_ascii_lowercase();
    let credential = json!({"header": header, "secret": secret, "format": format});
    Ok((endpoint, credential))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_is_written_as_a_reviewer_says_it() {
        let given = Given {
            endpoint: vec!["biller=http://127.0.0.1:8080".to_owned()],
            credential: vec!["biller:X-Key=partner-key:Key {}".to_owned()],
            expires: Some("2027-01-01T00:00:00Z".to_owned()),
            ..Given::default()
        };
        let terms = serde_json::to_value(given.terms().unwrap()).unwrap();
        let bound = &terms["binding"]["endpoints"]["biller"];
        assert_eq!(bound["private"], json!(["127.0.0.1"]));
        assert_eq!(
            bound["credentials"],
            json!([{"header": "x-key", "secret": "partner-key", "format": "Key {}"}])
        );
        assert_eq!(terms["effect"], "live");
        assert!(Given::default().is_nothing() && !given.is_nothing());
    }

    #[test]
    fn what_makes_no_grant_is_told() {
        let with = |credential: &str| Given {
            credential: vec![credential.to_owned()],
            ..Given::default()
        };
        for wrong in ["biller", "biller:x", "biller:x=y"] {
            assert!(with(wrong).terms().is_err(), "{wrong}");
        }
        let forever = Given {
            expires: Some("tomorrow".to_owned()),
            ..Given::default()
        };
        assert!(forever.terms().is_err());
    }
}
