//! `guichet registry person`: who may act, in which roles, and their tokens.

use clap::{Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::{enter, in_language, texts};
use crate::cli::connection::Connection;
use crate::cli::exit::{Ending, Failure};
use crate::cli::output::{Output, list, text};
use crate::cli::segment;

/// `guichet registry person …`
#[derive(Debug, Subcommand)]
pub enum PersonCommand {
    /// Make a person known, or give one other rights: roles of the operator's
    /// staff (two administrators), or membership of a publisher.
    Set {
        /// The person's id: 3 to 40 of a-z, 0-9 and -, beginning with a letter.
        person: String,
        /// The person's name; else the id.
        #[arg(long)]
        name: Option<String>,
        /// A role of the operator's staff; once for each.
        #[arg(long, value_name = "ROLE", required_unless_present = "publisher")]
        role: Vec<RoleName>,
        /// The publisher whose member this is.
        #[arg(long, conflicts_with = "role")]
        publisher: Option<String>,
        /// What the member may do.
        #[arg(long, value_name = "ROLE", default_value = "developer")]
        member: MemberName,
    },
    /// Let a person do nothing any more.
    Remove {
        /// The person's id.
        person: String,
    },
    /// Issue a person's token, in place of every earlier one; it is shown once.
    Token {
        /// The person's id.
        person: String,
    },
    /// List everybody.
    List,
}

/// A role of the operator's staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RoleName {
    /// Enrols publishers and people.
    Administrator,
    /// Approves releases and what they are granted.
    Reviewer,
    /// Rolls releases out, halts and yanks them.
    ReleaseManager,
    /// Revokes keys and throws switches.
    SecurityOfficer,
    /// Admits billers.
    BillerManager,
    /// Decides work orders, closes days and settles.
    PaymentOfficer,
    /// Reads the log.
    Auditor,
}

/// What a publisher's member may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MemberName {
    /// Everything, members and keys included.
    Owner,
    /// Publishes releases and announces maintenance.
    Developer,
}

pub(super) async fn run(
    command: &PersonCommand,
    connection: &Connection,
    output: Output,
) -> Result<Ending, Failure> {
    match command {
        PersonCommand::Set {
            person,
            name,
            role,
            publisher,
            member,
        } => {
            let side = match publisher {
                Some(publisher) => json!({"publisher": [publisher, written(member)]}),
                None => json!({"operator": role.iter().map(written).collect::<Vec<_>>()}),
            };
            let name = texts(name.as_deref().unwrap_or(person), None);
            let act = json!({"act": "person-set", "person": person, "name": name, "side": side});
            enter(connection, act, output).await
        }
        PersonCommand::Remove { person } => {
            let act = json!({"act": "person-removed", "person": person});
            enter(connection, act, output).await
        }
        PersonCommand::Token { person } => {
            let path = format!("/v1/people/{}/token", segment(person)?);
            let answer = connection.post(&path, &[], &json!({})).await?;
            output.answer(&answer, |lines| lines.line(text(&answer, "token")));
            Ok(Ending::Done)
        }
        PersonCommand::List => {
            let answer = connection.get("/v1/people").await?;
            let rows: Vec<Vec<String>> = list(&answer, "items")
                .iter()
                .map(|one| {
                    vec![
                        text(one, "person").to_owned(),
                        in_language(&one["name"], output).to_owned(),
                        side(&one["side"]),
                    ]
                })
                .collect();
            output.answer(&answer, |lines| {
                lines.table(
                    &[("编号", "Person"), ("姓名", "Name"), ("身份", "May")],
                    &rows,
                );
            });
            Ok(Ending::Done)
        }
    }
}

fn written(name: &impl ValueEnum) -> String {
    let value = name.to_possible_value();
    value.map_or_else(String::new, |value| value.get_name().to_owned())
}

/// `reviewer, auditor`, or `acme: owner`.
fn side(side: &Value) -> String {
    let words =
        |name: &str| -> Vec<&str> { list(side, name).iter().filter_map(Value::as_str).collect() };
    match words("publisher").as_slice() {
        [publisher, role] => format!("{publisher}: {role}"),
        _ => words("operator").join(", "),
    }
}
