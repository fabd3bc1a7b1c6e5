//! The commands that are a node, or work on a node's folder without a server.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::{Args, value_parser};
use guichet_domain::id::RecordId;
use guichet_domain::{CutOff, Money};
use guichet_sandbox::compile_main;
use serde_json::{Value, json};

use super::exit::{Ending, Failure};
use super::globals::Globals;
use super::last::{self, Noun};
use super::output::Form;
use super::storage::Storage;
use crate::app::{self, App};
use crate::dev::{self, Announce, DevSettings};
use crate::shutdown::Shutdown;
use crate::web::SignIn;

/// How `guichet dev` runs.
#[derive(Debug, Args)]
pub struct DevArguments {
    /// Address to listen on.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8700")]
    pub listen: SocketAddr,
    /// Use the simulated city that runs at this URL instead of starting one.
    #[arg(long, value_name = "URL")]
    pub city: Option<String>,
    /// Where its books and objects are.
    #[command(flatten)]
    pub storage: Storage,
    /// When one accounting date turns into the next, in Asia/Shanghai.
    #[arg(
        long,
        value_name = "HH:MM",
        default_value = "24:00",
        env = "GUICHET_CUT_OFF"
    )]
    pub cut_off: CutOff,
    /// The folder of packages to install; else found beside the program.
    #[arg(long, value_name = "DIR")]
    pub packages: Option<PathBuf>,
    /// What the demo citizen's account holds at the first start, in fen.
    #[arg(long, value_name = "FEN", default_value_t = 10_000_000, value_parser = value_parser!(i64).range(0..=1_000_000_000_000))]
    pub balance: i64,
}

/// How `guichet serve` runs.
#[derive(Debug, Args)]
pub struct ServeArguments {
    /// Address to listen on.
    #[arg(
        long,
        value_name = "ADDR",
        default_value = "127.0.0.1:8700",
        env = "GUICHET_LISTEN"
    )]
    pub listen: SocketAddr,
    /// Where its books and objects are.
    #[command(flatten)]
    pub storage: Storage,
    /// When one accounting date turns into the next, in Asia/Shanghai; the same
    /// on every node.
    #[arg(
        long,
        value_name = "HH:MM",
        default_value = "24:00",
        env = "GUICHET_CUT_OFF"
    )]
    pub cut_off: CutOff,
    /// The node's name, unique among the nodes of one database.
    #[arg(
        long,
        value_name = "NAME",
        default_value = "node-1",
        env = "GUICHET_NODE"
    )]
    pub node: String,
    /// Settings of a bank behind payers' accounts (docs/bank.md); once for each.
    #[arg(long, value_name = "FILE")]
    pub bank: Vec<PathBuf>,
}

/// `guichet replay`
#[derive(Debug, Args)]
pub struct ReplayArguments {
    /// The id of a call, or of the payment, bill query or inquiry it was made for;
    /// `last` is the bill query that was made last from this folder.
    pub record: String,
    /// Where its books and objects are.
    #[command(flatten)]
    pub storage: Storage,
}

/// Runs `guichet dev` until it is told to stop.
pub(super) fn dev(dev: &DevArguments, globals: &Globals) -> Result<Ending, Failure> {
    log("warn", Form::Text);
    let settings = DevSettings {
        data: globals.data.clone(),
        listen: dev.listen,
        database: dev.storage.books.database()?,
        objects: dev.storage.objects()?,
        city: dev.city.clone(),
        cut_off: dev.cut_off,
        packages: dev.packages.clone(),
        balance: Money::cny(dev.balance),
        announce: if globals.json {
            Announce::Json
        } else {
            Announce::Guide
        },
    };
    many_threads()?.block_on(dev::run(settings))?;
    Ok(Ending::Done)
}

/// Runs `guichet serve` until it is told to stop.
pub(super) fn serve(serve: &ServeArguments, globals: &Globals) -> Result<Ending, Failure> {
    log("info", if globals.json { Form::Json } else { Form::Text });
    let node = (serve.listen, serve.node.as_str());
    let settings = serve.storage.settings(globals, node)?;
    let settings = settings.with_banks(serve.bank.clone());
    let settings = settings.with_cut_off(serve.cut_off);
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
pub(super) fn replay(asked: &ReplayArguments, globals: &Globals) -> Result<Ending, Failure> {
    log("error", Form::Text);
    let record = last::resolve(&globals.data, Noun::BillQuery, &asked.record)?;
    let id: RecordId = record.parse().map_err(|_| {
        Failure::Usage(format!(
            "{record:?} is no id of a call, bill query, inquiry or payment"
        ))
    })?;
    let output = globals.output()?;
    let settings = asked.storage.offline(globals)?;
    let replayed = many_threads()?.block_on(async {
        let app = App::open(settings).await?;
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

/// Compiles a component in this process, which its parent has limited.
pub(super) fn compile(input: &Path, output: &Path) -> Result<Ending, Failure> {
    compile_main(input, output).map_err(|error| Failure::Failed(anyhow::anyhow!("{error}")))?;
    Ok(Ending::Done)
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
        .with_writer(std::io::stderr)
        // Where the log's own disk is full, saying so would panic in the middle of
        // whatever wanted to be logged.
        .log_internal_errors(false);
    // Only the first call of a process counts; tests may have made it.
    let _set = match form {
        Form::Json => tracing::subscriber::set_global_default(to_stderr.json().finish()),
        Form::Text => tracing::subscriber::set_global_default(to_stderr.finish()),
    };
}
