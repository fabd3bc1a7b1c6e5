//! `guichet registry secret`: keys and secrets of packages. Values come from
//! files or standard input, never from the command line, which others can see.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use clap::Subcommand;
use guichet_registry::PackageName;
use serde_json::json;

use super::package_path;
use crate::cli::connection::Connection;
use crate::cli::exit::{Ending, Failure};
use crate::cli::output::Output;

/// More than any key has.
const VALUE_LIMIT_BYTES: u64 = 64 * 1024;

/// `guichet registry secret …`
#[derive(Debug, Subcommand)]
pub enum SecretCommand {
    /// Set a secret, or with --algorithm a key.
    Set {
        /// Whose.
        package: PackageName,
        /// Its name in the manifest or the grant.
        name: String,
        /// A key's algorithm, as the manifest writes it.
        #[arg(long)]
        algorithm: Option<String>,
        /// The file with its value; - is standard input. One line's end at the
        /// end is no part of it, unless --exact.
        #[arg(long, value_name = "FILE")]
        from: PathBuf,
        /// Take the value byte for byte.
        #[arg(long)]
        exact: bool,
    },
}

pub(super) async fn run(
    command: &SecretCommand,
    connection: &Connection,
    output: Output,
) -> Result<Ending, Failure> {
    let SecretCommand::Set {
        package,
        name,
        algorithm,
        from,
        exact,
    } = command;
    let mut value = read(from)?;
    if !exact && value.last() == Some(&b'\n') {
        value.pop();
    }
    let mut secret = json!({"name": name, "value": BASE64_STANDARD.encode(&value)});
    if let Some(algorithm) = algorithm {
        secret["algorithm"] = json!(algorithm);
    }
    let path = format!("{}/secrets", package_path(package));
    connection.put(&path, &json!({"secrets": [secret]})).await?;
    let answer = json!({"package": package.to_string(), "name": name, "set": true});
    output.answer(&answer, |lines| {
        lines.say(
            &format!("已设置 {package} 的 {name}；不会再显示"),
            &format!("Set: {name} of {package}; it is never shown again"),
        );
    });
    Ok(Ending::Done)
}

fn read(from: &Path) -> Result<Vec<u8>, Failure> {
    let mut value = Vec::new();
    let read = if from == Path::new("-") {
        std::io::stdin()
            .lock()
            .take(VALUE_LIMIT_BYTES)
            .read_to_end(&mut value)
    } else {
        std::fs::File::open(from)
            .and_then(|file| file.take(VALUE_LIMIT_BYTES).read_to_end(&mut value))
    };
    read.map_err(|error| Failure::Usage(format!("{}: {error}", from.display())))?;
    Ok(value)
}
