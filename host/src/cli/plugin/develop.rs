//! `guichet plugin dev`: works along while a package is written. Each time a file
//! changes it is built, checked and played, and put before a counter of one's
//! own: a `guichet dev` that runs in the data folder already, or one that is
//! started here. What is not good is told, and the last good release goes on.

mod counter;
mod node;

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use guichet_registry::certification::Depth;
use guichet_registry::finding::Finding;
use serde_json::json;

use super::findings::tell;
use super::packages::PackagesArguments;
use crate::cli::exit::{Ending, Failure};
use crate::cli::globals::Globals;
use crate::cli::node::many_threads;
use crate::cli::output::Output;
use crate::cli::registry::Given;
use crate::shutdown::Shutdown;
use crate::workshop::trial::{Prepared, prepare};
use crate::workshop::watch::Watch;
use crate::workshop::{PackageFolder, build};
use counter::Counter;

/// How often the folder is looked at.
const LOOK: Duration = Duration::from_millis(300);

/// `guichet plugin dev`
#[derive(Debug, Args)]
pub struct DevelopArguments {
    /// The package's folder.
    #[arg(value_name = "DIR", default_value = ".")]
    pub folder: PathBuf,
    /// Where endpoints lead; else to the simulated city.
    #[command(flatten)]
    pub given: Given,
    /// Where other packages' components are found.
    #[command(flatten)]
    pub packages: PackagesArguments,
}

/// What became of the folder as it is now.
enum Turn {
    /// It serves, under this version.
    Serves(String),
    /// It is not good.
    Wrong(Vec<Finding>),
}

/// Works along until it is told to stop.
pub(super) fn run(
    asked: &DevelopArguments,
    globals: &Globals,
    output: Output,
) -> Result<Ending, Failure> {
    PackageFolder::open(&asked.folder)?;
    many_threads()?.block_on(async {
        let shutdown = Shutdown::listen().map_err(anyhow::Error::from)?;
        let packages = asked.packages.packages.as_deref();
        let node = node::find_or_start(&globals.data, packages).await?;
        let worked = tokio::select! {
            worked = work_along(asked, globals, output) => worked,
            () = shutdown.told() => Ok(()),
        };
        node.stop().await;
        worked
    })?;
    Ok(Ending::Done)
}

async fn work_along(
    asked: &DevelopArguments,
    globals: &Globals,
    output: Output,
) -> Result<(), Failure> {
    let counter = Counter::open(&globals.data, output.language)?;
    let mut watch = Watch::new(&asked.folder);
    let mut serving = None;
    loop {
        match turn(asked, &counter, output).await {
            Ok(Turn::Serves(version)) => {
                tell_served(&version, output);
                serving = Some(version);
            }
            Ok(Turn::Wrong(findings)) => tell_wrong(&findings, serving.as_deref(), output),
            Err(failure @ (Failure::Refused(_) | Failure::Failed(_) | Failure::Usage(_))) => {
                tell_failed(&failure, serving.as_deref(), output);
            }
            Err(failure @ Failure::Unreachable(_)) => return Err(failure),
        }
        while !watch.has_changed() {
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// Builds, checks, plays, and where all is good, serves.
async fn turn(
    asked: &DevelopArguments,
    counter: &Counter,
    output: Output,
) -> Result<Turn, Failure> {
    let folder = PackageFolder::open(&asked.folder)?;
    let known = super::components(asked.packages.packages.as_deref())?;
    let prepared = tokio::task::block_in_place(|| {
        build::component(&folder, &super::say)?;
        prepare(&folder, &known)
    })?;
    let trial = match prepared {
        Prepared::Ready(trial) => trial,
        Prepared::Refused(findings) => return Ok(Turn::Wrong(findings)),
    };
    let report = trial.play(Depth::Baseline).await?;
    if !report.findings.is_empty() {
        return Ok(Turn::Wrong(report.findings));
    }
    let version = counter
        .serve(&folder, trial.admission(), &asked.given, output)
        .await?;
    Ok(Turn::Serves(version))
}

fn tell_served(version: &str, output: Output) {
    output.answer(&json!({"serves": version}), |lines| {
        lines.say(
            &format!("{version} 已在柜台服务"),
            &format!("{version} serves"),
        );
    });
}

fn tell_wrong(findings: &[Finding], serving: Option<&str>, output: Output) {
    let answer = json!({"findings": findings, "still_serves": serving});
    output.answer(&answer, |lines| {
        tell(findings, lines);
        still(lines, serving);
    });
}

fn tell_failed(failure: &Failure, serving: Option<&str>, output: Output) {
    let answer = json!({"failure": failure.to_string(), "still_serves": serving});
    output.answer(&answer, |lines| {
        for line in failure.to_string().lines() {
            lines.line(line);
        }
        still(lines, serving);
    });
}

fn still(lines: &mut crate::cli::output::Lines, serving: Option<&str>) {
    if let Some(version) = serving {
        lines.say(
            &format!("{version} 继续服务"),
            &format!("{version} goes on serving"),
        );
    }
}
