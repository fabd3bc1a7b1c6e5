//! `guichet plugin from-openapi`: an OpenAPI 3 document and a mapping of a dozen
//! lines become a declarative package. Everything that the document says is
//! taken from it; what it cannot say stands in the mapping; what neither says is
//! an error or a notice, never a guess.

mod answer;
mod calls;
mod document;
mod example;
mod fill;
mod inputs;
mod manifest;
mod nearest;
mod plan;
mod readme;
mod request;
mod scenario;
mod schema;
mod security;
mod services;
mod written;

use std::path::Path;

use super::{Components, WorkshopError, templates};
use document::Document;
use plan::Plan;

/// The language of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Json,
    Form,
    Xml,
}

impl Format {
    fn of(media_type: &str) -> Option<Self> {
        let plain = media_type.split(';').next().unwrap_or_default().trim();
        match plain {
            "application/x-www-form-urlencoded" => Some(Self::Form),
            json if json == "application/json" || json.ends_with("+json") => Some(Self::Json),
            xml if xml == "application/xml" || xml == "text/xml" || xml.ends_with("+xml") => {
                Some(Self::Xml)
            }
            _ => None,
        }
    }
}

/// A package that was made.
#[derive(Debug)]
pub struct Made {
    /// Its files, by their paths.
    pub files: Vec<(String, String)>,
    /// What a person should look at.
    pub notices: Vec<String>,
}

/// Makes a package.
pub fn package(document: &Path, mapping: &Path, known: &Components) -> Result<Made, WorkshopError> {
    let component = templates::declarative_digest(known)?;
    let plan = Plan::read(mapping)?;
    let document = Document::read(document)?;
    let mut notices = Vec::new();
    let server = manifest::Server::of(&document, &mut notices);
    let calls = calls::Calls::read(&document, &plan, &server.base, &mut notices)?;
    let credentials = security::credentials(&document, &calls.operations())?;
    let mut files = vec![
        (
            "plugin.toml".to_owned(),
            manifest::text(&document, &plan, &calls, &server, &credentials, &component),
        ),
        ("mapping.json".to_owned(), pretty(&calls.mapping(&plan))),
        (
            "services.jsonl".to_owned(),
            services::lines(&document, &plan, &calls, &mut notices)?,
        ),
        (".gitignore".to_owned(), "/*.guichet\n*.key\n".to_owned()),
        (
            "README.md".to_owned(),
            readme::text(&document, &plan, &calls, &credentials),
        ),
    ];
    match scenario::scenario(&plan, &calls, &credentials) {
        Ok(scenario) => files.push(("tests/paid.json".to_owned(), pretty(&scenario))),
        Err(missing) => notices.push(format!(
            "tests/: no scenario was made, because {missing}; record one with `guichet plugin record`"
        )),
    }
    files.sort();
    Ok(Made { files, notices })
}

fn pretty(value: &serde_json::Value) -> String {
    format!("{value:#}\n")
}
