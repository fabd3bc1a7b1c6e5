//! The peer: the same component in wasmtime alone, with the same engine
//! settings and pool, prepared once (`InstancePre`), a fresh store for each call
//! and imports that answer at once. No limits, no transcript, no ticker.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Result, anyhow};
use guichet_sandbox::contract::bill_payment::{GuestIndices, QueryOutcome};
use guichet_sandbox::contract::host::{
    clock, config, http, keys, kv, log, random, subject_data, text,
};
use guichet_sandbox::contract::types::{self, Failure};
use wasmtime::component::{Component, HasSelf, InstancePre, Linker};
use wasmtime::{Engine, Store};

use super::guest::Biller;

/// A component prepared for calls.
pub(super) struct Bare {
    engine: Engine,
    instance: InstancePre<Canned>,
    indices: GuestIndices,
    config: Arc<BTreeMap<String, String>>,
}

impl Bare {
    /// Compiles and links.
    pub(super) fn new(
        engine: Engine,
        component: &[u8],
        config: Arc<BTreeMap<String, String>>,
    ) -> Result<Self> {
        let instance = prepare(&engine, component).map_err(|error| told(&error))?;
        let indices = GuestIndices::new(&instance).map_err(|error| told(&error))?;
        Ok(Self {
            engine,
            instance,
            indices,
            config,
        })
    }

    /// Asks a fresh instance for bills.
    pub(super) async fn call(&self, biller: &Biller) -> Result<Result<QueryOutcome, Failure>> {
        self.ask(biller).await.map_err(|error| told(&error))
    }

    async fn ask(&self, biller: &Biller) -> wasmtime::Result<Result<QueryOutcome, Failure>> {
        let state = Canned(Arc::clone(&self.config));
        let mut store = Store::new(&self.engine, state);
        // The engine counts both, so both have to be set: as high as they go.
        store.set_fuel(u64::MAX)?;
        store.set_epoch_deadline(u64::MAX / 2);
        let instance = self.instance.instantiate_async(&mut store).await?;
        let guest = self.indices.load(&mut store, &instance)?;
        guest
            .call_query_bills(&mut store, &biller.context, &biller.inputs)
            .await
    }
}

fn prepare(engine: &Engine, component: &[u8]) -> wasmtime::Result<InstancePre<Canned>> {
    let component = Component::new(engine, component)?;
    let mut linker: Linker<Canned> = Linker::new(engine);
    types::add_to_linker::<_, HasSelf<Canned>>(&mut linker, |state| state)?;
    clock::add_to_linker::<_, HasSelf<Canned>>(&mut linker, |state| state)?;
    config::add_to_linker::<_, HasSelf<Canned>>(&mut linker, |state| state)?;
    http::add_to_linker::<_, HasSelf<Canned>>(&mut linker, |state| state)?;
    keys::add_to_linker::<_, HasSelf<Canned>>(&mut linker, |state| state)?;
    kv::add_to_linker::<_, HasSelf<Canned>>(&mut linker, |state| state)?;
    log::add_to_linker::<_, HasSelf<Canned>>(&mut linker, |state| state)?;
    random::add_to_linker::<_, HasSelf<Canned>>(&mut linker, |state| state)?;
    subject_data::add_to_linker::<_, HasSelf<Canned>>(&mut linker, |state| state)?;
    text::add_to_linker::<_, HasSelf<Canned>>(&mut linker, |state| state)?;
    linker.instantiate_pre(&component)
}

fn told(error: &wasmtime::Error) -> anyhow::Error {
    anyhow!("{error:#}")
}

/// Answers from memory; what the bench's guest does not ask is refused.
struct Canned(Arc<BTreeMap<String, String>>);

fn unasked<T>() -> wasmtime::Result<T> {
    Err(wasmtime::Error::msg("the bench's guest does not ask this"))
}

impl types::Host for Canned {}

impl config::Host for Canned {
    fn get(&mut self, name: String) -> wasmtime::Result<Option<String>> {
        Ok(self.0.get(&name).cloned())
    }
}

impl clock::Host for Canned {
    fn now(&mut self) -> wasmtime::Result<u64> {
        unasked()
    }
}

impl random::Host for Canned {
    fn bytes(&mut self, _length: u32) -> wasmtime::Result<Vec<u8>> {
        unasked()
    }
}

impl log::Host for Canned {
    fn write(
        &mut self,
        _level: log::Level,
        _message: String,
        _fields: Vec<(String, String)>,
    ) -> wasmtime::Result<()> {
        unasked()
    }
}

impl http::Host for Canned {
    async fn send(
        &mut self,
        _request: http::Request,
    ) -> wasmtime::Result<Result<http::Response, http::Error>> {
        unasked()
    }
}

impl text::Host for Canned {
    fn encode(
        &mut self,
        _charset: String,
        _text: String,
    ) -> wasmtime::Result<Result<Vec<u8>, text::Error>> {
        unasked()
    }

    fn decode(
        &mut self,
        _charset: String,
        _bytes: Vec<u8>,
    ) -> wasmtime::Result<Result<String, text::Error>> {
        unasked()
    }
}

type Bytes = wasmtime::Result<Result<Vec<u8>, keys::Error>>;

impl keys::Host for Canned {
    async fn sign(&mut self, _key: String, _data: Vec<u8>) -> Bytes {
        unasked()
    }

    async fn verify(
        &mut self,
        _key: String,
        _data: Vec<u8>,
        _signature: Vec<u8>,
    ) -> wasmtime::Result<Result<bool, keys::Error>> {
        unasked()
    }

    async fn mac(&mut self, _key: String, _data: Vec<u8>) -> Bytes {
        unasked()
    }

    async fn verify_mac(
        &mut self,
        _key: String,
        _data: Vec<u8>,
        _mac: Vec<u8>,
    ) -> wasmtime::Result<Result<bool, keys::Error>> {
        unasked()
    }

    async fn encrypt(&mut self, _key: String, _plain: Vec<u8>, _extra: Vec<u8>) -> Bytes {
        unasked()
    }

    async fn decrypt(&mut self, _key: String, _sealed: Vec<u8>, _extra: Vec<u8>) -> Bytes {
        unasked()
    }

    async fn digest(&mut self, _algorithm: String, _data: Vec<u8>) -> Bytes {
        unasked()
    }
}

type Kept<T> = wasmtime::Result<Result<T, kv::Error>>;

impl kv::Host for Canned {
    async fn get(&mut self, _scope: kv::Scope, _key: String) -> Kept<Option<kv::Entry>> {
        unasked()
    }

    async fn put(&mut self, _scope: kv::Scope, _key: String, _value: Vec<u8>) -> Kept<u64> {
        unasked()
    }

    async fn compare_and_swap(
        &mut self,
        _scope: kv::Scope,
        _key: String,
        _expected: Option<u64>,
        _value: Vec<u8>,
    ) -> Kept<Option<u64>> {
        unasked()
    }

    async fn delete(&mut self, _scope: kv::Scope, _key: String) -> Kept<bool> {
        unasked()
    }
}

impl subject_data::Host for Canned {
    async fn get(
        &mut self,
        _scope: String,
    ) -> wasmtime::Result<Result<Option<String>, subject_data::Error>> {
        unasked()
    }
}
