//! `guichet plugin key enrol`, `rotate` and `revoke`: a publisher's keys at a
//! registry. The private half stays here; it only signs the proof that it is in
//! the publisher's hands.

use std::path::PathBuf;

use clap::Args;
use guichet_domain::id::PublisherName;
use guichet_registry::register::Possession;
use guichet_registry::sign::PublicKey;
use serde_json::{Value, json};

use crate::cli::connection::Connection;
use crate::cli::exit::{Ending, Failure};
use crate::cli::output::Output;
use crate::cli::registry::enter;
use crate::cli::requests;
use crate::workshop::key;

/// `guichet plugin key enrol`
#[derive(Debug, Args)]
pub struct EnrolArguments {
    /// The private key's file; only its public half is sent.
    pub file: PathBuf,
    /// Whose key it is.
    #[arg(long)]
    pub publisher: PublisherName,
    /// What you call it, for people to read; else the file's name.
    #[arg(long)]
    pub label: Option<String>,
    /// Where to go.
    #[command(flatten)]
    pub connection: requests::Connection,
}

/// `guichet plugin key rotate`
#[derive(Debug, Args)]
pub struct RotateArguments {
    /// The new private key's file.
    pub file: PathBuf,
    /// The file of the key that it replaces, or the public key itself. That one
    /// signs nothing new from now on; what it has signed goes on.
    #[arg(long, value_name = "FILE|KEY")]
    pub replaces: String,
    /// Whose key it is.
    #[arg(long)]
    pub publisher: PublisherName,
    /// What you call it, for people to read; else the file's name.
    #[arg(long)]
    pub label: Option<String>,
    /// Where to go.
    #[command(flatten)]
    pub connection: requests::Connection,
}

/// `guichet plugin key revoke`
#[derive(Debug, Args)]
pub struct RevokeArguments {
    /// The key's file, or the public key itself.
    #[arg(value_name = "FILE|KEY")]
    pub key: String,
    /// Whose key it is.
    #[arg(long)]
    pub publisher: PublisherName,
    /// Why.
    #[arg(long)]
    pub reason: String,
    /// It is in strange hands: nothing that was signed with it runs any more.
    #[arg(long)]
    pub emergency: bool,
    /// Where to go.
    #[command(flatten)]
    pub connection: requests::Connection,
}

pub(super) async fn enrol(
    asked: &EnrolArguments,
    connection: &Connection,
    output: Output,
) -> Result<Ending, Failure> {
    let act = enrolment(&asked.file, &asked.publisher, asked.label.as_deref())?;
    enter(connection, act, output).await
}

pub(super) async fn rotate(
    asked: &RotateArguments,
    connection: &Connection,
    output: Output,
) -> Result<Ending, Failure> {
    let mut act = enrolment(&asked.file, &asked.publisher, asked.label.as_deref())?;
    act["replaces"] = json!(public(&asked.replaces)?.to_string());
    enter(connection, act, output).await
}

pub(super) async fn revoke(
    asked: &RevokeArguments,
    connection: &Connection,
    output: Output,
) -> Result<Ending, Failure> {
    let act = json!({
        "act": "key-revoked",
        "publisher": asked.publisher,
        "key": public(&asked.key)?.to_string(),
        "reach": if asked.emergency { "emergency" } else { "later" },
        "reason": asked.reason,
    });
    enter(connection, act, output).await
}

fn enrolment(
    file: &std::path::Path,
    publisher: &PublisherName,
    label: Option<&str>,
) -> Result<Value, Failure> {
    let signer = key::read(file)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    Ok(json!({
        "act": "key-enrolled",
        "publisher": publisher,
        "key": signer.public().to_string(),
        "label": label.unwrap_or(&name),
        "proof": Possession::prove(publisher, &signer).to_string(),
    }))
}

/// A public key as it is written, or that of a private key's file.
fn public(written: &str) -> Result<PublicKey, Failure> {
    match written.parse() {
        Ok(key) => Ok(key),
        Err(_) => Ok(key::read(std::path::Path::new(written))?.public()),
    }
}
