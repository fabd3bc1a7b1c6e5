//! Paths into a tree, in two spellings. JSONPath's: `data.bills[0].no`, counted
//! from 0, `[-1]` the last, `[*]` all, `[type=01]` those with that member, `..no`
//! at any depth. XPath's: `/Body/Bill[1]/@id`, counted from 1, `//No` at any
//! depth. A name applied to a list is applied to each element. A path that
//! leads nowhere gives nothing; only a path that cannot be read is an error.

use crate::error::Fault;
use crate::node::Node;

/// Values one path may lead to.
const FOUND_LIMIT: usize = 10_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step<'p> {
    Name(&'p str),
    Anywhere(&'p str),
    Index(i64),
    All,
    Where(&'p str, &'p str),
}

/// Everything a path leads to, in the tree's order. An empty path is the tree.
pub fn select<'n, 'a>(node: &'n Node<'a>, path: &str) -> Result<Vec<&'n Node<'a>>, Fault> {
    let mut found = vec![node];
    for step in (Steps {
        slashes: path.starts_with('/'),
        rest: path,
        first: true,
    }) {
        let step = step?;
        let mut next = Vec::new();
        for from in found {
            walk(from, step, &mut next)?;
        }
        found = next;
    }
    Ok(found)
}

/// Whether a path can be read.
pub fn check(path: &str) -> Result<(), Fault> {
    select(&Node::Null, path).map(|_| ())?;
    Steps {
        slashes: path.starts_with('/'),
        rest: path,
        first: true,
    }
    .try_for_each(|step| step.map(|_| ()))
}

fn walk<'n, 'a>(
    from: &'n Node<'a>,
    step: Step<'_>,
    found: &mut Vec<&'n Node<'a>>,
) -> Result<(), Fault> {
    if found.len() > FOUND_LIMIT {
        return Err(Fault::value("the path leads to too many values"));
    }
    match (step, from) {
        (Step::Anywhere(name), _) => anywhere(from, name, found),
        (Step::Name(_), Node::List(elements)) => {
            for element in elements {
                walk(element, step, found)?;
            }
        }
        (Step::Name(name), _) => found.extend(from.get(name)),
        (Step::All, Node::Object(members)) => found.extend(members.iter().map(|(_, value)| value)),
        (Step::All, _) => found.extend(from.elements()),
        (Step::Index(index), _) => found.extend(at(from.elements(), index)),
        (Step::Where(name, value), _) => {
            let matches = |element: &&Node<'_>| {
                element.get(name).and_then(Node::plain).as_deref() == Some(value)
            };
            found.extend(from.elements().iter().filter(matches));
        }
    }
    Ok(())
}

fn anywhere<'n, 'a>(from: &'n Node<'a>, name: &str, found: &mut Vec<&'n Node<'a>>) {
    for (member, value) in from.members() {
        if member == name {
            found.push(value);
        }
        anywhere(value, name, found);
    }
    if let Node::List(elements) = from {
        for element in elements {
            anywhere(element, name, found);
        }
    }
}

fn at<'e, 'a>(elements: &'e [Node<'a>], index: i64) -> Option<&'e Node<'a>> {
    let index = if index < 0 {
        i64::try_from(elements.len()).ok()?.checked_add(index)?
    } else {
        index
    };
    elements.get(usize::try_from(index).ok()?)
}

struct Steps<'p> {
    slashes: bool,
    rest: &'p str,
    first: bool,
}

impl<'p> Iterator for Steps<'p> {
    type Item = Result<Step<'p>, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let step = self.step();
        self.first = false;
        if step.is_err() {
            self.rest = "";
        }
        Some(step)
    }
}

impl<'p> Steps<'p> {
    fn step(&mut self) -> Result<Step<'p>, Fault> {
        if let Some(rest) = self.rest.strip_prefix('[') {
            let (inside, rest) = rest
                .split_once(']')
                .ok_or_else(|| Fault::mapping("a path's [ has no ]"))?;
            self.rest = rest;
            return self.bracket(inside);
        }
        let separator = if self.slashes { '/' } else { '.' };
        let twice = if self.slashes { "//" } else { ".." };
        let (deep, rest) = if let Some(rest) = self.rest.strip_prefix(twice) {
            (true, rest)
        } else if let Some(rest) = self.rest.strip_prefix(separator) {
            (false, rest)
        } else if self.first {
            (false, self.rest)
        } else {
            return Err(Fault::mapping(
                "a path's steps are parted by . (or by / where it begins with /)",
            ));
        };
        let length = rest.find([separator, '[']).unwrap_or(rest.len());
        let (name, rest) = rest.split_at(length);
        self.rest = rest;
        if name.is_empty() {
            return Err(Fault::mapping("a path has an empty step"));
        }
        Ok(match (deep, name) {
            (true, _) => Step::Anywhere(name),
            (false, "*") => Step::All,
            (false, _) => Step::Name(name),
        })
    }

    fn bracket(&self, inside: &'p str) -> Result<Step<'p>, Fault> {
        if inside == "*" {
            return Ok(Step::All);
        }
        if let Some((name, value)) = inside.split_once('=') {
            return Ok(Step::Where(
                name.trim(),
                value.trim().trim_matches(['\'', '"']),
            ));
        }
        if let Some(quoted) = inside
            .strip_prefix('\'')
            .and_then(|rest| rest.strip_suffix('\''))
        {
            return Ok(Step::Name(quoted));
        }
        let wrong = || Fault::mapping("a path's brackets hold a number, *, name=value or 'name'");
        let index: i64 = inside.parse().map_err(|_| wrong())?;
        match (self.slashes, index) {
            (true, 1..) => Ok(Step::Index(index - 1)),
            (true, _) => Err(Fault::mapping("a path with slashes counts from 1")),
            (false, _) => Ok(Step::Index(index)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(path: &str) -> Vec<String> {
        let text = r#"{"a":{"b":[{"no":"1","t":"x"},{"no":"2","t":"y"}],"no":"0"},"odd.key":"k"}"#;
        let node = crate::json::parse(text).expect("JSON");
        let found = select(&node, path).expect("a path");
        found
            .iter()
            .map(|node| node.plain().unwrap_or_default().into_owned())
            .collect()
    }

    #[test]
    fn both_spellings_find_the_same() {
        assert_eq!(texts("a.b[1].no"), ["2"]);
        assert_eq!(texts("/a/b[2]/no"), ["2"]);
        assert_eq!(texts("a.b[-1].no"), ["2"]);
        assert_eq!(texts("a.b.no"), ["1", "2"]);
        assert_eq!(texts("a.b[*].no"), ["1", "2"]);
        assert_eq!(texts("a.b[t=y].no"), ["2"]);
        assert_eq!(texts("a..no"), ["1", "2", "0"]);
        assert_eq!(texts("//no"), ["1", "2", "0"]);
        assert_eq!(texts("['odd.key']"), ["k"]);
        assert!(texts("a.c.d").is_empty());
        assert!(texts("a.b[9]").is_empty());
    }

    #[test]
    fn unreadable_paths_are_the_mapping_s_mistake() {
        for path in ["a..", "a[", "a[x]", "/a[0]", "a]b[1]c", "a.", "//"] {
            assert!(check(path).is_err(), "{path}");
        }
        assert!(check("").is_ok());
    }
}
