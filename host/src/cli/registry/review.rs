//! `guichet registry review`: what waits, and one release as a reviewer reads it
//! — what it may do and why, what is new against the one that serves, and what
//! certification has shown.

use clap::Subcommand;
use guichet_registry::certification::{Evidence, Report, Verdict};
use serde_json::Value;

use super::{ReleaseName, in_language};
use crate::cli::connection::Connection;
use crate::cli::exit::{Ending, Failure};
use crate::cli::output::{Lines, Output, list, text};

/// Codes named in one line; the others are counted.
const CODES_SHOWN: usize = 8;

/// `guichet registry review …`
#[derive(Debug, Subcommand)]
pub enum ReviewCommand {
    /// List what waits for review, oldest first.
    List,
    /// Show one release: permissions, difference, origins, services, report.
    Show {
        /// Which release.
        #[command(flatten)]
        release: ReleaseName,
    },
}

pub(super) async fn run(
    command: &ReviewCommand,
    connection: &Connection,
    output: Output,
) -> Result<Ending, Failure> {
    match command {
        ReviewCommand::List => {
            let answer = connection.get("/v1/reviews").await?;
            output.answer(&answer, |lines| draw_queue(lines, &answer));
        }
        ReviewCommand::Show { release } => {
            let answer = connection.get(&release.path()).await?;
            output.answer(&answer, |lines| draw(lines, &answer, output));
        }
    }
    Ok(Ending::Done)
}

fn draw_queue(lines: &mut Lines, queue: &Value) {
    let rows: Vec<Vec<String>> = list(queue, "items")
        .iter()
        .map(|one| {
            vec![
                text(one, "package").to_owned(),
                text(one, "version").to_owned(),
                text(one, "published").to_owned(),
                one["persons"].to_string(),
                text(one, "first").to_owned(),
            ]
        })
        .collect();
    if rows.is_empty() {
        lines.say("没有待审核的版本", "Nothing waits for review");
        return;
    }
    lines.table(
        &[
            ("插件包", "Package"),
            ("版本", "Version"),
            ("发布时间", "Published"),
            ("需几人", "Persons"),
            ("已同意", "First"),
        ],
        &rows,
    );
}

/// A release as a reviewer reads it, from the most to the least important.
pub(in crate::cli) fn draw(lines: &mut Lines, release: &Value, output: Output) {
    let name = format!("{} {}", text(release, "package"), text(release, "version"));
    lines.line(&format!("{name} — {}", text(release, "title")));
    lines.line(&format!("  {}", text(release, "description")));
    head(lines, release);
    permissions(lines, release);
    difference(lines, &release["comparison"], output);
    particulars(lines, &release["comparison"]);
    certified(lines, &release["report"]);
    for advisory in list(release, "advisories") {
        let told = format!("{}: {}", text(advisory, "severity"), text(advisory, "text"));
        lines.pair("提示", "Advisory", &told);
    }
}

fn head(lines: &mut Lines, release: &Value) {
    lines.pair("状态", "State", text(release, "state"));
    let reasons: Vec<&str> = list(release, "reasons")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    lines.pair("原因", "Why", &reasons.join("; "));
    if let Some(persons) = release["persons"].as_u64() {
        let first = text(release, "first");
        let told = if first.is_empty() {
            format!("{persons}")
        } else {
            format!("{persons} ✓ {first}")
        };
        lines.pair("需同意人数", "Persons needed", &told);
    }
    lines.pair("摘要", "Digest", text(release, "digest"));
    lines.pair("签名密钥", "Signed by", text(release, "signer"));
    lines.pair("许可", "Licence", text(release, "licence"));
}

fn permissions(lines: &mut Lines, release: &Value) {
    heading(lines, "它可以做什么", "What it may do");
    let all = list(release, "permissions");
    if all.is_empty() {
        lines.say("  无任何权限", "  nothing at all");
    }
    for one in all {
        lines.line(&format!("  {}", text(one, "meaning")));
        let why = lines.language.pick("理由", "because");
        let (name, reason) = (text(one, "name"), text(one, "reason"));
        lines.line(&format!("      [{name}] {why}: {reason}"));
    }
}

fn difference(lines: &mut Lines, comparison: &Value, output: Output) {
    let serves = !comparison["bundle_bytes"]["before"].is_null();
    if !serves {
        heading(
            lines,
            "首个版本：当前无服务中的版本可比",
            "The first release: none serves that it could be compared with",
        );
        return;
    }
    heading(
        lines,
        "与服务中版本的差异",
        "Against the release that serves",
    );
    let difference = &comparison["difference"];
    let meaning = |one: &Value| in_language(&one["meaning"], output).to_owned();
    let (added, removed) = (list(difference, "added"), list(difference, "removed"));
    let changed = list(difference, "changed");
    for one in added {
        lines.line(&format!("  + {}", meaning(one)));
    }
    for one in removed {
        lines.line(&format!("  - {}", meaning(one)));
    }
    for pair in changed {
        lines.line(&format!("  - {}", meaning(&pair[0])));
        lines.line(&format!("  + {}", meaning(&pair[1])));
    }
    if added.is_empty() && removed.is_empty() && changed.is_empty() {
        lines.say("  权限不变", "  the same permissions");
    }
    if comparison["code_changed"] == true {
        lines.say("  代码有变化", "  other code");
    }
    for (mark, name) in [
        ("+", "services_added"),
        ("-", "services_removed"),
        ("~", "services_changed"),
    ] {
        let all = list(comparison, name);
        if !all.is_empty() {
            lines.line(&format!("  {mark} {}", codes(all)));
        }
    }
}

/// Facts of the release, with what they were before where that is another.
fn particulars(lines: &mut Lines, comparison: &Value) {
    heading(lines, "其他", "Particulars");
    let mut fact = |chinese: &str, english: &str, name: &str| {
        let change = &comparison[name];
        let now = plain(&change["now"]);
        let before = plain(&change["before"]);
        let told = if change["before"].is_null() || before == now {
            now
        } else {
            format!("{now}  ({before})")
        };
        lines.pair(chinese, english, &told);
    };
    fact("类型", "Kinds", "kinds");
    fact("预期地址", "Origins", "origins");
    fact("宿主接口", "Imports", "imports");
    fact("收费单位", "Billers", "billers");
    fact("超出常规的限额", "Limits beyond", "limits");
    fact("包大小（字节）", "Size in bytes", "bundle_bytes");
    let data: Vec<&str> = list(comparison, "permissions")
        .iter()
        .filter_map(|one| text(one, "name").strip_prefix("data:"))
        .collect();
    lines.pair("数据范围", "Data scopes", &data.join(", "));
}

fn certified(lines: &mut Lines, report: &Value) {
    heading(lines, "认证", "Certification");
    let Ok(report) = serde_json::from_value::<Report>(report.clone()) else {
        lines.say("  无报告", "  there is no report");
        return;
    };
    let passed = report.verdict == Verdict::Passed;
    lines.line(match passed {
        true => lines.language.pick("  通过", "  passed"),
        false => lines.language.pick("  未通过", "  not passed"),
    });
    let runs = report.runs();
    lines.pair("  场景", "  Scenarios", &report.scenarios.len().to_string());
    lines.pair("  注入故障", "  Faults struck", &runs.runs.to_string());
    lines.pair("  出错", "  Gone wrong", &runs.failed.to_string());
    for coverage in &report.coverage {
        for (capability, evidence) in &coverage.shown {
            let name = serde_json::to_value(capability).unwrap_or_default();
            let told = match evidence {
                Evidence::Shown { by } => {
                    let by: Vec<String> = by.iter().map(ToString::to_string).collect();
                    format!("{} ← {}", plain(&name), by.join(", "))
                }
                Evidence::NotShown { why } => format!("{} ✗ {why}", plain(&name)),
            };
            lines.pair("  能力", "  Shown", &told);
        }
    }
    for finding in &report.findings {
        lines.line(&format!("  {finding}"));
    }
}

fn heading(lines: &mut Lines, chinese: &str, english: &str) {
    lines.line("");
    lines.say(chinese, english);
}

fn codes(all: &[Value]) -> String {
    let shown: Vec<&str> = all
        .iter()
        .take(CODES_SHOWN)
        .filter_map(Value::as_str)
        .collect();
    match all.len().saturating_sub(CODES_SHOWN) {
        0 => shown.join(", "),
        more => format!("{} … +{more}", shown.join(", ")),
    }
}

/// JSON as a person reads it: lists with commas, members as `name value`, what
/// is null left out.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(all) => codes(all),
        Value::Object(members) => {
            let told: Vec<String> = members
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| format!("{name} {}", plain(value)))
                .collect();
            told.join(", ")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_told_as_people_read_them() {
        assert_eq!(plain(&json!(["a", "b"])), "a, b");
        assert_eq!(plain(&json!({"memory": 5, "none": null})), "memory 5");
        let many: Vec<Value> = (0..10).map(|n| json!(format!("s{n}"))).collect();
        assert!(codes(&many).ends_with("s7 … +2"));
    }
}
