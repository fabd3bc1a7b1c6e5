//! Who enters acts: people, and the few programs that may do so by themselves.
//! How they prove who they are is the host's matter.

use std::fmt;
use std::str::FromStr;

use guichet_domain::id::{ClientId, PersonId};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Who entered an act: `person:lin`, `client:ci`, `node:node-1`, `installation`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Actor {
    /// A person.
    Person(PersonId),
    /// A program of the operator's, which brings in what publishers have signed.
    Client(ClientId),
    /// A node, by itself: only what makes less run.
    Node(String),
    /// The program that sets up a development installation.
    Installation,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(id) => write!(f, "person:{id}"),
            Self::Client(id) => write!(f, "client:{id}"),
            Self::Node(name) => write!(f, "node:{name}"),
            Self::Installation => f.write_str("installation"),
        }
    }
}

/// A text that names no actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an actor is person:ID, client:ID, node:NAME or installation")]
pub struct ActorError;

impl FromStr for Actor {
    type Err = ActorError;

    fn from_str(text: &str) -> Result<Self, ActorError> {
        if text == "installation" {
            return Ok(Self::Installation);
        }
        let (kind, name) = text.split_once(':').ok_or(ActorError)?;
        match kind {
            "person" => name.parse().map(Self::Person).map_err(|_| ActorError),
            "client" => name.parse().map(Self::Client).map_err(|_| ActorError),
            "node" if is_node(name) => Ok(Self::Node(name.to_owned())),
            _ => Err(ActorError),
        }
    }
}

fn is_node(name: &str) -> bool {
    (1..=64).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_graphic())
}

impl Serialize for Actor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Actor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
