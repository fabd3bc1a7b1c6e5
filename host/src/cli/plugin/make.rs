//! The commands that make something: a package's folder, its bundle, a key.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use guichet_registry::sign::PublicKey;
use serde_json::json;

use super::packages::PackagesArguments;
use crate::cli::exit::{Ending, Failure};
use crate::cli::output::Output;
use crate::workshop::templates::{NewPackage, Template};
use crate::workshop::{PackageFolder, WorkshopError, build, key, openapi, templates};

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

/// A signature algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AlgorithmName {
    /// RFC 8032.
    Ed25519,
    /// GB/T 32918 with GB/T 32905.
    Sm2Sm3,
}

/// Makes a package's folder from a template.
pub(super) fn new(asked: &NewArguments, output: Output) -> Result<Ending, Failure> {
    let known = super::components(asked.packages.packages.as_deref())?;
    let name = format!("{}/{}", asked.publisher, asked.name);
    let new = NewPackage {
        name: name
            .parse()
            .map_err(|error| Failure::Usage(format!("{name:?}: {error}")))?,
        template: match asked.template {
            TemplateName::Declarative => Template::Declarative,
            TemplateName::RustBillPayment => Template::RustBillPayment,
            TemplateName::RustInquiry => Template::RustInquiry,
            TemplateName::Python => Template::Python,
        },
        sdk: asked.sdk.clone(),
    };
    let folder = asked
        .out
        .clone()
        .unwrap_or_else(|| PathBuf::from(&asked.name));
    let files = templates::create(&new, &folder, &known)?;
    tell_files(&folder, &files, &[], output);
    Ok(Ending::Done)
}

/// Makes a declarative package of an OpenAPI document.
pub(super) fn from_openapi(
    asked: &FromOpenapiArguments,
    output: Output,
) -> Result<Ending, Failure> {
    let known = super::components(asked.packages.packages.as_deref())?;
    let made = openapi::package(&asked.document, &asked.mapping, &known)?;
    let files = templates::write_folder(&asked.out, made.files)?;
    tell_files(&asked.out, &files, &made.notices, output);
    Ok(Ending::Done)
}

fn tell_files(folder: &Path, files: &[PathBuf], notices: &[String], output: Output) {
    let names: Vec<String> = files
        .iter()
        .map(|path| {
            path.strip_prefix(folder)
                .unwrap_or(path)
                .display()
                .to_string()
        })
        .collect();
    let answer = json!({"folder": folder, "files": names, "notices": notices});
    output.answer(&answer, |lines| {
        lines.line(&format!("{}: {}", folder.display(), names.join(", ")));
        for notice in notices {
            lines.pair("请确认", "To look at", notice);
        }
        lines.say(
            "下一步：进入该目录，运行 guichet plugin check",
            "Next: go there and run `guichet plugin check`",
        );
    });
}

/// Builds the component and packs the bundle.
pub(super) fn build(asked: &BuildArguments, output: Output) -> Result<Ending, Failure> {
    let folder = PackageFolder::open(&asked.folder)?;
    let signer = asked.key.as_deref().map(key::read).transpose()?;
    build::component(&folder, &super::say)?;
    let packed = folder.pack(signer.as_ref())?;
    let path = match &asked.out {
        Some(path) => path.clone(),
        None => folder.root().join(&packed.file_name),
    };
    std::fs::write(&path, &packed.bytes).map_err(|error| WorkshopError::File {
        path: path.clone(),
        error,
    })?;
    let signed_by = signer.as_ref().map(|signer| signer.public().to_string());
    let answer = json!({
        "bundle": path,
        "digest": packed.digest.to_string(),
        "size_bytes": packed.bytes.len(),
        "signed_by": signed_by,
    });
    output.answer(&answer, |lines| {
        lines.line(&format!("{}  {} B", path.display(), packed.bytes.len()));
        lines.line(&packed.digest.to_string());
        match &signed_by {
            Some(key) => lines.pair("签名密钥", "Signed by", key),
            None => lines.say(
                "以开发密钥签名，仅供本地试用；发布时请加 --key",
                "Signed with the development key, for trying out only; sign with --key to publish",
            ),
        }
    });
    Ok(Ending::Done)
}

/// Makes a publisher's key.
pub(super) fn new_key(
    file: &Path,
    algorithm: AlgorithmName,
    output: Output,
) -> Result<Ending, Failure> {
    let algorithm = match algorithm {
        AlgorithmName::Ed25519 => key::Algorithm::Ed25519,
        AlgorithmName::Sm2Sm3 => key::Algorithm::Sm2Sm3,
    };
    tell_key(file, &key::create(file, algorithm)?, output);
    Ok(Ending::Done)
}

/// Shows the public half of a publisher's key.
pub(super) fn show_key(file: &Path, output: Output) -> Result<Ending, Failure> {
    tell_key(file, &key::read(file)?.public(), output);
    Ok(Ending::Done)
}

fn tell_key(file: &Path, public: &PublicKey, output: Output) {
    let answer = json!({"file": file, "public_key": public.to_string()});
    output.answer(&answer, |lines| lines.line(&public.to_string()));
}
