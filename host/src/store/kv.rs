//! Small state of plugins, kept per package and service, with a quota.

use guichet_domain::id::ServiceCode;

use super::{Statement, Store, StoreError};

/// Whose state; `scope` is the plugin's own division of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KvScope {
    /// `publisher/name`.
    pub package: String,
    /// The catalogue entry.
    pub service: ServiceCode,
    /// The scope argument.
    pub scope: String,
}

/// A value with its version, which counts from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KvValue {
    /// The bytes.
    pub value: Vec<u8>,
    /// Changes with every write.
    pub version: u64,
}

/// One statement writes only where the version is the expected one and the
/// quota holds, so that concurrent calls cannot pass it together.
const PUT: &str = "insert into kv (package, service, scope, key, value, version) \
    select $1, $2, $3, $4, $5, $6 \
    where $7 >= (select coalesce(cast(sum(length(key) + length(value)) as bigint), 0) from kv \
        where package = $1 and service = $2 and not (scope = $3 and key = $4)) \
    on conflict (package, service, scope, key) do update \
    set value = excluded.value, version = kv.version + 1 \
    returning version";
const COMPARE_AND_SWAP: &str = "update kv set value = $5, version = version + 1 \
    where package = $1 and service = $2 and scope = $3 and key = $4 and version = $6 \
    and value is not null \
    and $7 >= (select coalesce(cast(sum(length(o.key) + length(o.value)) as bigint), 0) \
        from kv as o where o.package = $1 and o.service = $2 \
        and not (o.scope = $3 and o.key = $4)) \
    returning version";
const INSERT_IF_ABSENT: &str = "insert into kv (package, service, scope, key, value, version) \
    select $1, $2, $3, $4, $5, $6 \
    where $7 >= (select coalesce(cast(sum(length(key) + length(value)) as bigint), 0) from kv \
        where package = $1 and service = $2 and not (scope = $3 and key = $4)) \
    on conflict (package, service, scope, key) do update \
    set value = excluded.value, version = kv.version + 1 where kv.value is null \
    returning version";

impl Store {
    /// Reads a value.
    pub async fn kv_get(&self, at: &KvScope, key: &str) -> Result<Option<KvValue>, StoreError> {
        let rows = self
            .fetch(
                "select value, version from kv \
                 where package = $1 and service = $2 and scope = $3 and key = $4 \
                 and value is not null",
                &[
                    at.package.as_str().into(),
                    at.service.as_str().into(),
                    at.scope.as_str().into(),
                    key.into(),
                ],
            )
            .await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let version = u64::try_from(row.int(1)?).map_err(|_| StoreError::Shape(1))?;
        Ok(Some(KvValue {
            value: row.bytes(0)?.to_vec(),
            version,
        }))
    }

    /// Writes a value. None where the quota over keys and values is used up.
    pub async fn kv_put(
        &self,
        at: &KvScope,
        key: &str,
        value: &[u8],
        quota_bytes: u64,
    ) -> Result<Option<u64>, StoreError> {
        self.kv_write(PUT, at, key, value, 1, quota_bytes).await
    }

    /// Writes a value only where it stands at `expected` (none: only where
    /// there is no value yet). None where it does not, or the quota is used up.
    pub async fn kv_compare_and_swap(
        &self,
        at: &KvScope,
        key: &str,
        value: &[u8],
        expected: Option<u64>,
        quota_bytes: u64,
    ) -> Result<Option<u64>, StoreError> {
        match expected {
            None => {
                self.kv_write(INSERT_IF_ABSENT, at, key, value, 1, quota_bytes)
                    .await
            }
            Some(version) => {
                let version = i64::try_from(version).map_err(|_| StoreError::Shape(1))?;
                self.kv_write(COMPARE_AND_SWAP, at, key, value, version, quota_bytes)
                    .await
            }
        }
    }

    /// Deletes a value; true where there was one.
    pub async fn kv_delete(&self, at: &KvScope, key: &str) -> Result<bool, StoreError> {
        let statement = Statement::new(
            "update kv set value = null, version = version + 1 \
             where package = $1 and service = $2 and scope = $3 and key = $4 \
             and value is not null returning version",
            vec![
                at.package.as_str().into(),
                at.service.as_str().into(),
                at.scope.as_str().into(),
                key.into(),
            ],
        );
        let rows = self.write(vec![statement]).await?;
        Ok(rows.first().is_some_and(|rows| !rows.is_empty()))
    }

    async fn kv_write(
        &self,
        sql: &'static str,
        at: &KvScope,
        key: &str,
        value: &[u8],
        version: i64,
        quota_bytes: u64,
    ) -> Result<Option<u64>, StoreError> {
        let used = u64::try_from(key.len() + value.len()).unwrap_or(u64::MAX);
        let Some(rest) = quota_bytes.checked_sub(used) else {
            return Ok(None);
        };
        let values = vec![
            at.package.as_str().into(),
            at.service.as_str().into(),
            at.scope.as_str().into(),
            key.into(),
            value.to_vec().into(),
            version.into(),
            i64::try_from(rest).unwrap_or(i64::MAX).into(),
        ];
        let rows = self.write(vec![Statement::new(sql, values)]).await?;
        let written = rows.first().and_then(|rows| rows.first());
        written
            .map(|row| u64::try_from(row.int(0)?).map_err(|_| StoreError::Shape(0)))
            .transpose()
    }
}
