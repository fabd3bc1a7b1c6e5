//! What is kept about the audit logs beside their events: the installation's
//! name and key, the trees' hashes, and the newest tree heads.

use guichet_domain::{Digest, Moment};

use super::{Row, Statement, Store, StoreError};

const DIGEST_BYTES: usize = 32;

/// Who signs here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstallationRow {
    /// Its name, which every origin begins with.
    pub name: String,
    /// Its public key: `ed25519:HEX`.
    pub public_key: String,
    /// The private key, sealed by the vault.
    pub sealed_secret: Vec<u8>,
}

/// A run of hashes of one height.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TileRow {
    /// 0 for leaves.
    pub level: u32,
    /// Its position among those of the same level.
    pub position: u64,
    /// At most 256.
    pub hashes: Vec<Digest>,
}

/// A log's newest tree head as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCheckpoint {
    /// Which log.
    pub log: u8,
    /// Its leaves.
    pub size: u64,
    /// The signed note.
    pub note: String,
    /// When it was signed.
    pub signed_at: Moment,
}

impl Store {
    /// Who signs here; none before the first node has started.
    pub async fn installation(&self) -> Result<Option<InstallationRow>, StoreError> {
        let rows = self
            .fetch(
                "select name, public_key, sealed_secret from installations where only_one = 1",
                &[],
            )
            .await?;
        let row = rows.first().map(|row| {
            Ok(InstallationRow {
                name: row.text(0)?.to_owned(),
                public_key: row.text(1)?.to_owned(),
                sealed_secret: row.bytes(2)?.to_vec(),
            })
        });
        row.transpose()
    }

    /// Writes down who signs here, unless another node has been quicker.
    pub async fn found_installation(
        &self,
        row: &InstallationRow,
        now: Moment,
    ) -> Result<(), StoreError> {
        let statement = Statement::new(
            "insert into installations (only_one, name, public_key, sealed_secret, created_at) \
             values (1, $1, $2, $3, $4) on conflict (only_one) do nothing",
            vec![
                row.name.as_str().into(),
                row.public_key.as_str().into(),
                row.sealed_secret.clone().into(),
                now.into(),
            ],
        );
        self.write(vec![statement]).await.map(drop)
    }

    /// A run of a log's hashes; empty where it is not kept.
    pub async fn audit_tile(
        &self,
        log: u8,
        level: u32,
        position: u64,
    ) -> Result<Vec<Digest>, StoreError> {
        let rows = self
            .fetch(
                "select hashes from audit_tiles where log = $1 and level = $2 and position = $3",
                &[u32::from(log).into(), level.into(), wide(position)?.into()],
            )
            .await?;
        let Some(row) = rows.first() else {
            return Ok(Vec::new());
        };
        let (hashes, rest) = row.bytes(0)?.as_chunks::<DIGEST_BYTES>();
        if rest.is_empty() {
            Ok(hashes
                .iter()
                .map(|hash| Digest::from_bytes(*hash))
                .collect())
        } else {
            Err(StoreError::Shape(0))
        }
    }

    /// A log's newest tree head.
    pub async fn checkpoint(&self, log: u8) -> Result<Option<StoredCheckpoint>, StoreError> {
        let rows = self
            .fetch(
                "select log, size, note, signed_at from audit_checkpoints where log = $1",
                &[u32::from(log).into()],
            )
            .await?;
        rows.first().map(read).transpose()
    }

    /// Puts down hashes and the tree head over them, where the head still stands
    /// as it did before; false where it does not.
    pub async fn put_checkpoint(
        &self,
        before: Option<&StoredCheckpoint>,
        next: &StoredCheckpoint,
        tiles: &[TileRow],
    ) -> Result<bool, StoreError> {
        let mut statements = vec![head_statement(before, next)?];
        for tile in tiles {
            // Only where the head was moved: a second process under this node's
            // name must not write hashes of its own.
            statements.push(Statement::new(
                "insert into audit_tiles (log, level, position, hashes) \
                 select $1, $2, $3, $4 from audit_checkpoints where log = $1 and note = $5 \
                 on conflict (log, level, position) do update set hashes = excluded.hashes",
                vec![
                    u32::from(next.log).into(),
                    tile.level.into(),
                    wide(tile.position)?.into(),
                    bytes(&tile.hashes).into(),
                    next.note.as_str().into(),
                ],
            ));
        }
        let rows = self.write(statements).await?;
        Ok(rows.first().is_some_and(|rows| !rows.is_empty()))
    }
}

fn head_statement(
    before: Option<&StoredCheckpoint>,
    next: &StoredCheckpoint,
) -> Result<Statement, StoreError> {
    let mut values = vec![
        u32::from(next.log).into(),
        wide(next.size)?.into(),
        next.note.as_str().into(),
        next.signed_at.into(),
    ];
    let Some(before) = before else {
        let text = "insert into audit_checkpoints (log, size, note, signed_at) \
             values ($1, $2, $3, $4) on conflict (log) do nothing returning log";
        return Ok(Statement::new(text, values));
    };
    values.push(before.note.as_str().into());
    Ok(Statement::new(
        "update audit_checkpoints set size = $2, note = $3, signed_at = $4 \
         where log = $1 and note = $5 returning log",
        values,
    ))
}

fn read(row: &Row) -> Result<StoredCheckpoint, StoreError> {
    Ok(StoredCheckpoint {
        log: u8::try_from(row.int(0)?).map_err(|_| StoreError::Shape(0))?,
        size: u64::try_from(row.int(1)?).map_err(|_| StoreError::Shape(1))?,
        note: row.text(2)?.to_owned(),
        signed_at: row.moment(3)?,
    })
}

fn wide(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| StoreError::Shape(0))
}

fn bytes(hashes: &[Digest]) -> Vec<u8> {
    let parts = hashes.iter().map(Digest::as_bytes);
    parts.flatten().copied().collect()
}
