//! What every noun says about its acts: who may enter one, whether it fits what
//! was decided before, and what it changes. Programs and their rights stand in
//! `authority`, which also knows what people are.

use guichet_domain::Moment;

use super::Register;
use super::actor::Actor;
use super::authority::Persons;
use super::refusal::{Lawful, Refusal};

/// The rules of one act.
pub(super) trait Rule {
    /// Whether this person may enter it at all, and whether alone.
    fn persons(&self, register: &Register, by: &Actor) -> Result<Persons, Refusal>;

    /// Whether it may take effect now.
    fn fits(&self, register: &Register, by: &Actor, at: Moment) -> Lawful;

    /// Carries it out. It was found lawful before; nothing here refuses.
    fn carry_out(&self, register: &mut Register, made: &Made<'_>);
}

/// How an act came to be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Made<'a> {
    /// Position of the entry by which it takes effect.
    pub(super) position: u64,
    /// When.
    pub(super) at: Moment,
    /// The one or two behind it.
    pub(super) by: &'a [Actor],
}
