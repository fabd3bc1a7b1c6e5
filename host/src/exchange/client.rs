//! The few calls of the OCI distribution specification that an exchange needs.
//! Every byte that comes is compared with the digest it was asked by.

use bytes::Bytes;
use guichet_domain::Digest;
use guichet_registry::sign::sha256;
use hyper::header::{self, HeaderName};
use hyper::{Method, Response, StatusCode};

use super::connection::{Ask, LARGE, SMALL};
use super::error::same;
use super::layout::{Artifact, Blob, Descriptor, INDEX, Index, MANIFEST, Manifest};
use super::reference::Target;
use super::{Connection, ExchangeError, Reference};
use crate::outward::Bounds;

/// Pages of a list of referrers that are read.
const PAGES: usize = 8;
/// The most referrers of one artifact.
const REFERRERS: usize = 256;
/// With this header a registry says that it lists referrers itself.
const SUBJECT: HeaderName = HeaderName::from_static("oci-subject");

/// One repository of a foreign registry.
pub(super) struct Client<'a> {
    pub(super) connection: &'a Connection,
    pub(super) to: &'a Reference,
}

impl Client<'_> {
    /// What is meant, for messages.
    fn named(&self, what: &str) -> String {
        format!("{what} of {}/{}", self.to.host, self.to.repository)
    }

    fn place(&self, rest: &str) -> String {
        format!("/v2/{}/{rest}", self.to.repository)
    }

    /// Pushes an artifact's parts, then its manifest. Whether the registry lists
    /// it as a referrer by itself.
    pub(super) async fn push_parts(
        &self,
        artifact: &Artifact,
        target: &Target,
    ) -> Result<bool, ExchangeError> {
        self.push_blob(&artifact.config).await?;
        self.push_blob(&artifact.layer).await?;
        self.push_manifest(&artifact.manifest, target).await
    }

    /// Pushes an artifact that belongs to another one. Where the registry does
    /// not list referrers, the index under the fallback tag is kept up to date.
    pub(super) async fn push_referrer(
        &self,
        artifact: &Artifact,
        subject: Digest,
    ) -> Result<(), ExchangeError> {
        let target = Target::Digest(artifact.manifest.descriptor.digest);
        if self.push_parts(artifact, &target).await? {
            return Ok(());
        }
        let tag = fallback_tag(subject);
        let mut listed = self.index(&tag).await?;
        let own = &artifact.listed;
        if listed.iter().any(|other| other.digest == own.digest) {
            return Ok(());
        }
        if listed.len() >= REFERRERS {
            let why = format!("it has {REFERRERS} referrers already");
            return Err(ExchangeError::Document(self.named(&tag.to_string()), why));
        }
        listed.push(own.clone());
        let index = Blob::new(INDEX, Index::new(listed).bytes());
        self.push_manifest(&index, &tag).await.map(drop)
    }

    async fn push_blob(&self, blob: &Blob) -> Result<(), ExchangeError> {
        let digest = blob.descriptor.digest;
        let there = Ask::new(Method::HEAD, self.place(&format!("blobs/{digest}")));
        if self.connection.ask(&there).await?.status().is_success() {
            return Ok(());
        }
        let what = self.named(&format!("the blob {digest}"));
        let begin = Ask::new(Method::POST, self.place("blobs/uploads/"));
        let begun = self.connection.ask(&begin).await?;
        expect(&begun, StatusCode::ACCEPTED, &what)?;
        let location = begun.headers().get(header::LOCATION);
        let location = location.and_then(|location| location.to_str().ok());
        let location = location.ok_or_else(|| {
            ExchangeError::Document(what.clone(), "no place to send it to".to_owned())
        })?;
        let separator = if location.contains('?') { '&' } else { '?' };
        let place = format!(
            "{}{separator}digest={digest}",
            self.connection.resolve(location)
        );
        let send = Ask::new(Method::PUT, place)
            .with(header::CONTENT_TYPE, "application/octet-stream")
            .carrying(blob.bytes.clone());
        expect(
            &self.connection.ask(&send).await?,
            StatusCode::CREATED,
            &what,
        )
    }

    /// Pushes a manifest or index whose parts are there.
    pub(super) async fn push_manifest(
        &self,
        manifest: &Blob,
        target: &Target,
    ) -> Result<bool, ExchangeError> {
        let media_type = match manifest.descriptor.media_type.as_str() {
            INDEX => INDEX,
            _ => MANIFEST,
        };
        let send = Ask::new(Method::PUT, self.place(&format!("manifests/{target}")))
            .with(header::CONTENT_TYPE, media_type)
            .carrying(manifest.bytes.clone());
        let answer = self.connection.ask(&send).await?;
        let what = self.named(&format!("the manifest {target}"));
        expect(&answer, StatusCode::CREATED, &what)?;
        Ok(answer.headers().contains_key(SUBJECT))
    }

    /// Reads a manifest and its descriptor. The bytes of one that was asked by
    /// its digest have this digest.
    pub(super) async fn manifest(
        &self,
        target: &Target,
    ) -> Result<(Descriptor, Manifest), ExchangeError> {
        let place = self.place(&format!("manifests/{target}"));
        let ask = Ask::new(Method::GET, place).with(header::ACCEPT, MANIFEST);
        let answer = self.connection.ask(&ask).await?;
        let what = self.named(&format!("the manifest {target}"));
        expect(&answer, StatusCode::OK, &what)?;
        let bytes = answer.into_body();
        let blob = Blob::new(MANIFEST, bytes);
        if let Target::Digest(digest) = target {
            same(&what, *digest, blob.descriptor.digest)?;
        }
        let manifest = serde_json::from_slice(&blob.bytes)
            .map_err(|error| ExchangeError::Document(what, error.to_string()))?;
        Ok((blob.descriptor, manifest))
    }

    /// Reads what a descriptor points at, and nothing longer or different.
    pub(super) async fn blob(&self, of: &Descriptor) -> Result<Bytes, ExchangeError> {
        let what = self.named(&format!("the blob {}", of.digest));
        let size = usize::try_from(of.size).unwrap_or(usize::MAX);
        if size > LARGE.answer_bytes {
            let why = format!("it is larger than {} bytes", LARGE.answer_bytes);
            return Err(ExchangeError::Document(what, why));
        }
        let mut ask = Ask::new(Method::GET, self.place(&format!("blobs/{}", of.digest)));
        ask.bounds = Bounds {
            timeout: LARGE.timeout,
            // A registry's refusal may be longer than a small blob.
            answer_bytes: size.max(SMALL.answer_bytes),
        };
        let answer = self.connection.ask(&ask).await?;
        expect(&answer, StatusCode::OK, &what)?;
        let bytes = answer.into_body();
        same(&what, of.digest, sha256(&bytes))?;
        Ok(bytes)
    }

    /// The artifacts of a type that belong to another one.
    pub(super) async fn referrers(
        &self,
        subject: Digest,
        artifact_type: &str,
    ) -> Result<Vec<Descriptor>, ExchangeError> {
        let mut listed = match self.listed_referrers(subject).await? {
            Some(listed) => listed,
            None => self.index(&fallback_tag(subject)).await?,
        };
        listed.retain(|one| one.artifact_type.as_deref() == Some(artifact_type));
        Ok(listed)
    }

    /// By the registry's own list; none where it has no such call.
    async fn listed_referrers(
        &self,
        subject: Digest,
    ) -> Result<Option<Vec<Descriptor>>, ExchangeError> {
        let what = self.named(&format!("the list of referrers of {subject}"));
        let mut place = self.place(&format!("referrers/{subject}"));
        let mut listed: Vec<Descriptor> = Vec::new();
        for _ in 0..PAGES {
            let ask = Ask::new(Method::GET, place).with(header::ACCEPT, INDEX);
            let answer = self.connection.ask(&ask).await?;
            if matches!(answer.status().as_u16(), 400 | 404 | 405 | 406) {
                return Ok(None);
            }
            expect(&answer, StatusCode::OK, &what)?;
            let index: Index = serde_json::from_slice(answer.body())
                .map_err(|error| ExchangeError::Document(what.clone(), error.to_string()))?;
            listed.extend(index.manifests);
            listed.truncate(REFERRERS);
            match next_page(&answer) {
                Some(next) if listed.len() < REFERRERS => place = next,
                _ => break,
            }
        }
        Ok(Some(listed))
    }

    /// The manifests of an index; none where it is not there.
    async fn index(&self, tag: &Target) -> Result<Vec<Descriptor>, ExchangeError> {
        let place = self.place(&format!("manifests/{tag}"));
        let ask = Ask::new(Method::GET, place).with(header::ACCEPT, INDEX);
        let answer = self.connection.ask(&ask).await?;
        if answer.status() == StatusCode::NOT_FOUND {
            return Ok(Vec::new());
        }
        let what = self.named(&format!("the index {tag}"));
        expect(&answer, StatusCode::OK, &what)?;
        let index: Index = serde_json::from_slice(answer.body())
            .map_err(|error| ExchangeError::Document(what, error.to_string()))?;
        let mut listed = index.manifests;
        listed.truncate(REFERRERS);
        Ok(listed)
    }
}

/// The tag under which referrers are listed where the registry does not do it:
/// the digest with a dash for its colon.
fn fallback_tag(subject: Digest) -> Target {
    Target::Tag(subject.to_string().replace(':', "-"))
}

/// The path of the header `link` with `rel="next"`; other servers are not asked.
fn next_page(answer: &Response<Bytes>) -> Option<String> {
    let link = answer.headers().get(header::LINK)?.to_str().ok()?;
    let (place, parameters) = link.strip_prefix('<')?.split_once('>')?;
    let own = place.starts_with('/') && !place.starts_with("//");
    (own && parameters.contains("next")).then(|| place.to_owned())
}

fn expect(answer: &Response<Bytes>, status: StatusCode, what: &str) -> Result<(), ExchangeError> {
    match answer.status() {
        got if got == status => Ok(()),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(ExchangeError::Denied(
            "the registry".to_owned(),
            format!("access to {what}"),
        )),
        StatusCode::NOT_FOUND => Err(ExchangeError::Missing(what.to_owned())),
        got => Err(ExchangeError::Answered(
            what.to_owned(),
            format!("{} {}", got.as_u16(), code(answer.body())),
        )),
    }
}

/// The registry's own word for what is wrong.
fn code(body: &[u8]) -> String {
    let answer: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let word = answer["errors"][0]["code"].as_str().unwrap_or_default();
    let lawful = |character: &char| character.is_ascii_alphanumeric() || *character == '_';
    word.chars().filter(lawful).take(64).collect()
}
