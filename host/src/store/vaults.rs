//! Whether the vault's key is the one that this database was sealed with.

use super::database::Connection;
use super::value::Value;
use super::{StoreError, dialect};
use crate::seal::{Place, Vault};

const WORD: Place = Place {
    table: "vaults",
    column: "sealed_word",
};
/// What is sealed says nothing; that it opens is enough.
const CONTENT: &[u8] = b"guichet";

const WRONG_KEY: &str = "vault.key is not the key that this database was sealed with: put the \
    right vault.key into the data folder (it is kept apart from the backup, and all nodes of \
    one database share it), or name the right database";

/// Refuses another key. A new database keeps the word sealed by the first one.
pub(super) async fn check(connection: &mut Connection, vault: &Vault) -> Result<(), StoreError> {
    connection.execute(dialect::begin(connection), &[]).await?;
    dialect::lock_migrations(connection).await?;
    let rows = connection
        .fetch("select sealed_word from vaults where only_one = 1", &[])
        .await?;
    match rows.first() {
        Some(row) => {
            let opened = vault.open_secret(WORD, "vault", row.bytes(0)?);
            if opened.is_err() {
                return Err(StoreError::Unfit(WRONG_KEY.to_owned()));
            }
        }
        None => {
            let sealed = vault.seal_secret(WORD, "vault", CONTENT)?;
            connection
                .execute(
                    "insert into vaults (only_one, sealed_word) values (1, $1)",
                    &[Value::from(sealed)],
                )
                .await?;
        }
    }
    connection.execute("commit", &[]).await?;
    Ok(())
}
