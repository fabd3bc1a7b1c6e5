//! Finds private keys left in a bundle's texts. A signed bundle is public.

use crate::bundle::Bundle;
use crate::finding::{Finding, Rule};

/// How private keys begin in the files people keep them in.
const MARKS: [&str; 2] = ["PRIVATE KEY-----", "AGE-SECRET-KEY-"];

pub(crate) fn check(bundle: &Bundle<'_>) -> Vec<Finding> {
    let texts = bundle
        .files()
        .filter(|(path, _)| !path.as_str().ends_with(".wasm"))
        .filter_map(|(path, bytes)| Some((path, std::str::from_utf8(bytes).ok()?)));
    texts
        .filter_map(|(path, text)| {
            let offset = MARKS.iter().filter_map(|mark| text.find(mark)).min()?;
            let line = text[..offset].matches('\n').count() + 1;
            let finding = Finding::new(
                Rule::Secret,
                path.as_str(),
                "it holds a private key",
                "remove it, consider the key as known to others and replace it",
            );
            Some(finding.at(Some(line)))
        })
        .collect()
}
