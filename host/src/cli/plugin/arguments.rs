//! The grammar of `guichet plugin`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::develop::DevelopArguments;
use super::keys::{EnrolArguments, RevokeArguments, RotateArguments};
use super::maintenance::MaintenanceCommand;
use super::packages::PackagesArguments;
use super::publish::{PublishArguments, StatusArguments, WithdrawArguments};

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

/// A package's folder and what it is compared with.
#[derive(Debug, Args)]
pub struct FolderArguments {
    /// The package's folder.
    #[arg(value_name = "DIR", default_value = ".")]
    pub folder: PathBuf,
    /// Where other packages' components are found.
    #[command(flatten)]
    pub packages: PackagesArguments,
}

/// `guichet plugin new`
#[derive(Debug, Args)]
pub struct NewArguments {
    /// The package's name: 3 to 40 of a-z, 0-9 and -.
    pub name: String,
    /// What it starts from.
    #[arg(long)]
    pub template: TemplateName,
    /// Who publishes it: 3 to 40 of a-z, 0-9 and -.
    #[arg(long)]
    pub publisher: String,
    /// The folder to make; else one of the package's name.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// The folder `sdk` of a checkout of Guichet, for Rust.
    #[arg(long, value_name = "DIR", env = "GUICHET_SDK")]
    pub sdk: Option<PathBuf>,
    /// Where other packages' components are found.
    #[command(flatten)]
    pub packages: PackagesArguments,
}

/// What a new package starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TemplateName {
    /// A described HTTP interface: nothing is programmed.
    Declarative,
    /// Bill payment in Rust.
    RustBillPayment,
    /// An inquiry in Rust.
    RustInquiry,
    /// Bill payment in Python.
    Python,
}

/// `guichet plugin from-openapi`
#[derive(Debug, Args)]
pub struct FromOpenapiArguments {
    /// The OpenAPI 3 document, JSON or YAML.
    #[arg(value_name = "OPENAPI")]
    pub document: PathBuf,
    /// What its operations mean, TOML.
    #[arg(value_name = "MAPPING")]
    pub mapping: PathBuf,
    /// The folder to make.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Where other packages' components are found.
    #[command(flatten)]
    pub packages: PackagesArguments,
}

/// `guichet plugin build`
#[derive(Debug, Args)]
pub struct BuildArguments {
    /// The package's folder.
    #[arg(value_name = "DIR", default_value = ".")]
    pub folder: PathBuf,
    /// The publisher's private key; without one the development key signs,
    /// which proves nothing.
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// Where the bundle goes; else NAME-VERSION.guichet in the package's folder.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// `guichet plugin certify`
#[derive(Debug, Args)]
pub struct CertifyArguments {
    /// The package.
    #[command(flatten)]
    pub folder: FolderArguments,
    /// Where the report goes, as JSON.
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// `guichet plugin record`
#[derive(Debug, Args)]
pub struct RecordArguments {
    /// The scenario to fill: its service, inputs, keys and what is paid.
    #[arg(value_name = "SCENARIO")]
    pub scenario: PathBuf,
    /// The test system of an endpoint, NAME=ORIGIN, once for each.
    #[arg(long, value_name = "NAME=ORIGIN", required = true)]
    pub endpoint: Vec<String>,
    /// The package's folder.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub folder: PathBuf,
    /// Where other packages' components are found.
    #[command(flatten)]
    pub packages: PackagesArguments,
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

/// A signature algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AlgorithmName {
    /// RFC 8032.
    Ed25519,
    /// GB/T 32918 with GB/T 32905.
    Sm2Sm3,
}
