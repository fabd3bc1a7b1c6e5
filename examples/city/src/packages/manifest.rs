//! Manifests: generated for packages without code of their own, and read from
//! the plugin's folder where there is one. Keys, headers and permissions follow
//! from the dialect (`PROTOCOLS.md`).

use std::path::Path;

use guichet_domain::Digest;
use serde_json::{Value, json};

use super::{PackagesError, VERSION, family};
use crate::catalogue::{Consent, Dialect, Service};

/// Whose packages these are.
const PUBLISHER: &str = "guichet-demo";

/// Where a package's code comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Code {
    /// `component.wasm` in the bundle.
    Own,
    /// The component of this digest, of another package.
    Of(Digest),
}

/// `publisher/name`.
pub(super) fn named(stem: &str) -> String {
    format!("{PUBLISHER}/{stem}")
}

/// The manifest of a package with services.
pub(super) fn of_services(
    name: &str,
    first: &Service,
    code: &Code,
    plugins: &Path,
) -> Result<String, PackagesError> {
    let by_hand = plugins.join(first.dialect.as_str()).join("plugin.toml");
    if !first.dialect.is_declarative() && by_hand.exists() {
        return adapted(name, first, code, &by_hand);
    }
    written(name, &generated(name, first, code))
}

/// The plugin author's manifest under the package's own name and code.
fn adapted(name: &str, first: &Service, code: &Code, path: &Path) -> Result<String, PackagesError> {
    let text = std::fs::read_to_string(path).map_err(|error| PackagesError::File {
        path: path.to_owned(),
        error,
    })?;
    let mut manifest: toml::Table =
        toml::from_str(&text).map_err(|error| PackagesError::Manifest {
            path: path.to_owned(),
            error,
        })?;
    let head = head(
        name,
        family::titles(first.line.family),
        description(first),
        code,
    );
    let own = toml::Table::try_from(&head).map_err(|error| PackagesError::Unwritable {
        package: name.to_owned(),
        error,
    })?;
    let replaced: &[&str] = match code {
        Code::Own => &["package", "version", "component"],
        Code::Of(_) => &["package", "version", "component", "titles", "descriptions"],
    };
    for (key, value) in own {
        if replaced.contains(&key.as_str()) || !manifest.contains_key(&key) {
            manifest.insert(key, value);
        }
    }
    toml::to_string(&manifest).map_err(|error| PackagesError::Unwritable {
        package: name.to_owned(),
        error,
    })
}

fn written(name: &str, manifest: &Value) -> Result<String, PackagesError> {
    toml::to_string(manifest).map_err(|error| PackagesError::Unwritable {
        package: name.to_owned(),
        error,
    })
}

fn texts((zh, en): (&str, &str)) -> Value {
    json!({"zh-CN": zh, "en": en})
}

fn head(name: &str, titles: (&str, &str), descriptions: (&str, &str), code: &Code) -> Value {
    let component = match code {
        Code::Own => json!({"file": "component.wasm"}),
        Code::Of(digest) => json!({"digest": digest.to_string()}),
    };
    json!({
        "package": name,
        "version": VERSION,
        "contract": "0.1.0",
        "licence": "Apache-2.0",
        "publisher": texts(("Guichet 演示发布方", "Guichet demonstration publisher")),
        "titles": texts(titles),
        "descriptions": texts(descriptions),
        "component": component,
    })
}

fn description(first: &Service) -> (&'static str, &'static str) {
    if first.dialect.is_declarative() {
        (
            "连接模拟收费单位与机构的现有接口，无需编写代码",
            "Connects simulated billers and agencies by description, without code",
        )
    } else {
        (
            "连接模拟机构的专用接口",
            "Connects a simulated agency's own interface",
        )
    }
}

fn generated(name: &str, first: &Service, code: &Code) -> Value {
    let dialect = first.dialect;
    let mut manifest = head(
        name,
        family::titles(first.line.family),
        description(first),
        code,
    );
    manifest["endpoints"] = json!({"biller": {
        "routes": [{"methods": ["POST"], "path_prefix": "/b/", "intent": "declared"}],
        "request_headers": headers(dialect),
        "reason": texts(("与收费单位或机构的系统交换数据", "To exchange data with the biller's or agency's system")),
    }});
    manifest["keys"] = keys(dialect);
    if dialect.is_declarative() {
        manifest["config"] = json!({"mapping": {"file": "mapping.json"}});
    }
    if let (false, Some(consent)) = (dialect.is_declarative(), first.line.consent) {
        manifest["permissions"] = json!({"data": data(consent)});
    }
    if dialect == Dialect::MedicalInsuranceCode {
        manifest["permissions"]["handoff"] = json!({
            "origins": ["https://medical-insurance.example"],
            "reason": texts(("转到发码机构的页面", "To hand over to the issuer's page")),
        });
    }
    if dialect == Dialect::CreditReport {
        manifest["data_class"] = json!("none");
    }
    manifest
}

fn data(consent: &Consent) -> Value {
    consent
        .scopes
        .iter()
        .map(|scope| {
            (
                (*scope).to_owned(),
                json!({"reason": texts(consent.purpose)}),
            )
        })
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn headers(dialect: Dialect) -> Vec<&'static str> {
    let own: &[&str] = match dialect {
        Dialect::JsonHmac
        | Dialect::PrepaidPower
        | Dialect::TrafficFine
        | Dialect::CreditReport
        | Dialect::MedicalInsuranceCode => &["x-timestamp", "x-nonce", "x-signature"],
        Dialect::JsonRsa | Dialect::ProvidentFund => &["x-merchant", "x-timestamp", "x-signature"],
        Dialect::JsonSm2 => &["x-sm2-sign"],
        Dialect::XmlGb18030 | Dialect::Form => &[],
    };
    [&["accept", "content-type"], own].concat()
}

fn keys(dialect: Dialect) -> Value {
    let key = |algorithm: &str, usage: &str, reason| json!({"algorithm": algorithm, "uses": [usage], "reason": texts(reason)});
    let signing = ("为请求签名", "To sign requests");
    let checking = ("验证对方的签名", "To check the other side's signatures");
    let authenticating = ("为报文计算校验码", "To authenticate messages");
    match dialect {
        Dialect::JsonRsa | Dialect::ProvidentFund => json!({
            "signing": key("rsa-pkcs1-sha256", "sign", signing),
            "biller": key("rsa-pkcs1-sha256", "verify", checking),
        }),
        Dialect::JsonSm2 => json!({
            "signing": key("sm2-sm3", "sign", signing),
            "biller": key("sm2-sm3", "verify", checking),
        }),
        Dialect::XmlGb18030 => json!({"mac": key("hmac-sm3", "mac", authenticating)}),
        Dialect::JsonHmac
        | Dialect::Form
        | Dialect::PrepaidPower
        | Dialect::TrafficFine
        | Dialect::CreditReport
        | Dialect::MedicalInsuranceCode => {
            json!({"mac": key("hmac-sha256", "mac", authenticating)})
        }
    }
}
