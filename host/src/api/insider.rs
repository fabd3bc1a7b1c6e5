//! Who acts in the registry: a person by a token of their own, or a client that
//! has the scope. What the actor may do is decided by the register.

use std::marker::PhantomData;
use std::time::Instant;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use guichet_domain::id::{ClientId, PersonId, PublisherName};
use guichet_registry::register::{Actor, Person, Role, Side};

use super::Api;
use super::caller::{Caller, token_hash};
use super::scope::Needed;
use crate::error::{Code, Problem, Text};

/// A person, or a client with the scope `N`.
#[derive(Debug)]
pub struct Insider<N> {
    /// As the log names them.
    pub actor: Actor,
    /// Where it is a person.
    pub person: Option<(PersonId, Person)>,
    needed: PhantomData<N>,
}

impl<N> Insider<N> {
    /// Whether releases of this publisher are theirs to look at: another
    /// publisher's do not exist for a member.
    pub(super) fn may_see(&self, publisher: &PublisherName) -> bool {
        match self.person.as_ref().map(|(_, person)| &person.side) {
            Some(Side::Publisher(own, _)) => own == publisher,
            Some(Side::Operator(_)) | None => true,
        }
    }

    /// That it is staff in one of these roles, or the installation itself.
    pub(super) fn require(&self, wanted: &[Role]) -> Result<(), Problem> {
        let has = match self.person.as_ref().map(|(_, person)| &person.side) {
            Some(Side::Operator(roles)) => wanted.iter().any(|role| roles.contains(role)),
            Some(Side::Publisher(..)) | None => false,
        };
        if has || self.actor == Actor::Installation {
            return Ok(());
        }
        let names: Vec<&str> = wanted.iter().map(|role| role.as_str()).collect();
        Err(Problem::new(Code::Forbidden).with_detail(Text::new(
            format!("需要运营方角色：{}。", names.join("、")),
            format!("This is for the operator's staff: {}.", names.join(" or ")),
        )))
    }

    /// The payment officer: who decides must be a person, since two programs are
    /// no two persons.
    pub(super) fn officer(&self) -> Result<PersonId, Problem> {
        self.require(&[Role::PaymentOfficer])?;
        match &self.person {
            Some((person, _)) => Ok(person.clone()),
            None => Err(Problem::new(Code::Forbidden).with_detail(Text::new(
                "此事只能由运营方人员本人办理，请使用人员令牌。",
                "Only persons decide this; use a person's token.",
            ))),
        }
    }
}

impl<N, S> FromRequestParts<S> for Insider<N>
where
    N: Needed,
    S: Send + Sync,
    Api: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let api = Api::from_ref(state);
        let hash = token_hash(&parts.headers)?;
        let found = api.rooms().governance.person_by_token(&hash).await?;
        let Some((id, person)) = found else {
            let client = Caller::<N>::from_request_parts(parts, state).await?.client;
            return Ok(Self {
                actor: Actor::Client(client),
                person: None,
                needed: PhantomData,
            });
        };
        let name = ClientId::new(format!("person-{id}")).map_err(Problem::internal)?;
        if let Err(seconds) = api.limiter().take(&name, Instant::now()) {
            return Err(Problem::new(Code::TooManyRequests).with_retry_after(seconds));
        }
        Ok(Self {
            actor: Actor::Person(id.clone()),
            person: Some((id, person)),
            needed: PhantomData,
        })
    }
}
