//! Makes a backup beside a serving node.

use std::path::{Path, PathBuf};

use guichet_domain::Moment;

use super::{BackupError, MADE_AT, MADE_BY, Made};
use crate::config::{Database, Settings};
use crate::objects::ObjectPlace;
use crate::seal::Vault;
use crate::store::{BackupFile, Location, Store};

/// Copies the database as it is at this moment, and the objects that it refers to;
/// checks the copy, and only then gives it its name.
pub async fn make(settings: &Settings, to: &Path, now: Moment) -> Result<Made, BackupError> {
    let Database::Sqlite(database) = &settings.database else {
        return Err(BackupError::Server);
    };
    if !database.exists() {
        return Err(BackupError::Missing(
            database.clone(),
            "name the node's folder with --data",
        ));
    }
    if to.exists() {
        return Err(BackupError::Exists(to.to_owned()));
    }
    let half = to.with_extension(format!("{}.part", std::process::id()));
    let made = copied(settings, database, &half, now).await;
    let made = made.and_then(|made| {
        crate::durable::keep(&half, to).map_err(BackupError::at(to))?;
        Ok(made)
    });
    if made.is_err() {
        // A full disk must not stay full of halves.
        let _gone = std::fs::remove_file(&half);
    }
    made
}

async fn copied(
    settings: &Settings,
    database: &Path,
    half: &Path,
    now: Moment,
) -> Result<Made, BackupError> {
    let copy = BackupFile::copy(database, half)?;
    if let Some(damage) = copy.damage()? {
        return Err(BackupError::Damaged(half.to_owned(), damage));
    }
    copy.put_note(MADE_AT, &now.to_string())?;
    copy.put_note(MADE_BY, env!("CARGO_PKG_VERSION"))?;
    let objects = put_objects(settings, &copy)?;
    let node = copy.nodes()?.into_iter().next();
    drop(copy);
    let vault = Vault::open(&settings.folder("vault.key"))?;
    let node = node.map_or_else(|| settings.node.clone(), |(_, node)| node);
    let location = Location::Sqlite(half.to_owned());
    // Its writer is never run: the copy is only read.
    let (store, writer) = Store::prepare(&location, vault, &node).await?;
    let report = store.check_ledger(now).await?;
    drop((store, writer));
    let bytes = std::fs::metadata(half)
        .map_err(BackupError::at(half))?
        .len();
    Ok(Made {
        at: now,
        report,
        objects,
        bytes,
        keys: keys(settings)?,
    })
}

/// Objects never change, and stand before the database refers to them: read after
/// it, none is missing.
fn put_objects(settings: &Settings, copy: &BackupFile) -> Result<usize, BackupError> {
    let ObjectPlace::Folder(folder) = &settings.objects else {
        return Ok(0);
    };
    let mut count = 0;
    for name in files_below(folder)? {
        let path = folder.join(&name);
        let content = std::fs::read(&path).map_err(BackupError::at(&path))?;
        copy.put_object(&name, &content)?;
        count += 1;
    }
    Ok(count)
}

/// The names of all whole files below a folder.
fn files_below(folder: &Path) -> Result<Vec<String>, BackupError> {
    let mut names = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(below) = folders.pop() {
        let place = folder.join(&below);
        if !place.is_dir() {
            continue;
        }
        for entry in std::fs::read_dir(&place).map_err(BackupError::at(&place))? {
            let entry = entry.map_err(BackupError::at(&place))?;
            let name = below.join(entry.file_name());
            if entry.path().is_dir() {
                folders.push(name);
            } else if name.extension().is_none_or(|end| end != "part")
                && let Some(name) = name.to_str()
            {
                names.push(name.to_owned());
            }
        }
    }
    names.sort();
    Ok(names)
}

/// The keys in the data folder.
fn keys(settings: &Settings) -> Result<Vec<PathBuf>, BackupError> {
    let folder = &settings.data;
    let mut keys = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(BackupError::at(folder))? {
        let path = entry.map_err(BackupError::at(folder))?.path();
        if path.extension().is_some_and(|end| end == "key") {
            keys.push(path);
        }
    }
    keys.sort();
    Ok(keys)
}
