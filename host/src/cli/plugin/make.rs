//! The commands that make something: a package's folder, its bundle, a key.

use std::path::{Path, PathBuf};

use guichet_registry::sign::PublicKey;
use serde_json::json;

use super::arguments::{
    AlgorithmName, BuildArguments, FromOpenapiArguments, NewArguments, TemplateName,
};
use crate::cli::exit::{Ending, Failure};
use crate::cli::output::Output;
use crate::workshop::templates::{NewPackage, Template};
use crate::workshop::{PackageFolder, WorkshopError, build, key, openapi, templates};

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
