//! A granted endpoint made ready: its origin read once, its credentials put into
//! header values, and the answer to "may this request go there?".

use std::net::IpAddr;
use std::sync::Arc;

use guichet_domain::grant::{EndpointGrant, Network, RouteIntent};
use http::{HeaderMap, HeaderName, HeaderValue, Uri};

use super::{headers, path, scrub};
use crate::contract::host::http::Request;
use crate::keyring::Secret;
use crate::permissions::Secrets;

/// A granted endpoint that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// Not scheme, host and port.
    #[error("the origin {0:?} is not http or https, a host and perhaps a port")]
    Origin(String),
    /// Unencrypted over public networks.
    #[error("the origin {0:?} is not https; plain http needs a private network")]
    Unencrypted(String),
    /// A credential names a secret that is not there.
    #[error("there is no secret {0:?}")]
    Secret(String),
    /// A credential cannot be made into a header field.
    #[error("the credential for the header {0:?} is not lawful")]
    Credential(String),
}

/// Scheme of an origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Scheme {
    Http,
    Https,
}

/// Host of an origin.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Host {
    Name(String),
    Address(IpAddr),
}

/// Where connections lead and which addresses they may use: connections are
/// shared only within the same target.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Target {
    pub(crate) scheme: Scheme,
    pub(crate) host: Host,
    pub(crate) port: u16,
    /// The listed addresses of a private network; none for the public one.
    pub(crate) private: Option<Vec<IpAddr>>,
}

/// A granted endpoint made ready.
pub(crate) struct Endpoint {
    pub(crate) target: Arc<Target>,
    pub(crate) network: Network,
    pub(crate) authority: HeaderValue,
    pub(crate) injected: Vec<(HeaderName, HeaderValue)>,
    /// Values that the other side may echo and the guest may not see.
    pub(crate) echoes: Vec<Secret>,
    pub(crate) effects_per_call: u32,
    grant: EndpointGrant,
}

/// A request that the grant allows.
pub(crate) struct Allowed {
    pub(crate) intent: RouteIntent,
}

impl Endpoint {
    pub(crate) fn new(grant: &EndpointGrant, secrets: &Secrets) -> Result<Self, EndpointError> {
        let (target, authority) = read_origin(grant)?;
        let mut injected = Vec::new();
        let mut echoes = Vec::new();
        for credential in &grant.credentials {
            let secret = secrets
                .get(&credential.secret)
                .ok_or_else(|| EndpointError::Secret(credential.secret.to_string()))?;
            let unlawful = || EndpointError::Credential(credential.header.clone());
            let name =
                HeaderName::from_lowercase(credential.header.as_bytes()).map_err(|_| unlawful())?;
            if headers::is_reserved(name.as_str()) {
                return Err(unlawful());
            }
            let text = std::str::from_utf8(secret.reveal()).map_err(|_| unlawful())?;
            let filled = Secret::new(credential.format.replace("{}", text));
            let mut value = HeaderValue::from_bytes(filled.reveal()).map_err(|_| unlawful())?;
            value.set_sensitive(true);
            injected.push((name, value));
            // The whole value first: it contains the secret alone.
            echoes.extend(scrub::echoes(filled.reveal()));
            echoes.extend(scrub::echoes(secret.reveal()));
        }
        Ok(Self {
            target: Arc::new(target),
            network: grant.network.clone(),
            authority,
            injected,
            echoes,
            effects_per_call: grant.effects_per_call,
            grant: grant.clone(),
        })
    }

    /// Whether the grant allows this request, and what its route says of effects.
    pub(crate) fn check(&self, request: &Request) -> Result<Allowed, String> {
        path::check(&request.path)?;
        let route = self.grant.routes.iter().find(|route| {
            route.methods.contains(&request.method)
                && path::has_prefix(&request.path, &route.path_prefix)
        });
        let route = route.ok_or("no granted route has this method and path")?;
        self.headers(request)?;
        Ok(Allowed {
            intent: route.intent,
        })
    }

    /// The guest's own header fields, where they are granted.
    pub(crate) fn headers(&self, request: &Request) -> Result<HeaderMap, String> {
        headers::granted(
            &request.headers,
            &self.grant.request_headers,
            &self.injected,
        )
    }
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Endpoint")
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}

fn read_origin(grant: &EndpointGrant) -> Result<(Target, HeaderValue), EndpointError> {
    let wrong = || EndpointError::Origin(grant.origin.clone());
    let origin: Uri = grant.origin.parse().map_err(|_| wrong())?;
    let scheme = match origin.scheme_str() {
        Some("http") => Scheme::Http,
        Some("https") => Scheme::Https,
        _ => return Err(wrong()),
    };
    let authority = origin.authority().ok_or_else(wrong)?;
    // The parser drops a fragment without a word.
    let plain_end = matches!(origin.path(), "" | "/")
        && !grant.origin.ends_with('/')
        && !grant.origin.contains('#');
    if !plain_end || origin.query().is_some() || authority.as_str().contains('@') {
        return Err(wrong());
    }
    let private = match &grant.network {
        Network::Public => None,
        Network::Private(listed) => Some(listed.iter().copied().collect()),
    };
    if scheme == Scheme::Http && private.is_none() {
        return Err(EndpointError::Unencrypted(grant.origin.clone()));
    }
    let names_a_port = authority.as_str() != authority.host();
    let port = match (authority.port_u16(), scheme) {
        (Some(0), _) => return Err(wrong()),
        (None, _) if names_a_port => return Err(wrong()),
        (Some(port), _) => port,
        (None, Scheme::Http) => 80,
        (None, Scheme::Https) => 443,
    };
    let host = read_host(authority.host()).ok_or_else(wrong)?;
    let value = HeaderValue::from_str(authority.as_str()).map_err(|_| wrong())?;
    Ok((
        Target {
            scheme,
            host,
            port,
            private,
        },
        value,
    ))
}

/// A name, or an address in its usual notation. Names that end in a number are
/// refused: some resolvers read them as addresses in octal or hexadecimal.
fn read_host(text: &str) -> Option<Host> {
    if let Some(inner) = text.strip_prefix('[') {
        let address = inner.strip_suffix(']')?.parse().ok()?;
        return Some(Host::Address(IpAddr::V6(address)));
    }
    if let Ok(address) = text.parse() {
        return Some(Host::Address(IpAddr::V4(address)));
    }
    let name = text.to_ascii_lowercase();
    let lawful = !name.is_empty()
        && name.len() <= 253
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'));
    let last_label = name
        .trim_end_matches('.')
        .rsplit('.')
        .next()
        .unwrap_or_default();
    let numeric =
        last_label.starts_with("0x") || last_label.bytes().all(|byte| byte.is_ascii_digit());
    (lawful && !numeric).then_some(Host::Name(name))
}

#[cfg(test)]
mod tests;
