//! The rooms behind the API under test: real ones, over a sandbox in which
//! nothing is installed.

use std::sync::Arc;

use guichet_sandbox::keyring::Secret;
use guichet_sandbox::{Compiler, Sandbox, Settings};

use crate::audit::Audit;
use crate::certification::Certifier;
use crate::governance::Governance;
use crate::log::Log;
use crate::objects::Objects;
use crate::payments::Payments;
use crate::plugins::{Parts, Plugins, Pseudonyms, Transcripts};
use crate::ports::Ports;
use crate::publishing::Publishing;
use crate::receipts::Receipts;
use crate::rooms::Rooms;
use crate::store::Store;

/// All rooms over this store, but for a payment room of the test's own.
pub(super) async fn rooms(
    folder: &std::path::Path,
    store: &Store,
    ports: &Ports,
    payments: Arc<Payments>,
) -> Rooms {
    let code = folder.join("code");
    let settings = Settings::new(code, Secret::new(vec![1; 32]), Compiler::InThisProcess);
    let segment = ports.record_id("seg");
    let transcripts =
        Transcripts::start(folder.join("transcripts"), store.clone(), segment).unwrap();
    let sandbox = Sandbox::start(settings).unwrap();
    let memory = folder.join("registry.checkpoint");
    let log = Log::open(store.clone(), ports.clone(), None, memory).await;
    let log = log.unwrap();
    let objects = Objects::in_folder(folder.join("objects")).unwrap();
    let plugins = Plugins::start(Parts {
        sandbox: sandbox.clone(),
        store: store.clone(),
        ports: ports.clone(),
        pseudonyms: Pseudonyms::new(&[2; 32]),
        transcripts,
        log: log.clone(),
        objects: objects.clone(),
    })
    .await
    .unwrap();
    let governance = Governance::new(log, store.clone(), objects.clone(), ports.clone());
    let certifier = Certifier::new(sandbox);
    let publishing = Publishing::new(governance.clone(), plugins.clone(), objects, certifier);
    let decided = (governance, publishing);
    let banks = crate::bank::ConnectedBanks::default();
    let memory = folder.join("audit.checkpoint");
    let audit = Audit::open(store.clone(), ports.clone(), None, memory).await;
    let audit = audit.unwrap();
    let (rooms, _queue) = Rooms::new(store, &plugins, decided, &banks, &audit, ports);
    let receipts = Receipts::new(payments.clone(), audit, rooms.catalogue.clone());
    Rooms {
        payments,
        receipts,
        ..rooms
    }
}
