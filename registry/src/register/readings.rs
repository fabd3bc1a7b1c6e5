//! Leave to read kept transcripts, given by two auditors to themselves.

use std::collections::BTreeSet;

use guichet_domain::Moment;
use guichet_domain::id::{PersonId, RecordId};
use serde::{Deserialize, Serialize};

use super::Register;
use super::actor::Actor;
use super::authority::Persons;
use super::refusal::{Lawful, Refusal};
use super::roles::Role;
use super::rule::{Made, Rule};
use super::words::Reason;

/// What is decided about transcripts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", deny_unknown_fields)]
pub enum ReadingAct {
    /// A kept transcript may be read by the two who agreed on it.
    #[serde(rename = "reading-allowed")]
    Allowed {
        /// The call it is of.
        call: RecordId,
        /// Why it must be read.
        reason: Reason,
    },
}

/// A transcript that two persons agreed to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Who may.
    pub persons: BTreeSet<PersonId>,
    /// Since when.
    pub at: Moment,
    /// Why.
    pub reason: Reason,
}

impl Rule for ReadingAct {
    fn persons(&self, register: &Register, by: &Actor) -> Result<Persons, Refusal> {
        register.by_staff(by, &[Role::Auditor], Persons::Two)
    }

    fn fits(&self, _: &Register, _: &Actor, _: Moment) -> Lawful {
        Ok(())
    }

    fn carry_out(&self, register: &mut Register, made: &Made<'_>) {
        let Self::Allowed { call, reason } = self;
        let persons = made.by.iter().filter_map(|actor| match actor {
            Actor::Person(id) => Some(id.clone()),
            Actor::Client(_) | Actor::Node(_) | Actor::Installation => None,
        });
        let reading = Reading {
            persons: persons.collect(),
            at: made.at,
            reason: reason.clone(),
        };
        register.readings.insert(call.clone(), reading);
    }
}

impl Register {
    /// The leave to read a call's transcript.
    #[must_use]
    pub fn reading(&self, call: &RecordId) -> Option<&Reading> {
        self.readings.get(call)
    }
}
