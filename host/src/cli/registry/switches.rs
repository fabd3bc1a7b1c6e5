//! `guichet registry switch`: what is thrown stops everywhere within a second.
//! One person throws a switch; two lift it.

use clap::Subcommand;
use guichet_domain::Digest;
use guichet_domain::id::PublisherName;
use guichet_registry::PackageName;
use serde_json::{Value, json};

use super::enter;
use crate::cli::connection::Connection;
use crate::cli::exit::{Ending, Failure};
use crate::cli::output::{Output, list, text};

/// `guichet registry switch …`
#[derive(Debug, Subcommand)]
pub enum SwitchCommand {
    /// Stop a release (`sha256:…`), a package (`publisher/name`) or a publisher.
    Throw {
        /// What is stopped.
        target: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Let it run again; takes two persons.
    Lift {
        /// What was stopped.
        target: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// List what is stopped.
    List,
}

pub(super) async fn run(
    command: &SwitchCommand,
    connection: &Connection,
    output: Output,
) -> Result<Ending, Failure> {
    let (act, written, reason) = match command {
        SwitchCommand::Throw { target, reason } => ("switch-thrown", target, reason),
        SwitchCommand::Lift { target, reason } => ("switch-lifted", target, reason),
        SwitchCommand::List => return list_thrown(connection, output).await,
    };
    let act = json!({"act": act, "target": target(written)?, "reason": reason});
    enter(connection, act, output).await
}

/// The three kinds of target are told apart by their form.
fn target(written: &str) -> Result<Value, Failure> {
    if let Ok(release) = written.parse::<Digest>() {
        return Ok(json!({"release": release.to_string()}));
    }
    if let Ok(package) = written.parse::<PackageName>() {
        return Ok(json!({"package": package.to_string()}));
    }
    match written.parse::<PublisherName>() {
        Ok(publisher) => Ok(json!({"publisher": publisher.to_string()})),
        Err(_) => Err(Failure::Usage(format!(
            "{written:?}: write a release's digest (sha256:…), publisher/name, or a publisher"
        ))),
    }
}

async fn list_thrown(connection: &Connection, output: Output) -> Result<Ending, Failure> {
    let answer = connection.get("/v1/switches").await?;
    let rows: Vec<Vec<String>> = list(&answer, "items")
        .iter()
        .map(|one| {
            let target = one["target"].as_object();
            let target = target.and_then(|kinds| kinds.iter().next());
            let told = target.map_or_else(String::new, |(kind, name)| {
                format!("{kind} {}", name.as_str().unwrap_or_default())
            });
            vec![told, text(one, "reason").to_owned()]
        })
        .collect();
    output.answer(&answer, |lines| {
        if rows.is_empty() {
            lines.say("没有停用的对象", "Nothing is stopped");
            return;
        }
        lines.table(&[("停用", "Stopped"), ("原因", "Why")], &rows);
    });
    Ok(Ending::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_told_apart_by_their_form() {
        assert_eq!(target("acme").unwrap(), json!({"publisher": "acme"}));
        assert_eq!(
            target("acme/water").unwrap(),
            json!({"package": "acme/water"})
        );
        let digest = guichet_registry::sign::sha256(b"x").to_string();
        assert_eq!(target(&digest).unwrap(), json!({"release": digest}));
        assert!(target("A b").is_err());
    }
}
