//! Runs a recorded call again, without network and ports, and compares: every
//! question of the guest, its result or trap, and its fuel, bit for bit. A call
//! that the host stopped is compared up to its last exchange.

use std::sync::Arc;

use crate::call::CallError;
use crate::plugin::Plugin;
use crate::run::Run;
use crate::sandbox::Sandbox;
use crate::state::Source;
use crate::transcript::{Departure, Exchange, Script, Transcript};

/// What a replay found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// The first difference; none where everything was the same.
    pub difference: Option<String>,
    /// Whether the host cut the recorded call, so that only its exchanges could
    /// be compared.
    pub interrupted: bool,
}

impl Replay {
    /// Whether everything was the same.
    #[must_use]
    pub const fn same(&self) -> bool {
        self.difference.is_none()
    }
}

impl Sandbox {
    /// Runs a recorded call again under its recorded limits.
    pub async fn replay(&self, plugin: &Plugin, transcript: &Transcript) -> Replay {
        let interrupted = transcript
            .result
            .as_ref()
            .is_err_and(CallError::is_interruption);
        let difference = self
            .differences(plugin, transcript, interrupted)
            .await
            .err();
        Replay {
            difference,
            interrupted,
        }
    }

    async fn differences(
        &self,
        plugin: &Plugin,
        transcript: &Transcript,
        interrupted: bool,
    ) -> Result<(), String> {
        if plugin.digest() != transcript.component {
            return Err(format!("the call ran {}", transcript.component));
        }
        if transcript.contract != crate::contract::VERSION {
            return Err(format!("the call followed version {}", transcript.contract));
        }
        let ready = plugin.ready().map_err(|error| error.to_string())?;
        // Foreign transcripts do not lift this host's own bounds.
        let ceiling = self.inner.settings.ceiling;
        let mut limits = transcript
            .limits
            .checked(&ceiling)
            .map_err(|error| error.to_string())?;
        if !interrupted {
            // A call that ended by itself may take longer here, on a busier node.
            limits.deadline_ms = ceiling.deadline_ms;
        }
        let _place = self
            .inner
            .places
            .acquire()
            .await
            .map_err(|error| error.to_string())?;
        let script = Script::new(Arc::new(transcript.clone()));
        let call = Arc::new(transcript.call.clone());
        let run = self.run(ready, Source::Script(script), call, limits).await;
        if interrupted {
            compare_exchanges(transcript, &run)
        } else {
            compare(transcript, &run)
        }
    }
}

/// Everything: questions, result and fuel.
fn compare(transcript: &Transcript, run: &Run) -> Result<(), String> {
    let Source::Script(script) = &run.state.source else {
        return Ok(());
    };
    match script.departure() {
        Some(Departure::Different(text)) => return Err(text.clone()),
        Some(Departure::Further(asked)) => {
            return Err(format!(
                "the guest asked on after the last exchange: {asked}"
            ));
        }
        None => {}
    }
    if script.left_over() > 0 {
        return Err(format!(
            "{} recorded exchanges were not asked for",
            script.left_over()
        ));
    }
    if run.result != transcript.result {
        return Err("the result differs".to_owned());
    }
    if run.fuel_used != transcript.fuel_used {
        return Err(format!(
            "{} fuel instead of {}",
            run.fuel_used, transcript.fuel_used
        ));
    }
    Ok(())
}

/// The exchanges alone, and the request that was on its way.
fn compare_exchanges(transcript: &Transcript, run: &Run) -> Result<(), String> {
    let Source::Script(script) = &run.state.source else {
        return Ok(());
    };
    if let Some(Departure::Different(text)) = script.departure() {
        return Err(text.clone());
    }
    // A replay may be slower than the call was, and end at its own deadline.
    let cut_as_well = run.result.as_ref().is_err_and(CallError::is_interruption);
    if script.left_over() > 0 && !cut_as_well {
        return Err(format!(
            "{} recorded exchanges were not asked for",
            script.left_over()
        ));
    }
    match (&transcript.in_flight, script.departure()) {
        (Some(_), Some(Departure::Further(asked))) if asked != Exchange::HTTP => Err(format!(
            "{asked} instead of the request that was on its way"
        )),
        (Some(_), None) if !cut_as_well => {
            Err("the request that was on its way was not asked for".to_owned())
        }
        _ => Ok(()),
    }
}
