//! Attributes of the subject, under a live consent only. Permission: `data`.

use crate::host;

pub use crate::bindings::shared::guichet::host::subject_data::Error;

/// The attribute, or none where the subject has no such one. Without consent
/// the failure that comes of it asks for exactly this scope.
pub fn get(scope: &str) -> Result<Option<String>, crate::Error> {
    host::subject_data::get(scope)
        .map_err(|error| crate::Error::SubjectData(scope.to_owned(), error))
}
