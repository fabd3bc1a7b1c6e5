//! The manifest: endpoints and routes from servers, paths and methods; keys from
//! the mapping's signature.

use guichet_registry::Version;
use serde_json::Value;

use super::calls::Calls;
use super::document::Document;
use super::plan::Plan;
use super::security::Credential;
use super::services::texts_or;

/// Where the document says that the interface is.
#[derive(Debug)]
pub(super) struct Server {
    /// `https://water.example.com`, where the document names one.
    origin: Option<String>,
    /// Stands before every path: `/v1`, or nothing.
    pub(super) base: String,
}

impl Server {
    pub(super) fn of(document: &Document, notices: &mut Vec<String>) -> Self {
        let server = &document.value["servers"][0];
        let mut url = server["url"].as_str().unwrap_or_default().to_owned();
        for (name, variable) in server["variables"].as_object().into_iter().flatten() {
            let value = variable["default"].as_str().unwrap_or_default();
            url = url.replace(&format!("{{{name}}}"), value);
        }
        let (origin, path) = match url.split_once("://") {
            None => (None, url.as_str()),
            Some((scheme, rest)) => {
                let end = rest.find('/').unwrap_or(rest.len());
                (Some(format!("{scheme}://{}", &rest[..end])), &rest[end..])
            }
        };
        let base = path.trim_end_matches('/').to_owned();
        let secure = origin.filter(|origin| origin.starts_with("https://"));
        if secure.is_none() {
            notices.push(
                "plugin.toml: the document names no https server, so no origin is suggested"
                    .to_owned(),
            );
        }
        Self {
            origin: secure,
            base,
        }
    }
}

/// `plugin.toml`
pub(super) fn text(
    document: &Document,
    plan: &Plan,
    calls: &Calls<'_>,
    server: &Server,
    credentials: &[Credential],
    component: &str,
) -> String {
    let info = &document.value["info"];
    let title = info["title"].as_str().unwrap_or(&plan.package);
    let described = info["description"]
        .as_str()
        .or_else(|| info["summary"].as_str());
    let described = described.and_then(|text| text.lines().find(|line| !line.trim().is_empty()));
    let publisher = plan.package.split('/').next().unwrap_or_default();
    let version = plan
        .version
        .clone()
        .or_else(|| info["version"].as_str().map(str::to_owned))
        .filter(|version| version.parse::<Version>().is_ok())
        .unwrap_or_else(|| "0.1.0".to_owned());
    let licence = plan.licence.as_deref().unwrap_or("LicenseRef-Proprietary");
    let mut text = format!(
        "# Made by `guichet plugin from-openapi` of {}.\n\
         package = {}\nversion = {}\ncontract = \"0.1.0\"\nlicence = {}\n\
         publisher = {}\ntitles = {}\ndescriptions = {}\n\
         # The declarative plugin http-biller: it runs mapping.json.\n\
         component = {{ digest = \"{component}\" }}\n\n[endpoints.biller]\n",
        document.file,
        quoted(&plan.package),
        quoted(&version),
        quoted(licence),
        inline(&texts_or(plan.publisher.as_ref(), publisher)),
        inline(&texts_or(plan.titles.as_ref(), title)),
        inline(&texts_or(
            plan.descriptions.as_ref(),
            described.unwrap_or(title)
        )),
    );
    text.push_str(&format!("reason = {}\n", inline(&reason(calls))));
    if let Some(origin) = &server.origin {
        text.push_str(&format!("suggested_origin = {}\n", quoted(origin)));
    }
    for credential in credentials {
        text.push_str(&format!(
            "# The operator binds the header {} as {:?} to a secret; the plugin never sees it.\n",
            credential.header, credential.format
        ));
    }
    text.push_str(&headers(plan, calls));
    text.push_str("routes = [\n");
    for route in routes(calls) {
        text.push_str(&format!(
            "    {{ methods = [\"{}\"], path_prefix = {}, intent = \"{}\" }},\n",
            route.method,
            quoted(&route.prefix),
            route.intent
        ));
    }
    text.push_str("]\n");
    if let Some(sign) = &plan.sign {
        let (usage, zh, en) = if sign.is_mac() {
            (
                "mac",
                "为报文计算校验码",
                "Authenticates messages to the biller",
            )
        } else {
            ("sign", "为请求签名", "Signs requests to the biller")
        };
        text.push_str(&format!(
            "\n[keys.{}]\nalgorithm = {}\nuses = [\"{usage}\"]\nreason = {{ zh-CN = \"{zh}\", en = \"{en}\" }}\n",
            sign.key_name(),
            quoted(&sign.algorithm)
        ));
    }
    text.push_str("\n[config]\nmapping = { file = \"mapping.json\" }\n");
    text
}

/// What the operations are for is known, so the reason is.
fn reason(calls: &Calls<'_>) -> Value {
    let (mut chinese, mut english) = (
        "查询账单、缴费".to_owned(),
        "Finds bills, pays them".to_owned(),
    );
    if calls.status.is_some() {
        chinese.push_str("、查询缴费结果");
        english.push_str(", asks what became of a payment");
    }
    if calls.reversal.is_some() {
        chinese.push_str("、当日冲正");
        english.push_str(", takes a payment back on the same day");
    }
    serde_json::json!({"zh-CN": chinese, "en": english})
}

/// Headers beside the usual two.
fn headers(plan: &Plan, calls: &Calls<'_>) -> String {
    let mut names: Vec<String> = calls
        .all()
        .iter()
        .flat_map(|(call, _)| call.request.headers.clone())
        .collect();
    let put = plan
        .sign
        .as_ref()
        .and_then(|sign| sign.put.strip_prefix("header:"));
    names.extend(put.map(str::to_ascii_lowercase));
    names.sort();
    names.dedup();
    if names.is_empty() {
        return String::new();
    }
    let all: Vec<String> = ["accept", "content-type"]
        .into_iter()
        .chain(names.iter().map(String::as_str))
        .map(quoted)
        .collect();
    format!("request_headers = [{}]\n", all.join(", "))
}

/// One route of the endpoint.
struct Route {
    method: String,
    prefix: String,
    intent: &'static str,
}

/// The longest first, because the first that matches decides.
fn routes(calls: &Calls<'_>) -> Vec<Route> {
    let mut routes: Vec<Route> = Vec::new();
    for (call, intent) in calls.all() {
        let path = call.request.section["path"].as_str().unwrap_or("/");
        let prefix = match path.find('{') {
            None => path.to_owned(),
            Some(at) => {
                let fixed = &path[..at];
                fixed[..fixed.rfind('/').map_or(0, |slash| slash + 1)].to_owned()
            }
        };
        let method = call.reader.operation.method.clone();
        let same = routes
            .iter_mut()
            .find(|route| route.method == method && route.prefix == prefix);
        match same {
            Some(route) if route.intent != intent => route.intent = "declared",
            Some(_) => {}
            None => routes.push(Route {
                method,
                prefix,
                intent,
            }),
        }
    }
    routes.sort_by_key(|route| std::cmp::Reverse(route.prefix.len()));
    routes
}

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// Texts by language on one line.
fn inline(texts: &Value) -> String {
    let members: Vec<String> = texts
        .as_object()
        .into_iter()
        .flatten()
        .map(|(tag, text)| format!("{tag} = {}", quoted(text.as_str().unwrap_or_default())))
        .collect();
    format!("{{ {} }}", members.join(", "))
}
