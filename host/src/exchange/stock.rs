//! Takes a release out of this registry, with everything that leaves with it.
//! Only what was approved leaves, and nothing that is not as it was published.

use bytes::Bytes;
use guichet_domain::{Digest, Moment};
use guichet_registry::bundle::{self, Bundle, BundleLimits};
use guichet_registry::manifest::COMPONENT_FILE;
use guichet_registry::register::{Register, Standing};
use guichet_registry::sign::sha256;
use guichet_registry::{PackageName, Version};

use super::ExchangeError;
use super::error::same;
use crate::log::Log;
use crate::objects::{Kind, Objects};

/// A release, ready to leave.
#[derive(Debug, Clone)]
pub struct Stock {
    /// `publisher/name`.
    pub package: PackageName,
    /// Its version.
    pub version: Version,
    /// The release's digest.
    pub release: Digest,
    /// When it was published here.
    pub published: Moment,
    /// The countersigned bundle.
    pub bundle: Bytes,
    /// Its code, own or another package's.
    pub component: Bytes,
    /// The certification report; none where an installation took it unseen.
    pub report: Option<Bytes>,
}

/// What the register says of a release that may leave.
struct Found {
    release: Digest,
    published: Moment,
    /// The release whose bundle brings the code.
    home: Digest,
    component: Digest,
    report: Option<Digest>,
}

/// Takes a release out.
pub async fn take(
    log: &Log,
    objects: &Objects,
    (package, version): (&PackageName, &Version),
) -> Result<Stock, ExchangeError> {
    let found = log.read(|register| find(register, package, version))?;
    let bundle = read_bundle(objects, found.release).await?;
    let component = if found.home == found.release {
        component_of(&bundle)
    } else {
        component_of(&read_bundle(objects, found.home).await?)
    };
    let component = component.filter(|bytes| sha256(bytes) == found.component);
    let report = match found.report {
        Some(digest) => Some(read_report(objects, digest).await?),
        None => None,
    };
    Ok(Stock {
        package: package.clone(),
        version: version.clone(),
        release: found.release,
        published: found.published,
        component: component.ok_or(ExchangeError::NoComponent(found.component))?,
        bundle,
        report,
    })
}

fn find(
    register: &Register,
    package: &PackageName,
    version: &Version,
) -> Result<Found, ExchangeError> {
    let refused = |why| ExchangeError::NotForOthers(package.clone(), version.clone(), why);
    let (digest, release) = register
        .find(package, version)
        .ok_or_else(|| ExchangeError::NotPublished(package.clone(), version.clone()))?;
    match &release.standing {
        Standing::Approved => {}
        Standing::Waiting => return Err(refused("still waits for its review")),
        Standing::Rejected(_) => return Err(refused("was rejected")),
        Standing::Withdrawn => return Err(refused("was withdrawn")),
    }
    if release.yanked.is_some() {
        return Err(refused("was yanked"));
    }
    let component = release.summary.component;
    let home = if release.summary.own_code {
        Some(digest)
    } else {
        register.home(component)
    };
    Ok(Found {
        release: digest,
        published: release.published,
        home: home.ok_or(ExchangeError::NoComponent(component))?,
        component,
        report: release.summary.report,
    })
}

/// A bundle as it was kept: what was altered in the store does not leave.
async fn read_bundle(objects: &Objects, release: Digest) -> Result<Bytes, ExchangeError> {
    let bytes = objects.get(Kind::Bundle, release).await?;
    let verified = bundle::verify(&bytes, BundleLimits::default())?;
    same("the bundle in the object store", release, verified.digest)?;
    Ok(bytes)
}

async fn read_report(objects: &Objects, digest: Digest) -> Result<Bytes, ExchangeError> {
    let bytes = objects.get(Kind::Report, digest).await?;
    same("the report in the object store", digest, sha256(&bytes))?;
    Ok(bytes)
}

fn component_of(bundle: &Bytes) -> Option<Bytes> {
    let read = Bundle::read(bundle, BundleLimits::default()).ok()?;
    Some(bundle.slice_ref(read.file(COMPONENT_FILE)?))
}
