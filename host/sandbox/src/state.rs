//! What one call carries in its store: where answers come from (the world or a
//! transcript), what was used up, and what has been recorded so far.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use wasmtime::Error;

use crate::binding::Binding;
use crate::breaker::OtherSide;
use crate::call::{Call, CallError, EffectState, LogLine};
use crate::contract::host::http;
use crate::egress::Egress;
use crate::limits::Limits;
use crate::memory::MemoryMeter;
use crate::ports::Ports;
use crate::transcript::{Exchange, Script};

/// The world that a live call may ask.
pub(crate) struct Live {
    pub(crate) binding: Arc<Binding>,
    pub(crate) ports: Ports,
    pub(crate) egress: Arc<Egress>,
}

/// Where answers to the guest come from.
pub(crate) enum Source {
    Live(Live),
    Script(Script),
}

/// A request on its way.
pub(crate) struct InFlight {
    pub(crate) request: http::Request,
    pub(crate) effect: Effect,
    /// Set before the first byte may leave the host.
    pub(crate) handed_over: Arc<AtomicBool>,
}

/// Whether a request can change anything at the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    Possible,
    Impossible,
}

/// The data of a call's store.
pub(crate) struct CallState {
    pub(crate) source: Source,
    pub(crate) call: Arc<Call>,
    pub(crate) limits: Limits,
    pub(crate) deadline: Instant,
    pub(crate) memory: MemoryMeter,
    pub(crate) exchanges: Vec<Exchange>,
    pub(crate) in_flight: Option<InFlight>,
    pub(crate) effect: EffectState,
    pub(crate) effects_sent: BTreeMap<String, u32>,
    pub(crate) complete_answers: u32,
    pub(crate) other_side: OtherSide,
    pub(crate) subject_data: SubjectDataRead,
    pub(crate) log: Vec<LogLine>,
    pub(crate) log_bytes: usize,
    pub(crate) log_dropped: u32,
    /// Why a host function stopped the call.
    pub(crate) stop: Option<CallError>,
    host_calls: u32,
    host_bytes: u64,
    recorded_bytes: u64,
}

/// Whether the call has read subject data: then it may not write state that
/// other subjects' calls can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SubjectDataRead {
    Yes,
    No,
}

impl CallState {
    pub(crate) fn new(source: Source, call: Arc<Call>, limits: Limits, deadline: Instant) -> Self {
        Self {
            source,
            call,
            limits,
            deadline,
            memory: MemoryMeter::new(&limits),
            exchanges: Vec::new(),
            in_flight: None,
            effect: EffectState::None,
            effects_sent: BTreeMap::new(),
            complete_answers: 0,
            other_side: OtherSide::NotAsked,
            subject_data: SubjectDataRead::No,
            log: Vec::new(),
            log_bytes: 0,
            log_dropped: 0,
            stop: None,
            host_calls: 0,
            host_bytes: 0,
            recorded_bytes: 0,
        }
    }

    /// Stops the call; the error that a host function returns for it.
    pub(crate) fn stop(&mut self, reason: CallError) -> Error {
        let error = Error::msg(reason.to_string());
        self.stop.get_or_insert(reason);
        error
    }

    /// Counts a host call with the bytes that the guest handed over. The same
    /// calls end at the same limits in a replay.
    pub(crate) fn enter(&mut self, bytes: usize) -> wasmtime::Result<()> {
        self.host_calls += 1;
        if self.host_calls > self.limits.host_calls {
            let limit = format!("{} host calls", self.limits.host_calls);
            return Err(self.stop(CallError::Limit(limit)));
        }
        if self.recorded_bytes > self.limits.transcript_bytes {
            let limit = format!("{} bytes of transcript", self.limits.transcript_bytes);
            return Err(self.stop(CallError::Limit(limit)));
        }
        self.count_bytes(bytes)
    }

    fn count_bytes(&mut self, bytes: usize) -> wasmtime::Result<()> {
        self.host_bytes = self.host_bytes.saturating_add(bytes as u64);
        if self.host_bytes > self.limits.host_bytes {
            let limit = format!("{} bytes through host calls", self.limits.host_bytes);
            return Err(self.stop(CallError::Limit(limit)));
        }
        Ok(())
    }

    /// Counts bytes that the guest gets without an exchange being recorded.
    pub(crate) fn give(&mut self, bytes: usize) -> wasmtime::Result<()> {
        self.count_bytes(bytes)
    }

    /// Records an exchange of this many bytes, both ways. Never fails, so that an
    /// answer that came is never lost; the limits strike at the next host call.
    pub(crate) fn record(&mut self, exchange: Exchange, bytes: usize) {
        const OVERHEAD_BYTES: u64 = 16;
        self.recorded_bytes = self
            .recorded_bytes
            .saturating_add(bytes as u64)
            .saturating_add(OVERHEAD_BYTES);
        self.host_bytes = self.host_bytes.saturating_add(bytes as u64);
        self.exchanges.push(exchange);
    }

    /// The next recorded exchange in a replay; none in a live call. `read` gives
    /// the answer where the recorded question is the same as the guest's.
    pub(crate) fn recorded<T>(
        &mut self,
        asked: &str,
        read: impl FnOnce(&Exchange) -> Option<T>,
    ) -> wasmtime::Result<Option<T>> {
        match &mut self.source {
            Source::Live(_) => Ok(None),
            Source::Script(script) => match script.next(asked, read) {
                Some(answer) => Ok(Some(answer)),
                None => Err(Error::msg("the replay left the transcript")),
            },
        }
    }

    /// Origins that a credential may point to.
    pub(crate) fn handoff_origins(&self) -> &BTreeSet<String> {
        match &self.source {
            Source::Live(live) => &live.binding.settings.permissions.grant.handoff_origins,
            Source::Script(script) => script.handoff_origins(),
        }
    }

    /// The world. Asked only where `recorded` gave nothing.
    pub(crate) fn live(&self) -> wasmtime::Result<&Live> {
        match &self.source {
            Source::Live(live) => Ok(live),
            Source::Script(_) => Err(Error::msg("a replay has no world to ask")),
        }
    }
}
