//! `guichet zone`: a branch's or city's part of the catalogue, set by the agency
//! it belongs to, or by the operator.

use clap::{Args, Subcommand};
use guichet_domain::id::PublisherName;
use guichet_registry::catalogue::ZoneCode;
use serde_json::{Value, json};

use super::connection::Connection;
use super::exit::{Ending, Failure};
use super::output::{Lines, Output, list, text};
use super::registry::{Insider, enter, in_language, texts};

/// `guichet zone`
#[derive(Debug, Args)]
pub struct ZoneArguments {
    /// What to do.
    #[command(subcommand)]
    pub command: ZoneCommand,
    /// Where to go.
    #[command(flatten)]
    pub insider: Insider,
}

/// `guichet zone …`
#[derive(Debug, Subcommand)]
pub enum ZoneCommand {
    /// List all zones.
    List,
    /// Show one.
    Show {
        /// Its code.
        zone: ZoneCode,
    },
    /// Make a zone, or say anew what it shows.
    Set(Box<SetArguments>),
    /// Remove a zone; its services stay in the catalogue.
    Remove {
        /// Its code.
        zone: ZoneCode,
    },
}

/// `guichet zone set`
#[derive(Debug, Args)]
pub struct SetArguments {
    /// Its code in URLs: 3 to 40 of a-z, 0-9 and -.
    pub zone: ZoneCode,
    /// Its name in Chinese.
    #[arg(long)]
    pub name: String,
    /// Its name in English; else the Chinese one.
    #[arg(long)]
    pub name_en: Option<String>,
    /// Services of this region (GB/T 2260), of what lies in it and of what it
    /// lies in; once for each.
    #[arg(long, value_name = "CODE", required = true)]
    pub region: Vec<String>,
    /// Only this category; once for each.
    #[arg(long, value_name = "CODE")]
    pub category: Vec<String>,
    /// Leave this service out; once for each.
    #[arg(long, value_name = "CODE")]
    pub hide: Vec<String>,
    /// The agency it belongs to; else the operator.
    #[arg(long)]
    pub publisher: Option<PublisherName>,
}

pub(super) async fn run(
    command: &ZoneCommand,
    connection: &Connection,
    output: Output,
) -> Result<Ending, Failure> {
    match command {
        ZoneCommand::List => {
            let answer = connection.get("/v1/zones").await?;
            output.answer(&answer, |lines| draw_list(lines, &answer, output));
            Ok(Ending::Done)
        }
        ZoneCommand::Show { zone } => {
            let all = connection.get("/v1/zones").await?;
            let code = zone.to_string();
            let found = list(&all, "items")
                .iter()
                .find(|one| text(&one["zone"], "code") == code);
            let found =
                found.ok_or_else(|| Failure::Usage(format!("there is no zone {zone} here")))?;
            output.answer(found, |lines| draw(lines, found, output));
            Ok(Ending::Done)
        }
        ZoneCommand::Set(asked) => enter(connection, act(asked), output).await,
        ZoneCommand::Remove { zone } => {
            let act = json!({"act": "zone-removed", "zone": zone});
            enter(connection, act, output).await
        }
    }
}

fn act(asked: &SetArguments) -> Value {
    let mut act = json!({
        "act": "zone-set",
        "zone": {
            "code": asked.zone,
            "names": texts(&asked.name, asked.name_en.as_deref()),
            "regions": asked.region,
            "categories": asked.category,
            "hidden": asked.hide,
        },
    });
    if let Some(publisher) = &asked.publisher {
        act["publisher"] = json!(publisher);
    }
    act
}

fn draw_list(lines: &mut Lines, zones: &Value, output: Output) {
    let rows: Vec<Vec<String>> = list(zones, "items")
        .iter()
        .map(|one| {
            vec![
                text(&one["zone"], "code").to_owned(),
                in_language(&one["zone"]["names"], output).to_owned(),
                joined(&one["zone"], "regions"),
                text(one, "publisher").to_owned(),
            ]
        })
        .collect();
    if rows.is_empty() {
        lines.say("还没有专区", "There are no zones yet");
        return;
    }
    lines.table(
        &[
            ("专区", "Zone"),
            ("名称", "Name"),
            ("地区", "Regions"),
            ("属于", "Belongs to"),
        ],
        &rows,
    );
}

fn draw(lines: &mut Lines, state: &Value, output: Output) {
    let zone = &state["zone"];
    lines.pair("专区", "Zone", text(zone, "code"));
    lines.pair("名称", "Name", in_language(&zone["names"], output));
    lines.pair("地区", "Regions", &joined(zone, "regions"));
    lines.pair("类别", "Categories", &joined(zone, "categories"));
    lines.pair("不显示", "Left out", &joined(zone, "hidden"));
    lines.pair("属于", "Belongs to", text(state, "publisher"));
}

fn joined(value: &Value, name: &str) -> String {
    let all: Vec<&str> = list(value, name).iter().filter_map(Value::as_str).collect();
    all.join(", ")
}
