//! The grammar of `guichet plugin`.

use std::path::PathBuf;

use clap::Subcommand;

use super::develop::DevelopArguments;
use super::keys::{EnrolArguments, RevokeArguments, RotateArguments};
use super::maintenance::MaintenanceCommand;
use super::make::{AlgorithmName, BuildArguments, FromOpenapiArguments, NewArguments};
use super::packages::FolderArguments;
use super::publish::{PublishArguments, StatusArguments, WithdrawArguments};
use super::trial::{CertifyArguments, RecordArguments};

/// `guichet plugin …`
#[derive(Debug, Subcommand)]
pub enum PluginCommand {
    /// Make a package's folder from a template.
    New(NewArguments),
    /// Make a declarative package from an OpenAPI 3 document and a short mapping.
    FromOpenapi(FromOpenapiArguments),
    /// Build the component where the package has code, and pack the bundle.
    Build(BuildArguments),
    /// Check everything that a registry would refuse, without a server.
    Check(FolderArguments),
    /// Play the package's scenarios.
    Test(FolderArguments),
    /// Play them with every fault a network has, and write the report.
    Certify(CertifyArguments),
    /// Record a scenario's exchanges from a biller's test system.
    Record(RecordArguments),
    /// Look after a publisher's keys.
    #[command(subcommand)]
    Key(KeyCommand),
    /// Work along: build, check and serve a package at a counter of your own each
    /// time a file changes.
    Dev(DevelopArguments),
    /// Build, check, certify and sign a package, and put it before a registry.
    Publish(PublishArguments),
    /// Tell how far a package's releases have come.
    Status(StatusArguments),
    /// Take a release back before it was approved.
    Withdraw(WithdrawArguments),
    /// Announce times for which services are closed.
    #[command(subcommand)]
    Maintenance(MaintenanceCommand),
}

/// `guichet plugin key …`
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Make a key: the private one into a file, the public one on standard output.
    New {
        /// The private key's file, readable by you alone.
        file: PathBuf,
        /// Its algorithm.
        #[arg(long, default_value = "ed25519")]
        algorithm: AlgorithmName,
    },
    /// Print the public key of a private one.
    Show {
        /// The private key's file.
        file: PathBuf,
    },
    /// Enrol the public half at a registry, with proof that you have the key.
    Enrol(EnrolArguments),
    /// Enrol a new key in an old one's place.
    Rotate(RotateArguments),
    /// Let a key count no more.
    Revoke(RevokeArguments),
}
