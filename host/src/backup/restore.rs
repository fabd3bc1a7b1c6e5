//! Puts a backup back, or marks a database that was put back by other means.

use std::path::{Component, Path, PathBuf};

use guichet_domain::Moment;

use super::{BackupError, MADE_AT, Restored, told};
use crate::app;
use crate::audit::Audit;
use crate::config::{Database, Settings};
use crate::objects::ObjectPlace;
use crate::ports::Ports;
use crate::seal::Vault;
use crate::store::{BackupFile, LedgerReport, Location, Restoration, Store};

/// What this node remembers of the registry's log beside the database.
const REGISTRY_MEMORY: &str = "registry.checkpoint";

/// Puts a backup into a data folder that holds the keys and no database.
pub async fn restore(
    settings: &Settings,
    from: &Path,
    ports: &Ports,
) -> Result<Restored, BackupError> {
    let Database::Sqlite(database) = &settings.database else {
        return Err(BackupError::Server);
    };
    if database.exists() {
        return Err(BackupError::Exists(database.clone()));
    }
    if !from.exists() {
        return Err(BackupError::Missing(from.to_owned(), "name a backup file"));
    }
    let key = settings.folder("vault.key");
    if !key.exists() {
        return Err(BackupError::Missing(
            key,
            "put the keys that are kept apart into the data folder first",
        ));
    }
    let half = database.with_extension("restoring");
    let restored = put_back(settings, from, &half, ports).await;
    let restored = restored.and_then(|restored| {
        crate::durable::keep(&half, database).map_err(BackupError::at(database))?;
        Ok(restored)
    });
    if restored.is_err() {
        // What was put back in part is of no use to anybody.
        let _gone = std::fs::remove_file(&half);
    }
    restored
}

async fn put_back(
    settings: &Settings,
    from: &Path,
    half: &Path,
    ports: &Ports,
) -> Result<Restored, BackupError> {
    std::fs::copy(from, half).map_err(BackupError::at(half))?;
    let damaged = |why: String| BackupError::Damaged(from.to_owned(), why);
    let file = BackupFile::open(half)?;
    match file.damage() {
        Ok(None) => {}
        Ok(Some(damage)) => return Err(damaged(damage)),
        Err(error) => return Err(damaged(error.to_string())),
    }
    let made_at = file.note(MADE_AT);
    let made_at = made_at.map_err(|_| damaged("it is no backup of guichet".to_owned()))?;
    let backup_of: Moment = made_at
        .parse()
        .map_err(|_| damaged("its moment does not read".to_owned()))?;
    let objects = take_objects(settings, &file)?;
    let nodes = file.nodes()?;
    file.strip()?;
    let location = Location::Sqlite(half.to_owned());
    let report = look_through(settings, &location, &nodes, ports).await?;
    if !report.findings.is_empty() {
        let (count, first) = (report.findings.len(), told(&report.findings));
        return Err(BackupError::Unbalanced(from.to_owned(), count, first));
    }
    let lost_slots = lost_slots(settings, &nodes);
    let restoration = Restoration {
        at: ports.now(),
        backup_of,
        lost_slots,
    };
    let at = restoration.write(&location).await?;
    forget_newer_registry(settings)?;
    Ok(Restored {
        backup_of,
        at,
        report,
        objects,
    })
}

/// Checks the books, and signs every log up to its end: nothing is ever added to
/// these logs again.
async fn look_through(
    settings: &Settings,
    location: &Location,
    nodes: &[(u8, String)],
    ports: &Ports,
) -> Result<LedgerReport, BackupError> {
    let mut report = None;
    let own = [(0, settings.node.clone())];
    let nodes = if nodes.is_empty() { &own } else { nodes };
    for (slot, node) in nodes {
        let vault = Vault::open(&settings.folder("vault.key"))?;
        let store = Store::open(location, vault, node).await?;
        if report.is_none() {
            report = Some(store.check_ledger(ports.now()).await?);
        }
        let memory = settings.folder(&format!("audit-{slot}.restoring"));
        let audit = Audit::open(store.clone(), ports.clone(), None, memory.clone()).await;
        let signed = match &audit {
            Ok(audit) => audit.sign().await.map(drop),
            Err(_) => Ok(()),
        };
        // The memory of a node that is not there any more.
        let _gone = std::fs::remove_file(&memory);
        store.close().await;
        audit?;
        signed?;
    }
    report.ok_or_else(|| BackupError::Damaged(settings.data.clone(), "it knows no node".to_owned()))
}

/// Logs that this folder remembers and the backup does not know: they were begun
/// after it.
fn lost_slots(settings: &Settings, nodes: &[(u8, String)]) -> Vec<u8> {
    let is_lost = |slot: &u8| {
        let remembered = settings
            .folder(&format!("audit-{slot}.checkpoint"))
            .exists();
        remembered && !nodes.iter().any(|(known, _)| known == slot)
    };
    (0..100).filter(is_lost).collect()
}

/// The registry's log may have been longer: the restored one is compared by people
/// with what this node remembers, which is kept beside.
fn forget_newer_registry(settings: &Settings) -> Result<(), BackupError> {
    let memory = settings.folder(REGISTRY_MEMORY);
    if !memory.exists() {
        return Ok(());
    }
    let kept = settings.folder(&format!("{REGISTRY_MEMORY}.before-restore"));
    std::fs::rename(&memory, &kept).map_err(BackupError::at(&memory))
}

fn take_objects(settings: &Settings, file: &BackupFile) -> Result<usize, BackupError> {
    let ObjectPlace::Folder(folder) = &settings.objects else {
        return Ok(0);
    };
    let names = file.objects()?;
    for name in &names {
        let inside = Path::new(name)
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        let path = folder.join(name);
        if !inside {
            let why = format!("it holds an object called {name}");
            return Err(BackupError::Damaged(path, why));
        }
        if path.exists() {
            // Objects are named by their content, and never change.
            continue;
        }
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(BackupError::at(parent))?;
        }
        let half: PathBuf = path.with_extension("restoring.part");
        crate::durable::replace(&path, &half, &file.object(name)?)
            .map_err(BackupError::at(&path))?;
    }
    Ok(names.len())
}

/// Marks a server's database that was put back with the server's own tools, before
/// any node is started.
pub async fn mark(
    settings: &Settings,
    backup_of: Moment,
    ports: &Ports,
) -> Result<Restored, BackupError> {
    let location = match &settings.database {
        Database::Sqlite(file) => Location::Sqlite(file.clone()),
        Database::Postgres(url) => Location::Postgres(url.clone()),
    };
    let store = app::open_store_at(settings, &location).await?;
    let nodes = store.node_names().await?;
    store.close().await;
    let report = look_through(settings, &location, &nodes, ports).await?;
    let restoration = Restoration {
        at: ports.now(),
        backup_of,
        lost_slots: lost_slots(settings, &nodes),
    };
    let at = restoration.write(&location).await?;
    forget_newer_registry(settings)?;
    Ok(Restored {
        backup_of,
        at,
        report,
        objects: 0,
    })
}
