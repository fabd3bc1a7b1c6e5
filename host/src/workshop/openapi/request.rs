//! Requests as the declarative plugin's mapping describes them: path, query,
//! headers and body of an operation, its places filled.

use serde_json::{Map, Value, json};

use super::document::{Document, Media, Need, Operation};
use super::fill::{Filler, Place, Within};
use super::schema::{DEPTH_LIMIT, kind, properties, root_name, xml_name};
use super::{Format, WorkshopError};

/// Header parameters that OpenAPI itself says to ignore.
const IGNORED_HEADERS: [&str; 3] = ["accept", "content-type", "authorization"];

/// A request, and what follows from it for the package.
#[derive(Debug, Clone)]
pub(super) struct Request {
    /// The mapping's section `request`.
    pub(super) section: Value,
    /// Names of headers that it sets, in lower case.
    pub(super) headers: Vec<String>,
    /// How many bills one of it takes.
    pub(super) takes: Takes,
}

/// How many bills a payment takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// One, or it says nothing of bills.
    One,
    /// A list of them.
    Many,
}

/// Makes the request of an operation; `base` is the server's own path.
pub(super) fn request(
    operation: &Operation<'_>,
    filler: &Filler<'_>,
    base: &str,
) -> Result<Request, WorkshopError> {
    let mut section = Map::new();
    let mut path = operation.path.clone();
    let (mut query, mut headers) = (Map::new(), Map::new());
    let mut names = Vec::new();
    for parameter in operation.parameters() {
        let place = Place {
            dotted: parameter.name,
            name: parameter.name,
            schema: parameter.schema,
            need: parameter.need,
            within: Within::Order,
        };
        names.push(parameter.name.to_owned());
        let lower = parameter.name.to_ascii_lowercase();
        if parameter.place == "header" && IGNORED_HEADERS.contains(&lower.as_str()) {
            continue;
        }
        let Some(template) = filler.template(&place)? else {
            continue;
        };
        match parameter.place {
            "path" => {
                let text = template
                    .as_str()
                    .map_or_else(|| template.to_string(), str::to_owned);
                path = path.replace(&format!("{{{}}}", parameter.name), &text);
            }
            "header" => {
                headers.insert(lower, template);
            }
            _ => {
                query.insert(parameter.name.to_owned(), template);
            }
        }
    }
    let mut takes = Takes::One;
    if let Some(media) = operation.body()? {
        let mut body = Body {
            document: operation.document,
            filler,
            format: media.format,
            names: &mut names,
            takes: &mut takes,
        };
        let tree = body.object(media.schema, "", Within::Order, DEPTH_LIMIT)?;
        describe_body(&mut section, operation, &media, tree);
    }
    filler.finish(&names)?;
    section.insert("method".to_owned(), operation.method.clone().into());
    section.insert("path".to_owned(), format!("{base}{path}").into());
    let set: Vec<String> = headers.keys().cloned().collect();
    for (key, members) in [("query", query), ("headers", headers)] {
        if !members.is_empty() {
            section.insert(key.to_owned(), members.into());
        }
    }
    Ok(Request {
        section: section.into(),
        headers: set,
        takes,
    })
}

fn describe_body(
    section: &mut Map<String, Value>,
    operation: &Operation<'_>,
    media: &Media<'_>,
    tree: Value,
) {
    let (format, usual_type) = match media.format {
        Format::Json => (None, "application/json"),
        Format::Form => (Some("form"), "application/x-www-form-urlencoded"),
        Format::Xml => (Some("xml"), "text/xml"),
    };
    if let Some(format) = format {
        section.insert("format".to_owned(), format.into());
    }
    if media.charset != "utf-8" {
        section.insert("charset".to_owned(), media.charset.clone().into());
    }
    if media.media_type.split(';').next() != Some(usual_type) {
        section.insert("content_type".to_owned(), media.media_type.into());
    }
    let tree = match media.format {
        Format::Xml => json!({root_name(operation.document, media): tree}),
        Format::Json | Format::Form => tree,
    };
    section.insert("body".to_owned(), tree);
}

/// Makes the tree of a body.
struct Body<'b, 'd, 'p> {
    document: &'d Document,
    filler: &'b Filler<'p>,
    format: Format,
    names: &'b mut Vec<String>,
    takes: &'b mut Takes,
}

impl Body<'_, '_, '_> {
    fn object(
        &mut self,
        schema: &Value,
        before: &str,
        within: Within,
        depth: usize,
    ) -> Result<Value, WorkshopError> {
        let mut members = Map::new();
        for property in properties(self.document, schema) {
            let dotted = if before.is_empty() {
                property.name.to_owned()
            } else {
                format!("{before}.{}", property.name)
            };
            let place = Place {
                dotted: &dotted,
                name: property.name,
                schema: property.schema,
                need: property.need,
                within,
            };
            if let Some((name, value)) = self.member(&place, depth)? {
                members.insert(name, value);
            }
        }
        Ok(members.into())
    }

    fn member(
        &mut self,
        place: &Place<'_>,
        depth: usize,
    ) -> Result<Option<(String, Value)>, WorkshopError> {
        let too_deep = || {
            let problem = format!("{:?} is nested too deeply", place.dotted);
            WorkshopError::openapi(&self.filler.asked_by, problem, "describe a flatter body")
        };
        let depth = depth.checked_sub(1).ok_or_else(too_deep)?;
        let is_filled = self.filler.fill.contains_key(place.dotted);
        match kind(place.schema) {
            "object" if !is_filled => {
                let inner = self.object(place.schema, place.dotted, place.within, depth);
                match (inner, place.need) {
                    (Ok(tree), _) if tree.as_object().is_some_and(|all| !all.is_empty()) => {
                        Ok(Some((self.name(place).into_owned(), tree)))
                    }
                    (Err(error), Need::Required) => Err(error),
                    _ => Ok(None),
                }
            }
            "array" if !is_filled => self.list(place, depth),
            _ => {
                self.names.push(place.dotted.to_owned());
                let name = self.name(place).into_owned();
                Ok(self.filler.template(place)?.map(|value| (name, value)))
            }
        }
    }

    /// A list in a payment is the list of its bills.
    fn list(
        &mut self,
        place: &Place<'_>,
        depth: usize,
    ) -> Result<Option<(String, Value)>, WorkshopError> {
        let item = self.document.resolve(&place.schema["items"]);
        let is_object = kind(item) == "object";
        let inner = if is_object {
            self.object(item, place.dotted, Within::Item, depth)
        } else {
            let only = Place {
                schema: item,
                within: Within::Item,
                ..*place
            };
            self.names.push(place.dotted.to_owned());
            self.filler
                .template(&only)
                .map(|template| template.unwrap_or_default())
        };
        let tree = match (inner, place.need) {
            (Err(error), Need::Required) => return Err(error),
            (Err(_), Need::Optional) => return Ok(None),
            (Ok(tree), _) => tree,
        };
        *self.takes = Takes::Many;
        let each = json!({"$each": "order.items", "$item": tree});
        let own = self.name(place).into_owned();
        if self.format != Format::Xml {
            return Ok(Some((own, each)));
        }
        Ok(Some(if place.schema["xml"]["wrapped"] == true {
            let element = xml_name(item, place.name);
            (own, json!({element: each}))
        } else {
            (xml_name(item, &own).to_owned(), each)
        }))
    }

    fn name<'a>(&self, place: &Place<'a>) -> std::borrow::Cow<'a, str> {
        if self.format != Format::Xml {
            return place.name.into();
        }
        let name = xml_name(place.schema, place.name);
        if place.schema["xml"]["attribute"] == true {
            format!("@{name}").into()
        } else {
            name.into()
        }
    }
}
