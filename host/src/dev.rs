//! `guichet dev`: a node with everything that is needed to try it — the
//! simulated city and bank as programs of their own beside it, the city's packages
//! admitted and bound, a demo client, a demo citizen and accounts. Never part of
//! `serve`.

mod bank;
mod billers;
mod city;
mod demo;
mod file;
mod guide;
mod people;
mod program;
mod token;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use guichet_domain::{CutOff, Money};
use guichet_registry::PackageName;
use guichet_registry::bundle::{Bundle, BundleLimits};
use guichet_registry::register::Mode;
use tokio::net::TcpListener;

pub(crate) use billers::made_up as made_up_biller;
pub use file::DevFile;

use crate::app::{self, App};
use crate::config::{Database, Settings};
use crate::log::{self, Founding};
use crate::objects::ObjectPlace;
use crate::shutdown::Shutdown;
use crate::web::SignIn;
use crate::workshop::packages_beside;
use bank::Bank;
use city::{City, Operator};
use demo::Demo;

/// How `guichet dev` runs.
#[derive(Debug, Clone)]
pub struct DevSettings {
    /// Data folder.
    pub data: PathBuf,
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Where the books are; else in the data folder.
    pub database: Option<Database>,
    /// Where the objects are; else in the data folder.
    pub objects: Option<ObjectPlace>,
    /// When one accounting date turns into the next.
    pub cut_off: CutOff,
    /// A city that runs already.
    pub city: Option<String>,
    /// The folder of packages; else found beside the program.
    pub packages: Option<PathBuf>,
    /// What the demo citizen's account holds at the first start.
    pub balance: Money,
    /// What is printed once it is ready.
    pub announce: Announce,
}

/// What is printed once it is ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Announce {
    /// One line of JSON.
    Json,
    /// What to try next.
    Guide,
}

/// Runs until it is told to stop.
pub async fn run(settings: DevSettings) -> Result<()> {
    let shutdown = Shutdown::listen()?;
    let packages = packages(settings.packages.as_deref())?;
    let node = Settings::prepare(
        &settings.data,
        settings.database.clone(),
        settings.listen,
        "dev",
    )?
    .with_objects(settings.objects.clone())
    .with_cut_off(settings.cut_off);
    let listener = app::listen(settings.listen).await?;
    let _alone = app::alone(&node)?;
    let city = City::start(settings.city.as_deref(), &node.folder("city.log")).await?;
    let bank = Bank::start(&node.folder("bank")).await?;
    let node = node.with_banks(vec![bank.settings()]);
    let prepared = tokio::select! {
        prepared = prepare(node, &city, &packages, settings.balance) => prepared.map(Some),
        () = shutdown.told() => Ok(None),
    };
    let beside = (&city, &bank);
    let served = match prepared {
        Ok(Some((app, demo))) => serve(app, demo, beside, listener, &settings, &shutdown).await,
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    };
    bank.stop().await;
    city.stop().await;
    served
}

/// Opens the node, admits what is new and makes the demo's client and citizen.
async fn prepare(
    node: Settings,
    city: &City,
    packages: &Path,
    balance: Money,
) -> Result<(App, Demo)> {
    log::make_signer(&node.folder(app::REGISTRY_KEY))?;
    let app = App::open(node).await?;
    let founding = Founding {
        origin: "guichet.test/registry".parse()?,
        mode: Mode::Development,
    };
    app.rooms().governance.log().found(founding).await?;
    let operator = city.operator().await?;
    install_new(&app, &operator, packages).await?;
    operator.apply(&app).await?;
    let demo = demo::prepare(&app, balance).await?;
    Ok((app, demo))
}

async fn serve(
    app: App,
    demo: Demo,
    (city, bank): (&City, &Bank),
    listener: TcpListener,
    settings: &DevSettings,
    shutdown: &Shutdown,
) -> Result<()> {
    let file = DevFile {
        url: format!("http://{}", listener.local_addr()?),
        city_url: city.url().to_owned(),
        bank_url: bank.url().to_owned(),
        token: demo.token,
        subject: demo.subject.to_string(),
        payer_account: demo.account.to_string(),
        bank_account: demo.bank_account.to_string(),
        people: demo.people,
    };
    demo::keep(&app, &file)?;
    match settings.announce {
        Announce::Json => guide::json(&file)?,
        Announce::Guide => guide::text(&app, &file)?,
    }
    let sign_in = SignIn::Demo {
        client: demo.client,
        subject: demo.subject,
        account: demo.account,
    };
    app.serve(listener, sign_in, shutdown).await
}

/// The folder that was named, else the one beside the program.
fn packages(named: Option<&Path>) -> Result<PathBuf> {
    if let Some(folder) = named {
        return Ok(folder.to_owned());
    }
    let program = std::env::current_exe()?;
    packages_beside(&program).with_context(|| {
        format!(
            "there are no packages to serve (looked for `packages` beside {} and one folder \
             above): build them with `cargo xtask packages`, or name their folder with --packages",
            program.display()
        )
    })
}

/// Installs the folder's bundles that are not known yet, with their billers.
async fn install_new(app: &App, operator: &Operator, folder: &Path) -> Result<()> {
    let governance = &app.rooms().governance;
    let mut names: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "guichet")
        {
            names.push(path);
        }
    }
    names.sort();
    let mut bundles = Vec::new();
    for name in names {
        let bytes = std::fs::read(&name).with_context(|| name.display().to_string())?;
        let bundle = Bundle::read(&bytes, BundleLimits::default())
            .with_context(|| name.display().to_string())?;
        let digest = bundle.digest();
        if governance.read(|register| register.release(digest).is_err()) {
            bundles.push(bytes.into());
        }
    }
    if bundles.is_empty() {
        return Ok(());
    }
    tracing::info!(bundles = bundles.len(), "installing packages");
    let publishing = &app.rooms().publishing;
    let binding = |package: &PackageName| operator.binding(package);
    let admissions = publishing.install(bundles, binding).await;
    let admissions = admissions.context("a package was not installed")?;
    billers::admit(governance, &admissions).await
}
