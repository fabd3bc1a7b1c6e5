//! Filters over one plain text.

use crate::error::Fault;
use crate::node::Node;

/// Carries out a filter that needs nothing but the text and its argument.
pub(super) fn apply(name: &str, argument: &str, plain: &str) -> Result<Node<'static>, Fault> {
    let number = || {
        argument
            .parse::<usize>()
            .map_err(|_| Fault::mapping(format!("the filter {name} needs a number")))
    };
    Ok(match name {
        "text" => Node::text(plain.to_owned()),
        "upper" => Node::text(plain.to_ascii_uppercase()),
        "lower" => Node::text(plain.to_ascii_lowercase()),
        "trim" => Node::text(plain.trim().to_owned()),
        "digits" => Node::text(
            plain
                .chars()
                .filter(char::is_ascii_digit)
                .collect::<String>(),
        ),
        "left" => Node::text(plain.chars().take(number()?).collect::<String>()),
        "right" => {
            let skipped = plain.chars().count().saturating_sub(number()?);
            Node::text(plain.chars().skip(skipped).collect::<String>())
        }
        "pad" => Node::text(format!("{plain:0>width$}", width = number()?.min(64))),
        "group" => Node::text(group(plain, number()?)),
        "split" => Node::List(
            plain
                .split(argument)
                .map(|part| Node::text(part.to_owned()))
                .collect(),
        ),
        "number" => {
            if !crate::json::is_number(plain) {
                return Err(Fault::value("is no number"));
            }
            Node::Number(plain.to_owned().into())
        }
        "boolean" => match plain {
            "true" | "1" | "Y" | "y" => Node::Boolean(true),
            "false" | "0" | "N" | "n" => Node::Boolean(false),
            _ => return Err(Fault::value("is neither true nor false")),
        },
        _ => return Err(Fault::mapping(format!("no filter \"{name}\""))),
    })
}

/// Characters in groups, parted by spaces, as a meter's token is shown.
fn group(plain: &str, size: usize) -> String {
    let characters: Vec<char> = plain
        .chars()
        .filter(|character| !character.is_whitespace())
        .collect();
    let groups: Vec<String> = characters
        .chunks(size.max(1))
        .map(|group| group.iter().collect())
        .collect();
    groups.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_reshaped() {
        for (name, argument, plain, wanted) in [
            ("upper", "", "ab", "AB"),
            ("left", "2", "水费单", "水费"),
            ("right", "4", "123456", "3456"),
            ("pad", "6", "42", "000042"),
            ("group", "4", "1234567890", "1234 5678 90"),
            ("digits", "", "a1-2", "12"),
        ] {
            assert_eq!(
                apply(name, argument, plain).expect("a filter"),
                Node::text(wanted),
                "{name}"
            );
        }
        assert!(apply("number", "", "1.").is_err());
        assert!(apply("boolean", "", "maybe").is_err());
    }
}
