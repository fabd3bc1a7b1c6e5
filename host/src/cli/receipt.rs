//! `guichet receipt verify`: what a receipt proves, found out with the
//! installation's public key alone. Needs no server and no data folder.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use guichet_registry::sign::PublicKey;
use serde_json::{Value, json};

use super::exit::{Ending, Failure};
use super::globals::Globals;
use super::output::{Lines, amount};
use crate::receipts::{InLog, Proven, Unproven, attached, verify, verify_code};

/// Receipts are a few kilobytes; a longer file is none.
const FILE_LIMIT_BYTES: u64 = 4 << 20;

/// `guichet receipt …`
#[derive(Debug, Subcommand)]
pub enum ReceiptCommand {
    /// Find out what a receipt proves; exits 1 where it proves nothing.
    Verify(VerifyArguments),
}

/// `guichet receipt verify`
#[derive(Debug, Args)]
pub struct VerifyArguments {
    /// The receipt: JSON, or the PDF that has it attached.
    #[arg(required_unless_present = "qr", conflicts_with = "qr")]
    pub file: Option<PathBuf>,
    /// The text of the QR code instead.
    #[arg(long, value_name = "TEXT")]
    pub qr: Option<String>,
    /// The installation's key, `ed25519:HEX`, or a file that holds it, as the
    /// operator has published it.
    #[arg(long)]
    pub key: String,
}

pub(super) fn run(command: &ReceiptCommand, globals: &Globals) -> Result<Ending, Failure> {
    let ReceiptCommand::Verify(asked) = command;
    let output = globals.output()?;
    let key = read_key(&asked.key)?;
    if let Some(code) = &asked.qr {
        let parts = verify_code(code.trim(), &key);
        let answer = match &parts {
            Ok(parts) => json!({"good": true, "parts": parts}),
            Err(error) => refusal(error),
        };
        output.answer(&answer, |lines| draw_code(lines, &parts));
        return Ok(ending(parts.is_ok()));
    }
    let file = asked.file.as_deref().unwrap_or(Path::new("-"));
    let text = read_receipt(file)?;
    let proven = verify(&text, &key);
    let answer = match &proven {
        Ok(proven) => json!({
            "good": true,
            "in_log": proven.in_log == InLog::Proven,
            "statement": proven.statement,
        }),
        Err(error) => refusal(error),
    };
    output.answer(&answer, |lines| match &proven {
        Ok(proven) => draw(lines, proven),
        Err(error) => draw_refusal(lines, error),
    });
    Ok(ending(proven.is_ok()))
}

const fn ending(is_good: bool) -> Ending {
    if is_good {
        Ending::Done
    } else {
        Ending::Refused
    }
}

fn refusal(error: &Unproven) -> Value {
    json!({"good": false, "problem": error.to_string()})
}

/// A key as text, or in a file, alone or as `GET /v1/audit/key` answers.
pub(super) fn read_key(given: &str) -> Result<PublicKey, Failure> {
    if let Ok(key) = given.parse() {
        return Ok(key);
    }
    let wrong = |problem: String| {
        Failure::Usage(format!(
            "--key {given}: {problem}; give ed25519: and 64 hexadecimal digits, or a file that holds them"
        ))
    };
    let text = std::fs::read_to_string(given).map_err(|error| wrong(error.to_string()))?;
    let value: Value = serde_json::from_str(&text).unwrap_or_default();
    let text = value["key"].as_str().unwrap_or(&text).trim();
    text.parse().map_err(|error| wrong(format!("{error}")))
}

fn read_receipt(file: &Path) -> Result<String, Failure> {
    use std::io::Read as _;
    let named =
        |problem: &dyn std::fmt::Display| Failure::Usage(format!("{}: {problem}", file.display()));
    let mut bytes = Vec::new();
    std::fs::File::open(file)
        .and_then(|file| file.take(FILE_LIMIT_BYTES).read_to_end(&mut bytes))
        .map_err(|error| named(&error))?;
    let bytes = attached(&bytes).unwrap_or(&bytes);
    // Whatever is no text is no receipt either; `verify` says so.
    Ok(String::from_utf8_lossy(bytes).into_owned())
}

fn draw(lines: &mut Lines, proven: &Proven) {
    let statement = &proven.statement;
    let facts = &statement.facts;
    let total = json!(facts.total);
    lines.say("回单有效。", "The receipt holds.");
    lines.pair("出具机构", "Stated by", statement.installation.as_str());
    lines.pair("缴费编号", "Payment", facts.payment.as_str());
    lines.pair("状态", "State", statement.state.as_str());
    lines.pair("收费单位", "Paid to", facts.biller.as_str());
    lines.pair("金额", "Amount", &amount(&total));
    lines.pair(
        "会计日期",
        "Accounting date",
        &facts.accounting_date.to_string(),
    );
    lines.pair("销账流水", "Biller's serial", &facts.application.serial);
    lines.line("");
    lines.say("已证明：", "Proven:");
    lines.say(
        "- 持有该公钥的机构声明了以上内容，一个字节都没有改动；",
        "- the holder of this key has stated the above, and not a byte of it was altered;",
    );
    match proven.in_log {
        InLog::Proven => lines.say(
            "- 收费单位的销账（及之后的冲正、退款）记在该机构已签名的审计日志中，金额等内容与记账时相同。",
            "- the application (and what came after it) stands in the audit log that the installation has signed, with the content it had then.",
        ),
        InLog::NotYet => lines.say(
            "- 审计日志的证明尚未附上：过一秒后重新下载回单即可。",
            "- not yet that it stands in the audit log: fetch the receipt again a second after paying.",
        ),
    }
    lines.say("未证明：", "Not proven:");
    lines.say(
        "- 之后是否又冲正或退款：请向该机构索取最新回单；",
        "- whether it was reversed or refunded since: ask the installation for a new receipt;",
    );
    lines.say(
        "- 收费单位自己的账：请凭销账流水向收费单位核对；",
        "- the biller's own books: ask the biller, with its serial;",
    );
    lines.say(
        "- 公钥确属该机构：请与其公布的公钥核对。",
        "- that the key is the installation's: compare it with what the operator has published.",
    );
}

fn draw_code(lines: &mut Lines, parts: &Result<Vec<String>, Unproven>) {
    const LABELS: [(&str, &str); 9] = [
        ("出具机构", "Stated by"),
        ("缴费编号", "Payment"),
        ("状态", "State"),
        ("收费单位", "Paid to"),
        ("金额（分）", "Amount in minor units"),
        ("币种", "Currency"),
        ("会计日期", "Accounting date"),
        ("销账流水", "Biller's serial"),
        ("时间", "At"),
    ];
    match parts {
        Ok(parts) => {
            lines.say(
                "二维码有效：由该公钥签名。",
                "The code holds: this key has signed it.",
            );
            for ((chinese, english), part) in LABELS.iter().zip(parts) {
                lines.pair(chinese, english, part);
            }
            lines.say(
                "请核对纸面内容与以上一致；审计日志的证明在回单文件中。",
                "Compare the paper with the above; the proof from the audit log is in the receipt's file.",
            );
        }
        Err(error) => draw_refusal(lines, error),
    }
}

fn draw_refusal(lines: &mut Lines, error: &Unproven) {
    lines.say("回单无效，什么也没有证明：", "The receipt proves nothing:");
    lines.line(&error.to_string());
}
