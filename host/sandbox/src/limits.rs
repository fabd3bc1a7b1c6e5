//! How much a plugin's call may use. Every field is mandatory: a binding
//! without limits cannot be expressed. Engine-wide bounds (stack, instances)
//! stand in `engine`.

use guichet_domain::room;
use serde::{Deserialize, Serialize};

/// Bounds of every call of one binding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// All linear memories of the call together.
    pub memory_bytes: u64,
    /// Elements of all tables together.
    pub table_elements: u64,
    /// Processor time as wasmtime's fuel: about one unit an instruction.
    pub fuel: u64,
    /// Wall-clock time of the call, host calls included.
    pub deadline_ms: u32,
    /// Number of host calls.
    pub host_calls: u32,
    /// Bytes that all host calls together take from the guest and give to it.
    pub host_bytes: u64,
    /// One HTTP request: path, headers and body.
    pub request_bytes: u32,
    /// One HTTP answer: its body.
    pub response_bytes: u32,
    /// The answer of the call itself: all its texts and lists together.
    pub answer_bytes: u32,
    /// Messages that are kept; what is beyond is dropped and counted.
    pub log_entries: u32,
    /// Bytes of kept messages and their fields.
    pub log_bytes: u32,
    /// Bytes of recorded exchanges. A call that is beyond it when it asks for
    /// its next exchange is stopped.
    pub transcript_bytes: u64,
    /// Calls of the binding that run at once.
    pub concurrency: u32,
    /// Calls that wait for one of these places; a call beyond is refused.
    pub waiting: u32,
    /// How long a call waits for a place.
    pub wait_ms: u32,
}

/// A limit that is zero or above the host's ceiling.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("limit {field} is {value}, expected 1 to {ceiling}")]
pub struct LimitsError {
    /// Name of the field.
    pub field: &'static str,
    /// What was asked for.
    pub value: u64,
    /// The most this host gives.
    pub ceiling: u64,
}

impl Limits {
    /// What an ordinary plugin of a biller needs: 32 MiB, about a second of
    /// processor time, ten seconds in all.
    #[must_use]
    pub const fn standard() -> Self {
        Self {
            memory_bytes: 32 << 20,
            table_elements: 20_000,
            fuel: 1_000_000_000,
            deadline_ms: 10_000,
            host_calls: 256,
            host_bytes: 16 << 20,
            request_bytes: 256 << 10,
            response_bytes: 2 << 20,
            answer_bytes: 4 << 20,
            log_entries: 64,
            log_bytes: 32 << 10,
            transcript_bytes: 4 << 20,
            concurrency: 16,
            waiting: 64,
            wait_ms: 1_000,
        }
    }

    /// The most that this host gives to any plugin, interpreters in WebAssembly
    /// (Python, JavaScript) included.
    #[must_use]
    pub const fn ceiling() -> Self {
        Self {
            memory_bytes: room::MEMORY_BYTES,
            table_elements: room::TABLE_ELEMENTS,
            fuel: 20_000_000_000,
            deadline_ms: 60_000,
            host_calls: 4_096,
            host_bytes: 64 << 20,
            request_bytes: 4 << 20,
            response_bytes: 16 << 20,
            answer_bytes: 16 << 20,
            log_entries: 1_024,
            log_bytes: 1 << 20,
            transcript_bytes: 32 << 20,
            concurrency: 256,
            waiting: 1_024,
            wait_ms: 10_000,
        }
    }

    /// Itself where every field is above zero and within the ceiling.
    pub fn checked(self, ceiling: &Self) -> Result<Self, LimitsError> {
        for ((field, value), (_, ceiling)) in self.fields().into_iter().zip(ceiling.fields()) {
            if value == 0 || value > ceiling {
                return Err(LimitsError {
                    field,
                    value,
                    ceiling,
                });
            }
        }
        Ok(self)
    }

    fn fields(&self) -> [(&'static str, u64); 15] {
        [
            ("memory_bytes", self.memory_bytes),
            ("table_elements", self.table_elements),
            ("fuel", self.fuel),
            ("deadline_ms", self.deadline_ms.into()),
            ("host_calls", self.host_calls.into()),
            ("host_bytes", self.host_bytes),
            ("request_bytes", self.request_bytes.into()),
            ("response_bytes", self.response_bytes.into()),
            ("answer_bytes", self.answer_bytes.into()),
            ("log_entries", self.log_entries.into()),
            ("log_bytes", self.log_bytes.into()),
            ("transcript_bytes", self.transcript_bytes),
            ("concurrency", self.concurrency.into()),
            ("waiting", self.waiting.into()),
            ("wait_ms", self.wait_ms.into()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_stay_within_the_ceiling() {
        let ceiling = Limits::ceiling();
        assert_eq!(Limits::standard().checked(&ceiling), Ok(Limits::standard()));
        let greedy = Limits {
            fuel: ceiling.fuel + 1,
            ..Limits::standard()
        };
        assert_eq!(
            greedy.checked(&ceiling).map_err(|error| error.field),
            Err("fuel")
        );
        let unbounded = Limits {
            deadline_ms: 0,
            ..Limits::standard()
        };
        assert_eq!(
            unbounded.checked(&ceiling).map_err(|error| error.field),
            Err("deadline_ms")
        );
    }

    #[test]
    fn no_field_can_be_left_out() {
        let mut json = serde_json::to_value(Limits::standard()).unwrap();
        assert!(serde_json::from_value::<Limits>(json.clone()).is_ok());
        json.as_object_mut().unwrap().remove("fuel");
        assert!(serde_json::from_value::<Limits>(json).is_err());
    }
}
