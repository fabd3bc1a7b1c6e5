//! `guichet registry verify`: proves, without a server, that nothing of the
//! registry was altered: every entry of the log, every checkpoint that somebody
//! kept, and every bundle and report that the log names.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use guichet_domain::Digest;
use guichet_registry::bundle::{self, BundleLimits};
use guichet_registry::register::{Register, Release};
use guichet_registry::sign::sha256;
use serde_json::json;

use crate::app;
use crate::cli::exit::{Ending, Failure};
use crate::cli::globals::Globals;
use crate::cli::node;
use crate::cli::storage::Storage;
use crate::config::Settings;
use crate::log::{self, Fault, Verified};
use crate::objects::{Kind, ObjectError, Objects};
use crate::ports::Ports;

/// `guichet registry verify`
#[derive(Debug, Args)]
pub struct VerifyArguments {
    /// Where its books and objects are.
    #[command(flatten)]
    pub storage: Storage,
    /// A checkpoint that was kept: the log must lead to it. Once for each.
    #[arg(long, value_name = "FILE")]
    pub checkpoint: Vec<PathBuf>,
}

/// What was found out.
enum Outcome {
    /// Nothing, so far as the log goes.
    Read(Box<Verified>, Vec<Altered>),
    /// The log itself does not hold.
    Broken(Fault),
}

/// An object that is not what the log says.
struct Altered {
    /// Which one.
    object: String,
    /// What is wrong.
    problem: String,
}

pub(super) fn run(asked: &VerifyArguments, globals: &Globals) -> Result<Ending, Failure> {
    node::log_errors();
    let output = globals.output()?;
    let mut kept = Vec::new();
    for file in &asked.checkpoint {
        let text = std::fs::read_to_string(file)
            .map_err(|error| Failure::Usage(format!("{}: {error}", file.display())))?;
        kept.push(text);
    }
    let settings = asked.storage.offline(globals)?;
    // What this node has seen last counts as kept.
    kept.extend(std::fs::read_to_string(
        settings.folder("registry.checkpoint"),
    ));
    let outcome = node::many_threads()?.block_on(verify(&settings, &kept))?;
    let (size, root, altered) = match outcome {
        Outcome::Read(verified, altered) => (verified.size, Some(verified.root), altered),
        Outcome::Broken(fault) => (0, None, vec![of_log(&fault)]),
    };
    let told: Vec<_> = altered
        .iter()
        .map(|one| json!({"object": one.object, "problem": one.problem}))
        .collect();
    let answer = json!({
        "good": altered.is_empty(),
        "entries": size,
        "root": root.map(|root| root.to_string()),
        "altered": told,
    });
    output.answer(&answer, |lines| {
        for one in &altered {
            lines.line(&format!("{}: {}", one.object, one.problem));
        }
        if altered.is_empty() {
            lines.say(
                &format!("日志 {size} 条，全部版本包与报告均未被改动。"),
                &format!(
                    "{size} entries, and every bundle and report they name: nothing was altered."
                ),
            );
        }
    });
    Ok(if altered.is_empty() {
        Ending::Done
    } else {
        Ending::Refused
    })
}

fn of_log(fault: &Fault) -> Altered {
    Altered {
        object: "log".to_owned(),
        problem: fault.to_string(),
    }
}

async fn verify(settings: &Settings, kept: &[String]) -> anyhow::Result<Outcome> {
    let store = app::open_store(settings).await?;
    let verified = log::verify(&store, kept).await;
    store.close().await;
    let verified = match verified {
        Ok(verified) => verified,
        Err(Fault::Log(log::LogError::Store(error))) => return Err(error.into()),
        Err(fault) => return Ok(Outcome::Broken(fault)),
    };
    let objects = Objects::open(&settings.objects, &Ports::system()).await;
    let objects = objects.context("the object store")?;
    let mut altered = Vec::new();
    let register = &verified.register;
    let releases = register
        .packages()
        .flat_map(|(_, package)| &package.releases);
    for digest in releases.copied().collect::<Vec<Digest>>() {
        let release = register.release(digest)?;
        altered.extend(altered_objects(&objects, register, (digest, release)).await?);
    }
    Ok(Outcome::Read(Box::new(verified), altered))
}

/// A release's bundle and report against what the log says of them.
async fn altered_objects(
    objects: &Objects,
    register: &Register,
    (digest, release): (Digest, &Release),
) -> anyhow::Result<Vec<Altered>> {
    let name = format!("{} {}", release.package, release.version);
    let mut altered = Vec::new();
    let mut note = |what: &str, problem: Option<String>| {
        altered.extend(problem.map(|problem| Altered {
            object: format!("{what} of {name}"),
            problem,
        }));
    };
    match objects.get(Kind::Bundle, digest).await {
        Ok(bytes) => note(
            "bundle",
            bundle_problem(&bytes, register, (digest, release)),
        ),
        Err(ObjectError::Missing(object)) => note("bundle", Some(format!("{object} is missing"))),
        Err(error) => return Err(error.into()),
    }
    if let Some(report) = release.summary.report {
        match objects.get(Kind::Report, report).await {
            Ok(bytes) if sha256(&bytes) == report => {}
            Ok(_) => note("report", Some("it is not the one that was kept".to_owned())),
            Err(ObjectError::Missing(object)) => {
                note("report", Some(format!("{object} is missing")));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(altered)
}

fn bundle_problem(
    bytes: &[u8],
    register: &Register,
    (digest, release): (Digest, &Release),
) -> Option<String> {
    let verified = match bundle::verify(bytes, BundleLimits::default()) {
        Ok(verified) => verified,
        Err(error) => return Some(error.to_string()),
    };
    if verified.digest != digest {
        return Some(format!("its digest is {}", verified.digest));
    }
    if verified.publisher != release.signer {
        return Some("another key than the publisher's signed it".to_owned());
    }
    let registry = register
        .registry_keys()
        .any(|key| verified.registries.contains(key));
    (!registry).then(|| "the registry has not countersigned it".to_owned())
}
