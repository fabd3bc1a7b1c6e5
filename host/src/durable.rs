//! Files beside the database that must survive a loss of power: the content is on
//! the disk before the name is, and the name before anybody is told.

use std::fs::{File, OpenOptions};
use std::io::{Result, Write as _};
use std::path::{Path, PathBuf};

/// Writes a file as a whole: whoever reads it finds the old content or the new
/// one. `half` is a name beside it that no other writer uses at this moment.
pub(crate) fn replace(path: &Path, half: &Path, bytes: &[u8]) -> Result<()> {
    let written = File::create(half).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    if let Err(error) = written.and_then(|()| std::fs::rename(half, path)) {
        // A full disk must not stay full of halves.
        let _gone = std::fs::remove_file(half);
        return Err(error);
    }
    sync_folder(path)
}

/// Gives a file that was written under another name its own.
pub(crate) fn keep(half: &Path, path: &Path) -> Result<()> {
    File::open(half)?.sync_all()?;
    std::fs::rename(half, path)?;
    sync_folder(path)
}

/// Writes a file that only its owner may read, and that is not there yet.
pub(crate) fn create_private(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if let Err(error) = written {
        // Half a key would be refused for ever.
        let _gone = std::fs::remove_file(path);
        return Err(error);
    }
    sync_folder(path)
}

/// Puts the names in the file's folder on the disk.
pub(crate) fn sync_folder(path: &Path) -> Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        Some(_) | None => PathBuf::from("."),
    };
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_a_private_one_never() {
        let folder = tempfile::tempdir().unwrap();
        let (path, half) = (folder.path().join("note"), folder.path().join("half"));
        replace(&path, &half, b"one").unwrap();
        replace(&path, &half, b"two").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        assert!(!half.exists());
        let elsewhere = folder.path().join("no folder").join("note");
        assert!(replace(&elsewhere, &half, b"x").is_err());
        assert!(!half.exists(), "no half is left behind");
        assert!(create_private(&path, b"key").is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
    }
}
