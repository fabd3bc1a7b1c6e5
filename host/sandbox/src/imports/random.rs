//! `random`: bytes from the host's generator, recorded.

use crate::call::CallError;
use crate::contract::host::random::Host;
use crate::state::CallState;
use crate::transcript::Exchange;

/// By the contract; more traps.
const MOST_BYTES: u32 = 1_024;

impl Host for CallState {
    fn bytes(&mut self, length: u32) -> wasmtime::Result<Vec<u8>> {
        self.enter(0)?;
        if length > MOST_BYTES {
            let limit = format!("random.bytes gives at most {MOST_BYTES} bytes at once");
            return Err(self.stop(CallError::Limit(limit)));
        }
        let recorded = self.recorded("random.bytes", |exchange| match exchange {
            Exchange::Random {
                length: asked,
                answer,
            } if *asked == length => Some(answer.clone()),
            _ => None,
        })?;
        let answer = match recorded {
            Some(answer) => answer,
            None => {
                let mut bytes = vec![0; length as usize];
                if !self.live()?.ports.random.fill(&mut bytes) {
                    return Err(self.stop(CallError::Host("no randomness".to_owned())));
                }
                bytes
            }
        };
        self.record(
            Exchange::Random {
                length,
                answer: answer.clone(),
            },
            answer.len(),
        );
        Ok(answer)
    }
}
