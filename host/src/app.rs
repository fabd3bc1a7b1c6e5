//! Builds a node from its settings: store, sandbox, rooms and doors; runs it
//! until it is told to stop, and stops it without losing anything.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use axum::Router;
use guichet_sandbox::keyring::Secret;
use guichet_sandbox::{Compiler, Sandbox, Settings as SandboxSettings};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::api::{Api, Rate};
use crate::audit::Audit;
use crate::bank::ConnectedBanks;
use crate::caretaker;
use crate::certification::Certifier;
use crate::config::{Database, Settings};
use crate::governance::{self, Governance};
use crate::log::{self, Log};
use crate::objects::Objects;
use crate::plugins::{self, Parts, Plugins, Pseudonyms, Transcripts};
use crate::ports::Ports;
use crate::publishing::Publishing;
use crate::rooms::Rooms;
use crate::seal::Vault;
use crate::shutdown::Shutdown;
use crate::signing;
use crate::store::{Location, Store, StoreError};
use crate::web::{SignIn, Web};
use crate::worker::{self, Neighbours, Stop, WorkerSettings};

/// The registry's private key, on nodes that enter acts.
pub const REGISTRY_KEY: &str = "registry.key";

/// How long open requests and payments in hand may take when the node stops.
const GRACE: Duration = Duration::from_secs(20);

/// A node ready to serve.
pub struct App {
    settings: Settings,
    rooms: Rooms,
    plugins: Plugins,
    queue: tokio::sync::mpsc::Receiver<crate::store::Claim>,
    secrets: Secrets,
}

/// Secrets of this installation beside the vault's own key.
struct Secrets {
    sessions: Vec<u8>,
}

impl App {
    /// Opens everything. A setting or database that must not be used is refused
    /// here, with the reason.
    pub async fn open(settings: Settings) -> Result<Self> {
        let ports = Ports::system_with(settings.cut_off);
        let banks = ConnectedBanks::read(&settings.banks, &ports).context("a bank's settings")?;
        let store = open_store(&settings).await?;
        let secret = |name: &'static str| derived(&settings, name);
        let sandbox = Sandbox::start(SandboxSettings::new(
            settings.folder("code"),
            Secret::new(secret("code")?),
            compiler()?,
        ))?;
        let segment = ports.record_id("seg");
        let transcripts =
            Transcripts::start(settings.folder("transcripts"), store.clone(), segment)
                .context("the folder of transcripts")?;
        let log = open_log(&settings, &store, &ports).await?;
        let objects = Objects::open(&settings.objects, &ports)
            .await
            .context("the object store")?;
        let certifier = Certifier::new(sandbox.clone());
        let plugins = Plugins::start(Parts {
            sandbox,
            store: store.clone(),
            ports: ports.clone(),
            pseudonyms: Pseudonyms::new(&secret("pseudonyms")?),
            transcripts,
            log: log.clone(),
            objects: objects.clone(),
        })
        .await?;
        let audit = open_audit(&settings, &store, &log, &ports).await?;
        let governance = Governance::new(log, store.clone(), objects.clone(), ports.clone());
        let publishing = Publishing::new(governance.clone(), plugins.clone(), objects, certifier);
        let decided = (governance, publishing);
        let (rooms, queue) = Rooms::new(&store, &plugins, decided, &banks, &audit, &ports);
        let secrets = Secrets {
            sessions: secret("sessions")?,
        };
        Ok(Self {
            settings,
            rooms,
            plugins,
            queue,
            secrets,
        })
    }

    /// The use-case rooms.
    #[must_use]
    pub const fn rooms(&self) -> &Rooms {
        &self.rooms
    }

    /// Releases and plugins.
    #[must_use]
    pub const fn plugins(&self) -> &Plugins {
        &self.plugins
    }

    /// The settings it was opened with.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Serves until it is told to stop, then finishes what is in hand.
    pub async fn serve(
        self,
        listener: TcpListener,
        sign_in: SignIn,
        shutdown: &Shutdown,
    ) -> Result<()> {
        let (stop, stopping) = watch::channel(Stop::No);
        let neighbours = match self.settings.database {
            Database::Sqlite(_) => Neighbours::None,
            Database::Postgres(_) => Neighbours::Possible,
        };
        let mut beside = self.beside();
        let work = tokio::spawn(worker::run(
            self.rooms.payments.clone(),
            self.queue,
            neighbours,
            WorkerSettings::default(),
            stopping,
        ));
        let signing = tokio::spawn(signing::watch(self.rooms.audit.clone()));
        let clients = Arc::new(self.rooms.store.clone());
        let api = Api::new(self.rooms.clone(), clients, Rate::default());
        let web = Web::new(self.rooms.clone(), &self.secrets.sessions, sign_in);
        let routes: Router = api.in_layers(api.routes().merge(web.routes()));
        let draining = api.clone();
        let shutdown = shutdown.clone();
        let told = async move {
            shutdown.told().await;
            tracing::info!("stopping: finishing what is in hand");
            draining.drain();
        };
        let (ended, grace) = tokio::sync::oneshot::channel();
        let service = routes.into_make_service();
        let server = axum::serve(listener, service).with_graceful_shutdown(async move {
            told.await;
            let _server_is_gone = ended.send(());
        });
        let overdue = async move {
            // Clients that keep a connection open must not keep the node up.
            let _told = grace.await;
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! {
            served = IntoFuture::into_future(server) => served?,
            () = overdue => tracing::warn!("some connections were still open"),
        }
        beside.abort_all();
        stop.send_replace(Stop::Yes);
        match tokio::time::timeout(GRACE, work).await {
            Ok(ended) => ended??,
            // Nothing is lost: the outbox keeps what was in hand.
            Err(_) => tracing::warn!("some payments go on after the next start"),
        }
        signing.abort();
        signing::finish(&self.rooms.audit).await;
        self.plugins
            .sandbox()
            .shutdown(Duration::from_secs(1))
            .await;
        self.rooms.store.clone().close().await;
        Ok(())
    }

    /// What goes on beside the requests and can stop at any moment.
    fn beside(&self) -> JoinSet<()> {
        let (rooms, mut all) = (&self.rooms, JoinSet::new());
        all.spawn(governance::watch(
            rooms.governance.clone(),
            self.plugins.clone(),
        ));
        all.spawn(plugins::retain(
            self.plugins.transcripts().clone(),
            rooms.ports.clone(),
        ));
        all.spawn(caretaker::watch(
            rooms.store.clone(),
            rooms.work_orders.clone(),
            rooms.accounts.clone(),
        ));
        all.spawn(caretaker::try_the_disk(rooms.store.clone()));
        all
    }
}

/// Listens; the address is known from here on, and one that cannot be had is
/// refused before anything is opened.
pub async fn listen(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}: choose another address with --listen")
    })
}

/// Holds the folder's lock, which is needed while a node serves an embedded
/// database: a second node would take the leases of the first for those of a
/// dead one.
pub fn alone(settings: &Settings) -> Result<Option<std::fs::File>> {
    let Database::Sqlite(file) = &settings.database else {
        return Ok(None);
    };
    let path = file.with_extension("lock");
    let lock = std::fs::File::create(&path).with_context(|| path.display().to_string())?;
    lock.try_lock().map_err(|_| {
        anyhow::anyhow!(
            "another node serves {}: stop it, or use another folder with --data",
            file.display()
        )
    })?;
    Ok(Some(lock))
}

/// Opens the books.
pub async fn open_store(settings: &Settings) -> Result<Store> {
    let location = match &settings.database {
        Database::Sqlite(file) => Location::Sqlite(file.clone()),
        Database::Postgres(url) => Location::Postgres(url.clone()),
    };
    open_store_at(settings, &location)
        .await
        .context("the database cannot be used")
}

/// Opens the books at this place with the folder's key.
pub async fn open_store_at(
    settings: &Settings,
    location: &Location,
) -> std::result::Result<Store, StoreError> {
    let vault = Vault::open(&settings.folder("vault.key"))?;
    Store::open(location, vault, &settings.node).await
}

/// Reads the registry's log; this node enters acts where it has the key.
pub async fn open_log(settings: &Settings, store: &Store, ports: &Ports) -> Result<Log> {
    let signer = log::load_signer(&settings.folder(REGISTRY_KEY))?;
    let memory = settings.folder("registry.checkpoint");
    Ok(Log::open(store.clone(), ports.clone(), signer, memory).await?)
}

/// Opens the audit logs; the installation bears the name of its registry.
pub async fn open_audit(
    settings: &Settings,
    store: &Store,
    log: &Log,
    ports: &Ports,
) -> Result<Audit> {
    let name = log.read(|register| register.origin().cloned());
    let memory = settings.folder(&format!("audit-{}.checkpoint", store.slot()));
    let audit = Audit::open(store.clone(), ports.clone(), name, memory).await;
    audit.context("the audit log")
}

/// A secret for one purpose: random, made once, sealed by the vault's key file
/// being readable by this user alone.
fn derived(settings: &Settings, purpose: &'static str) -> Result<Vec<u8>> {
    let path = settings.folder(&format!("{purpose}.key"));
    private_key(&path).with_context(|| path.display().to_string())
}

fn private_key(path: &Path) -> std::io::Result<Vec<u8>> {
    match std::fs::read(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        read => return read,
    }
    let mut bytes = vec![0; 32];
    aws_lc_rs::rand::fill(&mut bytes).map_err(std::io::Error::other)?;
    crate::durable::create_private(path, &bytes)?;
    Ok(bytes)
}

/// Components are compiled by this program itself, in a limited child process.
fn compiler() -> Result<Compiler> {
    let program = std::env::current_exe().context("the program's own path")?;
    Ok(Compiler::Child {
        program,
        arguments: vec![OsString::from("compile-component")],
    })
}
