//! Permissions in plain words, for citizens and reviewers, and what is new in a
//! release compared with the one that serves now.

mod words;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::manifest::Manifest;
use crate::texts::Texts;

/// One permission that a release asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Permission {
    /// A stable name: `http:biller`, `keys:biller-mac`, `kv`,
    /// `data:identity.name`, `legacy-crypto`, `handoff`.
    pub name: String,
    /// What it lets the plugin do.
    pub meaning: Texts,
    /// Why the publisher wants it.
    pub reason: Texts,
}

/// All permissions of a manifest, by name.
#[must_use]
pub fn describe(manifest: &Manifest) -> Vec<Permission> {
    let mut all = Vec::new();
    for (name, endpoint) in &manifest.endpoints {
        let meaning = words::endpoint(name.as_str(), endpoint);
        all.push(permission(
            format!("http:{name}"),
            meaning,
            &endpoint.reason,
        ));
    }
    for (name, key) in &manifest.keys {
        let meaning = words::key(name.as_str(), key);
        all.push(permission(format!("keys:{name}"), meaning, &key.reason));
    }
    let other = &manifest.permissions;
    for (scope, data) in &other.data {
        let meaning = words::data(scope.as_str());
        all.push(permission(format!("data:{scope}"), meaning, &data.reason));
    }
    if let Some(kv) = &other.kv {
        all.push(permission(
            "kv".to_owned(),
            words::kv(kv.quota_bytes),
            &kv.reason,
        ));
    }
    if let Some(legacy) = &other.legacy_crypto {
        let name = "legacy-crypto".to_owned();
        all.push(permission(name, words::legacy_crypto(), &legacy.reason));
    }
    if let Some(handoff) = &other.handoff {
        let meaning = words::handoff(&handoff.origins);
        all.push(permission("handoff".to_owned(), meaning, &handoff.reason));
    }
    all.sort_by(|left, right| left.name.cmp(&right.name));
    all
}

fn permission(name: String, (chinese, english): (String, String), reason: &Texts) -> Permission {
    let meaning = Texts::of(&shorten(chinese), &shorten(english));
    let meaning = meaning.expect("made of readable words and cut to the limit");
    Permission {
        name,
        meaning,
        reason: reason.clone(),
    }
}

/// A text may have 4,000 bytes; a manifest's routes could fill more.
fn shorten(text: String) -> String {
    if text.len() <= 3_900 {
        return text;
    }
    text.chars().take(1_200).chain("…".chars()).collect()
}

/// What a release asks for beyond, or short of, another one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Asked for now, not before.
    pub added: Vec<Permission>,
    /// Asked for before, no more.
    pub removed: Vec<Permission>,
    /// Asked for with another meaning: before and now.
    pub changed: Vec<(Permission, Permission)>,
}

impl Difference {
    /// Whether somebody must look at it. A changed meaning counts as growth:
    /// what is narrower is for people to see.
    #[must_use]
    pub fn grows(&self) -> bool {
        !self.added.is_empty() || !self.changed.is_empty()
    }
}

/// Compares the permissions of two releases; reasons alone make no difference.
#[must_use]
pub fn difference(before: &Manifest, now: &Manifest) -> Difference {
    let by_name = |manifest| {
        let named = |permission: Permission| (permission.name.clone(), permission);
        describe(manifest)
            .into_iter()
            .map(named)
            .collect::<BTreeMap<String, Permission>>()
    };
    let (mut before, now) = (by_name(before), by_name(now));
    let mut difference = Difference::default();
    for (name, permission) in now {
        match before.remove(&name) {
            None => difference.added.push(permission),
            Some(earlier) if earlier.meaning != permission.meaning => {
                difference.changed.push((earlier, permission));
            }
            Some(_) => {}
        }
    }
    difference.removed = before.into_values().collect();
    difference
}

#[cfg(test)]
mod tests {
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
}
