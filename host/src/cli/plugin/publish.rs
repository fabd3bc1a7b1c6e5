//! `guichet plugin publish`, `status` and `withdraw`: a release on its way into a
//! registry. A folder is checked and certified here first, so that what the
//! registry would refuse is told at once, file by file.

use std::path::PathBuf;

use bytes::Bytes;
use clap::Args;
use guichet_registry::bundle::{Bundle, BundleLimits};
use guichet_registry::certification::{Depth, Verdict};
use guichet_registry::manifest::MANIFEST_FILE;
use guichet_registry::{Manifest, PackageName};
use serde_json::{Value, json};

use super::packages::PackagesArguments;
use super::trial;
use crate::cli::connection::Connection;
use crate::cli::exit::{Ending, Failure};
use crate::cli::output::{Lines, Output, list, text};
use crate::cli::registry::{ReleaseName, enter, package_path};
use crate::cli::requests;
use crate::workshop::{PackageFolder, build, key};

/// The media type of a bundle.
pub(super) const BUNDLE: &str = "application/vnd.guichet.bundle";

/// `guichet plugin publish`
#[derive(Debug, Args)]
pub struct PublishArguments {
    /// The package's folder, or a signed bundle.
    #[arg(value_name = "DIR|BUNDLE", default_value = ".")]
    pub source: PathBuf,
    /// The publisher's private key; a bundle is signed already.
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// Where other packages' components are found.
    #[command(flatten)]
    pub packages: PackagesArguments,
    /// Where to go.
    #[command(flatten)]
    pub connection: requests::Connection,
}

/// `guichet plugin withdraw`
#[derive(Debug, Args)]
pub struct WithdrawArguments {
    /// Which release.
    #[command(flatten)]
    pub release: ReleaseName,
    /// Where to go.
    #[command(flatten)]
    pub connection: requests::Connection,
}

/// `guichet plugin status`
#[derive(Debug, Args)]
pub struct StatusArguments {
    /// `publisher/name`.
    pub package: PackageName,
    /// Where to go.
    #[command(flatten)]
    pub connection: requests::Connection,
}

/// What is sent, or why nothing is.
pub(super) enum Ready {
    /// A signed bundle.
    Bundle(Bytes),
    /// The package would be refused, and has been told why.
    Refused(Ending),
}

/// Makes the bundle: of a folder built, checked and certified, or the one given.
pub(super) fn prepare(asked: &PublishArguments, output: Output) -> Result<Ready, Failure> {
    let failed =
        |error: std::io::Error| Failure::Usage(format!("{}: {error}", asked.source.display()));
    if asked.source.is_file() {
        let bytes = std::fs::read(&asked.source).map_err(failed)?;
        return Ok(Ready::Bundle(bytes.into()));
    }
    let file = asked.key.as_deref().ok_or_else(|| {
        Failure::Usage(
            "name your private key with --key: `guichet plugin key new FILE` makes one".to_owned(),
        )
    })?;
    let signer = key::read(file)?;
    let folder = PackageFolder::open(&asked.source)?;
    build::component(&folder, &super::say)?;
    let packages = asked.packages.packages.as_deref();
    let trial = match trial::ready(&asked.source, packages, output)? {
        Ok(trial) => trial,
        Err(ending) => return Ok(Ready::Refused(ending)),
    };
    super::say("certifying");
    let report = trial::play(&trial, Depth::Drill)?;
    if report.verdict == Verdict::Failed {
        output.answer(&json!(report), |lines| {
            for line in report.text().lines() {
                lines.line(line);
            }
        });
        return Ok(Ready::Refused(Ending::Refused));
    }
    Ok(Ready::Bundle(folder.pack(Some(&signer))?.bytes.into()))
}

/// Sends the bundle and tells how far the release has come.
pub(super) async fn publish(
    bundle: Bytes,
    connection: &Connection,
    output: Output,
) -> Result<Ending, Failure> {
    let path = place(&bundle)?;
    super::say("publishing; the registry certifies again");
    let answer = connection.put_bytes(&path, BUNDLE, bundle).await?;
    output.answer(&answer, |lines| draw(lines, &answer));
    Ok(Ending::Done)
}

/// Where a bundle belongs, as its own manifest says.
pub(super) fn place(bundle: &[u8]) -> Result<String, Failure> {
    let no_bundle = |why: String| Failure::Usage(format!("this is no bundle: {why}"));
    let read = Bundle::read(bundle, BundleLimits::default())
        .map_err(|error| no_bundle(error.to_string()))?;
    let manifest = read.file(MANIFEST_FILE).unwrap_or_default();
    let manifest = std::str::from_utf8(manifest).ok();
    let manifest = manifest.and_then(|text| Manifest::read(text).ok());
    let manifest =
        manifest.ok_or_else(|| no_bundle(format!("its {MANIFEST_FILE} does not read")))?;
    let package = package_path(&manifest.package);
    Ok(format!("{package}/releases/{}", manifest.version))
}

fn draw(lines: &mut Lines, release: &Value) {
    let name = format!("{} {}", text(release, "package"), text(release, "version"));
    lines.line(&format!("{name}: {}", text(release, "state")));
    lines.pair("摘要", "Digest", text(release, "digest"));
    lines.pair("签名密钥", "Signed by", text(release, "signer"));
    let report = &release["report"];
    let scenarios = report["scenarios"]
        .as_object()
        .map_or(0, serde_json::Map::len);
    if report.is_object() {
        let told = format!("{} ({scenarios})", text(report, "verdict"));
        lines.pair("认证", "Certification", &told);
    }
    if text(release, "state") == "waiting" {
        lines.say(
            "等待运营方审核；审核、授权并上线之前不服务任何人",
            "It waits for the operator's review, and serves nobody before it is rolled out",
        );
    }
}

/// How far every release of a package has come.
pub(super) async fn status(
    asked: &StatusArguments,
    connection: &Connection,
    output: Output,
) -> Result<Ending, Failure> {
    let answer = connection.get(&package_path(&asked.package)).await?;
    let rows: Vec<Vec<String>> = list(&answer, "items").iter().map(row).collect();
    output.answer(&answer, |lines| {
        lines.table(
            &[
                ("版本", "Version"),
                ("状态", "State"),
                ("发布时间", "Published"),
                ("原因", "Why"),
            ],
            &rows,
        );
    });
    Ok(Ending::Done)
}

fn row(release: &Value) -> Vec<String> {
    let reasons: Vec<&str> = list(release, "reasons")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    vec![
        text(release, "version").to_owned(),
        text(release, "state").to_owned(),
        text(release, "published").to_owned(),
        reasons.join("; "),
    ]
}

/// Takes a release back before it was approved.
pub(super) async fn withdraw(
    asked: &WithdrawArguments,
    connection: &Connection,
    output: Output,
) -> Result<Ending, Failure> {
    let release = asked.release.digest(connection).await?;
    enter(
        connection,
        json!({"act": "withdrawn", "release": release}),
        output,
    )
    .await
}
