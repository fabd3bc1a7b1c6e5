//! An OpenAPI 3 document: JSON or YAML, its operations, and what they take and
//! give. References within the document are followed, others are not.

use std::path::Path;

use serde_json::Value;

use super::nearest::suggest;
use super::{Format, WorkshopError};

/// A document larger than this is not one biller's interface.
const DOCUMENT_LIMIT_BYTES: u64 = 8 << 20;
/// References that lead to references.
const REFERENCE_LIMIT: usize = 16;
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// The document.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) file: String,
    pub(super) value: Value,
}

/// One operation.
#[derive(Debug, Clone)]
pub(super) struct Operation<'d> {
    pub(super) document: &'d Document,
    /// How messages call it.
    pub(super) name: String,
    /// Upper case.
    pub(super) method: String,
    pub(super) path: String,
    value: &'d Value,
    item: &'d Value,
}

/// A parameter of an operation.
#[derive(Debug, Clone)]
pub(super) struct Parameter<'d> {
    pub(super) name: &'d str,
    /// `path`, `query` or `header`.
    pub(super) place: &'d str,
    pub(super) need: Need,
    pub(super) schema: &'d Value,
    pub(super) value: &'d Value,
}

/// Whether something must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Required,
    Optional,
}

/// A body: what language it is written in, and its shape.
#[derive(Debug, Clone)]
pub(super) struct Media<'d> {
    pub(super) format: Format,
    pub(super) charset: String,
    pub(super) media_type: &'d str,
    pub(super) schema: &'d Value,
    pub(super) example: Option<&'d Value>,
}

impl Document {
    /// Reads a document.
    pub(super) fn read(path: &Path) -> Result<Self, WorkshopError> {
        let file = path.file_name().unwrap_or_default();
        let file = file.to_string_lossy().into_owned();
        let size = std::fs::metadata(path)
            .map_err(WorkshopError::file(path))?
            .len();
        let wrong = |problem: String, mend: &str| WorkshopError::openapi(&file, problem, mend);
        if size > DOCUMENT_LIMIT_BYTES {
            let problem = format!("it is larger than {DOCUMENT_LIMIT_BYTES} bytes");
            return Err(wrong(problem, "leave out what the mapping does not name"));
        }
        let text = std::fs::read_to_string(path).map_err(WorkshopError::file(path))?;
        let value: Value = if text.trim_start().starts_with('{') {
            serde_json::from_str(&text).map_err(|error| error.to_string())
        } else {
            serde_saphyr::from_str(&text).map_err(|error| error.to_string())
        }
        .map_err(|problem| wrong(problem, "correct the JSON or YAML"))?;
        let version = value["openapi"].as_str().unwrap_or_default();
        if !version.starts_with("3.") {
            let problem = format!("it says openapi {version:?}");
            return Err(wrong(
                problem,
                "give an OpenAPI 3 document, with `openapi: 3.x.y`",
            ));
        }
        Ok(Self { file, value })
    }

    /// What a value is, its references followed.
    pub(super) fn resolve<'d>(&'d self, mut value: &'d Value) -> &'d Value {
        for _ in 0..REFERENCE_LIMIT {
            let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
                return value;
            };
            let found = reference
                .strip_prefix('#')
                .and_then(|pointer| self.value.pointer(pointer));
            match found {
                Some(found) => value = found,
                None => return value,
            }
        }
        value
    }

    /// The operation of an `operationId`, or of `METHOD /path`.
    pub(super) fn operation(
        &self,
        wanted: &str,
        asked_by: &str,
    ) -> Result<Operation<'_>, WorkshopError> {
        let all = self.operations();
        let is_it = |operation: &&Operation<'_>| {
            operation.name == wanted || format!("{} {}", operation.method, operation.path) == wanted
        };
        all.iter().find(is_it).cloned().ok_or_else(|| {
            let names = all.iter().map(|operation| operation.name.as_str());
            WorkshopError::openapi(
                asked_by,
                format!("{} has no operation {wanted:?}", self.file),
                suggest(wanted, names),
            )
        })
    }

    fn operations(&self) -> Vec<Operation<'_>> {
        let mut all = Vec::new();
        for (path, item) in self.value["paths"].as_object().into_iter().flatten() {
            let item = self.resolve(item);
            for method in METHODS {
                let Some(value) = item.get(method) else {
                    continue;
                };
                let method = method.to_ascii_uppercase();
                let id = value["operationId"].as_str();
                all.push(Operation {
                    document: self,
                    name: id.map_or_else(|| format!("{method} {path}"), str::to_owned),
                    method,
                    path: path.clone(),
                    value,
                    item,
                });
            }
        }
        all
    }
}

impl<'d> Operation<'d> {
    /// `openapi.yaml, operation findBills`
    pub(super) fn place(&self) -> String {
        format!("{}, operation {}", self.document.file, self.name)
    }

    /// Its security requirements, else the document's.
    pub(super) fn security(&self) -> &'d Value {
        let document = &self.document.value["security"];
        self.value.get("security").unwrap_or(document)
    }

    /// Its parameters, its own over its path's. Cookies are not ours to send.
    pub(super) fn parameters(&self) -> Vec<Parameter<'d>> {
        let document = self.document;
        let mut found: Vec<Parameter<'d>> = Vec::new();
        for value in [&self.value["parameters"], &self.item["parameters"]]
            .into_iter()
            .filter_map(Value::as_array)
            .flatten()
        {
            let value = document.resolve(value);
            let (Some(name), Some(place)) = (value["name"].as_str(), value["in"].as_str()) else {
                continue;
            };
            let is_known = found
                .iter()
                .any(|other| other.name == name && other.place == place);
            if place != "cookie" && !is_known {
                let required = place == "path" || value["required"] == true;
                found.push(Parameter {
                    name,
                    place,
                    need: Need::of(required),
                    schema: document.resolve(&value["schema"]),
                    value,
                });
            }
        }
        found
    }

    /// The body that it takes.
    pub(super) fn body(&self) -> Result<Option<Media<'d>>, WorkshopError> {
        let body = self.document.resolve(&self.value["requestBody"]);
        match body.get("content") {
            None => Ok(None),
            Some(content) => self.media(content, "its request").map(Some),
        }
    }

    /// The answer that says that all went well.
    pub(super) fn answer(&self) -> Result<Media<'d>, WorkshopError> {
        let responses = self.value["responses"].as_object();
        let good = responses.into_iter().flatten().find_map(|(status, value)| {
            let content = self.document.resolve(value).get("content")?;
            status.starts_with('2').then_some(content)
        });
        let content = good.ok_or_else(|| {
            WorkshopError::openapi(
                self.place(),
                "none of its answers with status 2xx has content",
                "describe what it answers",
            )
        })?;
        self.media(content, "its answer")
    }

    /// Statuses whose body can be read: those that are described with content.
    pub(super) fn statuses(&self) -> Vec<u16> {
        let responses = self.value["responses"].as_object();
        let mut statuses: Vec<u16> = responses
            .into_iter()
            .flatten()
            .filter(|(_, value)| self.document.resolve(value).get("content").is_some())
            .filter_map(|(status, _)| status.parse().ok())
            .filter(|status| is_evidence(*status))
            .collect();
        statuses.sort_unstable();
        statuses
    }

    fn media(&self, content: &'d Value, what: &str) -> Result<Media<'d>, WorkshopError> {
        let types = content.as_object();
        let found = types
            .into_iter()
            .flatten()
            .find_map(|(name, value)| Some((name.as_str(), Format::of(name)?, value)));
        let (media_type, format, value) = found.ok_or_else(|| {
            let names: Vec<&str> = types
                .into_iter()
                .flatten()
                .map(|(name, _)| &**name)
                .collect();
            WorkshopError::openapi(
                self.place(),
                format!("{what} is written as {}", names.join(", ")),
                "describe JSON, XML or a form; anything else needs a plugin of its own",
            )
        })?;
        let charset = media_type
            .to_ascii_lowercase()
            .split(';')
            .find_map(|part| part.trim().strip_prefix("charset=").map(str::to_owned))
            .map_or_else(
                || "utf-8".to_owned(),
                |name| name.trim_matches('"').to_owned(),
            );
        let first = value["examples"]
            .as_object()
            .and_then(|all| all.values().next());
        let example = value
            .get("example")
            .or_else(|| self.document.resolve(first?).get("value"));
        Ok(Media {
            format,
            charset,
            media_type,
            schema: self.document.resolve(&value["schema"]),
            example,
        })
    }
}

impl Need {
    pub(super) const fn of(required: bool) -> Self {
        if required {
            Self::Required
        } else {
            Self::Optional
        }
    }
}

/// The declarative plugin reads no status that proves nothing.
pub(super) fn is_evidence(status: u16) -> bool {
    (200..500).contains(&status)
        && !(300..400).contains(&status)
        && ![202, 408, 425, 429].contains(&status)
}
