//! Where a node's books and objects are, as every command takes it that opens
//! them.

use std::net::SocketAddr;

use clap::Args;

use super::exit::Failure;
use super::globals::Globals;
use crate::config::{Database, SettingError, Settings};
use crate::objects::{ObjectPlace, PlaceError};

/// Where the books are.
#[derive(Debug, Args)]
pub struct Books {
    /// Where the books are: sqlite:FILE or postgres://…; else in the data folder.
    #[arg(long, value_name = "URL", env = "GUICHET_DATABASE")]
    pub database: Option<String>,
}

/// Where everything is that nodes share.
#[derive(Debug, Args)]
pub struct Storage {
    /// Where the books are.
    #[command(flatten)]
    pub books: Books,
    /// Where bundles and reports are: a folder, or
    /// s3://BUCKET/PREFIX?endpoint=URL&region=REGION with its keys in
    /// AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; else in the data folder.
    #[arg(long, value_name = "PLACE", env = "GUICHET_OBJECTS")]
    pub objects: Option<String>,
}

impl Books {
    /// Read here and not by the parser of arguments, which would repeat a mistyped
    /// URL with its password.
    pub(super) fn database(&self) -> Result<Option<Database>, Failure> {
        let parsed = self.database.as_deref().map(str::parse).transpose();
        parsed.map_err(|error: SettingError| Failure::Usage(error.to_string()))
    }

    /// Settings of a node, whose folder is made where it is missing.
    pub(super) fn settings(
        &self,
        globals: &Globals,
        (listen, node): (SocketAddr, &str),
    ) -> Result<Settings, Failure> {
        Settings::prepare(&globals.data, self.database()?, listen, node)
            .map_err(|error| Failure::Usage(error.to_string()))
    }

    /// Settings for commands that open a node's folder and listen nowhere.
    pub(super) fn offline(&self, globals: &Globals) -> Result<Settings, Failure> {
        if !globals.data.is_dir() {
            return Err(Failure::Usage(format!(
                "{} is no data folder: name the node's folder with --data",
                globals.data.display()
            )));
        }
        self.settings(globals, NOWHERE)
    }
}

/// Where commands listen that are no server, and their name.
pub(super) const NOWHERE: (SocketAddr, &str) = (
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0),
    "offline",
);

impl Storage {
    /// Where the objects are, where it was said.
    pub(super) fn objects(&self) -> Result<Option<ObjectPlace>, Failure> {
        let parsed = self.objects.as_deref().map(str::parse).transpose();
        parsed.map_err(|error: PlaceError| Failure::Usage(SettingError::from(error).to_string()))
    }

    /// As [`Books::settings`].
    pub(super) fn settings(
        &self,
        globals: &Globals,
        node: (SocketAddr, &str),
    ) -> Result<Settings, Failure> {
        let settings = self.books.settings(globals, node)?;
        Ok(settings.with_objects(self.objects()?))
    }

    /// As [`Books::offline`].
    pub(super) fn offline(&self, globals: &Globals) -> Result<Settings, Failure> {
        Ok(self.books.offline(globals)?.with_objects(self.objects()?))
    }
}
