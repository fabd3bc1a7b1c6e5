//! The keys and secrets of one package, and what the operator is told of them.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{BILLER_RSA_PUBLIC, CLIENT_RSA, Sm2Key, derive, hex};
use crate::catalogue::Dialect;

/// What billers and one package share.
#[derive(Debug)]
pub(crate) struct PackageKeys {
    dialect: Dialect,
    /// HMAC-SHA256, ready for use.
    pub(crate) mac: hmac::Key,
    /// The same bytes, for HMAC-SM3 and the operator.
    pub(crate) mac_bytes: [u8; 32],
    /// The secret that the host puts into a header.
    pub(crate) secret: String,
    /// The bank's SM2 key.
    pub(crate) client_sm2: Sm2Key,
    /// The billers' SM2 key.
    pub(crate) biller_sm2: Sm2Key,
}

impl PackageKeys {
    /// Derives them from the seed and the package's name.
    pub(crate) fn new(seed: u64, package: &str, dialect: Dialect) -> Self {
        let seed = seed.to_string();
        let mac_bytes = derive(&[&seed, package, "mac"]);
        Self {
            dialect,
            mac: hmac::Key::new(hmac::HMAC_SHA256, &mac_bytes),
            mac_bytes,
            secret: hex(&derive(&[&seed, package, "secret"])[..16]),
            client_sm2: Sm2Key::derive(&[&seed, package, "client sm2"]),
            biller_sm2: Sm2Key::derive(&[&seed, package, "biller sm2"]),
        }
    }

    /// The operator's side of the package, as `/_operator` tells it.
    pub(crate) fn operator_view(&self, origin: &str) -> Value {
        let key = |name: &str, algorithm: &str, material: &[u8]| json!({"name": name, "algorithm": algorithm, "material_base64": STANDARD.encode(material)});
        let keys = match self.dialect {
            Dialect::JsonRsa | Dialect::ProvidentFund => vec![
                key("signing", "rsa-pkcs1-sha256", CLIENT_RSA),
                key("biller", "rsa-pkcs1-sha256", BILLER_RSA_PUBLIC),
            ],
            Dialect::JsonSm2 => vec![
                key("signing", "sm2-sm3", &self.client_sm2.private_bytes()),
                key("biller", "sm2-sm3", &self.biller_sm2.public_bytes()),
            ],
            Dialect::XmlGb18030 => vec![key("mac", "hmac-sm3", &self.mac_bytes)],
            Dialect::JsonHmac
            | Dialect::Form
            | Dialect::PrepaidPower
            | Dialect::TrafficFine
            | Dialect::CreditReport
            | Dialect::MedicalInsuranceCode => vec![key("mac", "hmac-sha256", &self.mac_bytes)],
        };
        let (credentials, secrets) = match self.secret_header() {
            Some((header, name, format)) => (
                json!([{"header": header, "secret": name, "format": format}]),
                json!([{"name": name, "value": self.secret}]),
            ),
            None => (json!([]), json!([])),
        };
        json!({
            "endpoints": {"biller": {
                "origin": origin,
                "private": ["127.0.0.1"],
                "credentials": credentials,
            }},
            "keys": keys,
            "secrets": secrets,
        })
    }

    /// Header, secret and format that the host adds for this dialect.
    pub(crate) fn secret_header(&self) -> Option<(&'static str, &'static str, &'static str)> {
        match self.dialect {
            Dialect::JsonHmac
            | Dialect::PrepaidPower
            | Dialect::TrafficFine
            | Dialect::MedicalInsuranceCode => Some(("x-app-key", "app-key", "{}")),
            Dialect::CreditReport => Some(("authorization", "access-token", "Bearer {}")),
            Dialect::JsonRsa
            | Dialect::ProvidentFund
            | Dialect::XmlGb18030
            | Dialect::Form
            | Dialect::JsonSm2 => None,
        }
    }
}
