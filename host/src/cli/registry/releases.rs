//! Decisions about one release: `approve`, `reject`, `rollout`, `halt`, `yank`,
//! `advise` and `grant`.

use clap::{Args, ValueEnum};
use serde_json::json;

use super::grants::Given;
use super::{ReleaseName, enter, tell_entered, texts};
use crate::cli::connection::Connection;
use crate::cli::exit::{Ending, Failure};
use crate::cli::output::Output;

/// `guichet registry approve`
#[derive(Debug, Args)]
pub struct ApproveArguments {
    /// Which release.
    #[command(flatten)]
    pub release: ReleaseName,
    /// What it is given. Where nothing is said: what the first reviewer has
    /// proposed, else what the serving release has.
    #[command(flatten)]
    pub given: Given,
    /// Grant it nothing: a package that only brings code.
    #[arg(long, conflicts_with = "endpoint")]
    pub nothing: bool,
}

/// `guichet registry reject`
#[derive(Debug, Args)]
pub struct RejectArguments {
    /// Which release.
    #[command(flatten)]
    pub release: ReleaseName,
    /// Why, and what to do; once for each reason.
    #[arg(long, required = true)]
    pub reason: Vec<String>,
}

/// `guichet registry rollout`
#[derive(Debug, Args)]
pub struct RolloutArguments {
    /// Which release.
    #[command(flatten)]
    pub release: ReleaseName,
    /// For all.
    #[arg(long, conflicts_with_all = ["pilot", "region"], required_unless_present_any = ["pilot", "region"])]
    pub general: bool,
    /// For so many of a thousand subjects, always the same ones.
    #[arg(long, value_name = "PERMILLE", value_parser = clap::value_parser!(u16).range(0..=1_000))]
    pub pilot: Option<u16>,
    /// For everybody in this region; once for each.
    #[arg(long, value_name = "CODE")]
    pub region: Vec<String>,
}

/// `guichet registry halt` and `yank`
#[derive(Debug, Args)]
pub struct ReasonArguments {
    /// Which release.
    #[command(flatten)]
    pub release: ReleaseName,
    /// Why, for its users to read.
    #[arg(long)]
    pub reason: String,
}

/// `guichet registry advise`
#[derive(Debug, Args)]
pub struct AdviseArguments {
    /// Which release.
    #[command(flatten)]
    pub release: ReleaseName,
    /// How bad it is.
    #[arg(long)]
    pub severity: SeverityName,
    /// What, and what to do, in Chinese.
    #[arg(long)]
    pub text: String,
    /// The same in English; else the Chinese text.
    #[arg(long)]
    pub text_en: Option<String>,
    /// Where more stands, https://….
    #[arg(long, value_name = "URL")]
    pub link: Option<String>,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SeverityName {
    /// Worth knowing.
    Low,
    /// Update when it suits.
    Moderate,
    /// Update soon.
    High,
    /// Update now.
    Critical,
}

/// `guichet registry grant`
#[derive(Debug, Args)]
pub struct GrantArguments {
    /// Which release.
    #[command(flatten)]
    pub release: ReleaseName,
    /// What it is given, in place of what stood for the same services.
    #[command(flatten)]
    pub given: Given,
}

pub(super) async fn approve(
    asked: &ApproveArguments,
    connection: &Connection,
    output: Output,
) -> Result<Ending, Failure> {
    let body = if asked.nothing {
        json!({"grants": []})
    } else if asked.given.is_nothing() {
        json!({})
    } else {
        json!({"grants": [asked.given.terms()?]})
    };
    call(connection, (&asked.release, "approve"), &body, output).await
}

pub(super) async fn reject(
    asked: &RejectArguments,
    connection: &Connection,
    output: Output,
) -> Result<Ending, Failure> {
    let body = json!({"reasons": asked.reason});
    call(connection, (&asked.release, "reject"), &body, output).await
}

pub(super) async fn roll_out(
    asked: &RolloutArguments,
    connection: &Connection,
    output: Output,
) -> Result<Ending, Failure> {
    let stage = if asked.general {
        json!("general")
    } else {
        let share = asked.pilot.unwrap_or(0);
        json!({"pilot": {"share_permille": share, "regions": asked.region}})
    };
    let body = json!({"stage": stage});
    call(connection, (&asked.release, "rollout"), &body, output).await
}

pub(super) async fn yank(
    asked: &ReasonArguments,
    connection: &Connection,
    output: Output,
) -> Result<Ending, Failure> {
    let body = json!({"reason": asked.reason});
    call(connection, (&asked.release, "yank"), &body, output).await
}

pub(super) async fn halt(
    asked: &ReasonArguments,
    connection: &Connection,
    output: Output,
) -> Result<Ending, Failure> {
    let release = asked.release.digest(connection).await?;
    let act = json!({"act": "halted", "release": release, "cause": asked.reason});
    enter(connection, act, output).await
}

pub(super) async fn advise(
    asked: &AdviseArguments,
    connection: &Connection,
    output: Output,
) -> Result<Ending, Failure> {
    let release = asked.release.digest(connection).await?;
    let severity = asked.severity.to_possible_value();
    let mut act = json!({
        "act": "advised",
        "release": release,
        "severity": severity.map(|name| name.get_name().to_owned()),
        "text": texts(&asked.text, asked.text_en.as_deref()),
    });
    if let Some(link) = &asked.link {
        act["link"] = json!(link);
    }
    enter(connection, act, output).await
}

pub(super) async fn grant(
    asked: &GrantArguments,
    connection: &Connection,
    output: Output,
) -> Result<Ending, Failure> {
    let grant = asked.given.terms()?;
    let release = asked.release.digest(connection).await?;
    let act = json!({"act": "granted", "release": release, "grant": grant});
    enter(connection, act, output).await
}

async fn call(
    connection: &Connection,
    (release, verb): (&ReleaseName, &str),
    body: &serde_json::Value,
    output: Output,
) -> Result<Ending, Failure> {
    let path = format!("{}/{verb}", release.path());
    let entered = connection.post(&path, &[], body).await?;
    Ok(tell_entered(&entered, output))
}
