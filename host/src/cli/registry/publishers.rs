//! `guichet registry publisher`: who publishes, how much, with which keys.

use clap::{Args, Subcommand};
use guichet_domain::id::PublisherName;
use guichet_registry::register::Quota;
use serde_json::{Value, json};

use super::{enter, texts};
use crate::cli::connection::Connection;
use crate::cli::exit::{Ending, Failure};
use crate::cli::output::{Lines, Output, list, text};

/// `guichet registry publisher …`
#[derive(Debug, Subcommand)]
pub enum PublisherCommand {
    /// Let somebody publish packages under a name.
    Enrol {
        /// The name in package names: 3 to 40 of a-z, 0-9 and -.
        publisher: PublisherName,
        /// The name for people, in Chinese.
        #[arg(long)]
        name: String,
        /// The name for people, in English; else the Chinese one.
        #[arg(long)]
        name_en: Option<String>,
        /// Unified social credit code, 18 characters (GB 32100-2015).
        #[arg(long, value_name = "CODE")]
        credit_code: String,
        /// How much it may publish.
        #[command(flatten)]
        quota: QuotaArguments,
    },
    /// Let a publisher publish more or less.
    Quota {
        /// Which one.
        publisher: PublisherName,
        /// How much it may publish; what is not said becomes the usual.
        #[command(flatten)]
        quota: QuotaArguments,
    },
    /// List all of them.
    List,
    /// Show one with its keys.
    Show {
        /// Which one.
        publisher: PublisherName,
    },
}

/// How much a publisher may publish.
#[derive(Debug, Args)]
pub struct QuotaArguments {
    /// Packages.
    #[arg(long, default_value_t = Quota::default().packages)]
    pub packages: u32,
    /// Releases in one day.
    #[arg(long, default_value_t = Quota::default().releases_per_day)]
    pub releases_per_day: u32,
    /// Services of all packages together.
    #[arg(long, default_value_t = Quota::default().services)]
    pub services: u32,
    /// Bytes of one bundle.
    #[arg(long, default_value_t = Quota::default().bundle_bytes)]
    pub bundle_bytes: u64,
}

impl QuotaArguments {
    fn quota(&self) -> Value {
        json!({
            "packages": self.packages,
            "releases_per_day": self.releases_per_day,
            "services": self.services,
            "bundle_bytes": self.bundle_bytes,
        })
    }
}

pub(super) async fn run(
    command: &PublisherCommand,
    connection: &Connection,
    output: Output,
) -> Result<Ending, Failure> {
    match command {
        PublisherCommand::Enrol {
            publisher,
            name,
            name_en,
            credit_code,
            quota,
        } => {
            let act = json!({
                "act": "publisher-enrolled",
                "publisher": publisher,
                "names": texts(name, name_en.as_deref()),
                "credit_code": credit_code,
                "quota": quota.quota(),
            });
            enter(connection, act, output).await
        }
        PublisherCommand::Quota { publisher, quota } => {
            let act = json!({"act": "quota-set", "publisher": publisher, "quota": quota.quota()});
            enter(connection, act, output).await
        }
        PublisherCommand::List => {
            let answer = connection.get("/v1/publishers").await?;
            let rows: Vec<Vec<String>> = list(&answer, "items").iter().map(row).collect();
            output.answer(&answer, |lines| {
                lines.table(
                    &[
                        ("发布方", "Publisher"),
                        ("名称", "Name"),
                        ("统一社会信用代码", "Credit code"),
                        ("密钥", "Keys"),
                    ],
                    &rows,
                );
            });
            Ok(Ending::Done)
        }
        PublisherCommand::Show { publisher } => {
            let all = connection.get("/v1/publishers").await?;
            let found = list(&all, "items")
                .iter()
                .find(|one| text(one, "name") == publisher.as_str());
            let found = found.ok_or_else(|| {
                Failure::Usage(format!("no publisher {publisher} is enrolled here"))
            })?;
            output.answer(found, |lines| draw(lines, found));
            Ok(Ending::Done)
        }
    }
}

fn row(publisher: &Value) -> Vec<String> {
    vec![
        text(publisher, "name").to_owned(),
        text(publisher, "title").to_owned(),
        text(publisher, "credit_code").to_owned(),
        list(publisher, "keys").len().to_string(),
    ]
}

fn draw(lines: &mut Lines, publisher: &Value) {
    lines.pair("发布方", "Publisher", text(publisher, "name"));
    lines.pair("名称", "Name", text(publisher, "title"));
    let code = text(publisher, "credit_code");
    lines.pair("统一社会信用代码", "Credit code", code);
    let quota = &publisher["quota"];
    let told = format!(
        "packages {}, releases per day {}, services {}, bundle {} B",
        quota["packages"], quota["releases_per_day"], quota["services"], quota["bundle_bytes"]
    );
    lines.pair("额度", "Quota", &told);
    for key in list(publisher, "keys") {
        let told = format!(
            "{}  {}  {}  {}",
            text(key, "state"),
            text(key, "label"),
            text(key, "since"),
            text(key, "key")
        );
        lines.pair("密钥", "Key", &told);
    }
}
