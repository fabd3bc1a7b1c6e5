//! Settings, read once at start; bad ones are refused with the reason and the
//! mend. Holds no secrets.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use guichet_domain::CutOff;

use crate::objects::{ObjectPlace, PlaceError};

/// How a node runs.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The node's folder: embedded database, keys, compiled code, transcripts.
    pub data: PathBuf,
    /// Where the books are.
    pub database: Database,
    /// Where bundles and reports are.
    pub objects: ObjectPlace,
    /// Settings files of the banks that it is connected to.
    pub banks: Vec<PathBuf>,
    /// Where the node listens.
    pub listen: SocketAddr,
    /// The node's name in leases and logs; unique among the nodes of a database.
    pub node: String,
    /// When one accounting date turns into the next.
    pub cut_off: CutOff,
}

/// A database that the store speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// Embedded, in this file.
    Sqlite(PathBuf),
    /// A PostgreSQL server, by URL.
    Postgres(String),
}

/// A setting that cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// Neither SQLite nor PostgreSQL.
    #[error("database `{0}`: write sqlite:FILE or postgres://USER@HOST/NAME")]
    Database(String),
    /// The folder cannot be used.
    #[error("data folder {0}: {1}; name another one with --data or mend its permissions")]
    Data(String, String),
    /// Neither a folder nor a bucket.
    #[error("objects: {0}")]
    Objects(#[from] PlaceError),
    /// Not a name.
    #[error("node name `{0}`: 1 to 40 of a-z, 0-9 and -")]
    Node(String),
}

impl Settings {
    /// Checks the settings and makes the data folder.
    pub fn prepare(
        data: &Path,
        database: Option<Database>,
        listen: SocketAddr,
        node: &str,
    ) -> Result<Self, SettingError> {
        let is_name = (1..=40).contains(&node.len())
            && node
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !is_name {
            return Err(SettingError::Node(node.to_owned()));
        }
        let data = make_private(data)
            .map_err(|error| SettingError::Data(data.display().to_string(), error.to_string()))?;
        let database = database.unwrap_or_else(|| Database::Sqlite(data.join("guichet.db")));
        Ok(Self {
            objects: ObjectPlace::Folder(data.join("objects")),
            data,
            database,
            banks: Vec::new(),
            listen,
            node: node.to_owned(),
            cut_off: CutOff::MIDNIGHT,
        })
    }

    /// The same with another cut-off.
    #[must_use]
    pub const fn with_cut_off(mut self, cut_off: CutOff) -> Self {
        self.cut_off = cut_off;
        self
    }

    /// The same with the objects in another place.
    #[must_use]
    pub fn with_objects(self, place: Option<ObjectPlace>) -> Self {
        let objects = place.unwrap_or(self.objects);
        Self { objects, ..self }
    }

    /// The same connected to banks.
    #[must_use]
    pub fn with_banks(self, banks: Vec<PathBuf>) -> Self {
        Self { banks, ..self }
    }

    /// A folder for one purpose inside the data folder.
    #[must_use]
    pub fn folder(&self, name: &str) -> PathBuf {
        self.data.join(name)
    }
}

/// Makes the folder readable by its owner alone: it holds keys.
fn make_private(folder: &Path) -> std::io::Result<PathBuf> {
    use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
    if !folder.is_dir() {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
    }
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
    folder.canonicalize()
}

impl FromStr for Database {
    type Err = SettingError;

    fn from_str(text: &str) -> Result<Self, SettingError> {
        if let Some(path) = text.strip_prefix("sqlite:").filter(|path| !path.is_empty()) {
            return Ok(Self::Sqlite(PathBuf::from(path.trim_start_matches("//"))));
        }
        let known = ["postgres://", "postgresql://"]
            .iter()
            .any(|scheme| text.starts_with(scheme));
        if known {
            return Ok(Self::Postgres(text.to_owned()));
        }
        // The password of a mistyped URL must not reach a log.
        let scheme = text.split(':').next().unwrap_or_default();
        Err(SettingError::Database(format!("{scheme}:…")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn databases_are_told_apart_and_mistakes_keep_secrets() {
        assert_eq!("sqlite:a.db".parse(), Ok(Database::Sqlite("a.db".into())));
        assert!(matches!(
            "postgres://me@h/b".parse(),
            Ok(Database::Postgres(_))
        ));
        let error = "mysql://me:secret@h/b".parse::<Database>().unwrap_err();
        assert!(error.to_string().contains("write sqlite:FILE"));
        assert!(!error.to_string().contains("secret"));
        assert!("sqlite:".parse::<Database>().is_err());
    }

    #[test]
    fn a_data_folder_that_cannot_be_made_says_what_to_do() {
        let listen = "127.0.0.1:0".parse().unwrap();
        let error =
            Settings::prepare(Path::new("/proc/none/here"), None, listen, "n1").unwrap_err();
        assert!(error.to_string().contains("--data"));
        let folder = tempfile::tempdir().unwrap();
        let error = Settings::prepare(folder.path(), None, listen, "N 1").unwrap_err();
        assert!(matches!(error, SettingError::Node(_)));
    }
}
