//! Query strings and path segments, strictly read: an unknown parameter is
//! refused by name, a path segment that is no lawful name is simply not found.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::wording;
use crate::error::{Code, Problem};

/// The query string of the shape `T`.
#[derive(Debug)]
pub struct Parameters<T>(pub T);

impl<T, S> FromRequestParts<S> for Parameters<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        read(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

fn read<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    // A parameter without a value means the same as none, so that a form with
    // empty fields can be sent as it is.
    let has_value = |pair: &&str| {
        pair.split_once('=')
            .is_none_or(|(_, value)| !value.is_empty())
    };
    let kept: Vec<&str> = query.split('&').filter(has_value).collect();
    let kept = kept.join("&");
    let pairs = form_urlencoded::parse(kept.as_bytes());
    let deserializer = serde_urlencoded::Deserializer::new(pairs);
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let path = error.path().to_string();
        let (field, sentence) = wording::field_and_sentence(&path, &error.inner().to_string());
        Problem::new(Code::InvalidParameter).with_field(field, sentence)
    })
}

/// The path's variable segments.
#[derive(Debug)]
pub struct Segments<T>(pub T);

impl<T, S> FromRequestParts<S> for Segments<T>
where
    T: DeserializeOwned + Send,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let segments = Path::<T>::from_request_parts(parts, state).await;
        segments
            .map(|Path(value)| Self(value))
            .map_err(|_| Problem::not_found())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Search {
        q: Option<String>,
        limit: Option<u16>,
        region: Option<guichet_domain::id::RegionCode>,
    }

    fn field(query: &str) -> String {
        let problem = read::<Search>(query).unwrap_err();
        assert_eq!(problem.code(), Code::InvalidParameter);
        problem
            .body(crate::language::Language::English, None)
            .errors[0]
            .field
            .clone()
    }

    #[test]
    fn empty_values_count_as_absent() {
        let search: Search = read("q=%E6%9D%AD%E5%B7%9E+x&limit=&region=").unwrap();
        assert_eq!(
            search,
            Search {
                q: Some("杭州 x".into()),
                limit: None,
                region: None
            }
        );
        assert!(read::<Search>("").is_ok());
    }

    #[test]
    fn wrong_and_unknown_parameters_are_named() {
        assert_eq!(field("limit=many"), "limit");
        assert_eq!(field("region=33"), "region");
        assert_eq!(field("colour=red"), "colour");
        assert_eq!(field("q=a&q=b"), "q");
    }
}
