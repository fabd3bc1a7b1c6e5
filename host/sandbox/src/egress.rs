//! Outgoing HTTP.
use guichet_domain::grant::EndpointGrant;

use crate::permissions::Secrets;

/// A granted endpoint that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// Not scheme, host and port.
    #[error("the origin {0:?} is not scheme, host and port")]
    Origin(String),
}

#[derive(Debug)]
pub(crate) struct Endpoint {}

impl Endpoint {
    pub(crate) fn new(granted: &EndpointGrant, _secrets: &Secrets) -> Result<Self, EndpointError> {
        if granted.origin.is_empty() { Err(EndpointError::Origin(granted.origin.clone())) } else { Ok(Self {}) }
    }
}
