//! `clock`: the time, recorded.

use crate::contract::host::clock::Host;
use crate::state::CallState;
use crate::transcript::Exchange;

const ANSWER_BYTES: usize = 8;

impl Host for CallState {
    fn now(&mut self) -> wasmtime::Result<u64> {
        self.enter(0)?;
        let recorded = self.recorded("clock.now", |exchange| match exchange {
            Exchange::Clock { answer } => Some(*answer),
            _ => None,
        })?;
        let answer = match recorded {
            Some(answer) => answer,
            None => self.live()?.ports.clock.now_ms(),
        };
        self.record(Exchange::Clock { answer }, ANSWER_BYTES);
        Ok(answer)
    }
}
