//! A transcript read from the beginning: gives each recorded answer to the
//! question it was given to, and notes the first question that differs.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Exchange, Transcript};

/// A transcript that answers instead of the world.
pub(crate) struct Script {
    transcript: Arc<Transcript>,
    position: usize,
    departure: Option<Departure>,
}

/// How a replay left its transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Departure {
    /// Another question than the recorded one.
    Different(String),
    /// The guest asked on after the last exchange, with this question.
    Further(String),
}

impl Script {
    pub(crate) fn new(transcript: Arc<Transcript>) -> Self {
        Self {
            transcript,
            position: 0,
            departure: None,
        }
    }

    pub(crate) fn handoff_origins(&self) -> &BTreeSet<String> {
        &self.transcript.handoff_origins
    }

    pub(crate) fn departure(&self) -> Option<&Departure> {
        self.departure.as_ref()
    }

    /// Exchanges that the guest did not ask for any more.
    pub(crate) fn left_over(&self) -> usize {
        self.transcript.exchanges.len() - self.position
    }

    /// The answer to the guest's next question, where it is the recorded one.
    pub(crate) fn next<T>(
        &mut self,
        asked: &str,
        read: impl FnOnce(&Exchange) -> Option<T>,
    ) -> Option<T> {
        let Some(exchange) = self.transcript.exchanges.get(self.position) else {
            self.departure
                .get_or_insert_with(|| Departure::Further(asked.to_owned()));
            return None;
        };
        let answer = read(exchange);
        if answer.is_some() {
            self.position += 1;
        } else {
            let (number, recorded) = (self.position + 1, exchange.name());
            self.departure.get_or_insert_with(|| {
                let text = if recorded == asked {
                    format!("exchange {number}: {asked} with other arguments")
                } else {
                    format!("exchange {number}: {asked} instead of {recorded}")
                };
                Departure::Different(text)
            });
        }
        answer
    }
}

impl Exchange {
    pub(crate) const HTTP: &str = "http.send";

    /// The imported function's name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Http { .. } => Self::HTTP,
            Self::KeyBytes { .. } | Self::KeyCheck { .. } => "keys",
            Self::Config { .. } => "config.get",
            Self::Clock { .. } => "clock.now",
            Self::Random { .. } => "random.bytes",
            Self::Log { .. } => "log.write",
            Self::Kv { .. } => "kv",
            Self::SubjectData { .. } => "subject-data.get",
        }
    }
}
