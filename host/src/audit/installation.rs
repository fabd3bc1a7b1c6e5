//! Who signs: the installation's name and its key, made by the first node and
//! shared by all through the books, sealed by the vault.

use guichet_registry::checkpoint::LogOrigin;
use guichet_registry::sign::{PublicKey, SignatureAlgorithm, SigningKey, key_file, sha256};

use super::AuditError;
use crate::ports::Ports;
use crate::seal::{Place, SealError};
use crate::store::{InstallationRow, Store};

const SECRET: Place = Place {
    table: "installations",
    column: "sealed_secret",
};
/// A longer name leaves no room for what names the logs.
const NAME_LIMIT: usize = 160;

/// See the module.
#[derive(Debug)]
pub(super) struct Installation {
    pub(super) name: LogOrigin,
    pub(super) key: SigningKey,
}

impl Installation {
    /// Reads it, or founds it under this name; without one, under one that
    /// follows from its key.
    pub(super) async fn open(
        store: &Store,
        ports: &Ports,
        name: Option<LogOrigin>,
    ) -> Result<Self, AuditError> {
        if let Some(row) = store.installation().await? {
            return Self::read(store, &row);
        }
        let key = SigningKey::generate(SignatureAlgorithm::Ed25519)?;
        let name = name.filter(|name| name.as_str().len() <= NAME_LIMIT);
        let name = name.map_or_else(|| name_of(&key.public()), |name| name.to_string());
        let secret = key_file::to_pem(&key);
        let row = InstallationRow {
            sealed_secret: store
                .vault()
                .seal_secret(SECRET, &name, secret.as_bytes())?,
            public_key: key.public().to_string(),
            name,
        };
        store.found_installation(&row, ports.now()).await?;
        // Another node may have been quicker: its name and key hold.
        let row = store.installation().await?.unwrap_or(row);
        Self::read(store, &row)
    }

    fn read(store: &Store, row: &InstallationRow) -> Result<Self, AuditError> {
        let secret = store
            .vault()
            .open_secret(SECRET, &row.name, &row.sealed_secret)?;
        let secret = std::str::from_utf8(&secret).map_err(|_| SealError::Content)?;
        let key = key_file::from_pem(secret)?;
        if key.public().to_string() != row.public_key {
            return Err(SealError::Content.into());
        }
        let name = row.name.parse().map_err(|_| SealError::Content)?;
        Ok(Self { name, key })
    }
}

fn name_of(key: &PublicKey) -> String {
    let digits = sha256(key.as_bytes()).hex();
    format!("guichet-{}", &digits[..16])
}

/// The name under which a log's tree heads are signed.
#[must_use]
pub fn origin_of(installation: &LogOrigin, log: u8) -> LogOrigin {
    format!("{installation}/audit/{log}")
        .parse()
        .expect("an installation's name leaves room for this")
}
