//! What a template can speak of: the values of the call, the request while it is
//! signed, the answer once it is read, the row of a list. Looking up only; how
//! expressions are written stands in `template`.

use std::borrow::Cow;
use std::cell::OnceCell;

use crate::answer::Answer;
use crate::error::Fault;
use crate::host::{Host, SubjectError};
use crate::node::Node;
use crate::path;
use crate::request::Draft;

/// Whether a mapping is carried out or only checked. A check walks the same way
/// with no values: whatever a template would give is passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A call.
    Run,
    /// The publisher's check of a mapping.
    Check,
}

/// What stays the same during one call.
pub struct Call<'c> {
    /// The outside.
    pub host: &'c dyn Host,
    /// Whether this is a check.
    pub mode: Mode,
    /// The context's language tag.
    pub locale: &'c str,
    /// ISO 4217 code of the mapping's amounts.
    pub currency: String,
    /// The mapping's tables.
    pub tables: Node<'c>,
    /// The call's own values: `inputs`, `context`, `order` and so on.
    pub roots: Vec<(&'static str, Node<'c>)>,
    /// Made at first use, then the same for the whole call.
    pub now: OnceCell<u64>,
    /// Likewise.
    pub nonce: OnceCell<String>,
}

impl Call<'_> {
    /// A text of the plugin's own in the citizen's language.
    pub fn pick<'t>(&self, chinese: &'t str, english: &'t str) -> &'t str {
        if self.locale.starts_with("zh") {
            chinese
        } else {
            english
        }
    }
}

/// What can be seen at one place of the mapping.
#[derive(Clone, Copy)]
pub struct View<'v> {
    /// The call.
    pub call: &'v Call<'v>,
    /// The mapping's own variables (`let`), so far.
    pub variables: &'v [(Cow<'v, str>, Node<'v>)],
    /// The operation's body inside an envelope.
    pub body: Option<&'v Node<'v>>,
    /// The request, while it is signed.
    pub draft: Option<&'v Draft<'v>>,
    /// The answer, once it is read.
    pub answer: Option<&'v Answer<'v>>,
    /// The row of the list that is walked, and its position from 0.
    pub row: Option<(&'v Node<'v>, usize)>,
}

/// Roots that are there in every call.
const ROOTS: &[&str] = &[
    "inputs", "context", "config", "subject", "let", "now", "nonce", "index",
];

impl<'v> View<'v> {
    /// The view at the beginning of a call.
    pub fn new(call: &'v Call<'v>) -> Self {
        Self {
            call,
            variables: &[],
            body: None,
            draft: None,
            answer: None,
            row: None,
        }
    }

    /// Whether templates are checked, not filled. Publishers check on their own
    /// machine, so that a component carries none of it.
    pub fn checking(&self) -> bool {
        cfg!(not(target_arch = "wasm32")) && self.call.mode == Mode::Check
    }

    /// The value at a path such as `inputs.account`, `$.no` or `/Body/No`; none
    /// where nothing stands there.
    pub fn find(&self, path: &str) -> Result<Option<Cow<'v, Node<'v>>>, Fault> {
        let (root, rest) = split(path);
        let single = |value: Node<'v>| Ok(Some(Cow::Owned(value)));
        match root {
            "now" => single(Node::whole(
                self.call.now.get_or_init(|| self.call.host.now()),
            )),
            "nonce" => {
                let nonce = self.call.nonce.get_or_init(|| self.call.host.nonce());
                single(Node::text(nonce.as_str()))
            }
            "index" => single(Node::whole(self.row.map_or(0, |(_, index)| index))),
            "config" => self.config(rest),
            "subject" => self.subject(rest),
            "let" => {
                let name = rest.trim_start_matches('.');
                let found = self
                    .variables
                    .iter()
                    .rev()
                    .find(|(variable, _)| variable == name);
                Ok(found.map(|(_, value)| Cow::Borrowed(value)))
            }
            "request" => self
                .draft
                .map_or_else(|| Err(absent(root)), |draft| draft.find(rest)),
            "response" => self
                .answer
                .map_or_else(|| Err(absent(root)), |answer| answer.find(rest)),
            "answer" => {
                let answer = self.answer.ok_or_else(|| absent(root))?;
                descend(&answer.document, rest)
            }
            "body" => descend(self.body.ok_or_else(|| absent(root))?, rest),
            "$" => match (self.row, self.answer) {
                (Some((row, _)), _) => descend(row, rest),
                (None, Some(answer)) => descend(&answer.document, rest),
                (None, None) => Err(absent(root)),
            },
            _ => {
                let known = self.call.roots.iter().find(|(name, _)| *name == root);
                descend(&known.ok_or_else(|| absent(root))?.1, rest)
            }
        }
    }

    /// Whether a path could lead somewhere at this place of the mapping.
    pub fn check(&self, path: &str) -> Result<(), Fault> {
        let (root, rest) = split(path);
        path::check(rest)?;
        let Some((_, value)) = self.call.roots.iter().find(|(name, _)| *name == root) else {
            return match root {
                "now" | "nonce" | "index" if rest.is_empty() => Ok(()),
                "config" | "subject" | "let" if rest.len() > 1 => Ok(()),
                "request" | "response" | "answer" | "body" | "$" => self.check_phase(root),
                _ => Err(self.unknown(root)),
            };
        };
        let first = rest
            .trim_start_matches('.')
            .split(['.', '['])
            .next()
            .unwrap_or_default();
        if root != "inputs" && !first.is_empty() && value.get(first).is_none() {
            let names: Vec<&str> = value.members().iter().map(|(name, _)| &**name).collect();
            return Err(Fault::mapping(format!(
                "{root} has no \"{first}\"; it has {}",
                names.join(", ")
            )));
        }
        Ok(())
    }

    fn check_phase(&self, root: &str) -> Result<(), Fault> {
        let there = match root {
            "request" => self.draft.is_some(),
            "body" => self.body.is_some(),
            "$" => self.row.is_some() || self.answer.is_some(),
            _ => self.answer.is_some(),
        };
        if there { Ok(()) } else { Err(absent(root)) }
    }

    fn unknown(&self, root: &str) -> Fault {
        let own = self
            .call
            .roots
            .iter()
            .map(|(name, _)| *name)
            .filter(|name| !ROOTS.contains(name));
        let names: Vec<&str> = ROOTS.iter().copied().chain(own).collect();
        Fault::mapping(format!(
            "nothing is called \"{root}\" here; there are {}",
            names.join(", ")
        ))
    }

    /// `config.name`, or a part of a structured value: `config.name.member`.
    fn config(&self, rest: &str) -> Result<Option<Cow<'v, Node<'v>>>, Fault> {
        let rest = rest.trim_start_matches('.');
        let (name, inside) = rest.split_at(rest.find(['.', '[']).unwrap_or(rest.len()));
        let Some(value) = self.call.host.config(name) else {
            return Ok(None);
        };
        if inside.is_empty() {
            return Ok(Some(Cow::Owned(Node::text(value))));
        }
        let tree = crate::json::parse(&value).map_err(|_| {
            Fault::value(format!(
                "the setting {name} is no JSON, so it has no {inside}"
            ))
        })?;
        let found = descend(&tree, inside)?;
        Ok(found.map(|node| Cow::Owned(crate::filter::detach(&node))))
    }

    fn subject(&self, rest: &str) -> Result<Option<Cow<'v, Node<'v>>>, Fault> {
        let scope = rest.trim_start_matches('.');
        match self.call.host.subject(scope) {
            Ok(value) => Ok(value.map(|text| Cow::Owned(Node::text(text)))),
            Err(SubjectError::NoConsent) => Err(Fault::consent(scope)),
            Err(SubjectError::Other(problem)) => Err(Fault::host(problem)),
        }
    }
}

/// What stands below a node: nothing, one value, or several as a list.
pub fn descend<'n>(node: &'n Node<'n>, rest: &str) -> Result<Option<Cow<'n, Node<'n>>>, Fault> {
    let found = path::select(node, rest)?;
    Ok(match found.as_slice() {
        [] => None,
        [one] => Some(Cow::Borrowed(*one)),
        many => Some(Cow::Owned(Node::List(
            many.iter().map(|node| (*node).clone()).collect(),
        ))),
    })
}

/// Root and rest; a path that begins with a slash is one into the answer.
fn split(path: &str) -> (&str, &str) {
    if path.starts_with('/') {
        return ("answer", path);
    }
    path.split_at(path.find(['.', '[', '/']).unwrap_or(path.len()))
}

fn absent(root: &str) -> Fault {
    Fault::mapping(match root {
        "answer" | "response" | "$" => format!("{root} can be used only where an answer is read"),
        "request" => "request can be used only in what is signed".to_owned(),
        "body" => "body can be used only in the envelope".to_owned(),
        other => format!("there is no {other} in this call"),
    })
}
