//! Runs one call: a place, a fresh store, the exported function, and the report
//! afterwards. Whatever the guest does, it ends at its deadline.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use wasmtime::{PoolConcurrencyLimitError, Store, Trap, UpdateDeadline};

use crate::answer;
use crate::binding::Binding;
use crate::breaker::OtherSide;
use crate::call::{Answer, Call, CallError, EffectState, Question, Report};
use crate::contract::{self, bill_payment};
use crate::kind::Kind;
use crate::limits::Limits;
use crate::plugin::{Plugin, Ready};
use crate::ports::Ports;
use crate::sandbox::{Sandbox, Stopping};
use crate::state::{CallState, Effect, Live, Source};
use crate::transcript::Transcript;
use crate::trap;

/// What one run of a guest left behind.
pub(crate) struct Run {
    pub(crate) result: Result<Answer, CallError>,
    pub(crate) fuel_used: u64,
    pub(crate) state: CallState,
}

impl Sandbox {
    /// Calls a plugin in a fresh instance. Dropping the future stops the call;
    /// what is then known of its effects is lost, so a payment's call is driven
    /// to its end.
    pub async fn call(
        &self,
        plugin: &Plugin,
        binding: &Arc<Binding>,
        ports: &Ports,
        call: Call,
    ) -> Report {
        let report = match self.admitted(plugin, binding, ports, call).await {
            Ok(report) => report,
            Err(error) => never_ran(error),
        };
        binding.figures.count(&report);
        report
    }

    /// Everything that can refuse a call before the plugin runs, then the call.
    async fn admitted(
        &self,
        plugin: &Plugin,
        binding: &Arc<Binding>,
        ports: &Ports,
        call: Call,
    ) -> Result<Report, CallError> {
        let ready = plugin.ready()?;
        let leave = binding.breaker.enter(Instant::now())?;
        let _place = binding.place().await?;
        let _node_place = self.node_place().await?;
        if *self.inner.stopping.borrow() != Stopping::No {
            return Err(CallError::Shutdown);
        }
        let started = Instant::now();
        let limits = binding.settings.limits;
        let source = Source::Live(Live {
            binding: Arc::clone(binding),
            ports: ports.clone(),
            egress: Arc::clone(&self.inner.egress),
        });
        let run = self.run(ready, source, Arc::new(call), limits).await;
        leave.end(other_side(&run), Instant::now());
        Ok(report(plugin, run, started.elapsed()))
    }

    async fn node_place(&self) -> Result<tokio::sync::SemaphorePermit<'_>, CallError> {
        if let Ok(place) = self.inner.places.try_acquire() {
            return Ok(place);
        }
        let wait = Duration::from_millis(self.inner.settings.wait_ms.into());
        match tokio::time::timeout(wait, self.inner.places.acquire()).await {
            Ok(Ok(place)) => Ok(place),
            _ => Err(CallError::Busy),
        }
    }

    /// Runs the guest to its end or to its deadline.
    pub(crate) async fn run(
        &self,
        ready: &Ready,
        source: Source,
        call: Arc<Call>,
        limits: Limits,
    ) -> Run {
        let deadline = Instant::now() + Duration::from_millis(limits.deadline_ms.into());
        let state = CallState::new(source, Arc::clone(&call), limits, deadline);
        let mut store = self.store(state);
        let mut stopping = self.inner.stopping.subscribe();
        let stopped = async {
            // The sender lives as long as this sandbox; without it nothing stops.
            if stopping
                .wait_for(|stopping| *stopping == Stopping::Now)
                .await
                .is_err()
            {
                std::future::pending::<()>().await;
            }
        };
        let outcome = tokio::select! {
            biased;
            outcome = invoke(&mut store, ready, &call) => outcome,
            () = tokio::time::sleep_until(deadline.into()) => {
                Err(Failed::Stopped(CallError::Deadline(limits.deadline_ms)))
            }
            () = stopped => Err(Failed::Stopped(CallError::Shutdown)),
        };
        let fuel_left = store.get_fuel().unwrap_or(0);
        let state = store.into_data();
        let result = outcome
            .map_err(|failed| explain_failure(failed, &state))
            .and_then(|answer| answer::check(answer, &state));
        Run {
            result,
            fuel_used: limits.fuel.saturating_sub(fuel_left),
            state,
        }
    }

    fn store(&self, state: CallState) -> Store<CallState> {
        let (limits, deadline) = (state.limits, state.deadline);
        let mut store = Store::new(&self.inner.engine, state);
        store.limiter(|state| &mut state.memory);
        store.set_hostcall_fuel(usize::try_from(limits.host_bytes).unwrap_or(usize::MAX));
        store.set_fuel(limits.fuel).expect("the engine counts fuel");
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(move |_| {
            if Instant::now() >= deadline {
                return Ok(UpdateDeadline::Interrupt);
            }
            // Tokio's own yield lets timers and sockets have their turn as well.
            Ok(UpdateDeadline::YieldCustom(
                1,
                Box::pin(tokio::task::yield_now()),
            ))
        });
        store
    }
}

/// How a guest failed to answer.
enum Failed {
    /// The host stopped it.
    Stopped(CallError),
    /// The component lacks the exported interface.
    NoSuchExport(Kind),
    /// The engine said so: a trap, a limit, a host function's error.
    Guest(wasmtime::Error),
}

impl From<wasmtime::Error> for Failed {
    fn from(error: wasmtime::Error) -> Self {
        Self::Guest(error)
    }
}

/// Instantiates the component and calls the function that answers the question.
async fn invoke(
    store: &mut Store<CallState>,
    ready: &Ready,
    call: &Call,
) -> Result<Answer, Failed> {
    let missing = || Failed::NoSuchExport(call.question.kind());
    let context = &call.context;
    match call.question.kind() {
        Kind::BillPayment => {
            let indices = ready.bill_payment.as_ref().ok_or_else(missing)?;
            let instance = ready.instance.instantiate_async(&mut *store).await?;
            let guest = indices.load(&mut *store, &instance)?;
            invoke_bill_payment(store, &guest, call).await
        }
        Kind::Inquiry => {
            let indices = ready.inquiry.as_ref().ok_or_else(missing)?;
            let instance = ready.instance.instantiate_async(&mut *store).await?;
            let guest = indices.load(&mut *store, &instance)?;
            let answer = match &call.question {
                Question::Poll { token, inputs } => {
                    guest.call_poll(store, context, token, inputs).await?
                }
                question => guest.call_ask(store, context, question.inputs()).await?,
            };
            Ok(Answer::Inquiry(Box::new(answer)))
        }
        Kind::Credential => {
            let indices = ready.credential.as_ref().ok_or_else(missing)?;
            let instance = ready.instance.instantiate_async(&mut *store).await?;
            let guest = indices.load(&mut *store, &instance)?;
            let token = call.question.token();
            let inputs = call.question.inputs();
            let answer = guest.call_issue(store, context, inputs, token).await?;
            Ok(Answer::Issued(Box::new(answer)))
        }
    }
}

async fn invoke_bill_payment(
    store: &mut Store<CallState>,
    guest: &bill_payment::Guest,
    call: &Call,
) -> Result<Answer, Failed> {
    let context = &call.context;
    Ok(match &call.question {
        Question::PollQuery { token, inputs } => {
            let answer = guest.call_poll_query(store, context, token, inputs).await?;
            Answer::Query(Box::new(answer))
        }
        Question::SubmitPayment { order } => Answer::Submission(Box::new(
            guest.call_submit_payment(store, context, order).await?,
        )),
        Question::PaymentStatus { order, last } => {
            let answer = guest
                .call_payment_status(store, context, order, last.as_ref())
                .await?;
            Answer::Status(Box::new(answer))
        }
        Question::ReversePayment { reversal } => {
            let answer = guest.call_reverse_payment(store, context, reversal).await?;
            Answer::Reversal(Box::new(answer))
        }
        Question::ReversalStatus { reversal, last } => {
            let last = last.as_ref();
            let answer = guest
                .call_reversal_status(store, context, reversal, last)
                .await?;
            Answer::Reversal(Box::new(answer))
        }
        question => {
            let answer = guest
                .call_query_bills(store, context, question.inputs())
                .await?;
            Answer::Query(Box::new(answer))
        }
    })
}

/// Puts a failure into words that a replay finds again.
fn explain_failure(failed: Failed, state: &CallState) -> CallError {
    let error = match failed {
        Failed::Stopped(error) => return error,
        Failed::NoSuchExport(kind) => return CallError::NoSuchExport(kind.to_string()),
        Failed::Guest(error) => error,
    };
    if let Some(stop) = &state.stop {
        return stop.clone();
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => return CallError::OutOfFuel(state.limits.fuel),
        Some(Trap::Interrupt) => return CallError::Deadline(state.limits.deadline_ms),
        _ if error.is::<PoolConcurrencyLimitError>() => return CallError::Busy,
        _ => {}
    }
    // A guest that was refused memory usually ends itself by a trap.
    match state.memory.refused() {
        Some(limit) => CallError::Memory(limit.to_owned()),
        None => CallError::Trap(trap::describe(&error)),
    }
}

fn other_side(run: &Run) -> OtherSide {
    match (&run.result, &run.state.in_flight) {
        (Err(CallError::Deadline(_)), Some(_)) => OtherSide::Failed,
        _ => run.state.other_side,
    }
}

/// What a call leaves behind that was never admitted.
fn never_ran(error: CallError) -> Report {
    Report {
        result: Err(error),
        effect: EffectState::None,
        complete_answers: 0,
        log: Vec::new(),
        log_dropped: 0,
        fuel_used: 0,
        elapsed: Duration::ZERO,
        transcript: None,
    }
}

fn report(plugin: &Plugin, run: Run, elapsed: Duration) -> Report {
    let Run {
        result,
        fuel_used,
        mut state,
    } = run;
    let mut effect = state.effect;
    let in_flight = state.in_flight.take().map(|in_flight| {
        let left = in_flight.handed_over.load(Ordering::Acquire);
        if left && in_flight.effect == Effect::Possible {
            effect = EffectState::Unanswered;
        }
        in_flight.request
    });
    let handoff_origins = match state.call.question.kind() {
        Kind::Credential => state.handoff_origins().clone(),
        Kind::BillPayment | Kind::Inquiry => BTreeSet::new(),
    };
    let transcript = Transcript {
        handoff_origins,
        contract: contract::VERSION.to_owned(),
        component: plugin.digest(),
        limits: state.limits,
        call: Arc::unwrap_or_clone(state.call),
        exchanges: state.exchanges,
        in_flight,
        result: result.clone(),
        fuel_used,
    };
    Report {
        result,
        effect,
        complete_answers: state.complete_answers,
        log: state.log,
        log_dropped: state.log_dropped,
        fuel_used,
        elapsed,
        transcript: Some(transcript),
    }
}
