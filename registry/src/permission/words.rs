//! The words themselves, Chinese and English.

use std::collections::BTreeSet;

use guichet_domain::grant::{KeyUse, Route, RouteIntent};

use crate::manifest::{Endpoint, Key, Origin};

/// Chinese and English.
pub(super) type Pair = (String, String);

pub(super) fn endpoint(name: &str, endpoint: &Endpoint) -> Pair {
    let effects = endpoint.effects_per_call;
    let changes = endpoint
        .routes
        .iter()
        .any(|route| route.intent != RouteIntent::Read);
    let routes: Vec<Pair> = endpoint.routes.iter().map(route).collect();
    let chinese: Vec<&str> = routes.iter().map(|pair| pair.0.as_str()).collect();
    let english: Vec<&str> = routes.iter().map(|pair| pair.1.as_str()).collect();
    let mut chinese = format!("可向“{name}”发送请求：{}。", chinese.join("；"));
    let mut english = format!("May send requests to “{name}”: {}.", english.join("; "));
    if changes {
        let plural = if effects == 1 { "" } else { "s" };
        chinese.push_str(&format!("每次调用最多变更 {effects} 次。"));
        english.push_str(&format!(" At most {effects} change{plural} per call."));
    }
    (chinese, english)
}

fn route(route: &Route) -> Pair {
    let methods: Vec<&str> = route.methods.iter().map(String::as_str).collect();
    let what = format!("{} {}", methods.join("/"), route.path_prefix);
    let (chinese, english) = match route.intent {
        RouteIntent::Read => ("仅查询", "only asks"),
        RouteIntent::Effect => ("产生变更", "changes something there"),
        RouteIntent::Declared => ("可能产生变更", "may change something there"),
    };
    (
        format!("{what}（{chinese}）"),
        format!("{what} ({english})"),
    )
}

pub(super) fn key(name: &str, key: &Key) -> Pair {
    let words = |usage: &KeyUse| match usage {
        KeyUse::Sign => ("签名", "sign"),
        KeyUse::Verify => ("验签", "check signatures"),
        KeyUse::Mac => ("生成校验码", "authenticate messages"),
        KeyUse::Encrypt => ("加密", "encrypt"),
        KeyUse::Decrypt => ("解密", "decrypt"),
    };
    let chinese: Vec<&str> = key.uses.iter().map(|usage| words(usage).0).collect();
    let english: Vec<&str> = key.uses.iter().map(|usage| words(usage).1).collect();
    (
        format!(
            "可请银行用密钥“{name}”{}，但看不到密钥。",
            chinese.join("、")
        ),
        format!(
            "May let the bank use the key “{name}” to {}, without seeing the key.",
            english.join(" and ")
        ),
    )
}

pub(super) fn data(scope: &str) -> Pair {
    (
        format!("经您授权，可读取您的资料：{scope}。"),
        format!("May read {scope} of yours, only with your consent."),
    )
}

pub(super) fn kv(bytes: u64) -> Pair {
    let (amount, unit) = match bytes {
        0..1_024 => (bytes, "bytes"),
        1_024..1_048_576 => (bytes.div_ceil(1_024), "KiB"),
        _ => (bytes.div_ceil(1_048_576), "MiB"),
    };
    (
        format!("可保存少量数据，最多 {amount} {unit}。"),
        format!("May keep a little data between calls, at most {amount} {unit}."),
    )
}

pub(super) fn legacy_crypto() -> Pair {
    (
        "可使用已不安全但仍在使用的旧密码算法。".to_owned(),
        "May use old cryptography that is broken but still in use.".to_owned(),
    )
}

pub(super) fn handoff(origins: &BTreeSet<Origin>) -> Pair {
    let origins: Vec<&str> = origins.iter().map(Origin::as_str).collect();
    (
        format!("可将您转到发证方页面：{}。", origins.join("、")),
        format!(
            "May send you on to the issuer's pages: {}.",
            origins.join(", ")
        ),
    )
}
