//! `guichet registry proposals` and `agree`: what waits for a second person.

use serde_json::{Value, json};

use super::tell_entered;
use crate::cli::connection::Connection;
use crate::cli::exit::{Ending, Failure};
use crate::cli::output::{Output, list, text};

/// Longer acts are cut in the table; `--json` has them whole.
const ACT_CHARACTERS: usize = 100;

pub(super) async fn list_open(connection: &Connection, output: Output) -> Result<Ending, Failure> {
    let answer = connection.get("/v1/proposals").await?;
    let rows: Vec<Vec<String>> = list(&answer, "items").iter().map(row).collect();
    output.answer(&answer, |lines| {
        if rows.is_empty() {
            lines.say(
                "没有待第二人同意的事项",
                "Nothing waits for a second person",
            );
            return;
        }
        lines.table(
            &[
                ("编号", "Proposal"),
                ("提出人", "By"),
                ("时间", "At"),
                ("事项", "Act"),
            ],
            &rows,
        );
    });
    Ok(Ending::Done)
}

fn row(open: &Value) -> Vec<String> {
    let wanted = &open["wanted"];
    let mut act = format!("{} {}", text(wanted, "act"), rest(wanted));
    if act.chars().count() > ACT_CHARACTERS {
        act = act
            .chars()
            .take(ACT_CHARACTERS)
            .chain("…".chars())
            .collect();
    }
    vec![
        open["position"].to_string(),
        text(open, "by").to_owned(),
        text(open, "at").to_owned(),
        act,
    ]
}

/// Everything of an act but its name.
fn rest(act: &Value) -> String {
    let mut rest = act.clone();
    if let Value::Object(fields) = &mut rest {
        fields.remove("act");
    }
    rest.to_string()
}

pub(super) async fn agree(
    proposal: u64,
    connection: &Connection,
    output: Output,
) -> Result<Ending, Failure> {
    let path = format!("/v1/proposals/{proposal}/agree");
    let entered = connection.post(&path, &[], &json!({})).await?;
    Ok(tell_entered(&entered, output))
}
