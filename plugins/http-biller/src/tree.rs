//! Fills a tree of templates: the shape of a request's body. Values are put into
//! the tree and only then written in the body's language, so none of them can
//! become structure. `$each` repeats, `$if` chooses; a key whose template gives
//! nothing is left out.

use crate::error::Fault;
use crate::filter;
use crate::node::Node;
use crate::scope::View;
use crate::template;

/// Rows of one list in a request.
const ROW_LIMIT: usize = 1_000;

/// The filled tree; nothing where it is one template that gives nothing.
pub fn fill<'v>(tree: &'v Node<'v>, view: &View<'v>) -> Result<Option<Node<'v>>, Fault> {
    match tree {
        Node::Text(text) if view.checking() => {
            template::check(text, view)?;
            Ok(Some(Node::text("")))
        }
        Node::Text(text) => template::fill(text, view),
        Node::List(elements) => {
            let filled = elements
                .iter()
                .filter_map(|element| fill(element, view).transpose());
            Ok(Some(Node::List(filled.collect::<Result<_, _>>()?)))
        }
        Node::Object(_) if tree.get("$each").is_some() => repeat(tree, view).map(Some),
        Node::Object(_) if tree.get("$if").is_some() => choose(tree, view),
        Node::Object(members) => {
            let mut filled = Vec::with_capacity(members.len());
            for (name, value) in members {
                if name.starts_with('$') {
                    return Err(Fault::mapping(format!(
                        "{name} means nothing here; there are $each with $item, and $if with $then"
                    )));
                }
                if let Some(value) =
                    fill(value, view).map_err(|fault| fault.at(|| format!("body.{name}")))?
                {
                    filled.push((name.clone(), value));
                }
            }
            Ok(Some(Node::Object(filled)))
        }
        plain => Ok(Some(plain.clone())),
    }
}

/// `{"$each": path, "$item": tree}`, and with `"$join"` one text of it.
fn repeat<'v>(tree: &'v Node<'v>, view: &View<'v>) -> Result<Node<'v>, Fault> {
    known(tree, &["$each", "$item", "$join"])?;
    let (Some(Node::Text(path)), Some(item)) = (tree.get("$each"), tree.get("$item")) else {
        return Err(Fault::mapping(
            "$each is a path like order.items, and $item what is made of each",
        ));
    };
    let mut filled = Vec::new();
    if view.checking() {
        template::check_expression(path, view)?;
        let row = Some((&Node::Null, 0));
        filled.extend(fill(item, &View { row, ..*view })?);
    } else {
        // The row lives in the call's own values, so it is copied out of a
        // filtered list rather than borrowed.
        let rows = template::evaluate(path, view)?;
        let rows = rows.as_deref().map_or(&[][..], Node::elements);
        if rows.len() > ROW_LIMIT {
            return Err(Fault::value(format!(
                "{path} has more than {ROW_LIMIT} rows"
            )));
        }
        for (index, row) in rows.iter().enumerate() {
            let seen = View {
                row: Some((row, index)),
                ..*view
            };
            filled.extend(fill(item, &seen)?.as_ref().map(filter::detach));
        }
    }
    match tree.get("$join") {
        None => Ok(Node::List(filled)),
        Some(Node::Text(separator)) => filter::apply(
            "join",
            separator,
            &Node::List(filled),
            &view.call.tables,
            view.call.host,
        ),
        Some(_) => Err(Fault::mapping("$join is a plain text")),
    }
}

/// `{"$if": template, "$then": tree, "$else": tree}`.
fn choose<'v>(tree: &'v Node<'v>, view: &View<'v>) -> Result<Option<Node<'v>>, Fault> {
    known(tree, &["$if", "$then", "$else"])?;
    let (Some(Node::Text(condition)), Some(then)) = (tree.get("$if"), tree.get("$then")) else {
        return Err(Fault::mapping(
            "$if is a template, and $then what stands where it gives something",
        ));
    };
    let otherwise = tree.get("$else");
    if view.checking() {
        template::check(condition, view)?;
        otherwise.map(|tree| fill(tree, view)).transpose()?;
        return fill(then, view);
    }
    let holds = template::fill(condition, view)?.is_some_and(|value| !value.is_empty());
    match (holds, otherwise) {
        (true, _) => fill(then, view),
        (false, Some(tree)) => fill(tree, view),
        (false, None) => Ok(None),
    }
}

fn known(tree: &Node<'_>, names: &[&str]) -> Result<(), Fault> {
    match tree
        .members()
        .iter()
        .find(|(name, _)| !names.contains(&&**name))
    {
        None => Ok(()),
        Some((name, _)) => Err(Fault::mapping(format!(
            "{name} means nothing beside {}",
            names.join(", ")
        ))),
    }
}

/// Puts a value at a path of member names, `/Transaction/Mac` or `sign`; the
/// members in between must be there.
pub fn put<'a>(tree: &mut Node<'a>, path: &str, value: Node<'a>) -> Result<(), Fault> {
    let mut names: Vec<&str> = path
        .split(['/', '.'])
        .filter(|name| !name.is_empty())
        .collect();
    let wrong = || Fault::mapping(format!("the body has no place {path}"));
    let last = names.pop().ok_or_else(wrong)?;
    let mut at = tree;
    for name in names {
        let Node::Object(members) = at else {
            return Err(wrong());
        };
        let found = members.iter_mut().find(|(member, _)| member == name);
        at = &mut found.ok_or_else(wrong)?.1;
    }
    let Node::Object(members) = at else {
        return Err(wrong());
    };
    match members.iter_mut().find(|(member, _)| member == last) {
        Some((_, earlier)) => *earlier = value,
        None => members.push((last.to_owned().into(), value)),
    }
    Ok(())
}
