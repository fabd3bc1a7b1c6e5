//! `guichet registry …`: what the operator's people do, over the API, and what
//! is done to a registry's folder without a server. Acts are sent as they stand
//! in the log; whether one is lawful is the registry's to say.

mod billers;
mod found;
mod grants;
mod history;
mod people;
mod proposals;
mod publishers;
mod releases;
mod review;
mod secrets;
mod switches;
mod verify;

pub use grants::Given;

use clap::{Args, Subcommand};
use guichet_registry::{PackageName, Version};
use serde_json::{Value, json};

use super::connection::Connection;
use super::exit::{Ending, Failure};
use super::globals::Globals;
use super::output::{Output, text};
use super::requests;

/// Where a command of the registry goes, and as whom.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Connection")]
pub struct Insider {
    /// The server; otherwise the one in DIR/dev.json.
    #[arg(long, value_name = "URL", env = "GUICHET_URL", global = true)]
    pub url: Option<String>,
    /// The person's token; otherwise the demo client's in DIR/dev.json.
    #[arg(
        long,
        value_name = "TOKEN",
        env = "GUICHET_TOKEN",
        hide_env_values = true,
        global = true
    )]
    pub token: Option<String>,
    /// As one of the people that `guichet dev` made; goes before a token.
    #[arg(long = "as", value_name = "NAME", global = true)]
    pub as_person: Option<String>,
}

impl From<&Insider> for requests::Connection {
    fn from(insider: &Insider) -> Self {
        Self {
            url: insider.url.clone(),
            token: insider.token.clone(),
            subject: None,
            as_person: insider.as_person.clone(),
        }
    }
}

/// `guichet registry`
#[derive(Debug, Args)]
pub struct RegistryArguments {
    /// What to do.
    #[command(subcommand)]
    pub command: RegistryCommand,
    /// Where to go.
    #[command(flatten)]
    pub insider: Insider,
}

/// `guichet registry …`
#[derive(Debug, Subcommand)]
pub enum RegistryCommand {
    /// Found a registry in a node's folder: its key, its log, two administrators.
    Found(found::FoundArguments),
    /// Read the whole log and every bundle that it names; exits 1 where anything
    /// was altered.
    Verify(verify::VerifyArguments),
    /// People who act in the registry.
    #[command(subcommand)]
    Person(people::PersonCommand),
    /// Publishers and how much they may publish.
    #[command(subcommand)]
    Publisher(publishers::PublisherCommand),
    /// Billers, to whom money is settled.
    #[command(subcommand)]
    Biller(billers::BillerCommand),
    /// What waits for review.
    #[command(subcommand)]
    Review(review::ReviewCommand),
    /// Approve a release and say what it is granted.
    Approve(releases::ApproveArguments),
    /// Refuse a release for good.
    Reject(releases::RejectArguments),
    /// Let a release serve some, or all.
    Rollout(releases::RolloutArguments),
    /// Stop a release; the one before it goes on.
    Halt(releases::ReasonArguments),
    /// Stop a release for ever.
    Yank(releases::ReasonArguments),
    /// Tell the users of a release what they should know.
    Advise(releases::AdviseArguments),
    /// Give an approved release something else.
    Grant(releases::GrantArguments),
    /// Stop a release, a package or a publisher within a second.
    #[command(subcommand)]
    Switch(switches::SwitchCommand),
    /// Keys and secrets of packages.
    #[command(subcommand)]
    Secret(secrets::SecretCommand),
    /// What waits for a second person.
    Proposals,
    /// Agree to what another person has proposed.
    Agree {
        /// The proposal's number.
        proposal: u64,
    },
    /// Decline what somebody has proposed.
    Decline {
        /// The proposal's number.
        proposal: u64,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Read the log.
    Log(history::LogArguments),
}

/// A release by its name.
#[derive(Debug, Clone, Args)]
pub struct ReleaseName {
    /// `publisher/name`.
    pub package: PackageName,
    /// Its version.
    pub version: Version,
}

impl ReleaseName {
    /// Its place in the API.
    pub(super) fn path(&self) -> String {
        format!("{}/releases/{}", package_path(&self.package), self.version)
    }

    /// The digest that names it in acts.
    pub(in crate::cli) async fn digest(&self, connection: &Connection) -> Result<String, Failure> {
        let package = package_path(&self.package);
        let releases = connection.get(&package).await?;
        let version = self.version.to_string();
        let found = super::output::list(&releases, "items")
            .iter()
            .find(|release| text(release, "version") == version);
        found
            .map(|release| text(release, "digest").to_owned())
            .ok_or_else(|| {
                Failure::Usage(format!(
                    "{} has no release {version}: `guichet plugin status {}` lists them",
                    self.package, self.package
                ))
            })
    }
}

/// A package's place in the API.
pub(super) fn package_path(package: &PackageName) -> String {
    format!("/v1/packages/{}/{}", package.publisher(), package.stem())
}

impl RegistryArguments {
    /// Whether it works on a node's folder, without a server.
    pub(super) const fn is_offline(&self) -> bool {
        matches!(
            self.command,
            RegistryCommand::Found(_) | RegistryCommand::Verify(_)
        )
    }
}

/// Runs what needs no server.
pub(super) fn offline(asked: &RegistryArguments, globals: &Globals) -> Result<Ending, Failure> {
    match &asked.command {
        RegistryCommand::Found(found) => found::run(found, globals),
        RegistryCommand::Verify(verify) => verify::run(verify, globals),
        _ => Err(Failure::Usage("this command needs a server".to_owned())),
    }
}

/// Runs a command over the API.
pub(super) async fn run(
    command: &RegistryCommand,
    connection: &Connection,
    output: Output,
) -> Result<Ending, Failure> {
    match command {
        RegistryCommand::Found(_) | RegistryCommand::Verify(_) => Err(Failure::Usage(
            "this command runs without a server".to_owned(),
        )),
        RegistryCommand::Person(command) => people::run(command, connection, output).await,
        RegistryCommand::Publisher(command) => publishers::run(command, connection, output).await,
        RegistryCommand::Biller(command) => billers::run(command, connection, output).await,
        RegistryCommand::Review(command) => review::run(command, connection, output).await,
        RegistryCommand::Approve(asked) => releases::approve(asked, connection, output).await,
        RegistryCommand::Reject(asked) => releases::reject(asked, connection, output).await,
        RegistryCommand::Rollout(asked) => releases::roll_out(asked, connection, output).await,
        RegistryCommand::Halt(asked) => releases::halt(asked, connection, output).await,
        RegistryCommand::Yank(asked) => releases::yank(asked, connection, output).await,
        RegistryCommand::Advise(asked) => releases::advise(asked, connection, output).await,
        RegistryCommand::Grant(asked) => releases::grant(asked, connection, output).await,
        RegistryCommand::Switch(command) => switches::run(command, connection, output).await,
        RegistryCommand::Secret(command) => secrets::run(command, connection, output).await,
        RegistryCommand::Proposals => proposals::list_open(connection, output).await,
        RegistryCommand::Agree { proposal } => {
            proposals::agree(*proposal, connection, output).await
        }
        RegistryCommand::Decline { proposal, reason } => {
            let act = json!({"act": "declined", "proposal": proposal, "reason": reason});
            enter(connection, act, output).await
        }
        RegistryCommand::Log(asked) => history::run(asked, connection, output).await,
    }
}

/// Enters an act and tells what became of it.
pub(super) async fn enter(
    connection: &Connection,
    act: Value,
    output: Output,
) -> Result<Ending, Failure> {
    let entered = connection.post("/v1/acts", &[], &act).await?;
    Ok(tell_entered(&entered, output))
}

/// What became of an act. That a second person is awaited is no failure: the
/// command has done what it can.
pub(super) fn tell_entered(entered: &Value, output: Output) -> Ending {
    let position = &entered["position"];
    output.answer(entered, |lines| {
        if text(entered, "state") == "proposed" {
            lines.say(
                &format!("需要第二人同意：guichet registry agree {position}"),
                &format!("Waits for a second person: guichet registry agree {position}"),
            );
        } else {
            lines.say(
                &format!("已生效（日志第 {position} 条）"),
                &format!("Done (entry {position} of the log)"),
            );
        }
    });
    Ending::Done
}

/// Texts in both languages; one alone stands for both.
pub(super) fn texts(chinese: &str, english: Option<&str>) -> Value {
    json!({"zh-CN": chinese, "en": english.unwrap_or(chinese)})
}

/// A text of the reader's language in texts of the API.
pub(super) fn in_language(texts: &Value, output: Output) -> &str {
    let own = text(texts, output.language.tag());
    if own.is_empty() {
        text(texts, "en")
    } else {
        own
    }
}
