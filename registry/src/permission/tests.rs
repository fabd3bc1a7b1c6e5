//! The words, and which differences count as growth.

use super::*;
use crate::samples::MANIFEST;

fn manifest(from: &str, to: &str) -> Manifest {
    assert!(MANIFEST.contains(from), "{from:?} stands in the sample");
    Manifest::read(&MANIFEST.replacen(from, to, 1)).unwrap()
}

#[test]
fn permissions_are_said_in_plain_words() {
    let all = describe(&manifest("demo", "demo"));
    let names: Vec<&str> = all
        .iter()
        .map(|permission| permission.name.as_str())
        .collect();
    assert_eq!(
        names,
        ["data:identity.name", "http:biller", "keys:biller-mac", "kv"]
    );
    assert_eq!(
        all[1].meaning.english(),
        "May send requests to “biller”: POST /b/ (may change something there). At most 1 change per call."
    );
    assert_eq!(
        all[1].meaning.chinese(),
        "可向“biller”发送请求：POST /b/（可能产生变更）。每次调用最多变更 1 次。"
    );
    assert_eq!(all[1].reason.chinese(), "查询账单并销账");
    assert!(all[0].meaning.english().contains("with your consent"));
    assert!(all[3].meaning.english().contains("64 KiB"));
}

#[test]
fn growth_is_seen_and_a_new_reason_is_none() {
    let old = manifest("demo", "demo");
    let same = difference(&old, &manifest("Signs requests", "Signs all requests"));
    assert_eq!(same, Difference::default());
    let wider = difference(&old, &manifest("\"/b/\"", "\"/\""));
    assert_eq!((wider.changed.len(), wider.grows()), (1, true));
    let without = "[permissions.kv]\nquota_bytes = 65536\nreason = { zh-CN = \"保存令牌\", en = \"Keeps a session token\" }\n";
    let fewer = difference(&old, &manifest(without, ""));
    assert_eq!((fewer.removed.len(), fewer.grows()), (1, false));
    let more = difference(&manifest(without, ""), &old);
    assert_eq!((more.added[0].name.as_str(), more.grows()), ("kv", true));
}

#[test]
fn a_very_long_list_of_routes_is_cut() {
    let route = "{ methods = [\"POST\"], path_prefix = \"/b/\", intent = \"declared\" },\n";
    let long = route.replace("/b/", &format!("/{}", "x".repeat(190)));
    let manifest = manifest(route, &long.repeat(60));
    assert!(describe(&manifest)[1].meaning.english().len() < 4_000);
}
