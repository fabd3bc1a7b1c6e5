//! The commands that are a node, or work on a node's folder without a server.

use std::path::Path;

use anyhow::Context as _;
use guichet_domain::id::RecordId;
use guichet_sandbox::compile_main;
use serde_json::{Value, json};

use super::arguments::{Arguments, DevArguments, LedgerCommand, ServeArguments};
use super::exit::{Ending, Failure};
use super::last::{self, Noun};
use super::output::{Form, Lines};
use crate::app::{self, App};
use crate::config::{Database, SettingError, Settings};
use crate::dev::{self, Announce, DevSettings};
use crate::objects::{ObjectPlace, PlaceError};
use crate::ports::Ports;
use crate::shutdown::Shutdown;
use crate::store::LedgerReport;
use crate::web::SignIn;

/// Runs `guichet dev` until it is told to stop.
pub(super) fn dev(dev: &DevArguments, arguments: &Arguments) -> Result<Ending, Failure> {
    log("warn", Form::Text);
    let settings = DevSettings {
        data: arguments.data.clone(),
        listen: dev.listen,
        database: database(dev.database.as_deref())?,
        objects: objects(dev.objects.as_deref())?,
        city: dev.city.clone(),
        packages: dev.packages.clone(),
        announce: if arguments.json {
            Announce::Json
        } else {
            Announce::Guide
        },
    };
    many_threads()?.block_on(dev::run(settings))?;
    Ok(Ending::Done)
}

/// Runs `guichet serve` until it is told to stop.
pub(super) fn serve(serve: &ServeArguments, arguments: &Arguments) -> Result<Ending, Failure> {
    log(
        "info",
        if arguments.json {
            Form::Json
        } else {
            Form::Text
        },
    );
    let settings = Settings::prepare(
        &arguments.data,
        database(serve.database.as_deref())?,
        serve.listen,
        &serve.node,
    )
    .map_err(|error| Failure::Usage(error.to_string()))?
    .with_objects(objects(serve.objects.as_deref())?);
    many_threads()?.block_on(async {
        let shutdown = Shutdown::listen()?;
        let listener = app::listen(settings.listen).await?;
        let _alone = app::alone(&settings)?;
        let app = tokio::select! {
            app = App::open(settings) => app?,
            () = shutdown.told() => return Ok(()),
        };
        tracing::info!(address = %listener.local_addr()?, "serving");
        app.serve(listener, SignIn::Closed, &shutdown).await
    })?;
    Ok(Ending::Done)
}

/// Runs recorded calls again and compares: one call, or all calls of a bill
/// query, inquiry, credential or payment.
pub(super) fn replay(record: &str, arguments: &Arguments) -> Result<Ending, Failure> {
    log("error", Form::Text);
    let record = last::resolve(&arguments.data, Noun::BillQuery, record)?;
    let id: RecordId = record.parse().map_err(|_| {
        Failure::Usage(format!(
            "{record:?} is no id of a call, bill query, inquiry or payment"
        ))
    })?;
    let output = super::output_of(arguments)?;
    let replayed = many_threads()?.block_on(async {
        let app = App::open(offline(arguments, None)?).await?;
        let mut replayed = Vec::new();
        for call in app.plugins().calls_of(&id).await? {
            let replay = app.plugins().replay(&call).await?;
            replayed.push((call, replay));
        }
        anyhow::Ok(replayed)
    })?;
    let same = replayed
        .iter()
        .all(|(_, replay)| replay.difference.is_none());
    let calls: Vec<Value> = replayed
        .iter()
        .map(|(call, replay)| {
            json!({
                "call": call,
                "same": replay.difference.is_none(),
                "difference": replay.difference,
                "interrupted": replay.interrupted,
            })
        })
        .collect();
    output.answer(&json!({"same": same, "calls": calls}), |lines| {
        for (call, replay) in &replayed {
            match &replay.difference {
                None => lines.pair("逐位相同", "Bit for bit the same", call.as_str()),
                Some(difference) => {
                    lines.pair("不同", "Different", &format!("{call} {difference}"));
                }
            }
        }
    });
    Ok(if same { Ending::Done } else { Ending::Refused })
}

/// Checks the books.
pub(super) fn ledger(command: &LedgerCommand, arguments: &Arguments) -> Result<Ending, Failure> {
    let LedgerCommand::Check { database } = command;
    log("error", Form::Text);
    let output = super::output_of(arguments)?;
    let database = self::database(database.as_deref())?;
    let report = many_threads()?.block_on(async {
        let settings = offline(arguments, database)?;
        let store = app::open_store(&settings).await?;
        let report = store.check_ledger(Ports::system().now()).await;
        store.close().await;
        report.context("the books cannot be read")
    })?;
    output.answer(&report_json(&report), |lines| draw_report(lines, &report));
    Ok(if report.findings.is_empty() {
        Ending::Done
    } else {
        Ending::Refused
    })
}

fn report_json(report: &LedgerReport) -> Value {
    let findings: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| {
            json!({
                "invariant": finding.invariant,
                "record": finding.record,
                "detail": finding.detail,
            })
        })
        .collect();
    json!({
        "balanced": findings.is_empty(),
        "accounts": report.accounts,
        "transfers": report.transfers,
        "payments": report.payments,
        "findings": findings,
    })
}

fn draw_report(lines: &mut Lines, report: &LedgerReport) {
    lines.pair("账户", "Accounts", &report.accounts.to_string());
    lines.pair("分录", "Transfers", &report.transfers.to_string());
    lines.pair("缴费", "Payments", &report.payments.to_string());
    if report.findings.is_empty() {
        lines.say(
            "账目平衡，所有不变式成立。",
            "The books balance; every invariant holds.",
        );
        return;
    }
    let row = |finding: &crate::store::Finding| {
        vec![
            finding.invariant.clone(),
            finding.record.clone(),
            finding.detail.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = report.findings.iter().map(row).collect();
    lines.say("账目有问题：", "The books are not right:");
    lines.table(
        &[
            ("不变式", "Invariant"),
            ("记录", "Record"),
            ("发现", "Found"),
        ],
        &rows,
    );
}

/// Compiles a component in this process, which its parent has limited.
pub(super) fn compile(input: &Path, output: &Path) -> Result<Ending, Failure> {
    compile_main(input, output).map_err(|error| Failure::Failed(anyhow::anyhow!("{error}")))?;
    Ok(Ending::Done)
}

/// Read here and not by the parser of arguments, which would repeat a mistyped
/// URL with its password.
pub(super) fn database(text: Option<&str>) -> Result<Option<Database>, Failure> {
    let parsed = text.map(str::parse).transpose();
    parsed.map_err(|error: SettingError| Failure::Usage(error.to_string()))
}

/// Where the objects are, where it was said.
pub(super) fn objects(text: Option<&str>) -> Result<Option<ObjectPlace>, Failure> {
    let parsed = text.map(str::parse).transpose();
    parsed.map_err(|error: PlaceError| Failure::Usage(SettingError::from(error).to_string()))
}

/// Settings for commands that open a node's folder and listen nowhere.
pub(super) fn offline(
    arguments: &Arguments,
    database: Option<Database>,
) -> anyhow::Result<Settings> {
    anyhow::ensure!(
        arguments.data.is_dir(),
        "{} is no data folder: name the node's folder with --data",
        arguments.data.display()
    );
    let nowhere = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    Ok(Settings::prepare(
        &arguments.data,
        database,
        nowhere,
        "offline",
    )?)
}

/// A runtime for everything that runs plugins.
pub(super) fn many_threads() -> Result<tokio::runtime::Runtime, Failure> {
    let built = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    built.map_err(|error| Failure::Failed(error.into()))
}

/// For commands whose answer tells all that went right.
pub(super) fn log_errors() {
    log("error", Form::Text);
}

/// Logs go to standard error; `RUST_LOG` chooses what is said.
fn log(usual: &str, form: Form) {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(usual));
    let to_stderr = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    // Only the first call of a process counts; tests may have made it.
    let _set = match form {
        Form::Json => tracing::subscriber::set_global_default(to_stderr.json().finish()),
        Form::Text => tracing::subscriber::set_global_default(to_stderr.finish()),
    };
}
