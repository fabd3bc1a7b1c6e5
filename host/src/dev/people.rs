//! The people with whom the guides are followed: the operator's staff, two for
//! every decision that takes two, and the owner of a publisher. Made at the first
//! start, the same at every later one; never part of `serve`.

use std::collections::BTreeMap;

use anyhow::Result;
use guichet_domain::id::{PersonId, PublisherName};
use guichet_registry::register::Role;

use super::token::new_token;
use crate::app::App;

/// The operator's staff.
const STAFF: [(&str, &[Role]); 12] = [
    ("anna", &[Role::Administrator]),
    ("ben", &[Role::Administrator]),
    ("rita", &[Role::Reviewer]),
    ("rolf", &[Role::Reviewer]),
    ("mona", &[Role::ReleaseManager]),
    ("sven", &[Role::SecurityOfficer]),
    ("bela", &[Role::BillerManager]),
    ("bert", &[Role::BillerManager]),
    ("paul", &[Role::PaymentOfficer]),
    ("petra", &[Role::PaymentOfficer]),
    ("auda", &[Role::Auditor]),
    ("arno", &[Role::Auditor]),
];
/// A publisher's owner.
const OWNER: &str = "olga";
/// The publisher.
const PUBLISHER: &str = "acme";

/// Finds or makes them, each with the token that is kept for them.
pub(super) async fn prepare(
    app: &App,
    kept: BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>> {
    let governance = &app.rooms().governance;
    let publisher = PublisherName::new(PUBLISHER)?;
    governance
        .install_people(&STAFF, (OWNER, &publisher))
        .await?;
    let mut tokens = BTreeMap::new();
    for name in STAFF.iter().map(|(name, _)| *name).chain([OWNER]) {
        let token = match kept.get(name) {
            Some(token) => token.clone(),
            None => new_token("gp")?,
        };
        governance.keep_token(&PersonId::new(name)?, &token).await?;
        tokens.insert(name.to_owned(), token);
    }
    Ok(tokens)
}
