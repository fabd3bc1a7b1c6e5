//! Filters: what a template does with a value between `|` and `|`. Each is a
//! small pure function; only `digest` asks the host. A list is filtered element
//! by element, but for the filters that make one value of it.

mod amount;
mod coding;
mod list;
mod mask;
mod text;
mod time;

pub use amount::whole;
pub use coding::{bytes, from_base64, from_hex, to_base64, to_hex};
pub use list::{detach, join_commas};
pub use time::{date, instant};

use crate::error::Fault;
use crate::host::Host;
use crate::node::Node;

/// Filters by name, each with what it wants behind its colon.
const FILTERS: &[(&str, Argument)] = &[
    ("base64", Argument::None),
    ("between", Argument::Required),
    ("boolean", Argument::None),
    ("count", Argument::None),
    ("date", Argument::Format),
    ("digest", Argument::Required),
    ("digits", Argument::None),
    ("first", Argument::None),
    ("from_base64", Argument::None),
    ("from_hex", Argument::None),
    ("from_yuan", Argument::None),
    ("group", Argument::Number),
    ("hex", Argument::None),
    ("instant", Argument::Format),
    ("instant_utc", Argument::Format),
    ("join", Argument::Required),
    ("json", Argument::None),
    ("left", Argument::Number),
    ("lower", Argument::None),
    ("mask", Argument::Required),
    ("negate", Argument::None),
    ("number", Argument::None),
    ("pad", Argument::Number),
    ("right", Argument::Number),
    ("sorted", Argument::Any),
    ("split", Argument::Required),
    ("sum", Argument::None),
    ("table", Argument::Table),
    ("text", Argument::None),
    ("time", Argument::Format),
    ("time_utc", Argument::Format),
    ("to_yuan", Argument::None),
    ("trim", Argument::None),
    ("upper", Argument::None),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Argument {
    None,
    Any,
    Required,
    Number,
    Format,
    Table,
}

/// Whether a filter of this name and argument exists.
pub fn check(name: &str, argument: &str, tables: &Node<'_>) -> Result<(), Fault> {
    let Some((_, wants)) = FILTERS.iter().find(|(known, _)| *known == name) else {
        let names: Vec<&str> = FILTERS.iter().map(|(name, _)| *name).collect();
        return Err(Fault::mapping(format!(
            "no filter \"{name}\"; there are {}",
            names.join(", ")
        )));
    };
    let problem = match wants {
        Argument::Any => return Ok(()),
        Argument::None if argument.is_empty() => return Ok(()),
        Argument::None => "takes nothing behind a colon".to_owned(),
        Argument::Required if !argument.is_empty() => return Ok(()),
        Argument::Required => "needs a value behind a colon".to_owned(),
        Argument::Number if argument.parse::<u16>().is_ok() => return Ok(()),
        Argument::Number => "needs a number behind a colon".to_owned(),
        Argument::Format => return time::check(argument),
        Argument::Table if tables.get(argument).is_some() => return Ok(()),
        Argument::Table => format!("finds no table \"{argument}\"; write one under \"tables\""),
    };
    Err(Fault::mapping(format!("the filter {name} {problem}")))
}

/// Carries out one filter.
pub fn apply(
    name: &str,
    argument: &str,
    node: &Node<'_>,
    tables: &Node<'_>,
    host: &dyn Host,
) -> Result<Node<'static>, Fault> {
    match (name, node) {
        ("count", _) => return Ok(Node::whole(node.elements().len())),
        ("first", _) => return Ok(node.elements().first().map_or(Node::Null, detach)),
        ("join", _) => return list::join(node, argument),
        ("sum", _) => return amount::sum(node),
        ("json", _) => {
            let mut out = String::new();
            crate::json::write(node, &mut out);
            return Ok(Node::text(out));
        }
        ("sorted", _) => return Ok(list::sorted(node, argument)),
        (_, Node::List(elements)) => {
            let filtered = elements
                .iter()
                .map(|element| apply(name, argument, element, tables, host));
            return Ok(Node::List(filtered.collect::<Result<_, _>>()?));
        }
        ("digest", _) => {
            return Ok(Node::Bytes(
                host.digest(argument, &bytes(node)?).map_err(Fault::host)?,
            ));
        }
        ("hex", _) => return Ok(Node::text(to_hex(&bytes(node)?))),
        ("base64", _) => return Ok(Node::text(to_base64(&bytes(node)?))),
        ("between", _) => return coding::between(node, argument),
        ("number", Node::Number(number)) => {
            return Ok(Node::Number(number.clone().into_owned().into()));
        }
        _ => {}
    }
    let plain = node.plain().ok_or_else(|| {
        Fault::value(format!(
            "the filter {name} wants text, and finds a structure or bytes"
        ))
    })?;
    match name {
        "from_yuan" => amount::from_yuan(&plain),
        "to_yuan" => amount::to_yuan(&plain),
        "negate" => amount::negate(&plain),
        "date" => date(&plain, argument),
        "instant" => instant(&plain, argument, time::SHANGHAI_SECONDS),
        "instant_utc" => instant(&plain, argument, 0),
        "time" => time::format(&plain, argument, time::SHANGHAI_SECONDS),
        "time_utc" => time::format(&plain, argument, 0),
        "from_base64" => from_base64(&plain).map(Node::Bytes),
        "from_hex" => from_hex(&plain).map(Node::Bytes),
        "mask" => mask::mask(&plain, argument),
        "table" => list::table(&plain, argument, tables),
        _ => text::apply(name, argument, &plain),
    }
}
