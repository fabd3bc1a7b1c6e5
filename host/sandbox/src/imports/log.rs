//! `log`: messages for the publisher, limited, escaped and masked; the fields
//! stay in the transcript.

use crate::call::LogLine;
use crate::contract::host::log::{Host, Level};
use crate::mask;
use crate::state::CallState;
use crate::transcript::Exchange;

impl Host for CallState {
    fn write(
        &mut self,
        level: Level,
        message: String,
        fields: Vec<(String, String)>,
    ) -> wasmtime::Result<()> {
        let bytes = message.len()
            + fields
                .iter()
                .map(|(name, value)| name.len() + value.len())
                .sum::<usize>();
        self.enter(bytes)?;
        let beyond = self.log.len() >= self.limits.log_entries as usize
            || self.log_bytes + bytes > self.limits.log_bytes as usize;
        if beyond {
            self.log_dropped = self.log_dropped.saturating_add(1);
            return Ok(());
        }
        let level = name(level).to_owned();
        self.recorded("log.write", |exchange| match exchange {
            Exchange::Log {
                level: asked,
                message: text,
                fields: pairs,
            } if *asked == level && *text == message && *pairs == fields => Some(()),
            _ => None,
        })?;
        self.log_bytes += bytes;
        self.log.push(LogLine {
            level: level.clone(),
            message: mask::publishable(&message),
        });
        self.record(
            Exchange::Log {
                level,
                message,
                fields,
            },
            0,
        );
        Ok(())
    }
}

fn name(level: Level) -> &'static str {
    match level {
        Level::Debug => "debug",
        Level::Info => "info",
        Level::Warn => "warn",
        Level::Error => "error",
    }
}
