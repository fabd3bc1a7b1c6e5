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
mod tests;
